"""The scheduler, with an instance that only remembers what it was asked."""

import threading
from collections.abc import Mapping, Sequence

import pytest

from standin.environment import Row, TimeBounds
from standin.jobs.alert import Rows
from standin.jobs.clock import FixedClock
from standin.jobs.fired import FiredAlerts
from standin.jobs.job import Order
from standin.jobs.registry import Jobs
from standin.jobs.saved import SavedSearch
from standin.jobs.scheduler import MAX_RESULTS, Alert, Scheduler, saved_bounds, time_to_live_s
from standin.language.errors import SearchError
from standin.language.search import Result
from standin.searchhead import User

HOUR = 1_790_000_000 // 3600 * 3600.0
ON = {"enableSched": "1", "cron_schedule": "*/5 * * * *", "search": "index=x"}


class Clock(FixedClock):
    """A clock that a test sets."""

    def move(self, at: float) -> None:
        """Set the time."""
        self._at = at


class Surroundings:
    """Everything around a scheduler, with two rows for every search."""

    def __init__(self, *saved: SavedSearch) -> None:
        self.saved = list(saved)
        self.orders: list[Order] = []
        self.called: list[tuple[str, Sequence[Row]]] = []
        self.log: list[Mapping[str, str]] = []
        self.fails = False
        self.rows: list[Row] = [{"user": "a"}, {"user": "b"}]

    def search(self, order: Order) -> Result:
        """Answer every search with the same rows."""
        self.orders.append(order)
        if self.fails:
            raise SearchError("nothing works")
        return Result(self.rows, ["user"])

    def saved_searches(self) -> Sequence[SavedSearch]:
        """Return the saved searches of the test."""
        return self.saved

    def user(self, name: str) -> User | None:
        """Know everybody but `gone`."""
        return None if name == "gone" else User(name, frozenset())

    def run_action(self, action: str, alert: Alert) -> None:
        """Remember the call."""
        self.called.append((action, alert.rows))

    def action_setting(self, saved: SavedSearch, action: str, key: str) -> str:
        """Know what the saved search says, and that `page` can be tracked."""
        return saved.text(f"action.{action}.{key}") or ("1" if (action, key) == ("page", "track_alert") else "")

    def search_rows(self, search: str, rows: Rows, order: Order) -> Result:
        """Let the condition `none` find nothing, and `broken` be wrong."""
        if search == "broken":
            raise SearchError("Unknown search command 'broken'.")
        return Result([] if search == "none" else list(rows), [])

    def log_run(self, at: float, values: Mapping[str, str]) -> None:
        """Remember the line."""
        self.log.append(values)


def saved(owner: str = "nobody", **settings: str) -> SavedSearch:
    """Return a scheduled search; `_` in names without dots stands for `.`."""
    named = {key if "." in key else key.replace("_", "."): value for key, value in settings.items()}
    return SavedSearch("s", "app", owner, ON | named)


def scheduler(surroundings: Surroundings, clock: Clock) -> tuple[Scheduler, FiredAlerts]:
    """Return a scheduler that has taken note of its searches at the hour."""
    fired = FiredAlerts()
    made = Scheduler(surroundings, Jobs(surroundings.search, clock), clock, fired)
    made.refresh()
    return made, fired


def test_each_run_has_its_own_now() -> None:
    """Relative times refer to the scheduled time, not to the time of the clock."""
    around = Surroundings(saved())
    made, _ = scheduler(around, Clock(HOUR))

    records = made.run_due(HOUR + 600)

    assert [record.at for record in records] == [HOUR + 300, HOUR + 600]
    assert [order.now for order in around.orders] == [HOUR + 300, HOUR + 600]
    assert made.run_due(HOUR + 600) == []


def test_what_is_switched_on_later_begins_later() -> None:
    """A search that is enabled at half past does not catch up."""
    around, clock = Surroundings(), Clock(HOUR)
    made, _ = scheduler(around, clock)
    clock.move(HOUR + 1800)
    around.saved.append(saved())
    made.refresh()

    assert [record.at for record in made.run_due(HOUR + 2100)] == [HOUR + 2100]


@pytest.mark.parametrize(
    ("realtime", "statuses"),
    [("0", ["success", "success", "success"]), ("1", ["skipped", "skipped", "success"])],
    ids=["continuous", "real-time"],
)
def test_a_scheduler_that_is_behind_skips_what_need_not_run(realtime: str, statuses: list[str]) -> None:
    """Continuous schedules run every period; of others only the newest run begins, and the log names the rest."""
    around = Surroundings(SavedSearch("s", "app", "nobody", ON | {"realtime_schedule": realtime}))
    made, _ = scheduler(around, Clock(HOUR))

    records = made.run_due(HOUR + 900, is_behind=True)

    assert [record.status for record in records] == statuses
    assert [line["status"] for line in around.log] == statuses


