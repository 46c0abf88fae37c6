"""Summary indexing: `action.summary_index = 1` writes the rows of a scheduled search into an index.

Splunk ships it as a search command that gets the index (`_name`, as shipped `summary`), the saved search's name and a
marker made of every other `action.summary_index.FIELD` (alert_actions.conf as shipped, [summary_index] command). The
events are of sourcetype `stash`, their source is the search's name. By `inline` (as shipped true), and where the alert
condition is `always`, it is part of the search: it writes every row, whatever the alert does. Else it is an action like
others (savedsearches.conf.spec). An index that does not exist keeps nothing (Knowledge Manager Manual, Configure
summary indexes).
"""

from standin.jobs.saved import SavedSearch
from standin.jobs.scheduler import SUMMARY_INDEX, Alert
from standin.language.errors import Unsupported
from standin.searchhead import SearchHead

PREFIX = f"action.{SUMMARY_INDEX}."
# The command's template leaves these out of the marker, and everything that begins with an underscore.
NO_MARKERS = frozenset(
    {
        *("command", "forceCsvResults", "force_realtime_schedule", "inline", "maxresults", "maxtime"),
        *("python.version", "ttl", "track_alert"),
    }
)


def summarise(head: SearchHead, alert: Alert) -> None:
    """Write the rows of an alert as its search's settings say. Raises SearchError."""
    options = summary_options(alert.saved)
    order = alert.job.order
    environment = head.environment(user=order.user, app=order.app, bounds=order.bounds, now=order.now)
    environment.collect(alert.rows, options)


def summary_options(saved: SavedSearch) -> dict[str, str]:
    """Return the options of `collect` that a saved search stands for; metrics are refused."""
    kind = saved.text(f"{PREFIX}_type", "event")
    if kind != "event":
        raise Unsupported(f"{PREFIX}_type = {kind}")
    fields = {key.removeprefix(PREFIX): value for key, value in saved.settings.items() if key.startswith(PREFIX)}
    marker = ", ".join(
        f'{name}="{value}"' for name, value in fields.items() if name not in NO_MARKERS and not name.startswith("_")
    )
    index = saved.text(f"{PREFIX}_name", "summary")
    return {"index": index, "source": saved.name, "name": saved.name, **({"marker": marker} if marker else {})}
