"""Commands that reach outside the search, and commands that turn tables around."""

import pytest

from standin.environment import Row, TimeBounds
from standin.language.search import run
from standin.values.multivalue import as_text
from unit.standin.searching import NOW, MemoryEnvironment, TableLookup

EVENTS: list[Row] = [
    {"_raw": "e1", "_time": NOW - 1, "host": "a", "n": "1"},
    {"_raw": "e2", "_time": NOW - 2, "host": "b", "n": "2"},
]


def texts(spl: str) -> list[dict[str, str]]:
    """Return the rows of a search over two events as texts, without what starts with an underscore."""
    rows = run(spl, MemoryEnvironment(EVENTS)).rows
    return [{name: as_text(value) for name, value in row.items() if name[0] != "_"} for row in rows]


def test_collect_hands_rows_over_and_passes_them_on() -> None:
    """`collect` gives its rows and its options as written to the environment, and the search goes on."""
    environment = MemoryEnvironment(EVENTS)

    result = run('* | table n | collect index=findings source="x y" | stats count', environment)

    assert environment.collected == [([{"n": "1"}, {"n": "2"}], {"index": "findings", "source": "x y"})]
    assert result.rows == [{"count": 2}]


def test_collect_in_testmode_writes_nothing() -> None:
    """`testmode=true` shows the rows only."""
    environment = MemoryEnvironment(EVENTS)

    run("* | collect index=findings testmode=true", environment)

    assert environment.collected == []


def test_nothing_is_collected_when_the_search_fails() -> None:
    """A search that is wrong further on never starts."""
    environment = MemoryEnvironment(EVENTS)

    with pytest.raises(Exception, match="Unknown search command"):
        run("* | collect index=findings | nope", environment)

    assert environment.collected == []


def test_outputlookup_writes_without_internal_fields() -> None:
    """`outputlookup` writes rows without fields that start with an underscore, and passes the rows on."""
    lookup = TableLookup(["host", "n"], [])

    result = run(
        "* | fields host n | outputlookup append=t key_field=host hosts",
        MemoryEnvironment(EVENTS, lookups={"hosts": lookup}),
    )

    assert lookup.written == [([{"host": "a", "n": "1"}, {"host": "b", "n": "2"}], True, "host")]
    assert len(result.rows) == 2


def test_outputlookup_keeps_a_table_when_told_to() -> None:
    """`override_if_empty=false` writes nothing where there are no rows."""
    lookup = TableLookup(["host"], [])
    environment = MemoryEnvironment([], lookups={"hosts": lookup})

    run("* | outputlookup override_if_empty=false hosts", environment)
    assert lookup.written == []

    run("* | outputlookup hosts", environment)
    assert lookup.written == [([], False, None)]


def test_addinfo_tells_the_bounds() -> None:
    """`addinfo` adds the bounds of the search, the time it ran and its id."""
    bounded = MemoryEnvironment(EVENTS[:1], bounds=TimeBounds(NOW - 60, NOW))
    unbounded = MemoryEnvironment(EVENTS[:1])

    row = run("* | addinfo", bounded).rows[0]

    assert (row["info_min_time"], row["info_max_time"], row["info_search_time"]) == (NOW - 60, NOW, NOW)
    assert run("* | addinfo", unbounded).rows[0]["info_max_time"] == "+Infinity"


def test_time_bounds_of_a_subsearch_are_the_jobs() -> None:
    """Time terms of the search outside do not reach into a subsearch (Search Reference, time modifiers)."""
    environment = MemoryEnvironment(EVENTS, bounds=TimeBounds(NOW - 60, NOW))

    run("earliest=-5s [search host=a | fields host]", environment)

    assert [bounds.earliest for _, bounds, _ in environment.asked] == [NOW - 60, NOW - 5]


