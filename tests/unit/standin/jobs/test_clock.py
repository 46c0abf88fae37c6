"""The clock of the stand-in."""

import pytest

from standin.jobs.clock import ClockError, FixedClock, TickingClock


class Ticks:
    """Real seconds under the test's control."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        """Return the present tick."""
        return self.at


def test_clock_starts_where_it_is_told_and_ticks() -> None:
    """`--now` is the start; real seconds go on from there."""
    ticks = Ticks()
    clock = TickingClock(1000.0, ticks)
    ticks.at += 2.5

    assert clock.now() == 1002.5


def test_clock_moves_forward_only() -> None:
    """A jump forward is taken, a jump back is an error."""
    ticks = Ticks()
    clock = TickingClock(1000.0, ticks)
    clock.move_to(2000.0)
    ticks.at += 1

    assert clock.now() == 2001.0
    with pytest.raises(ClockError, match="cannot go back"):
        clock.move_to(1999.0)


def test_fixed_clock_stands_still() -> None:
    """A fixed clock knows one time."""
    assert FixedClock(5.0).now() == 5.0
