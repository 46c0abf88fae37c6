"""Which events of one index hold a term, and which slices of its journal they lie in.

Nothing is built before it is asked for: a term's events are found by its text first, and only texts that hold it are
broken into terms. What was found is kept, and extended when events have come since. A set of events is an integer
whose bit N stands for the event that came as number N.

    journal   | slice 0: events 0 to 81 | slice 1: events 82 to 171 | ...    a slice ends once it holds SLICE_BYTES
"""

from collections.abc import Callable, Iterator, Sequence

from standin.events.event import Event
from standin.events.segmenters import Segmenters, Wanted
from standin.values import wildcard
from standin.values.multivalue import as_texts

SLICE_BYTES = 131_072  # indexes.conf.spec: rawChunkSizeBytes
Test = Callable[[Event], bool]


class TermIndex:
    """The terms of the events of one index, which is only ever added to."""

    def __init__(self, events: Sequence[Event], segmenters: Segmenters) -> None:
        self._events = events
        self._segmenters = segmenters
        self._found: dict[str, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._events)

    def events(self, count: int) -> Sequence[Event]:
        """Return the first events that came."""
        return self._events[:count]

    def holding(self, term: str, count: int) -> int:
        """Return those of the first `count` events that hold a lower-case term; a star in it is a wildcard."""
        covered, found = self._found.get(term, (0, 0))
        if covered < count:
            test = self._field_test(term) if "::" in term else self._text_test(term)
            found |= chosen(test, self._events[covered:count]) << covered
            self._found[term] = count, found
        return found & first(count)

    def _text_test(self, term: str) -> Test:
        wanted, needle, segmenter = Wanted.of(term), Wanted.of(term).needle, self._segmenters.of

        def test(event: Event) -> bool:
            raw = event.raw
            if needle not in raw and (raw := raw.lower()).find(needle) < 0:
                return False
            return segmenter(event).holds(raw.lower(), wanted)

        return test

    def _field_test(self, term: str) -> Test:
        name, _, value = term.partition("::")
        matches, in_text = wildcard.matcher(value), self._text_test(term)
        return lambda event: any(map(matches, _texts(event, name))) or in_text(event)

    def slices(self, events: int, count: int) -> tuple[int, int]:
        """Return how many slices of the journal hold any of these events, and how many there are."""
        touched = total = 0
        for start, end in self._slices(count):
            touched += (events >> start) & first(end - start) != 0
            total += 1
        return touched, total

    def _slices(self, count: int) -> Iterator[tuple[int, int]]:
        start = size = 0
        for number, event in enumerate(self._events[:count], start=1):
            size += len(event.raw) if event.raw.isascii() else len(event.raw.encode())
            if size >= SLICE_BYTES or number == count:
                yield start, number
                start, size = number, 0


def first(count: int) -> int:
    """Return the set of the first `count` events."""
    return (1 << count) - 1


def chosen(test: Test, events: Sequence[Event]) -> int:
    """Return the set of events that pass a test, counted from the first of them."""
    bits = bytearray(len(events) // 8 + 1)
    for number, event in enumerate(events):
        if test(event):
            bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def _texts(event: Event, name: str) -> list[str]:
    """Return what the index holds of a field, whose name is given in lower case."""
    if name in ("host", "index", "source", "sourcetype"):
        return [str(getattr(event, name))]
    if name == "linecount":
        return [str(event.raw.count("\n") + 1)]
    return [text for field, value in event.fields.items() if field.lower() == name for text in as_texts(value)]
