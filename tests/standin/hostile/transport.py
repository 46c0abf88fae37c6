"""What a transport that delivers at least once does to events: some come twice, some come late."""

from collections.abc import Sequence

from standin.events.event import Event
from standin.events.store import Store
from standin.hostile.chance import Chance

SHARE = 100  # one of so many events; of fewer, one
LATE_S = 600.0


def disturb(store: Store, chance: Chance) -> None:
    """Put what came twice or late into every index that holds something."""
    for name in store.indexes:
        events = list(store.scan([name]))[::-1]
        if events:
            store.empty(name)
            store.add(sent_again(delayed(events, chance), chance))


def sent_again(events: Sequence[Event], chance: Chance) -> list[Event]:
    """Return the events with copies of some, byte for byte, indexed up to ten minutes after the first.

    Forwarders with indexer acknowledgement send again what was not acknowledged, so that duplicates may be indexed
    (Forwarding Data, Protect against loss of in-flight data); HEC clients likewise (Getting Data In, About HTTP Event
    Collector indexer acknowledgement).
    """
    numbers = chance.numbers("sent again")
    copied = [_later(event, numbers.uniform(0.0, LATE_S)) for event in numbers.sample(events, _share(len(events)))]
    chance.count("events sent twice", len(copied))
    return [*events, *copied]


def delayed(events: Sequence[Event], chance: Chance) -> list[Event]:
    """Return the events, some of them indexed last and up to ten minutes later; their own times stay.

    `_time` and `_indextime` differ by whatever a transport takes (Search Reference, Time modifiers, index time).
    """
    numbers = chance.numbers("late")
    late = set(numbers.sample(range(len(events)), _share(len(events))))
    chance.count("events late", len(late))
    on_time = [event for number, event in enumerate(events) if number not in late]
    return [*on_time, *(_later(events[number], numbers.uniform(0.0, LATE_S)) for number in sorted(late))]


def _share(count: int) -> int:
    return min(count, max(1, count // SHARE))


def _later(event: Event, seconds: float) -> Event:
    return event._replace(index_time=event.index_time + seconds)