def test_digest_calls_an_action_once_and_per_result_once_a_row() -> None:
    """The rows of each call are what the alert is about."""
    digest = Surroundings(saved(action_note="1"))
    scheduler(digest, Clock(HOUR))[0].run_due(HOUR + 300)
    single = Surroundings(saved(action_note="1", **{"alert.digest_mode": "0"}))
    scheduler(single, Clock(HOUR))[0].run_due(HOUR + 300)

    assert [len(rows) for _, rows in digest.called] == [2]
    assert [rows for _, rows in single.called] == [[{"user": "a"}], [{"user": "b"}]]


def test_a_condition_that_finds_nothing_calls_nothing() -> None:
    """`counttype = custom` decides by its search."""
    settings = {"action.note": "1", "counttype": "custom", "alert_condition": "none"}
    around = Surroundings(SavedSearch("s", "app", "nobody", ON | settings))

    scheduler(around, Clock(HOUR))[0].run_due(HOUR + 300)

    assert around.called == []
    assert around.log[0]["status"] == "success"


def test_a_condition_that_is_broken_is_a_failed_run() -> None:
    """An alert condition that cannot be evaluated fails its run by name, calls nothing, and stops nobody else."""
    settings = {"action.note": "1", "counttype": "custom", "alert_condition": "broken"}
    around = Surroundings(SavedSearch("s", "app", "nobody", ON | settings), SavedSearch("t", "app", "nobody", ON))

    records = scheduler(around, Clock(HOUR))[0].run_due(HOUR + 300)

    assert [(record.name, record.status) for record in records] == [("s", "failed"), ("t", "success")]
    assert around.log[0]["reason"] == "alert_condition: Unknown search command 'broken'."
    assert around.called == []


def test_an_action_sees_no_more_than_its_maxresults() -> None:
    """`maxresults` of an action cuts what it sees, 10,000 as shipped; other actions see the rest (alert_actions.conf)."""
    settings = {"action.note": "1", "action.note.maxresults": "1", "action.other": "1"}
    around = Surroundings(SavedSearch("s", "app", "nobody", ON | settings))
    many = Surroundings(SavedSearch("s", "app", "nobody", ON | {"action.note": "1"}))
    many.rows = [{"user": str(number)} for number in range(MAX_RESULTS + 1)]

    for each in (around, many):
        scheduler(each, Clock(HOUR))[0].run_due(HOUR + 300)

    assert [(action, len(rows)) for action, rows in around.called] == [("note", 1), ("other", 2)]
    assert [len(rows) for _, rows in many.called] == [MAX_RESULTS]


def test_a_maxresults_that_is_no_number_is_said() -> None:
    """Nothing is guessed."""
    settings = {"action.note": "1", "action.note.maxresults": "all"}
    around = Surroundings(SavedSearch("s", "app", "nobody", ON | settings))

    scheduler(around, Clock(HOUR))[0].run_due(HOUR + 300)

    assert around.log[0]["reason"] == "maxresults of action note is 'all', not a whole number"


@pytest.mark.parametrize(
    ("settings", "is_tracked"),
    [
        pytest.param({"alert.track": "1"}, True, id="forced"),
        pytest.param({"alert.track": "0", "action.page": "1", "counttype": "number of events"}, False, id="never"),
        pytest.param({"action.page": "1"}, False, id="auto-always"),
        pytest.param({"action.page": "1", "counttype": "number of events"}, True, id="auto-trackable"),
        pytest.param({"action.note": "1", "counttype": "number of events"}, False, id="auto-not-trackable"),
        pytest.param(
            {"action.note": "1", "action.note.track_alert": "1", "counttype": "number of events"},
            True,
            id="auto-by-search",
        ),
        pytest.param({"counttype": "number of events"}, False, id="auto-no-action"),
    ],
)
def test_what_is_tracked(settings: dict[str, str], is_tracked: bool) -> None:
    """`auto` follows `track_alert` of the actions, unless the alert always triggers (savedsearches.conf.spec)."""
    condition = {"relation": "greater than", "quantity": "0"}
    made, fired = scheduler(Surroundings(SavedSearch("s", "app", "nobody", ON | condition | settings)), Clock(HOUR))

    made.run_due(HOUR + 300)

    assert bool(fired.current(HOUR + 400)) is is_tracked


@pytest.mark.parametrize(
    ("settings", "calls"),
    [
        pytest.param({}, [2], id="inline-by-default"),
        pytest.param({"alert.digest_mode": "0"}, [2], id="inline-is-part-of-the-search"),
        pytest.param({"action.summary_index.inline": "0", "alert.digest_mode": "0"}, [1, 1], id="follow-on"),
        pytest.param(
            {"counttype": "number of events", "relation": "greater than", "quantity": "5"}, [], id="condition"
        ),
        pytest.param(
            {"counttype": "number of events", "relation": "greater than", "quantity": "0", "alert.digest_mode": "0"},
            [1, 1],
            id="conditional-is-an-action",
        ),
    ],
)
def test_summary_indexing_is_part_of_the_search_or_an_action(settings: dict[str, str], calls: list[int]) -> None:
    """`inline` counts only where the alert always triggers (savedsearches.conf.spec); then it writes every row, once."""
    around = Surroundings(SavedSearch("s", "app", "nobody", ON | {"action.summary_index": "1"} | settings))

    scheduler(around, Clock(HOUR))[0].run_due(HOUR + 300)

    assert [(action, len(rows)) for action, rows in around.called] == [("summary_index", count) for count in calls]


