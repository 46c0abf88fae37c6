"""The aggregates of stats, eventstats, streamstats, chart and timechart: what each collects, and what it gives.

An accumulator takes the texts of one row's value and gives a value, or None where there is nothing to compute.
A multivalue counts with each of its values; what reads as no number is left out of calculations.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from standin.commands.calculations import median, sum_of_squares, value_range, variance
from standin.environment import Row, Value
from standin.values.multivalue import from_texts
from standin.values.numbers import Number, bounded, normal, read_number

LIST_LIMIT = 100  # values of list(): [stats] list_maxsize in limits.conf


class Accumulator(Protocol):
    """A running aggregate."""

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Take the values of one row."""

    def result(self) -> Value | None:
        """Return the aggregate so far."""


class Count:
    """count, c: how many values, or how many rows."""

    def __init__(self) -> None:
        self.total = 0

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Count the values."""
        self.total += len(texts)

    def result(self) -> Value | None:
        """Return the count, 0 for nothing."""
        return self.total


class Distinct:
    """dc, distinct_count, estdc, values: the different values, with how often each came."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Count each value."""
        self.seen.update(texts)

    def result(self) -> Value | None:
        """Return how many different values came, 0 for nothing."""
        return len(self.seen)


class Values(Distinct):
    """values: the different values in lexicographical order."""

    def result(self) -> Value | None:
        """Return the sorted values."""
        return from_texts(sorted(self.seen))


class Mode(Distinct):
    """mode: the most frequent value; which of several is open, here the one that came first."""

    def result(self) -> Value | None:
        """Return the most frequent value."""
        return self.seen.most_common(1)[0][0] if self.seen else None


class Listed:
    """list: the values in order of arrival, the first hundred."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_cut = False

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Keep the values as long as there is room."""
        room = LIST_LIMIT - len(self.texts)
        self.texts.extend(texts[:room])
        self.is_cut = self.is_cut or len(texts) > room

    def result(self) -> Value | None:
        """Return the values kept."""
        return from_texts(self.texts)


class First:
    """first: the value that came first."""

    def __init__(self) -> None:
        self.value: str | None = None

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Keep the first value."""
        if self.value is None and texts:
            self.value = texts[0]

    def result(self) -> Value | None:
        """Return the value kept."""
        return self.value


class Last(First):
    """last: the value that came last."""

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Keep the last value."""
        if texts:
            self.value = texts[-1]


class Numbers:
    """What needs all the numbers: sum, avg, stdev, percentiles and the rest."""

    def __init__(self, calculate: Callable[[list[Number]], Value | None]) -> None:
        self.numbers: list[Number] = []
        self.calculate = calculate

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Keep what reads as a number."""
        for text in texts:
            number = read_number(text)
            if number is not None:
                self.numbers.append(number)

    def result(self) -> Value | None:
        """Return the calculation, None without numbers."""
        return self.calculate(self.numbers) if self.numbers else None


class Sum:
    """sum, avg, mean: a running sum and how many it is of."""

    def __init__(self, *, is_mean: bool) -> None:
        self.total: Number = 0
        self.count = 0
        self.is_mean = is_mean

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Add what reads as a number."""
        for text in texts:
            number = read_number(text)
            if number is not None:
                self.total += number if isinstance(number, int) else float(number)
                self.count += 1

    def result(self) -> Value | None:
        """Return the sum or the mean, None without numbers."""
        if not self.count:
            return None
        return normal(self.total / self.count) if self.is_mean else bounded(self.total)


class Extreme:
    """min, max: among numbers if any value is one, else among texts (a number beats text: measured)."""

    def __init__(self, *, wants_greatest: bool) -> None:
        self.wants_greatest = wants_greatest
        self.number: tuple[Number, str] | None = None
        self.text: str | None = None

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Keep the extreme number and the extreme text."""
        for text in texts:
            number = read_number(text)
            if number is None:
                if self.text is None or (text > self.text) is self.wants_greatest:
                    self.text = text
            elif self.number is None or (number > self.number[0]) is self.wants_greatest:
                self.number = (number, text)

    def result(self) -> Value | None:
        """Return the extreme as it was written."""
        return self.text if self.number is None else self.number[1]


class Timed:
    """earliest, latest and their times: by `_time`, the first to come where several are equal."""

    def __init__(self, *, wants_latest: bool, gives_time: bool) -> None:
        self.wants_latest = wants_latest
        self.gives_time = gives_time
        self.moment: float | None = None
        self.value: str | None = None

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Keep the value of the extreme time."""
        moment = moment_of(row)
        if moment is None or not texts:
            return
        if self.moment is None or (moment > self.moment if self.wants_latest else moment < self.moment):
            self.moment, self.value = moment, texts[0]

    def result(self) -> Value | None:
        """Return the value, or its time."""
        if self.gives_time:
            return None if self.moment is None else normal(self.moment)
        return self.value


class Rate:
    """rate: how much a counter grew per second, from its earliest to its latest value."""

    def __init__(self) -> None:
        self.ends = (
            Timed(wants_latest=False, gives_time=False),
            Timed(wants_latest=True, gives_time=False),
        )

    def add(self, texts: Sequence[str], row: Row) -> None:
        """Take the values of one row."""
        for end in self.ends:
            end.add(texts, row)

    def result(self) -> Value | None:
        """Return the growth per second, None without two times."""
        earliest, latest = self.ends
        first, last = read_number(earliest.value or ""), read_number(latest.value or "")
        if first is None or last is None or earliest.moment is None or latest.moment is None:
            return None
        seconds = latest.moment - earliest.moment
        return normal(float(last - first) / seconds) if seconds else None


def moment_of(row: Row) -> float | None:
    """Return the `_time` of a row in seconds."""
    value = row.get("_time")
    if isinstance(value, str):
        number = read_number(value)
        return None if number is None else float(number)
    return None if value is None or isinstance(value, list) else float(value)


MAKERS: dict[str, Callable[[], Accumulator]] = {
    "count": Count,
    "c": Count,
    "dc": Distinct,
    "distinct_count": Distinct,
    "estdc": Distinct,
    "values": Values,
    "list": Listed,
    "mode": Mode,
    "first": First,
    "last": Last,
    "sum": lambda: Sum(is_mean=False),
    "avg": lambda: Sum(is_mean=True),
    "mean": lambda: Sum(is_mean=True),
    "min": lambda: Extreme(wants_greatest=False),
    "max": lambda: Extreme(wants_greatest=True),
    "range": lambda: Numbers(value_range),
    "median": lambda: Numbers(median),
    "sumsq": lambda: Numbers(sum_of_squares),
    "stdev": lambda: Numbers(variance(is_sample=True, is_root=True)),
    "stdevp": lambda: Numbers(variance(is_sample=False, is_root=True)),
    "var": lambda: Numbers(variance(is_sample=True, is_root=False)),
    "varp": lambda: Numbers(variance(is_sample=False, is_root=False)),
    "earliest": lambda: Timed(wants_latest=False, gives_time=False),
    "latest": lambda: Timed(wants_latest=True, gives_time=False),
    "earliest_time": lambda: Timed(wants_latest=False, gives_time=True),
    "latest_time": lambda: Timed(wants_latest=True, gives_time=True),
    "rate": Rate,
}
