"""Summary indexing: what a scheduled search writes into its summary index."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from standin.events import Origin
from standin.instance import Instance, Settings
from standin.jobs.saved import SavedSearch
from standin.jobs.summary import summary_options
from standin.language.errors import Unsupported
from unit.standin.laboratory import MakeApp

NOW = 1_785_693_610.0  # 2026-08-02T18:00:10Z
SAVED = """
[Logins by user]
search = index=main login | stats count by user
cron_schedule = */5 * * * *
enableSched = 1
dispatch.earliest_time = -5m@m
dispatch.latest_time = @m
action.summary_index = 1
action.summary_index.report = daily
action.summary_index.site = a b
"""


@pytest.fixture
def instance(make_app: MakeApp, tmp_path: Path) -> Iterator[Instance]:
    """Return an instance with a scheduled search, and two logins before its next run."""
    made = Instance(Settings(tmp_path / "state", now=NOW, is_quiet=True))
    made.install(make_app({"default/savedsearches.conf": SAVED}))
    for user in ("ann", "bob"):
        made.pipeline.index_hec_event(f"login user={user}", Origin("main", "h", "s", "t"), NOW + 30)
    made.scheduler.refresh()
    yield made
    made.stop()


def summary(instance: Instance) -> list[tuple[str, float, str, str, str]]:
    """Return what the summary index holds, in the order of the texts."""
    events = instance.store.scan(["summary"])
    return sorted((event.raw, event.time, event.source, event.sourcetype, event.host) for event in events)


def test_rows_become_events_of_the_summary_index(instance: Instance) -> None:
    """They say which search, when and over what time it ran, then their fields, then the marker.

    Form of `search_name`, `search_now` and `info_*`: events of summary indexes of real instances, public; the command's
    template: alert_actions.conf as shipped; time and `info_*`: Search Reference, collect.
    """
    instance.move_clock(NOW + 300)

    told = (
        'search_name="Logins by user", search_now=1785693900.000, info_min_time=1785693600.000,'
        " info_max_time=1785693900.000, info_search_time=1785693900.000"
    )
    marker = 'report="daily", site="a b"'
    assert summary(instance) == [
        (
            f'08/02/2026 18:00:00 +0000, {told}, user="{user}", count="1", {marker}',
            1_785_693_600.0,
            "Logins by user",
            "stash",
            "standin",
        )
        for user in ("ann", "bob")
    ]


def test_what_was_written_is_found_by_its_fields(instance: Instance) -> None:
    """Fields of summary events are extracted as `name="value"` pairs."""
    instance.move_clock(NOW + 300)

    admin = instance.user("admin")
    assert admin is not None
    rows = instance.head.search(
        'index=summary search_name="Logins by user" user=ann | table count site', user=admin
    ).rows
    assert rows == [{"count": "1", "site": "a b"}]


def test_an_index_that_does_not_exist_keeps_nothing(instance: Instance) -> None:
    """The search runs on its schedule and nothing is saved (Configure summary indexes)."""
    instance.configuration.set("some_app", "savedsearches", "Logins by user", {"action.summary_index._name": "nowhere"})

    records = instance.move_clock(NOW + 300)

    assert [record.status for record in records] == ["success"]
    assert "nowhere" not in instance.store.indexes
    assert summary(instance) == []


def test_metrics_are_refused(instance: Instance) -> None:
    """`_type = metric` is right in Splunk and not here: nothing is written, and the log says why."""
    instance.configuration.set("some_app", "savedsearches", "Logins by user", {"action.summary_index._type": "metric"})

    instance.move_clock(NOW + 300)

    (said,) = [event.raw for event in instance.store.scan(["_internal"]) if "summaryindex" in event.raw]
    assert "not supported by this stand-in: action.summary_index._type = metric" in said
    assert summary(instance) == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, {"index": "summary"}, id="as-shipped"),
        pytest.param({"_name": "mine", "inline": "0", "ttl": "5", "_secret": "x"}, {"index": "mine"}, id="no-markers"),
        pytest.param({"a": "1", "b": "2"}, {"index": "summary", "marker": 'a="1", b="2"'}, id="markers"),
    ],
)
def test_options(settings: dict[str, str], expected: dict[str, str]) -> None:
    """Every other key is a marker (the command's template in alert_actions.conf as shipped)."""
    named = {f"action.summary_index.{key}": value for key, value in settings.items()}

    assert summary_options(SavedSearch("s", "app", "me", named)) == {"source": "s", "name": "s", **expected}


def test_a_metric_type_is_unsupported() -> None:
    """It is refused by its name."""
    with pytest.raises(Unsupported, match="_type = metric"):
        summary_options(SavedSearch("s", "app", "me", {"action.summary_index._type": "metric"}))
