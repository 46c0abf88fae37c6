"""Calculations over all the numbers of a group: median, percentiles, spread. None of them is called with no numbers."""

import math
from collections.abc import Callable

from standin.environment import Value
from standin.values.numbers import Number, bounded, normal


def median(numbers: list[Number]) -> Value | None:
    """Return the middle value, the higher of two (Search Reference, aggregate functions: median)."""
    return normal(sorted(numbers)[len(numbers) // 2])


def percentile(percent: float) -> Callable[[list[Number]], Value | None]:
    """Return the calculation of a percentile, interpolated between neighbours."""

    def calculate(numbers: list[Number]) -> Value | None:
        ordered = sorted(numbers)
        rank = percent * (len(ordered) - 1) / 100
        low = math.floor(rank)
        high = min(low + 1, len(ordered) - 1)
        return normal(float(ordered[low] + (ordered[high] - ordered[low]) * (rank - low)))

    return calculate


def variance(*, is_sample: bool, is_root: bool) -> Callable[[list[Number]], Value | None]:
    """Return the calculation of stdev, stdevp, var or varp."""

    def calculate(numbers: list[Number]) -> Value | None:
        count = len(numbers)
        mean = sum(numbers) / count
        squares = math.fsum((float(number) - mean) ** 2 for number in numbers)
        spread = squares / (count - 1 if is_sample and count > 1 else count)
        return normal(math.sqrt(spread) if is_root else spread)

    return calculate


def value_range(numbers: list[Number]) -> Value | None:
    """Return the difference between the greatest and the least."""
    return bounded(max(numbers) - min(numbers))


def sum_of_squares(numbers: list[Number]) -> Value | None:
    """Return the sum of the squares."""
    return bounded(sum(number * number for number in numbers))