def test_timechart_fills_the_bounds_of_the_search() -> None:
    """A time chart shows every span between the bounds of the search, empty ones too."""
    environment = MemoryEnvironment(EVENTS, bounds=TimeBounds(NOW - 121, NOW))

    result = run("* | timechart span=1m count avg(n)", environment)

    assert [row["count"] for row in result.rows] == [0, 1, 1]
    assert "avg(n)" not in result.rows[0]
    assert result.fields == ["_time", "count", "avg(n)"]


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(15, 10), (60, 60), (240, 300), (1440, 1800), (7 * 1440, 86400), (30 * 1440, 86400)]
)
def test_timechart_chooses_documented_spans(minutes: int, seconds: int) -> None:
    """The default span for a range is the one of the page on timechart."""
    environment = MemoryEnvironment(EVENTS, bounds=TimeBounds(NOW - minutes * 60, NOW))

    rows = run("* | timechart count", environment).rows

    assert float(as_text(rows[1]["_time"])) - float(as_text(rows[0]["_time"])) == seconds


@pytest.mark.parametrize(
    ("spl", "expected"),
    [
        ("* | table host n | transpose", [
            {"column": "host", "row 1": "a", "row 2": "b"}, {"column": "n", "row 1": "1", "row 2": "2"}
        ]),
        ("* | table host n | transpose header_field=host column_name=x", [{"x": "n", "a": "1", "b": "2"}]),
        ("* | table host n | untable host f v", [{"host": "a", "f": "n", "v": "1"}, {"host": "b", "f": "n", "v": "2"}]),
        ("* | eval c=host | xyseries host c n", [{"host": "a", "a": "1"}, {"host": "b", "b": "2"}]),
        ("* | table n | addtotals", [{"n": "1", "Total": "1"}, {"n": "2", "Total": "2"}]),
        ("* | table n | addcoltotals labelfield=host label=all", [{"n": "1"}, {"n": "2"}, {"n": "3", "host": "all"}]),
        ("* | table n | accum n as s", [{"n": "1", "s": "1"}, {"n": "2", "s": "3"}]),
        ("* | table n | delta n as d", [{"n": "1"}, {"n": "2", "d": "1"}]),
        ('* | table host n | strcat host "-" n both', [
            {"host": "a", "n": "1", "both": "a-1"}, {"host": "b", "n": "2", "both": "b-2"}
        ]),
        ("* | eval n=1 | table n | uniq", [{"n": "1"}]),
        ("* | table host n | tojson host output_field=j | table j", [{"j": '{"host":"a"}'}, {"j": '{"host":"b"}'}]),
        ("* | table n | tojson str(n) output_field=j | table j", [{"j": '{"n":"1"}'}, {"j": '{"n":"2"}'}]),
        ("| union [search host=a | table n] [search host=b | table n]", [{"n": "1"}, {"n": "2"}]),
        ("| multisearch [search host=a | fields n] [search host=b | fields n]", [{"n": "1"}, {"n": "2"}]),
        ("* | table n | appendcols [search * | table host]", [{"host": "a", "n": "1"}, {"host": "b", "n": "2"}]),
        ('* | eval m=mvappend("x", "y") | nomv m | table m', [{"m": "x\ny"}, {"m": "x\ny"}]),
    ],
)  # fmt: skip
def test_table(spl: str, expected: list[dict[str, str]]) -> None:
    """A command turns a table around or adds to it as its page says."""
    assert texts(spl) == expected


@pytest.mark.parametrize(
    ("spl", "fields"),
    [
        ("*", ["_raw", "_time", "host", "n"]),
        ("* | table n host", ["n", "host"]),
        ("* | stats count by host", ["host", "count"]),
        ("* | stats count sum(missing)", ["count", "sum(missing)"]),
        ("* | table n | eval z=1, a=2", ["n", "z", "a"]),
        ("* | table *", ["host", "n"]),
        ("* | table missing n", ["missing", "n"]),
        ("* | top host", ["host", "count", "percent", "_tc"]),
        ("* | stats count by host | rename host as h", ["h", "count"]),
        ("* | stats count by host | fields - host", ["count"]),
    ],
)
def test_columns(spl: str, fields: list[str]) -> None:
    """Columns go by name unless a command declared them; later ones are appended (splunk-measured 4 ST)."""
    assert run(spl, MemoryEnvironment(EVENTS)).fields == fields
