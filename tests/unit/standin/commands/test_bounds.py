"""A search has a bound of memory and of time, whatever it says."""

import contextlib
import time

import pytest

from standin.commands.stream import Limits
from standin.language.errors import LimitReached, SearchError
from standin.language.search import run
from unit.standin.searching import MemoryEnvironment

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
