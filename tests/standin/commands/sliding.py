"""Aggregates over a sliding window: values enter at one end and leave at the other, in the order they came."""

from collections import Counter, deque
from collections.abc import Sequence
from typing import Protocol

from standin.commands.accumulators import Accumulator
from standin.commands.aggregates import Aggregate
from standin.environment import Row, Value
from standin.values.multivalue import from_texts
from standin.values.numbers import Number, bounded, normal, read_number

COUNTING = frozenset({"count", "c"})
SUMMING = frozenset({"sum", "avg", "mean"})
DISTINCT = frozenset({"dc", "distinct_count", "estdc", "values"})
EXTREMES = frozenset({"min", "max"})


class Sliding(Protocol):
    """A running aggregate that can forget its oldest values."""

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Take the values of a row."""

    def remove(self, texts: Sequence[str]) -> None:
        """Forget the oldest row, whose values these were."""

    def result(self) -> Value | None:
        """Return the aggregate of what is in the window."""


def make_sliding(aggregate: Aggregate, *, slides: bool) -> Sliding:
    """Return the aggregate for a window, the plain accumulator where nothing ever leaves."""
    name = aggregate.function
    if not slides:
        return _Growing(aggregate.make())
    if name in COUNTING:
        return _Count()
    if name in SUMMING:
        return _Sum(is_mean=name != "sum")
    if name in DISTINCT:
        return _Distinct(gives_values=name == "values")
    return _Extreme(wants_greatest=name == "max") if name in EXTREMES else _Recomputed(aggregate)


class _Growing:
    def __init__(self, accumulator: Accumulator) -> None:
        self.accumulator = accumulator

    def add(self, texts: Sequence[str], row: Row) -> None:
        self.accumulator.add(texts, row)

    def remove(self, texts: Sequence[str]) -> None:
        raise AssertionError("nothing leaves a window without bounds")

    def result(self) -> Value | None:
        return self.accumulator.result()


class _Count:
    def __init__(self) -> None:
        self.total = 0

    def add(self, texts: Sequence[str], row: Row) -> None:
        self.total += len(texts)

    def remove(self, texts: Sequence[str]) -> None:
        self.total -= len(texts)

    def result(self) -> Value | None:
        return self.total


class _Sum:
    def __init__(self, *, is_mean: bool) -> None:
        self.total: Number = 0
        self.count = 0
        self.is_mean = is_mean

    def add(self, texts: Sequence[str], row: Row) -> None:
        self._move(texts, 1)

    def remove(self, texts: Sequence[str]) -> None:
        self._move(texts, -1)

    def _move(self, texts: Sequence[str], sign: int) -> None:
        for text in texts:
            number = read_number(text)
            if number is not None:
                self.total += sign * (number if isinstance(number, int) else float(number))
                self.count += sign

    def result(self) -> Value | None:
        if not self.count:
            self.total = 0  # so that no rounding error outlives the values that made it
            return None
        return normal(self.total / self.count) if self.is_mean else bounded(self.total)


class _Distinct:
    def __init__(self, *, gives_values: bool) -> None:
        self.seen: Counter[str] = Counter()
        self.gives_values = gives_values

    def add(self, texts: Sequence[str], row: Row) -> None:
        self.seen.update(texts)

    def remove(self, texts: Sequence[str]) -> None:
        for text in texts:
            if self.seen[text] == 1:
                del self.seen[text]
            else:
                self.seen[text] -= 1

    def result(self) -> Value | None:
        return from_texts(sorted(self.seen)) if self.gives_values else len(self.seen)


class _Extreme:
    """Keeps only values that can still become the extreme: each beats all that came after it."""

    def __init__(self, *, wants_greatest: bool) -> None:
        self.wants_greatest = wants_greatest
        self.numbers: deque[tuple[int, Number, str]] = deque()
        self.texts: deque[tuple[int, str]] = deque()
        self.entered = 0
        self.left = 0

    def add(self, texts: Sequence[str], row: Row) -> None:
        self.entered += 1
        for text in texts:
            number = read_number(text)
            if number is None:
                while self.texts and (self.texts[-1][1] <= text if self.wants_greatest else self.texts[-1][1] >= text):
                    self.texts.pop()
                self.texts.append((self.entered, text))
            else:
                while self.numbers and self._is_beaten(self.numbers[-1][1], number):
                    self.numbers.pop()
                self.numbers.append((self.entered, number, text))

    def _is_beaten(self, old: Number, new: Number) -> bool:
        return old <= new if self.wants_greatest else old >= new

    def remove(self, texts: Sequence[str]) -> None:
        self.left += 1
        while self.numbers and self.numbers[0][0] <= self.left:
            self.numbers.popleft()
        while self.texts and self.texts[0][0] <= self.left:
            self.texts.popleft()

    def result(self) -> Value | None:
        if self.numbers:
            return self.numbers[0][2]
        return self.texts[0][1] if self.texts else None


class _Recomputed:
    """Any other aggregate: kept as values, computed anew when asked."""

    def __init__(self, aggregate: Aggregate) -> None:
        self.aggregate = aggregate
        self.held: deque[tuple[Sequence[str], Row]] = deque()

    def add(self, texts: Sequence[str], row: Row) -> None:
        self.held.append((texts, {"_time": row["_time"]} if "_time" in row else {}))

    def remove(self, texts: Sequence[str]) -> None:
        self.held.popleft()

    def result(self) -> Value | None:
        accumulator = self.aggregate.make()
        for texts, row in self.held:
            accumulator.add(texts, row)
        return accumulator.result()
