"""A recording as it would have arrived: when each event is indexed, and when searches see it.

Indexed: the event's own time plus a delay and what the faults add. Searchable: up to SEARCHABLE_WITHIN_S after that,
by a seeded generator, as buckets and replication take their time. Which peer keeps an event, and which forwarder
sends it, follows from its text.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from standin.environment import TimeBounds
from standin.events.event import Event
from standin.events.store import UNBOUNDED, Store

SEARCHABLE_WITHIN_S = 90.0
PEERS = 3
FORWARDERS = 3


class Arrival(NamedTuple):
    """An event, and the time from which on searches find it."""

    searchable: float
    event: Event


def arrivals(events: Iterable[Event], shift_s: float, seed: int, late_third_s: float = 0.0) -> list[Arrival]:
    """Return the events in the order in which they become searchable.

    `shift_s` separates index time from own time, `late_third_s` comes on top for the events of one forwarder of three,
    and so does by how much an event was indexed later than the first.
    """
    random = Random(seed)  # noqa: S311 - a reproducible delay, no secret
    found = []
    in_order = sorted(events, key=lambda event: event.time)
    first = min((event.index_time for event in in_order), default=0.0)
    for event in in_order:
        late_s = event.index_time - first + (late_third_s if _hash(event, 1) % FORWARDERS == 0 else 0.0)
        indexed = event.time + shift_s + late_s
        searchable = indexed + random.uniform(0.0, SEARCHABLE_WITHIN_S)
        found.append(Arrival(searchable, event._replace(index_time=indexed)))
    return sorted(found, key=lambda arrival: arrival.searchable)


def is_on_peer(event: Event, peer: int) -> bool:
    """Tell whether a search peer keeps an event."""
    return _hash(event, 0) % PEERS == peer


def _hash(event: Event, salt: int) -> int:
    return zlib.crc32(event.raw.encode("utf-8", "replace"), salt)


class ReplayStore(Store):
    """A store that events arrive in over time, that notes what searches write, and whose first peer may be down.

    An index that a search writes into is made: the recorded site is taken to be set up.
    """

    def __init__(self, index: str) -> None:
        super().__init__()
        self.create_index(index)
        self.written: list[Event] = []
        self.is_peer_down = False

    def arrive(self, events: Iterable[Event]) -> None:
        """Make recorded events searchable."""
        super().add(events)

    def add(self, events: Iterable[Event]) -> list[Event]:
        """Index what a search wrote."""
        written = list(events)
        for event in written:
            self.create_index(event.index)
        self.written += written
        return super().add(written)

    def scan(
        self, indexes: Sequence[str], bounds: TimeBounds = UNBOUNDED, substrings: Sequence[str] = ()
    ) -> Iterator[Event]:
        """Yield events as Store does, without those of a peer that is down."""
        for event in super().scan(indexes, bounds, substrings):
            if not (self.is_peer_down and is_on_peer(event, 0)):
                yield event
