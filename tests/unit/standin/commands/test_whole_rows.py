"""Commands whose result is several rows, each with the page or the note that says what they are."""

import pytest

from standin.language.errors import SearchError
from standin.language.search import run
from standin.values.multivalue import as_text
from unit.standin.searching import MemoryEnvironment

STREAMSTATS = "Search Reference, streamstats: "
AGGREGATES = "Search Reference, aggregate functions: "
COUNTED = "| makeresults count=5 | streamstats count as n | "


def listed(values: str) -> str:
    """Return a search that gives a row for each value, in the field x."""
    return f'| makeresults | eval x=split("{values}", ",") | mvexpand x | '


VECTORS = [
    (listed("3,1,2,0,5") + "streamstats window=2 max(x) as v", "3 3 2 2 5", STREAMSTATS + "window"),
    (listed("3,1,2,0,5") + "streamstats window=2 min(x) as v", "3 1 1 0 0", STREAMSTATS + "window"),
    (listed("c,a,b,d,a") + "streamstats window=2 max(x) as v", "c c b d d", STREAMSTATS + "window"),
    (listed("c,a,b,d,a") + "streamstats window=2 min(x) as v", "c a a b a", STREAMSTATS + "window"),
    (listed("1,1,2,2,3") + "streamstats window=3 dc(x) as v", "1 1 2 2 2", STREAMSTATS + "window"),
    (listed("1,2,3,4,5") + "streamstats window=2 sum(x) as v", "1 3 5 7 9", STREAMSTATS + "window"),
    (listed("1,2,3,4,5") + "streamstats window=2 current=f sum(x) as v", "- 1 3 5 7", STREAMSTATS + "current"),
    (listed("1,2,3,4,5") + "streamstats current=f last(x) as v", "- 1 2 3 4", STREAMSTATS + "current"),
    (COUNTED + 'streamstats reset_before="(n==3)" count as v', "1 2 1 2 3", STREAMSTATS + "reset_before"),
    (COUNTED + 'streamstats reset_after="(n==3)" count as v', "1 2 3 1 2", STREAMSTATS + "reset_after"),
    (COUNTED + "eval g=if(n<3, 1, 2) | streamstats reset_on_change=t count as v by g", "1 2 1 2 3", STREAMSTATS + "reset_on_change"),
    (listed("b,a,c,b") + "stats max(x) as v", "c", AGGREGATES + "max of texts is the last in order"),
    (listed("b,a,c,b") + "stats min(x) as v", "a", AGGREGATES + "min of texts is the first in order"),
    ('| makeresults | eval a="x" | strcat allrequired=t a b v', "-", "Search Reference, strcat: allrequired"),
    ('| makeresults | eval a="x" | strcat allrequired=f a b v', "x", "Search Reference, strcat: allrequired"),
    ('| makeresults | eval a="x" | strcat allrequired=t a "-" a v', "x-x", "Search Reference, strcat: allrequired"),
    (r'| makeresults | eval _raw="{\"v\":[1,1]}" | spath | rename v{} as v', "1,1", "Search Reference, spath: all values"),
    ("| makeresults | eval v=0.7 | bin v span=0.5", "0.5-1.0", "Search Reference, bin: span, as precise as it is written"),
    ("| makeresults | eval v=12 | bin v span=5", "10-15", "Search Reference, bin: span"),
]  # fmt: skip


@pytest.mark.parametrize(("spl", "expected", "source"), VECTORS, ids=[vector[0] for vector in VECTORS])
def test_values_by_row(spl: str, expected: str, source: str) -> None:
    """The field v of each row; a dash where a row does not have it."""
    rows = run(spl, MemoryEnvironment()).rows

    found = ["-" if row.get("v") is None else as_text(row["v"]).replace("\n", ",") for row in rows]
    assert " ".join(found) == expected, source


@pytest.mark.parametrize(
    "spl",
    ["* | ~nope", "| makeresults | append [| ~nope]", "* [| ~nope]", "| makeresults | append [search * | ~nope x]"],
)
def test_an_error_knows_its_place(spl: str) -> None:
    """The position is that of the fault in the search as it was sent, inside a subsearch too."""
    with pytest.raises(SearchError) as caught:
        run(spl.replace("~", ""), MemoryEnvironment())

    assert caught.value.position == spl.index("~")
