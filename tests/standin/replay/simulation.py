"""One replay: the runs that begin, in the order of time, each over what is searchable at its moment.

Relative times of a run refer to its scheduled time, what it collects is indexed at the moment at which it begins.
Says, as one object a line with its `kind`:

finding   time, scheduled, search, index, source, sourcetype, raw     an event that a search wrote (collect)
action    time, scheduled, search, action, rows                       a call of an alert action
run       time, scheduled, search, status, reason, index_earliest, …  a run that was skipped or failed, and its slice
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from standin.conf.configuration import Configuration
from standin.environment import Row, TimeBounds
from standin.events.store import within
from standin.hostile import Hostility
from standin.jobs.alert import Rows
from standin.jobs.fired import FiredAlerts
from standin.jobs.job import Order
from standin.jobs.postprocess import run_over
from standin.jobs.registry import Jobs
from standin.jobs.saved import SavedSearch, action_setting, is_true
from standin.jobs.schedule import Key, Run
from standin.jobs.scheduler import SUMMARY_INDEX, Alert, Scheduler, saved_bounds
from standin.jobs.slots import Start
from standin.jobs.summary import summarise
from standin.language.errors import SearchError
from standin.language.search import Result
from standin.replay.recording import Arrival, ReplayStore, is_on_peer
from standin.searchhead import SearchHead, User
from standin.values.multivalue import as_texts

Line = dict[str, object]
Call = Callable[[str, Alert], object]
Identity = tuple[str, ...]
# Who owns what nobody owns, and the administrator, are the only users of a replay.
OWNERS = ("nobody", "splunk-system-user", "admin")


class Site(NamedTuple):
    """What is replayed: conf, the searches that are switched on, the recording's index, who searches, how hostile."""

    configuration: Configuration
    searches: Mapping[Key, SavedSearch]
    index: str  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    administrator: User
    hostility: Hostility | None = None


class Found(NamedTuple):
    """A result row, told apart from others of its search as throttling does: by alert.suppress.fields."""

    search: str
    identity: Identity


class SetClock:
    """A clock that the replay sets."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        """Return the simulated time."""
        return self.at


class Simulation:
    """The surroundings of a scheduler whose time is simulated."""

    def __init__(self, site: Site, arrivals: Sequence[Arrival], peer_down: Mapping[Key, float], call: Call) -> None:
        self.lines: list[Line] = []
        self.found: dict[Found, Row] = {}
        self._site = site
        self._waiting = list(arrivals)
        self._peer_down = peer_down
        self._call = call
        self._clock = SetClock(0.0)
        self._store = ReplayStore(site.index)
        self._head = SearchHead(site.configuration, self._store, self._clock.now)
        self._head.hostility = site.hostility
        self._scheduler = Scheduler(self, Jobs(self._search, self._clock), self._clock, FiredAlerts())

    def play(self, starts: Sequence[Start]) -> None:
        """Run what begins, and say what does not."""
        for start in starts:
            self._clock.at = start.at
            saved = self._site.searches[start.run.key]
            if start.reason:
                self._say_run(saved, start.run.at, "skipped", start.reason)
            else:
                self._run(saved, start.run)

    def _run(self, saved: SavedSearch, run: Run) -> None:
        self._receive()
        written = len(self._store.written)
        self._store.is_peer_down = self._peer_down.get(run.key) == run.at
        self._scheduler.run(saved, run.at)
        for event in self._store.written[written:]:
            where = {"index": event.index, "source": event.source, "sourcetype": event.sourcetype}
            self._say("finding", run.at, saved.name, **where, raw=event.raw)

    def _receive(self) -> None:
        count = next(
            (number for number, each in enumerate(self._waiting) if each.searchable > self._clock.at),
            len(self._waiting),
        )
        self._store.arrive(arrival.event for arrival in self._waiting[:count])
        del self._waiting[:count]

    def _search(self, order: Order) -> Result:
        saved = self._site.searches[order.app, order.label]
        if self._store.is_peer_down and not is_true(saved.text("dispatch.allow_partial_results", "1")):
            raise SearchError("a search peer is down, and dispatch.allow_partial_results is 0")
        result = self._head.search(order.search, user=order.user, app=order.app, bounds=order.bounds, now=order.now)
        self.found.update((Found(saved.name, identity(saved, row)), row) for row in result.rows)
        return result

    def saved_searches(self) -> Sequence[SavedSearch]:
        """Return the searches that are switched on."""
        return list(self._site.searches.values())

    def user(self, name: str) -> User | None:
        """Return the administrator for those whom every site has."""
        return self._site.administrator if name in OWNERS else None

    def run_action(self, action: str, alert: Alert) -> None:
        """Record a call of an action, and make it if that was asked for; what is summarised is a finding."""
        if action == SUMMARY_INDEX:
            self._summarise(alert)
            return
        rows = [shown(row) for row in alert.rows]
        self._say("action", alert.at, alert.saved.name, action=action, rows=rows)
        self._call(action, alert)

    def _summarise(self, alert: Alert) -> None:
        try:
            summarise(self._head, alert)
        except SearchError as error:
            self._say_run(alert.saved, alert.at, "failed", f"summary_index: {error}")

    def action_setting(self, saved: SavedSearch, action: str, key: str) -> str:
        """Return a setting of an action as a saved search has it."""
        return action_setting(self._site.configuration, saved, action, key)

    def search_rows(self, search: str, rows: Rows, order: Order) -> Result:
        """Run a custom alert condition."""
        environment = self._head.environment(user=order.user, app=order.app, bounds=order.bounds, now=order.now)
        return run_over(search, rows, None, environment)

    def log_run(self, at: float, values: Mapping[str, str]) -> None:
        """Say what became of a run, unless it went well."""
        if values["status"] != "success":
            saved = self._site.searches[values["app"], values["savedsearch_name"]]
            self._say_run(saved, at, values["status"], values["reason"])

    def _say_run(self, saved: SavedSearch, at: float, status: str, reason: str) -> None:
        self._say("run", at, saved.name, status=status, reason=reason, **slice_of(saved, at))

    def _say(self, kind: str, scheduled: float, search: str, **values: object) -> None:
        self.lines.append({"kind": kind, "time": self._clock.at, "scheduled": scheduled, "search": search, **values})


def slice_of(saved: SavedSearch, at: float) -> dict[str, float]:
    """Return the bounds of a run that are set; none where a key cannot be read."""
    try:
        bounds = saved_bounds(saved, at)._asdict()
    except ValueError:
        return {}
    return {name: value for name, value in bounds.items() if value is not None}


def identity(saved: SavedSearch, row: Row) -> Identity:
    """Return what tells a row from others: its suppression fields, else all that do not begin with `_`."""
    names = saved.suppression_fields or sorted(name for name in row if not name.startswith("_"))
    return tuple("\n".join(as_texts(row.get(name))) for name in names)


def shown(row: Row) -> Row:
    """Return a row without its internal fields."""
    return {name: value for name, value in row.items() if not name.startswith("_")}


def peer_down_runs(site: Site, arrivals: Sequence[Arrival], runs: Sequence[Run]) -> dict[Key, float]:
    """Return for each search the run in whose slice most events of the first peer lie."""
    events = [arrival.event for arrival in arrivals if is_on_peer(arrival.event, 0)]
    most: dict[Key, tuple[int, float]] = {}
    for run in runs:
        bounds = TimeBounds(**slice_of(site.searches[run.key], run.at))
        count = sum(1 for _ in within(events, bounds))
        if count > most.get(run.key, (0, 0.0))[0]:
            most[run.key] = count, run.at
    return {key: at for key, (_, at) in most.items()}
