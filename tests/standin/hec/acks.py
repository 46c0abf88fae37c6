"""Acknowledgements: ids count from 0 in each channel, `true` is told once and then forgotten, an unknown id is false.

A client that loses the answer to its poll will hear `false` for ever: it has to send again. Nothing survives a restart.
"""

from collections.abc import Iterable
from itertools import count


class Acknowledgements:
    """The open acknowledgements of one channel of one token."""

    def __init__(self) -> None:
        self._numbers = count()
        self._ready: dict[int, float] = {}

    def issue(self, ready_at: float) -> int:
        """Give out the next id; it becomes true at a time of the clock."""
        number = next(self._numbers)
        self._ready[number] = ready_at
        return number

    def poll(self, numbers: Iterable[int], now: float) -> dict[str, bool]:
        """Tell which of the ids are indexed, and forget those that are."""
        return {str(number): self._take(number, now) for number in numbers}

    def _take(self, number: int, now: float) -> bool:
        if self._ready.get(number, now + 1) > now:
            return False
        del self._ready[number]
        return True
