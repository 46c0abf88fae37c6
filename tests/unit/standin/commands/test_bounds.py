"""A search has a bound of memory and of time, whatever it says."""

import contextlib
import time

import pytest

from standin.commands.stream import Limits
from standin.environment import Row
from standin.language.errors import LimitReached, MalformedSearch, SearchError
from standin.language.search import run
from unit.standin.searching import NOW, MemoryEnvironment

BOMBS = [
    "| makeresults | eval a=mvrange(0, 100000), b=a | eval x=mvmap(a, mvmap(b, mvrange(0, 100000)))",
    "| makeresults count=2000000 | eval x=mvrange(0, 100000)",
    '| makeresults | eval x="aaaaaaaaaa"' + " | eval x=x.x.x.x.x.x.x.x" * 12,
    "| makeresults | eval x=mvrange(0, 1000)" + " | eval x=mvappend(x, x, x, x)" * 12,
    '| makeresults | eval x=mvjoin(mvrange(0, 100000), "xxxxxxxxxx")' + ' | eval x=replace(x, "x", "xxxxxxxxxx")' * 9,
    "| makeresults | eval a=mvrange(0, 1000), b=a, c=a | stats count by a b c",
    "| makeresults | eval a=mvrange(0, 1000), b=a, c=a | top a b c",
    "| makeresults count=3000 | streamstats count as a | eval b=a | chart limit=0 count by a b",
    "| makeresults count=2000 | eval k=1 | join max=0 k [| makeresults count=2000 | eval k=1]",
    "| makeresults | eval x=mvrange(0, 100000) | mvexpand x | eval y=mvrange(0, 100000) | mvexpand y | stats count",
]


@pytest.mark.parametrize("spl", BOMBS, ids=[bomb[:70] for bomb in BOMBS])
def test_bombs_are_ended(spl: str) -> None:
    """A search that would take all memory or never end is ended with an error that says so."""
    began = time.monotonic()

    with pytest.raises(LimitReached):
        run(spl, MemoryEnvironment(), Limits(seconds=3.0, memory=256 << 20))

    assert time.monotonic() - began < 60


LONG_TEXT: list[Row] = [{"_raw": "a" * 5_000 + "!", "_time": NOW - number, "x": "1"} for number in range(3_000)]
SLOW_WORDS = {
    "one-row-is-slow": "* | eval y=" + ".".join(["x"] * 4_000),
    "many-words": "search " + "a* " * 5_000,
    "many-stars": "search " + "*a" * 5_000,
    "many-conditions": "* | where " + " AND ".join(["x=1"] * 4_000),
    "many-fields": "| makeresults count=200 | foreach "
    + " ".join(f"f{n}" for n in range(5_000))
    + " [eval <<FIELD>>=1]",
    "many-items": "| makeresults | eval m=mvrange(0, 100000) | foreach mode=multivalue m [eval n=n+1]",
    "wide-window": "| makeresults count=20000 | streamstats count as n | streamstats median(n) window=10000",
    "much-random": "| makeresults count=2000000 | eval a=random() | sort 0 a",
}


@pytest.mark.parametrize("spl", SLOW_WORDS.values(), ids=SLOW_WORDS)
def test_time_is_looked_at_within_rows_and_commands(spl: str) -> None:
    """A search ends soon after its time is over, however long a single row, a field or an item takes."""
    began = time.process_time()

    with pytest.raises(LimitReached, match="too long"):
        run(spl, MemoryEnvironment(LONG_TEXT), Limits(seconds=0.2))

    assert time.process_time() - began < 20


@pytest.mark.parametrize("operator", [".", " OR ", "+"])
def test_very_long_expressions_are_refused(operator: str) -> None:
    """An expression of more operands than any subsearch gives is an error, and soon."""
    with pytest.raises(MalformedSearch, match="too many operators"):
        run("| makeresults | where isnull(" + operator.join(["x"] * 13_000) + ")", MemoryEnvironment())


PATTERNS = [
    'regex _raw="^(a|a)*c"',
    'rex "^(?<y>(a+)+)$"',
    'where match(_raw, "^(a+)+$")',
    'eval y=replace(_raw, "(a+)+c", "")',
]


@pytest.mark.parametrize("command", PATTERNS)
def test_backtracking_is_bounded(command: str) -> None:
    """A regular expression that would try for ever gives up, and the search goes on or ends with an error."""
    began = time.process_time()

    with contextlib.suppress(SearchError):
        run(f"* | head 50 | {command}", MemoryEnvironment(LONG_TEXT))

    assert time.process_time() - began < 20


@pytest.mark.parametrize("opening", ["(", "[", "if(", "NOT ", "-", "mvappend(", "[search ", "[| eval x="])
def test_deep_nesting_is_an_error(opening: str) -> None:
    """Nesting without end is refused, not a traceback."""
    for spl in (
        opening * 3_000,
        "| eval x=" + opening * 3_000,
        "| where " + opening * 3_000,
        "search " + opening * 3_000,
    ):
        with contextlib.suppress(SearchError):  # a row of minus signs is a term that can be searched for
            run(spl, MemoryEnvironment())
