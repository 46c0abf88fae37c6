"""Keeping events and finding them again."""

from pathlib import Path

import pytest

from standin.environment import TimeBounds
from standin.events import Event, Store

ALL_TIME = TimeBounds()


def event(raw: str, time: float = 0.0, index: str = "main", index_time: float = 0.0) -> Event:
    """Return an event of a test."""
    return Event(raw, time, index_time, index, "h", "s", "t", {"zone": ["a", "b"]})


def found(store: Store, *indexes: str, bounds: TimeBounds = ALL_TIME, substrings: tuple[str, ...] = ()) -> list[str]:
    """Return the texts that a scan yields."""
    return [each.raw for each in store.scan(indexes or ("main",), bounds, substrings)]


def test_newest_first_across_indexes() -> None:
    """Events come by time, the newest first, whatever index and order they came in; of equal times the last first."""
    store = Store(indexes=("main", "other"))
    store.add([event("b", 2.0), event("a", 1.0), event("d", 4.0, "other"), event("c", 2.0)])

    assert found(store, "main", "other") == ["d", "c", "b", "a"]
    store.add([event("e", 3.0)])
    assert found(store) == ["e", "c", "b", "a"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        pytest.param(TimeBounds(earliest=2.0), ["c", "b"], id="earliest-is-inside"),
        pytest.param(TimeBounds(latest=2.0), ["a"], id="latest-is-outside"),
        pytest.param(TimeBounds(index_earliest=20.0), ["a", "b"][::-1][:1], id="index-earliest"),
        pytest.param(TimeBounds(earliest=1.0, latest=4.0, index_latest=20.0), ["c", "a"], id="both-times"),
    ],
)
def test_bounds(bounds: TimeBounds, expected: list[str]) -> None:
    """Ranges are half-open, in event time and index time."""
    store = Store()
    store.add([event("a", 1.0, index_time=10.0), event("b", 2.0, index_time=20.0), event("c", 3.0, index_time=5.0)])

    assert found(store, bounds=bounds) == expected


@pytest.mark.parametrize(
    ("indexes", "expected"),
    [
        pytest.param(("a*",), ["a1", "a2"], id="wildcard"),
        pytest.param(("*",), ["a1", "a2", "b"], id="star-leaves-out-internal"),
        pytest.param(("_*",), ["_i"], id="internal"),
        pytest.param(("missing",), [], id="missing"),
    ],
)
def test_index_names(indexes: tuple[str, ...], expected: list[str]) -> None:
    """Indexes are named by wildcards; internal ones only by an underscore."""
    store = Store(indexes=("a1", "a2", "b", "_i"))
    store.add([event(name, index=name) for name in ("a1", "a2", "b", "_i")])

    assert sorted(found(store, *indexes)) == expected


def test_substrings_whatever_their_case() -> None:
    """Every substring must be in the text, in any case."""
    store = Store()
    store.add([event("Alpha beta"), event("alpha"), event("BETA ALPHA")])

    assert sorted(found(store, substrings=("alpha", "beta"))) == ["Alpha beta", "BETA ALPHA"]


def test_unknown_indexes_drop_events() -> None:
    """An event for an index that does not exist is not kept, and the caller is told which were."""
    store = Store(indexes=("main",))

    kept = store.add([event("a"), event("b", index="nowhere")])

    assert [each.raw for each in kept] == ["a"]
    store.create_index("nowhere")
    assert store.add([event("b", index="nowhere")]) != []
    assert store.count("nowhere") == 1


def test_survives_a_restart(tmp_path: Path) -> None:
    """With a folder, indexes and events are there again, fields and unusual texts included."""
    first = Store(tmp_path / "store")
    first.create_index("extra")
    first.add([event("line\nbreak \u2028 ü", 1.5, "extra"), event("x")])

    again = Store(tmp_path / "store")

    assert list(again.scan(("extra",))) == list(first.scan(("extra",)))
    assert found(again) == ["x"]
    again.remove_index("extra")
    assert "extra" not in Store(tmp_path / "store").indexes


def test_a_removed_index_is_gone_alone() -> None:
    """Other indexes stay, and so do their events."""
    store = Store()
    for name in ("one", "two"):
        store.create_index(name)

    before = set(store.indexes)
    store.remove_index("one")

    assert before - set(store.indexes) == {"one"}
