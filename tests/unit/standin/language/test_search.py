"""Whole searches: macros, subsearches, bounds of time, errors with their positions."""

import pytest

from standin.environment import Macro, Row
from standin.language.errors import MalformedSearch, SearchError, UnknownName, Unsupported
from standin.language.search import run
from unit.standin.searching import NOW, MemoryEnvironment

EVENTS: list[Row] = [
    {"_raw": f"line {n}", "_time": NOW - n, "n": str(n), "kind": "odd" if n % 2 else "even"} for n in range(5)
]
MACROS = {
    ("odd", 0): Macro("kind=odd"),
    ("at_least", 1): Macro("n>=$x$", ("x",), validation="isnum($x$)", error_message="no number"),
    ("nested", 0): Macro("`odd` `at_least(3)`"),
    ("evaluated", 1): Macro('"n=" . "$x$"', ("x",), is_eval=True),
    ("loop", 0): Macro("`loop`"),
}


def numbers(spl: str) -> list[object]:
    """Return the field n of every row of a search."""
    return [row.get("n") for row in run(spl, MemoryEnvironment(EVENTS, MACROS)).rows]


@pytest.mark.parametrize(
    ("spl", "expected"),
    [
        ("`odd`", ["1", "3"]),
        ("`nested`", ["3"]),
        ("`evaluated(2)`", ["2"]),
        ("* ```a comment``` | head 1", ["0"]),
        ("[search n=3 | fields kind]", ["1", "3"]),
        ('kind="odd" | where n > 1', ["3"]),
        ("search line | head 2", ["0", "1"]),
    ],
)
def test_search(spl: str, expected: list[str]) -> None:
    """Macros, comments and subsearches are put in before the search runs."""
    assert numbers(spl) == expected


@pytest.mark.parametrize(
    ("spl", "kind", "words", "position"),
    [
        ("* | nope", UnknownName, "Unknown search command 'nope'.", 4),
        ("* | kmeans", Unsupported, "command kmeans", 4),
        ("`missing`", UnknownName, "macro 'missing' that cannot be found", 0),
        ("* `at_least(word)`", SearchError, "no number", 2),
        ("`loop`", SearchError, "exceeded", 0),
        ("* | eval x=nope(1)", UnknownName, "Error in 'EvalCommand': The 'nope' function", 11),
        ("* | where nope(1)", UnknownName, "Error in 'where' command: The 'nope' function", 10),
        ("`odd` | eval x=1==1", SearchError, "Fields cannot be assigned a boolean result", 13),
        ("earliest=-30x", SearchError, "Invalid value \"-30x\" for time term 'earliest'", 0),
        ("* | head 1 | ", MalformedSearch, "Missing a search command", 12),
        ("", MalformedSearch, "Empty search", 0),
        ('"', MalformedSearch, "Mismatched quotes", 0),
        ("* [search x", MalformedSearch, "']'", 2),
    ],
)
def test_error(spl: str, kind: type[SearchError], words: str, position: int) -> None:
    """A wrong search is told in Splunk's words, with the position in what was typed."""
    with pytest.raises(kind) as error:
        run(spl, MemoryEnvironment(EVENTS, MACROS))

    assert words in error.value.message
    assert error.value.position == position


def test_time_terms_replace_the_bounds() -> None:
    """`earliest` in the search replaces the job's bounds, up to now, and Splunk says so."""
    environment = MemoryEnvironment(EVENTS)

    result = run("earliest=-1m@m _index_earliest=-5m", environment)

    _, bounds, _ = environment.asked[0]
    assert bounds == (NOW - 61, NOW, NOW - 300, None)
    assert [message.level for message in result.messages] == ["INFO"]


def test_columns_go_by_name_until_a_command_declares_them() -> None:
    """Events have their columns by name, `table` has its own order."""
    assert run("n=1", MemoryEnvironment(EVENTS)).fields == ["_raw", "_time", "kind", "n"]
    assert run("n=1 | table n kind", MemoryEnvironment(EVENTS)).fields == ["n", "kind"]
