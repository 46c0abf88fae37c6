"""Commands over four events, half a minute apart, newest first; each with the command whose page says so.

The rows pin what the engine does: they were read against those pages' definitions, not recorded from a Splunk, and are no
vectors (`unit.standin.coverage` does not count them).
"""

import pytest

from standin.environment import Row
from standin.language.search import run
from standin.values.multivalue import as_text
from unit.standin.searching import NOW, MemoryEnvironment

EVENTS: list[Row] = [{"_raw": f"e{at}", "_time": NOW - 30 * at, "x": str(at)} for at in range(4)]
# Times are those of 2024-08-01, without their first digits: 172247.
ROWS = [
    ("* | eval g=if(x=0, null(), x) | chart limit=3 count over x by g | head 1", "x=0 1=0 2=0 3=0 NULL=1", "chart"),
    ("* | eval g=if(x=0, null(), x) | chart limit=2 count over x by g | head 1", "x=0 1=0 2=0 NULL=1 OTHER=0", "chart"),
    ("* | eval g=if(x=0, null(), x) | chart limit=3 usenull=f count over x by g | head 1", "x=0 1=0 2=0 3=0", "chart"),
    ('* | eval z=if(x="1", null(), x) | filldown | table z', "z=0; z=0; z=2; z=3", "filldown"),
    ('* | eval z=if(x="1", null(), x), y=z | filldown z | table y z', "y=0 z=0; z=0; y=2 z=2; y=3 z=3", "filldown"),
    ('* | timechart span=1m partial=f count', '_time=0400 count=2', 'timechart'),
    ('* | bin _time span=1m aligntime=30 | stats count by _time', '_time=0370 count=2; _time=0430 count=2', 'bin'),
    ('* | bin _time span=1m aligntime=earliest | stats count by _time', '_time=0340 count=1; _time=0400 count=2; _time=0460 count=1', 'bin'),
    ('* | stats perc100(x) as h perc0(x) as l', 'h=3 l=0', 'stats'),
    ('* | eval _time=5 | stats earliest(x) as e latest(x) as l', 'e=0 l=0', 'stats'),
    ('* | chart limit=4 count over x by _raw | head 1', 'x=0 e0=1 e1=0 e2=0 e3=0', 'chart'),
    ('* | chart limit=3 count over x by _raw | head 1', 'x=0 e0=1 e1=0 e2=0 OTHER=0', 'chart'),
    ('* | tail | table x', 'x=3; x=2; x=1; x=0', 'tail'),
    ('* | tail 2 | table x', 'x=3; x=2', 'tail'),
    ('* | streamstats window=2 avg(x) as v range(x) as w | table v w', 'v=0 w=0; v=0.5 w=1; v=1.5 w=1; v=2.5 w=1', 'streamstats'),
    ('* | streamstats window=2 earliest(x) as v latest(x) as w | table v w', 'v=0 w=0; v=1 w=0; v=2 w=1; v=3 w=2', 'streamstats'),
    ('* | streamstats window=2 values(x) as v list(x) as w | table v w', 'v=0 w=0; v=0+1 w=0+1; v=1+2 w=1+2; v=2+3 w=2+3', 'streamstats'),
    ('* | stats stdev(x) as v var(x) as w | eval v=round(v, 3), w=round(w, 3)', 'v=1.291 w=1.667', 'stats'),
    ('* | head 1 | stats stdev(x) as v var(x) as w', 'v=0 w=0', 'stats'),
    ('* | where x=1 | appendcols [| makeresults | eval y=5, x=9] | table x y', 'x=1 y=5', 'appendcols'),
    ('* | where x=1 | appendcols override=t [| makeresults | eval y=5, x=9] | table x y', 'x=9 y=5', 'appendcols'),
    ('* | rename x AS y, y AS z | head 1 | table y z', 'z=0', 'rename'),
    ('* | timechart span=1m count', '_time=0340 count=1; _time=0400 count=2; _time=0460 count=1', 'timechart'),
    ('* | bin _time span=1m | stats count by _time', '_time=0340 count=1; _time=0400 count=2; _time=0460 count=1', 'bin'),
    ('* | stats earliest(x) as e latest(x) as l first(x) as f last(x) as g', 'e=3 l=0 f=0 g=3', 'stats'),
    ('* | dedup _time sortby -x', '_time=0371 x=3; _time=0401 x=2; _time=0431 x=1; _time=0461 x=0', 'dedup'),
    ('* | sort -x +_time', '_time=0371 x=3; _time=0401 x=2; _time=0431 x=1; _time=0461 x=0', 'sort'),
    ('* | sort 0 auto(x)', '_time=0461 x=0; _time=0431 x=1; _time=0401 x=2; _time=0371 x=3', 'sort'),
    ('* | join x [| makeresults | eval x="2", y="a"] | table x y', 'x=2 y=a', 'join'),
    ('* | join type=left x [| makeresults | eval x="2", y="a"] | table x y', 'x=0; x=1; x=2 y=a; x=3', 'join'),
    ('* | join type=outer overwrite=f x [| makeresults | eval x="2", _raw="new"] | table x _raw', 'x=0; x=1; x=2; x=3', 'join'),
    ('* | join max=0 x [| makeresults count=2 | streamstats count as y | eval x="2"] | table x y', 'x=2 y=1; x=2 y=2', 'join'),
    ('* | append [| makeresults | eval x="z"] | table x', 'x=0; x=1; x=2; x=3; x=z', 'append'),
    ('* | appendpipe [stats sum(x) as x] | table x', 'x=0; x=1; x=2; x=3; x=6', 'appendpipe'),
    ('* | chart count by x', 'x=0 count=1; x=1 count=1; x=2 count=1; x=3 count=1', 'chart'),
    ('* | chart limit=2 count over x by _raw', 'x=0 e0=1 e1=0 OTHER=0; x=1 e0=0 e1=1 OTHER=0; x=2 e0=0 e1=0 OTHER=1; x=3 e0=0 e1=0 OTHER=1', 'chart'),
    ('* | timechart span=1m limit=1 sum(x) by _raw', '_time=0340 e3=3; _time=0400 OTHER=3; _time=0460 OTHER=0', 'timechart'),
    ('* | timechart span=1m limit=1 useother=f sum(x) by _raw', '_time=0340 e3=3; _time=0400; _time=0460', 'timechart'),
    ('* | timechart span=1m limit=bottom1 sum(x) by _raw', '_time=0340 OTHER=3; _time=0400 OTHER=3; _time=0460 e0=0', 'timechart'),
    ('* | bin x span=2 | table x', 'x=0-2; x=0-2; x=2-4; x=2-4', 'bin'),
    ('* | fillnull value=0 y | table x y', 'x=0 y=0; x=1 y=0; x=2 y=0; x=3 y=0', 'fillnull'),
    ('* | eval z=if(x="1",null(),x) | filldown z | table z', 'z=0; z=0; z=2; z=3', 'filldown'),
    ('* | bin _time | stats count by _time', '_time=0371 count=1; _time=0401 count=1; _time=0431 count=1; _time=0461 count=1', 'bin: 100 bins at most'),
    ('* | bin _time minspan=1m | stats count by _time', '_time=0340 count=1; _time=0400 count=2; _time=0460 count=1', 'bin: minspan'),
    ('* | bin _time bins=2 | table x', 'x=0; x=1; x=2; x=3', 'bin: bins'),
    ('* | stats count by _time | streamstats time_window=31s sum(count) as c | table c', 'c=1; c=2; c=2; c=2', 'streamstats; splunk-measured 6 ST'),
    ('* | streamstats time_window=31s count as c | table c', 'c=1; c=2; c=2; c=2', 'streamstats'),
    ('* | streamstats time_window=30s count as c | table c', 'c=1; c=1; c=1; c=1', 'streamstats'),
    ('* | streamstats time_window=1m sum(x) as c max(x) as m | table c m', 'c=0 m=0; c=1 m=1; c=3 m=2; c=5 m=3', 'streamstats'),
    ('* | where x>1 AND x<3 | table x', 'x=2', 'where'),
    ('* | regex x="[12]" | table x', 'x=1; x=2', 'regex'),
    ('* | regex x!="[12]" | table x', 'x=0; x=3', 'regex'),
    ('* | regex _raw="e3" | table x', 'x=3', 'regex'),
    ('* | mvexpand x limit=1', '_time=0461 x=0; _time=0431 x=1; _time=0401 x=2; _time=0371 x=3', 'mvexpand'),
    ('| makeresults | eval a=1 | eval b=a, c=b+1 | table a b c', 'a=1 b=1 c=2', 'makeresults'),
    ('| makeresults | eval x="a,b" | makemv delim="," x | mvexpand x | table x', 'x=a; x=b', 'makemv'),
    ('| makeresults | eval x="a,,b" | makemv delim="," allowempty=t x | eval n=mvcount(x) | table n', 'n=3', 'makemv'),
    ('| makeresults | eval x="a,,b" | makemv delim="," x | eval n=mvcount(x) | table n', 'n=2', 'makemv'),
    ('| makeresults | eval x="a1b2" | makemv tokenizer="(\\w\\d)" x | table x', 'x=a1+b2', 'makemv'),
    ('| makeresults | eval a=1,b=2 | fields - a | table *', 'b=2', 'fields'),
    ('| makeresults | eval a=1,b=2 | fields a | table *', 'a=1', 'fields'),
    ('| makeresults | eval ab=1,ac=2,b=3 | fields a* | table *', 'ab=1 ac=2', 'fields'),
    ('* [| makeresults | eval x="2" | return x] | table x', 'x=2', 'return'),
    ('* [| makeresults | eval x="2" | fields x] | table x', 'x=2', 'fields'),
    ('* [| makeresults | eval x="2" | return $x] | table x', '', 'return'),
    ('| makeresults | eval x="2",y="a" | format | table search', 'search=( ( x="2" AND y="a" ) )', 'format'),
    ('| makeresults count=2 | streamstats count as x | fields x | format "[" "{" "," "}" ";" "]" | table search', 'search=[ { x="1" } ; { x="2" } ]', 'fields'),
]  # fmt: skip


@pytest.mark.parametrize(("spl", "expected", "page"), ROWS, ids=[row[0] for row in ROWS])
def test_rows(spl: str, expected: str, page: str) -> None:
    """Fields of all rows, without those whose names begin with an underscore, save for _time."""
    rows = run(spl, MemoryEnvironment(EVENTS)).rows

    shown = [[f"{name}={as_text(row[name])}" for name in row if name[0] != "_" or name == "_time"] for row in rows]
    text = "; ".join(map(" ".join, shown)).replace("\n", "+").replace("172247", "")
    assert text == expected, f"Search Reference, {page}"
