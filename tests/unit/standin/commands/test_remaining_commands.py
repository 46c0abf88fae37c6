"""Aggregates, the second name of bin and what inputlookup appends, each with its page; numbers by hand from their definition.

Of 2, 4, 4, 4, 5, 5, 7, 9 the mean is 5, the squared distances add up to 32: population variance 4, sample 32/7.
"""

import pytest

from standin.environment import Row
from standin.language.search import run
from standin.values.multivalue import as_text
from unit.standin.searching import NOW, MemoryEnvironment, TableLookup

NUMBERS = '| makeresults | eval x=split("2,4,4,4,5,5,7,9", ",") | mvexpand x'
EVENTS: list[Row] = [
    {"_raw": "e1", "_time": NOW - 10, "bytes": "130"},
    {"_raw": "e2", "_time": NOW - 40, "bytes": "100"},
]
PAGE = "Search Reference, aggregate functions: "
TIMES = "Search Reference, time functions: "
VECTORS = [
    (f"{NUMBERS} | stats c(x) as v", "8", PAGE + "count"),
    (f"{NUMBERS} | stats distinct_count(x) as v", "5", PAGE + "distinct_count"),
    (f"{NUMBERS} | stats estdc(x) as v", "5", PAGE + "estdc; here it is exact"),
    (f"{NUMBERS} | stats mode(x) as v", "4", PAGE + "mode"),
    (f"{NUMBERS} | stats mean(x) as v", "5", PAGE + "mean"),
    (f"{NUMBERS} | stats sumsq(x) as v", "232", PAGE + "sumsq"),
    (f"{NUMBERS} | stats stdevp(x) as v", "2", PAGE + "stdevp"),
    (f"{NUMBERS} | stats varp(x) as v", "4", PAGE + "varp"),
    (f"{NUMBERS} | stats var(x) as v | eval v=round(v, 4)", "4.5714", PAGE + "var, 32/7"),
    (f"{NUMBERS} | stats stdev(x) as v | eval v=round(v, 4)", "2.1381", PAGE + "stdev, the root of 32/7"),
    (f"{NUMBERS} | bucket x span=5 | stats dc(x) as v", "2", "Search Reference, bin: bucket is its alias"),
    ("* | stats earliest_time(bytes) as v", "1722470421", TIMES + "earliest_time"),
    ("* | stats latest_time(bytes) as v", "1722470451", TIMES + "latest_time"),
    ("* | stats rate(bytes) as v", "1", TIMES + "rate, 30 in 30 s"),
]


@pytest.mark.parametrize(("spl", "expected", "source"), VECTORS, ids=[vector[0] for vector in VECTORS])
def test_value(spl: str, expected: str, source: str) -> None:
    """A search gives the one value that its source defines."""
    (row,) = run(spl, MemoryEnvironment(EVENTS)).rows

    assert as_text(row["v"]) == expected, source


@pytest.mark.parametrize(
    ("before", "count", "columns"),
    [
        ("*", 3, {"_raw", "_time", "bytes", "user", "team"}),
        ("* | table bytes _time", 3, ["bytes", "_time", "user", "team"]),
        ("* | table team bytes", 3, ["team", "bytes", "user"]),
        ("* | where bytes>999 | table bytes", 1, ["user", "team"]),
    ],
)
def test_what_a_lookup_appends(before: str, count: int, columns: list[str] | set[str]) -> None:
    """Rows and columns of a lookup come after those that are there (Search Reference, inputlookup: append)."""
    teams = TableLookup(["user", "team"], [{"user": "bob", "team": "red"}])

    found = run(f"{before} | inputlookup append=t teams", MemoryEnvironment(EVENTS, lookups={"teams": teams}))

    assert len(found.rows) == count
    assert (found.fields if isinstance(columns, list) else set(found.fields)) == columns
