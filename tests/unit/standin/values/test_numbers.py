"""Which text reads as a number, and how numbers are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.values.numbers import Measured, add, format_number, read_number, round_decimals, scale
from unit.standin.properties import properties

READ = [
    ("5", 5), ("-5", -5), ("+5", 5), ("5.", 5), (".5", 0.5), ("1.50", 1.5), ("1e3", 1000), ("9007199254740993", 9007199254740992.0),
    ("", None), (" 5", None), ("5 ", None), ("0x10", None), ("1,000", None), ("abc", None), ("1.2.3", None), ("٣", None), ("9" * 500, None),
    ("0" * 399 + "7", 7), ("0" * 400 + "7", None),
]  # fmt: skip
WRITTEN = [
    (5, "5"), (5.0, "5"), (0.1, "0.1"), (1 / 3, "0.3333333333333333"), (Measured(10, 2), "10.00"), (Measured(2.555, 2), "2.56"),
    (float("inf"), "inf"), (1e21, "1e+21"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ)
def test_read(text: str, expected: float | None) -> None:
    """A text is a number only if it is one from its first to its last character."""
    assert read_number(text) == expected


@pytest.mark.parametrize(("value", "expected"), WRITTEN)
def test_written(value: float, expected: str) -> None:
    """Whole numbers have no point, measured ones keep their decimals."""
    assert format_number(value) == expected


def test_addition_keeps_the_fewest_decimals() -> None:
    """A sum is as precise as its least precise part (mathematical functions: sigfig)."""
    assert format_number(add(Measured(123.0, 1), Measured(4.567, 3))) == "127.6"


def test_products_keep_the_fewest_digits() -> None:
    """A product has as many significant digits as its least precise part, never less than whole (eval)."""
    assert format_number(scale(8.25 * 0.2, Measured(8.25, 3), Measured(0.2, 1))) == "2"
    assert format_number(scale(1111.0, Measured(1, 2), 1111)) == "1111"


@properties()
@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_every_number_reads_back(value: float) -> None:
    """What is written reads back as the same number, as far as a double goes."""
    assert read_number(format_number(value)) == float(value)


@properties()
@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(min_value=-5, max_value=20))
def test_rounding_never_fails(value: float, decimals: int) -> None:
    """Rounding moves a number by at most half a unit of its last decimal."""
    assert abs(round_decimals(value, decimals) - value) <= 0.5000001 * 10.0**-decimals + abs(value) * 1e-15
