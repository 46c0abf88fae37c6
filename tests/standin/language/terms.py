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


SEQUENCES_BEFORE = tuple(MAJOR_SEQUENCES)
LONGEST = max(map(len, MAJOR_SEQUENCES))
Test = Callable[[str], bool]


def term_test(text: str, mode: str) -> Test:
    """Return the test of one term on a raw event."""
    if not text.strip("*"):
        return lambda raw: True
    pieces = [piece for piece in re.split(r"(\*+)", text) if piece]
    if len(pieces) > 1 and any(piece[0] == "*" for piece in pieces[1:-1]):
        return _pattern_test(text, mode)
    needle = text.strip("*")
    edges = _Edges(needle, mode, has_left=text[0] != "*", has_right=text[-1] != "*")
    if mode == "CASE":
        return lambda raw: edges.found(needle, raw)
    lowered = needle.lower()
    return lambda raw: edges.found(lowered, raw.lower())


class _Edges:
    """Where a term may begin and end inside a text; an end that is a breaker itself needs no other."""

    def __init__(self, needle: str, mode: str, *, has_left: bool, has_right: bool) -> None:
        self.breakers = frozenset(MAJOR if mode == "TERM" else MAJOR + MINOR)
        self.has_left = has_left and needle[0] not in self.breakers
        self.has_right = has_right and needle[-1] not in self.breakers

    def found(self, needle: str, text: str) -> bool:
        start = text.find(needle)
        while start >= 0:
            end = start + len(needle)
            if (not self.has_left or self._breaks_before(text, start)) and (
                not self.has_right or self._breaks_after(text, end)
            ):
                return True
            start = text.find(needle, start + 1)
        return False

    def _breaks_before(self, text: str, start: int) -> bool:
        if start == 0 or text[start - 1] in self.breakers:
            return True
        return text[max(0, start - LONGEST) : start].upper().endswith(SEQUENCES_BEFORE)

    def _breaks_after(self, text: str, end: int) -> bool:
        if end == len(text) or text[end] in self.breakers:
            return True
        return text[end : end + LONGEST].upper().startswith(SEQUENCES_BEFORE)


def _edges(breakers: str) -> tuple[str, str]:
    """Return the look-behind and the look-ahead of a boundary."""
    one = "[" + re.escape(breakers) + "]"
    before = "|".join(["^", f"(?<={one})", *(f"(?<={re.escape(text)})" for text in MAJOR_SEQUENCES)])
    after = "|".join(["$", f"(?={one})", *(f"(?={re.escape(text)})" for text in MAJOR_SEQUENCES)])
    return f"(?:{before})", f"(?:{after})"


ANY_EDGE = _edges(MAJOR + MINOR)
MAJOR_EDGE = _edges(MAJOR)
NO_MAJOR = "[^" + re.escape(MAJOR) + "]*?"


def _pattern_test(text: str, mode: str) -> Test:
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
