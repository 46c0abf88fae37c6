"""Which runs are due."""

import pytest

from standin.jobs.schedule import Key, Run, ScheduleError, due_runs, period_s, run_times

HOUR = 1_790_000_000 // 3600 * 3600.0
A, B = ("app", "a"), ("app", "b")


def complain(key: Key, error: ScheduleError) -> None:
    """Fail the test: nothing here should be unreadable."""
    raise AssertionError(f"{key}: {error}")


def test_every_time_passed_is_run_in_order() -> None:
    """A jump of ten minutes runs two searches as if the time had gone by."""
    runs = due_runs({A: "*/5 * * * *", B: "3 * * * *"}, {A: HOUR, B: HOUR}, HOUR + 600, complain)

    assert runs == [Run(HOUR + 180, B), Run(HOUR + 300, A), Run(HOUR + 600, A)]


def test_a_time_is_run_once() -> None:
    """The time of the last run is not due again."""
    assert due_runs({A: "*/5 * * * *"}, {A: HOUR + 300}, HOUR + 599, complain) == []


def test_a_wrong_cron_expression_holds_nothing_else_up() -> None:
    """What cannot be read is reported; the others run."""
    reported: list[Key] = []
    runs = due_runs({A: "nonsense", B: "* * * * *"}, {A: HOUR, B: HOUR}, HOUR + 60, lambda key, _: reported.append(key))

    assert reported == [A]
    assert runs == [Run(HOUR + 60, B)]


@pytest.mark.parametrize(("cron", "seconds"), [("*/5 * * * *", 300), ("17 * * * *", 3600), ("0 3 * * *", 86400)])
def test_period_is_the_time_between_runs(cron: str, seconds: int) -> None:
    """A ttl of 2p needs the period."""
    assert period_s(cron, HOUR) == seconds


def test_wrong_expression_is_named() -> None:
    """The error quotes the expression."""
    with pytest.raises(ScheduleError, match="every day"):
        next(run_times("every day", HOUR))
