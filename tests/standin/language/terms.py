"""Words and phrases against `_raw`, as the index sees them: bounded by the breakers of segmenters.conf as shipped.

A term ends where a major or minor breaker stands; TERM() only where a major one does. Case does not count, except in
CASE(). A star stands for any text without a major breaker.
"""

import re
from collections.abc import Callable

MAJOR = "[]<>(){}|!;,'\"*\n\r \t&?+"
MAJOR_SEQUENCES = [
    "%21",
    "%26",
    "%2526",
    "%3B",
    "%7C",
    "%20",
    "%2B",
    "%3D",
    "--",
    "%2520",
    "%5D",
    "%5B",
    "%3A",
    "%0A",
    "%2C",
    "%28",
    "%29",
]
MINOR = "/:=@.-$#%\\_"


def _edges(breakers: str) -> tuple[str, str]:
    """Return the look-behind and the look-ahead of a boundary."""
    one = "[" + re.escape(breakers) + "]"
    before = "|".join(["^", f"(?<={one})", *(f"(?<={re.escape(text)})" for text in MAJOR_SEQUENCES)])
    after = "|".join(["$", f"(?={one})", *(f"(?={re.escape(text)})" for text in MAJOR_SEQUENCES)])
    return f"(?:{before})", f"(?:{after})"


ANY_EDGE = _edges(MAJOR + MINOR)
MAJOR_EDGE = _edges(MAJOR)
NO_MAJOR = "[^" + re.escape(MAJOR) + "]*?"


def term_test(text: str, mode: str) -> Callable[[str], bool]:
    """Return the test of one term on a raw event."""
    if not text.strip("*"):
        return lambda raw: True
    compiled = re.compile(_pattern(text, mode), 0 if mode == "CASE" else re.IGNORECASE)
    hints = [hint.lower() for hint in text.split("*") if hint]

    def test(raw: str) -> bool:
        lowered = raw.lower()
        return all(hint in lowered for hint in hints) and compiled.search(raw) is not None

    return test


def _pattern(text: str, mode: str) -> str:
    before, after = MAJOR_EDGE if mode == "TERM" else ANY_EDGE
    breakers = MAJOR if mode == "TERM" else MAJOR + MINOR
    body = NO_MAJOR.join(re.escape(piece) for piece in re.split(r"\*+", text))
    starts = "" if text[0] in breakers else before
    ends = "" if text[-1] in breakers else after
    return starts + body + ends


def substrings(text: str) -> list[str]:
    """Return lower-case texts that a raw event must hold for the term to match."""
    return [piece.lower() for piece in text.split("*") if piece and piece.isascii()]
