"""Splunk's own limits bite here too, and say so."""

from standin.environment import Row
from standin.language.search import run
from unit.standin.searching import NOW, MemoryEnvironment


def warnings(spl: str, events: list[Row] | None = None) -> tuple[int, list[str]]:
    """Return how many rows a search gives, and its warnings."""
    result = run(spl, MemoryEnvironment(events or []))
    return len(result.rows), [message.text for message in result.messages if message.level == "WARN"]


def test_sort_keeps_ten_thousand_rows() -> None:
    """`sort` without a count stops at 10,000 rows, `sort 0` does not (Search Reference, sort)."""
    made = "| makeresults count=10001 | streamstats count as n"

    assert warnings(f"{made} | sort n") == (10_000, ["sort kept the first 10000 of 10001 rows"])
    assert warnings(f"{made} | sort 0 n") == (10_001, [])


def test_list_keeps_a_hundred_values() -> None:
    """`list` keeps the first 100 values ([stats] list_maxsize)."""
    _, said = warnings("| makeresults count=101 | streamstats count as n | stats list(n) as l")

    assert said == ["list() keeps the first 100 values only; more were left out"]


def test_subsearch_stops_at_ten_thousand_rows() -> None:
    """A subsearch gives at most 10,000 rows ([subsearch] maxout)."""
    _, said = warnings("[| makeresults count=10001 | streamstats count as n | fields n | fields - _time]")

    assert any("truncating to maxout 10000" in text for text in said)


def test_append_takes_more_than_a_subsearch() -> None:
    """`append` takes up to 50,000 rows."""
    assert warnings("| makeresults | append [| makeresults count=10001]") == (10_002, [])


def test_spath_reads_five_thousand_characters_without_a_path() -> None:
    """`spath` without a path stops at 5,000 characters, with one it does not ([spath] extraction_cutoff)."""
    raw = '{"first":"1","pad":"' + "x" * 5_000 + '","last":"2"}'
    events: list[Row] = [{"_raw": raw, "_time": NOW}]

    whole = run("* | spath", MemoryEnvironment(events))
    by_path = run("* | spath path=last", MemoryEnvironment(events))

    assert "first" in whole.rows[0]
    assert "last" not in whole.rows[0]
    assert [message.level for message in whole.messages] == ["WARN"]
    assert by_path.rows[0]["last"] == "2"


def test_what_is_just_within_a_limit_is_whole() -> None:
    """Exactly as many rows, values or characters as a limit allows give no warning."""
    made = "| makeresults count=10000 | streamstats count as n | "
    raw = '{"first":"' + "x" * (5_000 - 12) + '"}'

    assert len(raw) == 5_000
    assert warnings(made + "sort n") == (10_000, [])
    assert warnings("| makeresults count=100 | streamstats count as n | stats list(n) as l") == (1, [])
    assert warnings("[" + made + "fields n | fields - _time]") == (0, [])
    assert warnings(made + "streamstats window=10000 count as m | tail 1") == (1, [])
    assert warnings("* | spath", [{"_raw": raw, "_time": NOW}]) == (1, [])
    assert len(warnings("* | spath", [{"_raw": raw + " ", "_time": NOW}])[1]) == 1


def test_streamstats_window_is_cut() -> None:
    """A window holds at most 10,000 rows ([stats] max_stream_window)."""
    result = run("| makeresults count=10002 | streamstats window=20000 count | tail 1", MemoryEnvironment())

    assert result.rows[0]["count"] == 10_000
    assert any("max_stream_window" in message.text for message in result.messages)


def test_time_window_is_cut() -> None:
    """A window of time holds at most 10,000 rows, and reaching that is said."""
    events: list[Row] = [{"_raw": "e", "_time": NOW - n / 1000} for n in range(10_003)]

    result = run("* | streamstats time_window=10m count | tail 1", MemoryEnvironment(events))

    assert result.rows[0]["count"] == 10_000
    assert any("10000 rows at most" in message.text for message in result.messages)


def test_text_functions_say_that_they_take_no_multivalue() -> None:
    """A text function that is not supported on multivalue fields gives null and a warning."""
    _, said = warnings('| makeresults | eval m=split("a,b", ","), n=len(m)')

    assert said == ["len is not supported on multivalue fields and gives null (Search Reference, text functions)"]


def test_a_subsearch_gives_all_that_its_limit_allows() -> None:
    """`append maxout=3` takes three rows of three without a word, and three of four with one."""
    assert warnings("| makeresults | append maxout=3 [| makeresults count=3]") == (4, [])
    rows, said = warnings("| makeresults | append maxout=3 [| makeresults count=4]")
    assert (rows, len(said)) == (4, 1)
