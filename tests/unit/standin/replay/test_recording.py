"""When events of a recording are indexed and found."""

from standin.events.event import Event
from standin.replay.recording import SEARCHABLE_WITHIN_S, ReplayStore, arrivals, is_on_peer

EVENTS = [Event(f"event {number}", 1000.0 + number, 0.0, "main", "h", "s", "t") for number in range(200)]


def test_events_are_indexed_at_their_time_and_a_delay() -> None:
    """The index time has nothing to do with when the replay reads the file."""
    assert {each.event.index_time - each.event.time for each in arrivals(EVENTS, 7.0, 0)} == {7.0}


def test_a_third_may_come_later() -> None:
    """About a third of the events, and by as much as was said."""
    waits = [each.event.index_time - each.event.time for each in arrivals(EVENTS, 7.0, 0, 100.0)]

    assert set(waits) == {7.0, 107.0}
    assert 40 < waits.count(107.0) < 100


def test_events_are_found_within_90_seconds_by_the_seed() -> None:
    """Some at once, some late, and the same for the same seed."""
    found = arrivals(EVENTS, 5.0, 1)
    waits = [each.searchable - each.event.index_time for each in found]

    assert 0.0 <= min(waits) < 10.0
    assert SEARCHABLE_WITHIN_S - 10.0 < max(waits) <= SEARCHABLE_WITHIN_S
    assert found == arrivals(EVENTS[::-1], 5.0, 1)
    assert found != arrivals(EVENTS, 5.0, 2)
    assert [each.searchable for each in found] == sorted(each.searchable for each in found)


def test_a_peer_that_is_down_hides_its_events() -> None:
    """About a third, and they are there again afterwards."""
    store = ReplayStore("main")
    store.arrive(EVENTS)
    store.is_peer_down = True
    hidden = [event for event in EVENTS if is_on_peer(event, 0)]

    assert 40 < len(hidden) < 100
    assert {event.raw for event in store.scan(["main"])} == {event.raw for event in EVENTS if event not in hidden}
    store.is_peer_down = False
    assert len(list(store.scan(["main"]))) == len(EVENTS)


def test_what_a_search_writes_is_noted_and_kept() -> None:
    """In an index that is made for it; what arrives is not taken for it."""
    store = ReplayStore("main")
    store.arrive(EVENTS)
    finding = EVENTS[0]._replace(index="findings")
    store.add([finding])

    assert store.written == [finding]
    assert list(store.scan(["findings"])) == [finding]