def test_summary_indexing_does_not_obey_suppression() -> None:
    """As part of the search it writes in every run, although the alert is silent."""
    settings = {"action.summary_index": "1", "action.note": "1", "alert.suppress": "1", "alert.suppress.period": "1h"}
    around = Surroundings(SavedSearch("s", "app", "nobody", ON | settings))

    scheduler(around, Clock(HOUR))[0].run_due(HOUR + 600)

    assert [action for action, _ in around.called] == ["summary_index", "note", "summary_index"]


@pytest.mark.parametrize(("forced", "statuses"), [("0", ["success"] * 3), ("1", ["skipped", "skipped", "success"])])
def test_summary_indexing_makes_a_schedule_continuous(forced: str, statuses: list[str]) -> None:
    """Gaps in a summary are not wanted: realtime_schedule counts only by force (savedsearches.conf.spec)."""
    settings = {"action.summary_index": "1", "action.summary_index.force_realtime_schedule": forced}
    around = Surroundings(SavedSearch("s", "app", "nobody", ON | settings))

    records = scheduler(around, Clock(HOUR))[0].run_due(HOUR + 900, is_behind=True)

    assert [record.status for record in records] == statuses


def test_a_failed_search_is_logged_and_calls_nothing() -> None:
    """The reason is in the log."""
    around = Surroundings(saved(action_note="1"))
    around.fails = True
    record = scheduler(around, Clock(HOUR))[0].run_due(HOUR + 300)[0]

    assert record.status == "failed"
    assert around.called == []
    assert around.log[0]["reason"] == "nothing works"


@pytest.mark.parametrize(
    "search",
    [saved(owner="gone"), saved(dispatch_ttl="soon"), saved(counttype="moons")],
    ids=["owner", "ttl", "condition"],
)
def test_what_cannot_run_is_skipped_with_its_reason(search: SavedSearch) -> None:
    """Nothing is guessed, and the scheduler goes on."""
    around = Surroundings(search)
    record = scheduler(around, Clock(HOUR))[0].run_due(HOUR + 300)[0]

    assert record.status == "skipped"
    assert around.log[0]["reason"]


def test_a_wrong_cron_expression_is_logged() -> None:
    """A schedule that cannot be read stops nobody else."""
    wrong = SavedSearch("wrong", "app", "nobody", ON | {"cron_schedule": "every day"})
    around = Surroundings(wrong, saved())
    records = scheduler(around, Clock(HOUR))[0].run_due(HOUR + 300)

    assert [record.name for record in records] == ["s"]
    assert around.log[0]["savedsearch_name"] == "wrong"


def test_a_wrong_cron_expression_is_logged_once() -> None:
    """The scheduler looks every second and does not repeat itself."""
    around = Surroundings(SavedSearch("wrong", "app", "nobody", ON | {"cron_schedule": "every day"}))
    made, _ = scheduler(around, Clock(HOUR))
    for second in range(3):
        made.run_due(HOUR + second)

    assert len(around.log) == 1


def test_an_action_may_change_what_is_scheduled() -> None:
    """A script that switches its own search off is not waited for, and the search runs no more."""

    class SwitchingOff(Surroundings):
        def run_action(self, action: str, alert: Alert) -> None:
            super().run_action(action, alert)
            self.saved.clear()
            other = threading.Thread(target=made.refresh)
            other.start()
            other.join(10)
            assert not other.is_alive()

    around = SwitchingOff(saved(action_note="1"))
    made, _ = scheduler(around, Clock(HOUR))

    assert [record.at for record in made.run_due(HOUR + 900)] == [HOUR + 300]


def test_tracked_alerts_expire() -> None:
    """`alert.track = 1` puts the alert on the list for `alert.expires`."""
    around = Surroundings(saved(**{"alert.track": "1", "alert.expires": "10m"}))
    made, fired = scheduler(around, Clock(HOUR))
    made.run_due(HOUR + 300)

    assert [alert.savedsearch_name for alert in fired.current(HOUR + 400)] == ["s"]
    assert fired.current(HOUR + 900) == []


def test_the_four_bounds_are_resolved_at_the_run() -> None:
    """Index-time and event-time keys refer to the scheduled time; what is empty is open."""
    search = SavedSearch(
        "s",
        "app",
        "nobody",
        {"dispatch.index_earliest": "-7m@m", "dispatch.index_latest": "-2m@m", "dispatch.earliest_time": "-24h"},
    )

    assert saved_bounds(search, HOUR) == TimeBounds(HOUR - 86400, None, HOUR - 420, HOUR - 120)


@pytest.mark.parametrize(("ttl", "expected"), [("2p", 600), ("3p", 900), ("77", 77)])
def test_time_to_live_counts_periods(ttl: str, expected: int) -> None:
    """`2p` of a search that runs every five minutes is ten minutes."""
    assert time_to_live_s(saved(dispatch_ttl=ttl), HOUR) == expected
