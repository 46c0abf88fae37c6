"""Commands whose result is several rows, each with the page or the note that says what they are.

The rows pin what the engine does: they were read against those pages' definitions, not recorded from a Splunk, and are no
vectors (`unit.standin.coverage` does not count them).
"""

import re

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
    (listed("2,1,1,3,3") + "streamstats window=2 min(x) as v", "2 1 1 1 3", STREAMSTATS + "window"),
    (listed("2,3,3,1,1") + "streamstats window=2 max(x) as v", "2 3 3 3 1", STREAMSTATS + "window"),
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


@pytest.mark.parametrize("values", ["1.0,1", "1,1.0", "2,1.0,01,1", "b,a,a"])
def test_a_window_that_holds_all_rows_is_no_window(values: str) -> None:
    """The least of all rows is written alike with and without a window (Search Reference, streamstats: window)."""
    found = [
        [row.get("v") for row in run(f"{listed(values)} streamstats {window} min(x) as v", MemoryEnvironment()).rows]
        for window in ("", "window=4")
    ]

    assert found[0] == found[1]


# The third word is the command whose page of the Search Reference says so.
ROWS = [
    ("| makeresults | eval a=1,b=2,c=3 | rename b as a | table *", "a=2 c=3", "rename"),
    ("| makeresults | eval a=1,b=2 | rename a as c, c as d | table *", "b=2 d=1", "rename"),
    ("| union [| makeresults | eval a=1] [| makeresults | eval a=2] | table a", "a=1; a=2", "union"),
    ('| makeresults | eval a="yes", b="0", c="f" | tojson bool(a) bool(b) bool(c) output_field=o | table o', 'o={"a":true,"b":false,"c":false}', "tojson"),
    ('| makeresults | eval a="5", b="x" | tojson num(a) num(b) output_field=o | table o', 'o={"a":5}', "tojson"),
    ('| makeresults | eval a="5" | tojson str(a) output_field=o | table o', 'o={"a":"5"}', "tojson"),
    ("| makeresults | eval ab=1,ac=2,b=3 | fields - a* | table *", "b=3", "fields"),
    ("| makeresults | eval a=1,b=2 | table b a", "b=2 a=1", "table"),
    ('| makeresults format=csv data="a,b\n1,2"', "a=1 b=2", "makeresults"),
    ('| makeresults format=json data="[{\\"a\\":1}]"', "a=1", "makeresults"),
    ("| makeresults | eval a=1,b=2 | stats sum(*) by a", "a=1 sum(b)=2", "stats"),
    ("| makeresults | eval a=1,b=2 | stats sum(*) as t_*", "t_a=1 t_b=2", "stats"),
    ("| makeresults | eval a=1 | stats count by b", "", "stats"),
    ("| makeresults | stats dc(b) as d count(b) as c", "d=0 c=0", "stats"),
    ("| makeresults | eval v=86400, w=59.5 | eval v=tostring(v, \"duration\"), w=tostring(w, \"duration\") | table v w", "v=1+00:00:00 w=00:00:59.500000", "eval"),
    ('| makeresults | eval a="{\\"b\\":1}", c="x", d="[1]", e="true", f="1.5", g="[x" | tojson a c d e f g output_field=o | table o', 'o={"a":{"b":1},"c":"x","d":[1],"e":true,"f":1.5,"g":"[x"}', "tojson"),
    (listed("1,2,3,4,5,6,7") + "transpose", "column=x row 1=1 row 2=2 row 3=3 row 4=4 row 5=5", "transpose"),
    (listed("1,2,3,4,5,6") + "transpose 0", "column=x row 1=1 row 2=2 row 3=3 row 4=4 row 5=5 row 6=6", "transpose"),
    (listed("1,2,3") + "transpose 2", "column=x row 1=1 row 2=2", "transpose"),
    ("| makeresults count=4 | streamstats count as n | eval g=n%2 | sort -g, n | table g n", "g=1 n=1; g=1 n=3; g=0 n=2; g=0 n=4", "sort"),
    ("| makeresults count=4 | streamstats count as n | eval g=n%2 | sort g, -n | table g n", "g=0 n=4; g=0 n=2; g=1 n=3; g=1 n=1", "sort"),
    ('| makeresults | eval a=null(), b="" | fillnull a b | table a b', "a=0 b=", "fillnull"),
    ("| makeresults | eval a1=1,a2=2,b=4 | addtotals fieldname=t a* | table t", "t=3", "addtotals"),
    ('| makeresults | eval a="x",b="x" | where a=b | table a', "a=x", "where"),
    (listed('1,1,2') + 'stats values(x) as v list(x) as l', 'v=1+2 l=1+1+2', 'stats'),
    ('| makeresults | eval a1=1,a2=2 | stats sum(a*) as s*', 's1=1 s2=2', 'stats'),
    ('| makeresults | eval a1=1,a2=2 | stats sum(a*) as s* dc(b) as d count', 's1=1 s2=2 d=0 count=1', 'stats'),
    ('| makeresults | eval a1=1,b=2 | stats count(b) as c sum(a*) as s* by b', 'b=2 c=1 s1=1', 'stats'),
    ('| makeresults | eval v=-3 | bin v span=5', 'v=-5-0', 'bin'),
    ('| makeresults count=3 | streamstats count as n | eval _time=n*60 | timechart span=1m count', 'count=1; count=1; count=1', 'timechart'),
    ('| makeresults count=2 | streamstats count as n | appendcols [| makeresults count=3 | streamstats count as m] | table n m', 'n=1 m=1; n=2 m=2; m=3', 'appendcols'),
    ('| makeresults count=3 | streamstats count as n | appendcols [| makeresults count=1 | eval m=7] | table n m', 'n=1 m=7; n=2; n=3', 'appendcols'),
    ('| makeresults count=2 | eval n="x" | appendcols override=t [| makeresults count=1 | eval n=7] | table n', 'n=7; n=x', 'appendcols'),
    ('| makeresults | eval t="01:02:03", d="2+01:02:03", m="02:03.5", mem="10k" | convert dur2sec(t) dur2sec(d) mstime(m) memk(mem) | table t d m mem', 't=3723 d=176523 m=123.5 mem=10', 'convert'),
    ('| makeresults | eval x="12abc", y="1,234", z="abc" | convert rmunit(x) rmcomma(y) num(z) | table x y z', 'x=12 y=1234', 'convert'),
    ('| makeresults | eval t=0 | convert ctime(t) | table t', 't=01/01/1970 00:00:00', 'convert'),
    ('| makeresults | eval t=0 | convert timeformat="%Y" ctime(t) as v | table t v', 't=0 v=1970', 'convert'),
    ('| makeresults | eval t="01/02/1970 00:00:00" | convert mktime(t) | table t', 't=86400', 'convert'),
    ('| makeresults | eval a="x", b="y" | convert none(a) auto(b) | table a b', 'a=x b=y', 'convert'),
    ('| makeresults | eval x="aXbXc" | rex field=x mode=sed "s/X/-/2" | table x', 'x=aXb-c', 'rex'),
    ('| makeresults | eval x="aXbxc" | rex field=x mode=sed "s/x/-/gi" | table x', 'x=a-b-c', 'rex'),
    ('| makeresults | eval x="abc" | rex field=x mode=sed "y/abc/xyz/" | table x', 'x=xyz', 'rex'),
    ('| makeresults | eval x="abc" | rex field=x mode=sed "s/a/1/; s/b/2/" | table x', 'x=12c', 'rex'),
    ('| makeresults | eval x="abc" | rex field=x mode=sed "s/(b)/[\\1]/" | table x', 'x=a[b]c', 'rex'),
    ('| makeresults | eval x="a/b" | rex field=x mode=sed "s/\\//-/" | table x', 'x=a-b', 'rex'),
    ('| makeresults | eval x="abc" | rex field=x mode=sed "s/z/-/2" | table x', 'x=abc', 'rex'),
    ('| makeresults | eval x="aXbXc" | rex field=x mode=sed "s/X/-/3" | table x', 'x=aXbXc', 'rex'),
    (listed('1,2,3,4') + 'head (x<3)', 'x=1; x=2', 'head'),
    (listed('1,2,3,4') + 'head (x<3) keeplast=true', 'x=1; x=2; x=3', 'head'),
    (listed('1,,3') + 'head (x<3) null=true', 'x=1; x=', 'head'),
    (listed('1,2,3,4') + 'head limit=3 (x<9)', 'x=1; x=2; x=3', 'head'),
    (listed('1,2,3') + 'head 2', 'x=1; x=2', 'head'),
    (listed('a,a,b,a') + 'dedup x consecutive=true', 'x=a; x=b; x=a', 'dedup'),
    (listed('1,2,3,4,5,6,7') + 'tail', 'x=7; x=6; x=5; x=4; x=3; x=2; x=1', 'tail'),
    (listed('1,2,3') + 'reverse', 'x=3; x=2; x=1', 'reverse'),
    (listed('b,a,,c') + 'sort x', 'x=; x=a; x=b; x=c', 'sort'),
    (listed('b,a,c') + 'sort - x', 'x=c; x=b; x=a', 'sort'),
    (listed('10,9,1') + 'sort x', 'x=1; x=9; x=10', 'sort'),
    (listed('10,9,1') + 'sort str(x)', 'x=1; x=10; x=9', 'sort'),
    (listed('10.0.0.10,10.0.0.9') + 'sort ip(x)', 'x=10.0.0.9; x=10.0.0.10', 'sort'),
    (listed('10,9,1') + 'sort 2 x', 'x=1; x=9', 'sort'),
    (listed('10,9,1') + 'sort x d', 'x=10; x=9; x=1', 'sort'),
    (listed('a,a,b,c,c,c') + 'top limit=1 useother=t x', 'x=c count=3 percent=50.000000; x=OTHER count=3 percent=50.000000', 'top'),
    (listed('a,a,b,c,c,c') + 'top limit=2 x', 'x=c count=3 percent=50.000000; x=a count=2 percent=33.333333', 'top'),
    (listed('a,a,b,c,c,c') + 'rare limit=1 x', 'x=b count=1 percent=16.666667', 'rare'),
    (listed('a,a,b,c,c,c') + 'top limit=1 showperc=f countfield=n x', 'x=c n=3', 'top'),
    ('| makeresults | eval a=1, b=2 | foreach a b [eval c_<<FIELD>>=<<FIELD>>+1] | table c_*', 'c_a=2 c_b=3', 'foreach'),
    ('| makeresults | eval ab1=1 | foreach ab* [eval m="<<MATCHSTR>>", n="<<MATCHSEG1>>"] | table m n', 'm=1 n=1', 'foreach'),
    ('| makeresults | eval axby=1 | foreach a*b* [eval n="<<MATCHSEG1>>-<<MATCHSEG2>>"] | table n', 'n=x-y', 'foreach'),
    ('| makeresults | eval axby=1 | foreach a*b* fieldstr="F" matchseg1="S" [eval n="S", o="F"] | table n o', 'n=x o=axby', 'foreach'),
    ('| makeresults | eval j="[1,2]" | foreach mode=json_array j [eval t=mvappend(t, <<ITEM>>)] | table t', 't=1+2', 'foreach'),
    ('| makeresults | eval m=split("1,2",",") | foreach mode=multivalue m [eval t=coalesce(t,0)+<<ITEM>>] | table t', 't=3', 'foreach'),
    ('| makeresults | eval a=1,b=2 | rename a as b | table *', 'b=1', 'rename'),
    ('| makeresults | eval a=1,b=2,c=3 | rename a as b, b as c | table *', 'c=1', 'rename'),
    ('| makeresults | eval a=1 | rename nope as b | table *', 'a=1', 'rename'),
    ('| makeresults | eval a1=1,a2=2 | rename a* as b* | table *', 'b1=1 b2=2', 'rename'),
    ('| makeresults | eval a="x y" | makemv a | mvcombine a | nomv a | table a', 'a=x+y', 'makemv'),
    ('| makeresults | eval a=1,b=2 | addtotals | table a b Total', 'a=1 b=2 Total=3', 'addtotals'),
    (listed('1,3,2') + 'accum x as t', 'x=1 t=1; x=3 t=4; x=2 t=6', 'accum'),
    (listed('1,3,2') + 'delta x as d', 'x=1; x=3 d=2; x=2 d=-1', 'delta'),
    (listed('1,2') + 'eventstats avg(x) as m', 'x=1 m=1.5; x=2 m=1.5', 'eventstats'),
    ('| makeresults | eval x="k=v;l=w" | rex field=x "(?<a>k)=(?<b>v)" offset_field=o | table a b o', 'a=k b=v o=a=0-0&b=2-2', 'rex'),
    ('| makeresults | eval x="a1b2" | rex field=x max_match=0 "(?<d>\\d)" | table d', 'd=1+2', 'rex'),
    ('| makeresults | eval x="a1b2" | rex field=x max_match=1 "(?<d>\\d)" | table d', 'd=1', 'rex'),
]  # fmt: skip


