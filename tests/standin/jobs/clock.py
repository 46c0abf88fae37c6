"""The stand-in's time: starts where it is told, ticks with real time, can be moved forward and never back."""

import time
from collections.abc import Callable
from typing import Protocol


class Clock(Protocol):
    """Tells the time in epoch seconds."""

    def now(self) -> float:
        """Return the present time."""


class ClockError(Exception):
    """A clock was asked to go back."""


class FixedClock:
    """A clock that stands still: the `now` of one scheduled run, however long the run takes."""

    def __init__(self, at: float) -> None:
        self._at = at

    def now(self) -> float:
        """Return the one time that it knows."""
        return self._at


class TickingClock:
    """A clock that runs `start - real time` ahead of the real one; `tick` is the source of real seconds."""

    def __init__(self, start: float | None = None, tick: Callable[[], float] = time.monotonic) -> None:
        self._tick = tick
        self._offset = (time.time() if start is None else start) - tick()

    def now(self) -> float:
        """Return the present time."""
        return self._tick() + self._offset

    def move_to(self, epoch: float) -> None:
        """Set the clock forward; a time that has passed is an error."""
        now = self.now()
        if epoch < now:
            raise ClockError(f"the clock stands at {now:.3f} and cannot go back to {epoch:.3f}")
        self._offset += epoch - now
