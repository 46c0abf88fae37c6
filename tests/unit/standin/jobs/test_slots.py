"""Which runs begin, wait, or are skipped."""

import pytest

from standin.jobs.saved import SavedSearch, SavedSearchError
from standin.jobs.schedule import Run
from standin.jobs.slots import Capacity, Habit, Span, Start, overtaken, plan

HOUR = 1_790_000_000 // 3600 * 3600.0
A, B, C = ("app", "a"), ("app", "b"), ("app", "c")
CONTINUOUS = {"realtime_schedule": "0"}


def habit(**settings: str) -> Habit:
    """Return the habit of a saved search."""
    return Habit.of(SavedSearch("s", "app", "nobody", settings))


def every_five_minutes(count: int) -> list[Run]:
    """Return the runs of search A within the hour."""
    return [Run(HOUR + 300 * number, A) for number in range(1, count + 1)]


def begun(starts: list[Start]) -> list[tuple[float, float]]:
    """Return scheduled and actual minutes of what begins."""
    return [((start.run.at - HOUR) / 60, (start.at - HOUR) / 60) for start in starts if not start.reason]


def test_runs_begin_on_time_where_there_are_slots() -> None:
    """Nothing is late without a reason."""
    runs = [Run(HOUR, A), Run(HOUR, B), Run(HOUR + 300, A)]

    starts = plan(runs, {A: habit(), B: habit(**CONTINUOUS)}, Capacity())

    assert starts == [Start(run.at, run) for run in runs]


def test_continuous_runs_wait_and_none_is_lost_while_slots_are_taken() -> None:
    """One after the other, since a search runs once at a time."""
    capacity = Capacity(run_s=60.0, busy=Span(HOUR, HOUR + 960))

    starts = plan(every_five_minutes(4), {A: habit(**CONTINUOUS)}, capacity)

    assert begun(starts) == [(5, 16), (10, 17), (15, 18), (20, 20)]


def test_other_runs_are_skipped_at_their_next_time() -> None:
    """Only the newest of those that waited begins."""
    starts = plan(every_five_minutes(4), {A: habit()}, Capacity(busy=Span(HOUR, HOUR + 960)))

    assert begun(starts) == [(15, 16), (20, 20)]
    assert [(start.at, start.run.at) for start in starts if start.reason] == [
        (HOUR + 600, HOUR + 300),
        (HOUR + 900, HOUR + 600),
    ]


def test_what_came_due_while_the_scheduler_was_down() -> None:
    """Continuous schedules catch up, others go on from the present."""
    runs = [run._replace(key=key) for run in every_five_minutes(4) for key in (A, B)]
    capacity = Capacity(run_s=0.0, down=Span(HOUR, HOUR + 960))

    starts = plan(runs, {A: habit(**CONTINUOUS), B: habit()}, capacity)

    assert begun([start for start in starts if start.run.key == A]) == [(5, 16), (10, 16), (15, 16), (20, 20)]
    assert begun([start for start in starts if start.run.key == B]) == [(20, 20)]


def test_continuous_schedules_look_back_a_day() -> None:
    """After 30 hours the first six are lost, and said to be."""
    runs = [Run(HOUR + 3600 * number, A) for number in range(31)]

    starts = plan(runs, {A: habit(**CONTINUOUS)}, Capacity(down=Span(HOUR, HOUR + 30 * 3600)))

    assert [(start.run.at - HOUR) / 3600 for start in starts if start.reason] == [0, 1, 2, 3, 4, 5]
    assert {start.reason for start in starts if start.reason} == {
        "scheduler was down for longer than continuous schedules look back"
    }
    assert len(starts) == len(runs)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"schedule_priority": "highest", **CONTINUOUS}, {"schedule_priority": "higher"}, id="highest"),
        pytest.param({"schedule_priority": "higher"}, {}, id="higher"),
        pytest.param({}, {"schedule_priority": "higher", **CONTINUOUS}, id="real-time"),
        pytest.param({"schedule_priority": "higher", **CONTINUOUS}, CONTINUOUS, id="continuous"),
        pytest.param({}, {"schedule_window": "5"}, id="window"),
    ],
)
def test_who_goes_first_where_there_is_one_slot(first: dict[str, str], second: dict[str, str]) -> None:
    """The order of savedsearches.conf.spec, and a schedule_window lets others go first."""
    habits = {A: habit(**second), B: habit(**first)}

    starts = plan([Run(HOUR, A), Run(HOUR, B)], habits, Capacity(slots=1, run_s=10.0))

    assert starts == [Start(HOUR, Run(HOUR, B)), Start(HOUR + 10, Run(HOUR, A))]


def test_a_window_that_is_over_counts_no_more() -> None:
    """After its window a search is as urgent as the others, and older."""
    habits = {A: habit(schedule_window="1"), B: habit(), C: habit()}
    runs = [Run(HOUR, A), Run(HOUR, B), Run(HOUR + 60, C)]

    starts = plan(runs, habits, Capacity(slots=1, run_s=90.0))

    assert [start.run.key for start in starts] == [B, A, C]


def test_max_concurrent_lets_a_search_run_beside_itself() -> None:
    """`max_concurrent` is 1 as shipped."""
    capacity = Capacity(run_s=420.0)

    assert begun(plan(every_five_minutes(2), {A: habit(max_concurrent="2")}, capacity)) == [(5, 5), (10, 10)]
    assert begun(plan(every_five_minutes(2), {A: habit()}, capacity)) == [(5, 5), (10, 12)]


@pytest.mark.parametrize(
    "settings",
    [{"schedule_priority": "urgent"}, {"schedule_window": "5m"}, {"max_concurrent": "0"}],
    ids=["priority", "window", "concurrent"],
)
def test_what_splunk_would_refuse_is_refused(settings: dict[str, str]) -> None:
    """The message names the key and its value."""
    with pytest.raises(SavedSearchError, match=next(iter(settings))):
        habit(**settings)


def test_overtaken_are_all_but_the_newest_of_each_search() -> None:
    """Searches do not overtake each other."""
    assert overtaken([Run(1, A), Run(2, B), Run(3, A)]) == {Run(1, A)}