@pytest.mark.parametrize(("spl", "expected", "page"), ROWS, ids=[row[0] for row in ROWS])
def test_rows(spl: str, expected: str, page: str) -> None:
    """All fields of all rows, without those whose names begin with an underscore; + joins several values."""
    rows = run(spl, MemoryEnvironment()).rows

    found = [{name: as_text(value) for name, value in row.items() if name[0] != "_"} for row in rows]
    lines = [" ".join(f"{name}={value}" for name, value in row.items()).replace("\n", "+") for row in found]
    assert "; ".join(lines) == expected, f"Search Reference, {page}"


@pytest.mark.parametrize(
    "spl",
    ["* | ~nope", "| makeresults | append [| ~nope]", "* [| ~nope]", "| makeresults | append [search * | ~nope x]"],
)
def test_an_error_knows_its_place(spl: str) -> None:
    """The position is that of the fault in the search as it was sent, inside a subsearch too."""
    with pytest.raises(SearchError) as caught:
        run(spl.replace("~", ""), MemoryEnvironment())

    assert caught.value.position == spl.index("~")


@pytest.mark.parametrize(
    ("spl", "words"),
    [
        ("| makeresults | convert nope(a)", "The argument 'nope(a)' is invalid."),
        ("| makeresults | convert 5", "The argument '5' is invalid."),
        ("| makeresults | eval a=5 | bin a span=0", "The value '0' for option span is invalid."),
        ("| makeresults | eval a=5 | bin a span=x", "The value 'x' for option span is invalid."),
        ("| makeresults | bin a minspan=x", "The value 'x' for option minspan is invalid."),
        ("| makeresults | bin a aligntime=x", "The value 'x' for option aligntime is invalid."),
        ("| makeresults | strcat a", "Fields and a destination are expected."),
        ("| makeresults | dedup 0 x", "a count of at least one"),
        ("| makeresults | top limit=x a", "Expecting a 'int' for option 'limit'"),
        ("| makeresults | rename a", "Usage: rename"),
        ("| makeresults | rename a as", "A new name is expected after AS."),
        ("| makeresults | timechart count by", "A field is expected after BY."),
        ("| makeresults | streamstats window=-1 count", "must not be negative"),
        ("| makeresults | streamstats time_window=0s count", "The value '0s' for option time_window is invalid."),
        *(
            (f"| makeresults | rex field=_raw mode=sed {text}", "Failed to initialize sed.")
            for text in ('"s/a/b"', r'"s/a/b\\"', r'"s/a\\"', '"s/a"', '"s"', '"x/a/b/"')
        ),
        ("| makeresults | append", "A subsearch in square brackets is expected."),
        ("| makeresults | join x", "A subsearch in square brackets is expected."),
        ("| makeresults | lookup", "A lookup name is expected."),
        ("| makeresults | collect index=a b", "The argument 'b' is invalid."),
        ("| makeresults | stats perc101(a)", "is invalid"),
        *(
            (f"| makeresults | eval x={call}", "are invalid.")
            for call in ('json_set("{}")', 'json_set("{}", "a")', 'json_append("{}", "a")', "json_delete()")
        ),
        ('| makeresults data="a"', "format and data go together"),
        *(
            (f"| makeresults | eval x={call}", "are invalid.")
            for call in ('substr("a")', 'substr("a", 1, 2, 3)', "len()", 'len("a", "b")', "now(1)", "pi(1)")
        ),
    ],
)
def test_what_makes_no_sense_is_refused(spl: str, words: str) -> None:
    """An argument that its command cannot take is an error that names it; the words are our own."""
    with pytest.raises(SearchError, match=re.escape(words)):
        run(spl, MemoryEnvironment())
