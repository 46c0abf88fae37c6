"""Numbers: which text reads as one, how one is written, and how precisely a result is known.

Splunk shows a calculation with the precision of its least precise input (Search Reference, eval: 8.250 * 0.2 is 2;
mathematical functions: 1.00 * 1111 shows 1111, and `sigfig` makes it 1110), so a number that came from text with
decimals remembers how many it has. Whole numbers and results of functions such as `sqrt` are exact. Whole numbers
stay `int` up to 2**53, beyond that they are floats, as in Splunk.
"""

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

Number = int | float

EXACT_INTEGER_LIMIT = 2**53
NUMERIC_TEXT = re.compile(r"[+-]?(?:\d+(?:\.(\d*))?|\.(\d+))(?:[eE][+-]?\d+)?", re.ASCII)
MAX_NUMBER_LENGTH = 400  # no double has more digits than this before its exponent
ALL_DIGITS = Context(prec=400)
PLAIN_INTEGER_DIGITS = 15


class Measured(float):
    """A number that shows a limited count of decimals; `digits` is how many significant digits it has."""

    decimals: int
    digits: int

    def __new__(cls, value: float, decimals: int, digits: int | None = None) -> "Measured":
        """Round the value to its decimals."""
        made = super().__new__(cls, round_decimals(value, decimals))
        made.decimals = decimals
        made.digits = max(1, magnitude(made) + decimals) if digits is None else digits
        return made


def magnitude(value: float) -> int:
    """Return the count of digits before the point; zero or less for 0.x, 0.0x and so on."""
    return math.floor(math.log10(abs(value))) + 1 if value else 1


def round_decimals(value: float, decimals: int) -> float:
    """Round half away from zero, judged by the shortest decimal text of the number (2.555 gives 2.56)."""
    if not math.isfinite(value) or abs(value) >= 1e21 or not -300 < decimals < 300:
        return value
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, ALL_DIGITS))


def round_significant(value: float, digits: int) -> float:
    """Round to a count of significant digits."""
    return round_decimals(float(value), digits - magnitude(value))


def read_number(text: str) -> Number | None:
    """Return the number that a text spells, None where it spells none."""
    return _read_number(text) if len(text) <= MAX_NUMBER_LENGTH else None


@lru_cache(maxsize=65536)
def _read_number(text: str) -> Number | None:
    if len(text) <= PLAIN_INTEGER_DIGITS and text.isdecimal() and text.isascii():
        return int(text)
    match = NUMERIC_TEXT.fullmatch(text)
    if match is None:
        return None
    decimals = match.group(1) or match.group(2)
    value = float(text)
    if decimals:
        return Measured(value, len(decimals)) if math.isfinite(value) and "e" not in text.lower() else value
    return normal(value)


def normal(value: float) -> Number:
    """Return a whole number as int where it is exact, everything else unchanged."""
    if type(value) is float and value.is_integer() and abs(value) < EXACT_INTEGER_LIMIT:
        return int(value)
    return value


def format_number(value: Number) -> str:
    """Return the text of a number as results show it."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Measured):
        return f"{value:.{value.decimals}f}" if value.decimals > 0 else str(int(value))
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if value.is_integer() and abs(value) < 1e17:
        return str(int(value))
    return repr(value)


def add(left: Number, right: Number, sign: int = 1) -> Number:
    """Add (or with sign -1 subtract) as precisely as the less precise of the two."""
    result = left + right * sign
    limits = [side.decimals for side in (left, right) if isinstance(side, Measured)]
    return Measured(result, min(limits)) if limits else bounded(result)


def scale(result: float, left: Number, right: Number) -> Number:
    """Show a product or quotient with the digits of the less precise of its two numbers, never less than whole."""
    limits = [side.digits for side in (left, right) if isinstance(side, Measured)]
    if not limits:
        return bounded(result)
    digits = min(limits)
    return Measured(result, max(0, digits - magnitude(result)), digits)


def bounded(result: Number) -> Number:
    """Keep whole numbers exact while they are small and turn to floats beyond, as doubles do."""
    if isinstance(result, int):
        return result if abs(result) < EXACT_INTEGER_LIMIT else float(result)
    return normal(result)
