"""Seeded chance, and a tally of what it was used for: one seed does the same to the same data every time."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Chance:
    """The random numbers of one hostile run; each purpose has a row of its own, so that none disturbs another."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.tally: Counter[str] = Counter()
        self._numbers: dict[str, Random] = {}

    def numbers(self, purpose: str) -> Random:
        """Return the random numbers for one purpose."""
        if purpose not in self._numbers:
            self._numbers[purpose] = Random(f"{self.seed} {purpose}")  # noqa: S311 - repeatable on purpose
        return self._numbers[purpose]

    def shuffled(self, purpose: str, items: Sequence[Item]) -> list[Item]:
        """Return the items in another order."""
        mixed = list(items)
        self.numbers(purpose).shuffle(mixed)
        return mixed

    def count(self, what: str, number: int = 1) -> None:
        """Note that something was done so many times."""
        if number:
            self.tally[what] += number

    def said(self) -> str:
        """Return the tally as one line."""
        done = ", ".join(f"{what} {number}" for what, number in sorted(self.tally.items()))
        return f"hostile {self.seed}: {done or 'nothing to disturb'}"
