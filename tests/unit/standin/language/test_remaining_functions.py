"""Functions of eval that no example of Splunk's pages settles by itself: each with its page, values by arithmetic or RFC.

Where a page of the Search Reference gives no result, the value is that of the function the page names: mathematics for
trigonometry and bits, FIPS 180 for digests.
"""

import pytest

from standin.environment import Row
from standin.language.evaluate import compile_expression
from standin.values.multivalue import as_text
from unit.standin.searching import NOW, MemoryEnvironment

PAGE = "Search Reference, "
SHA512_ABC = (
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
)
ROW: Row = {"_raw": "GET /a 404", "n": "7", "word": "abc", "several": ["a", "b"]}
VECTORS: list[tuple[str, str | None, str]] = [
    # comparison and conditional functions
    ('validate(n > 1, "too small", n > 9, "too few")', "too few", PAGE + "comparison functions: validate"),
    ('validate(n > 1, "too small")', None, PAGE + "comparison functions: validate"),
    ("nullif(n, 7)", None, PAGE + "comparison functions: nullif"),
    ("nullif(n, 8)", "7", PAGE + "comparison functions: nullif"),
    ('if(searchmatch("404"), "yes", "no")', "yes", PAGE + "comparison functions: searchmatch"),
    ('if(searchmatch("405"), "yes", "no")', "no", PAGE + "comparison functions: searchmatch"),
    ('if(false(), "yes", "no")', "no", PAGE + "comparison functions: false"),
    # informational functions
    ('if(isnull(missing), "yes", "no")', "yes", PAGE + "informational functions: isnull"),
    ('if(isnull(n), "yes", "no")', "no", PAGE + "informational functions: isnull"),
    ('if(isbool(true()), "yes", "no")', "yes", PAGE + "informational functions: isbool"),
    ('if(isint(n), "yes", "no")', "yes", PAGE + "informational functions: isint"),
    ('if(isint(word), "yes", "no")', "no", PAGE + "informational functions: isint"),
    ('if(isstr(word), "yes", "no")', "yes", PAGE + "informational functions: isstr"),
    ('if(ismv(several), "yes", "no")', "yes", PAGE + "informational functions: ismv"),
    ('if(ismv(word), "yes", "no")', "no", PAGE + "informational functions: ismv"),
    # trigonometry and hyperbolic functions, at points where the value is plain
    ("acos(1)", "0", PAGE + "trig functions: acos"),
    ("acosh(1)", "0", PAGE + "trig functions: acosh"),
    ("asin(0)", "0", PAGE + "trig functions: asin"),
    ("asinh(0)", "0", PAGE + "trig functions: asinh"),
    ("atan(0)", "0", PAGE + "trig functions: atan"),
    ("atanh(0)", "0", PAGE + "trig functions: atanh"),
    ("cos(0)", "1", PAGE + "trig functions: cos"),
    ("cosh(0)", "1", PAGE + "trig functions: cosh"),
    ("sin(0)", "0", PAGE + "trig functions: sin"),
    ("sinh(0)", "0", PAGE + "trig functions: sinh"),
    ("tan(0)", "0", PAGE + "trig functions: tan"),
    ("tanh(0)", "0", PAGE + "trig functions: tanh"),
    ("round(acos(-1) - pi(), 6)", "0.000000", PAGE + "trig functions: acos"),
    ("round(4 * atan(1) - pi(), 6)", "0.000000", PAGE + "trig functions: atan"),
    ("round(atan2(1, 1) * 4 - pi(), 6)", "0.000000", PAGE + "trig functions: atan2"),
    ("hypot(3, 4)", "5", PAGE + "trig functions: hypot"),
    # mathematical and bitwise functions
    ("exp(0)", "1", PAGE + "mathematical functions: exp"),
    ("exact(3.14 * 2)", "6.28", PAGE + "mathematical functions: exact"),
    ("bit_and(12, 10)", "8", PAGE + "bitwise functions: bit_and"),
    ("bit_or(12, 10)", "14", PAGE + "bitwise functions: bit_or"),
    ("bit_xor(12, 10)", "6", PAGE + "bitwise functions: bit_xor"),
    ("bit_shift_left(3, 2)", "12", PAGE + "bitwise functions: bit_shift_left"),
    ("bit_shift_right(12, 2)", "3", PAGE + "bitwise functions: bit_shift_right"),
    ('if(random() >= 0 AND random() < pow(2, 31), "yes", "no")', "yes", PAGE + "statistical eval functions: random"),
    # other
    ('if(time() >= now(), "yes", "no")', "yes", PAGE + "date and time functions: time"),
    ('sha512("abc")', SHA512_ABC, "FIPS 180, its example of SHA-512"),
]


@pytest.mark.parametrize(("text", "expected", "source"), VECTORS, ids=[vector[0] for vector in VECTORS])
def test_value(text: str, expected: str | None, source: str) -> None:
    """An expression gives what its source says."""
    value = compile_expression(text).evaluate(ROW, MemoryEnvironment(now=NOW))

    assert (None if value is None else as_text(value)) == expected, source
