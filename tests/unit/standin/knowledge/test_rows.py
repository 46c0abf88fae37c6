"""Rows that work out their fields when asked."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.environment import Row, Value
from standin.knowledge.rows import LazyRow
from unit.standin.properties import properties

NAMES = st.sampled_from(["a", "b", "c", "d"])


class Fields:
    """A source that counts how often it is asked."""

    def __init__(self, values: Row) -> None:
        self.values = values
        self.asked: list[str] = []

    def value(self, name: str) -> Value | None:
        """Return one field."""
        self.asked.append(name)
        return self.values.get(name)

    def all(self) -> Row:
        """Return every field."""
        self.asked.append("*")
        return self.values


def test_asks_only_for_what_is_named() -> None:
    """Reading, testing and writing single fields works out nothing else."""
    source = Fields({"a": "1", "b": "2"})
    row = LazyRow(source)

    row["c"] = "3"
    found = row.get("a"), row["a"], "x" in row, row["c"], row.get("x", "none")

    assert found == ("1", "1", False, "3", "none")
    assert "*" not in source.asked
    assert "b" not in source.asked


Step = Callable[[Row], object]
STEPS = st.one_of(
    st.builds(lambda name: lambda row: row.get(name), NAMES),
    st.builds(lambda name: lambda row: name in row, NAMES),
    st.builds(lambda name, value: lambda row: row.__setitem__(name, value), NAMES, st.text(max_size=2)),
    st.builds(lambda name: lambda row: row.pop(name, None), NAMES),
    st.builds(lambda name: lambda row: row.setdefault(name, "new"), NAMES),
    st.builds(lambda name: lambda row: row.update({name: "updated"}), NAMES),
    st.just(len),
    st.just(sorted),
    st.just(dict),
    st.just(lambda row: sorted(row.items())),
    st.just(lambda row: {**row}),
    st.just(lambda row: row | {"d": "or"}),
    st.just(lambda row: json.dumps(dict(row), sort_keys=True)),
)


@properties()
@given(start=st.dictionaries(NAMES, st.text(max_size=2)), steps=st.lists(STEPS, max_size=8))
def test_is_a_dict_to_its_user(start: dict[str, str], steps: list[Step]) -> None:
    """Whatever is done to it, it answers as a dict with the same fields."""
    plain: Row = dict(start)
    lazy: Row = LazyRow(Fields(dict(start)))

    for step in steps:
        assert step(lazy) == step(plain)

    assert lazy == plain
    assert repr(dict(sorted(lazy.items()))) == repr(dict(sorted(plain.items())))


def test_copies_are_independent() -> None:
    """A copy takes the changes along and shares the source, not later changes."""
    first = LazyRow(Fields({"a": "1", "b": "2"}))
    del first["a"]
    second = first.copy()
    second["a"] = "other"
    first["c"] = "3"

    assert (dict(first), dict(second)) == ({"b": "2", "c": "3"}, {"a": "other", "b": "2"})


def test_missing_keys_are_errors() -> None:
    """A field that is not there raises KeyError as in a dict."""
    row = LazyRow(Fields({"a": "1"}))
    with pytest.raises(KeyError):
        row["x"]
    with pytest.raises(KeyError):
        row.pop("x")
    with pytest.raises(KeyError):
        del row["x"]
    row.clear()
    assert dict(row) == {}
