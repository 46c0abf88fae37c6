"""Terms against `_raw`: where one may begin and end, and what a star stands for (segmenters.conf as shipped)."""

import pytest

from standin.language.terms import substrings, term_test

MATCHES = [
    # a term is whole between breakers, minor or major, or the ends of the event
    ("ab", "", "ab", True),
    ("ab", "", "x ab y", True),
    ("ab", "", "xab", False),
    ("ab", "", "abx", False),
    ("ab", "", "x.ab-y", True),
    ("ab", "", "xab ab", True),
    ("AB", "", "ab", True),
    # what begins or ends with a breaker needs no other there
    ("-ab", "", "x-ab", True),
    ("ab-", "", "ab-x", True),
    ("ab-", "", "xab-", False),
    # escapes of major breakers in a URI part words, too
    ("ab", "", "x%20ab%2Cy", True),
    ("ab", "", "x%2ab", False),
    ("ab", "", "x%2cab%3dy", True),
    # TERM() knows major breakers only
    ("ab", "TERM", "x ab,y", True),
    ("ab", "TERM", "x.ab", False),
    ("ab", "TERM", "ab.x", False),
    ("a.b", "TERM", "(a.b)", True),
    ("ab", "TERM", "x%20ab", True),
    ("ab", "TERM", "ab%20x", True),
    ("ab", "TERM", "ab--x", True),
    ("ab", "TERM", "x--ab", True),
    ("ab", "TERM", "ab%2x", False),
    ("ab", "TERM", "ab%2520", True),
    # CASE() minds the case
    ("ab", "CASE", "AB ab", True),
    ("ab", "CASE", "AB", False),
    ("a*b", "CASE", "AxB", False),
    # a star at an end takes the bound away, one inside stands for anything but a major breaker
    ("ab*", "", "x abc", True),
    ("ab*", "", "xabc", False),
    ("*ab", "", "xab", True),
    ("*ab", "", "xabc", False),
    ("*ab*", "", "xabc", True),
    ("a*b", "", "x a-z.b y", True),
    ("a*b", "", "a b", False),
    ("a*b", "", "xa-b", False),
    ("a*b", "", "a-bx", False),
    ("-a*b", "", "x-a.b", True),
    ("a*b-", "", "a.b-x", True),
    ("a*b", "TERM", "x.a-b", False),
    ("a*b", "TERM", "a-b.x", False),
    ("a*b", "TERM", "x,a.b", True),
    ("*a*b*", "", "xa.bx", True),
    ("*", "", "", True),
    ("**", "TERM", "x", True),
]


@pytest.mark.parametrize(("term", "mode", "raw", "expected"), MATCHES, ids=[" ".join(row[:3]) for row in MATCHES])
def test_a_term_in_a_raw_event(term: str, mode: str, raw: str, expected: bool) -> None:
    """The event matches or does not."""
    assert term_test(term, mode)(raw) is expected


@pytest.mark.parametrize(
    ("term", "expected"), [("Ab*cD", ["ab", "cd"]), ("*ab*", ["ab"]), ("é*ab", ["ab"]), ("*", []), ("ab", ["ab"])]
)
def test_what_an_event_must_hold(term: str, expected: list[str]) -> None:
    """The pieces between stars in lower case; only ASCII, whose case is one to one."""
    assert substrings(term) == expected
