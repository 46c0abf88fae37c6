"""What a search costs a real index: which share of its events, and of the slices of its journal, has to be read.

Only the words of the search's `search` commands count, as the index is asked before any field is known. It is a bound
from above: splunkd also stops early at `head`, and takes over `where` and a second `search` where it can.
`missed` counts events that the search finds here and would not find there, since the index leads to none of them: a
value that is no whole term of its event, as a part of a word that an extraction cuts out.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

from standin.environment import TimeBounds
from standin.events.event import Event
from standin.events.store import within
from standin.events.termindex import TermIndex, chosen, first
from standin.language.lispy import Every, Has, Lacks, Lispy, written

Finds = Callable[[Event], bool]


@dataclass(frozen=True)
class Cost:
    """Events and slices of the indexes that were searched, and how many of them a real index would read."""

    events: int = 0
    read: int = 0
    slices: int = 0
    slices_read: int = 0
    found: int = 0
    missed: int = 0
    terms: tuple[str, ...] = ()

    def __add__(self, other: "Cost") -> "Cost":
        """Return the cost of two reads, one after the other."""
        return Cost(
            self.events + other.events,
            self.read + other.read,
            self.slices + other.slices,
            self.slices_read + other.slices_read,
            self.found + other.found,
            self.missed + other.missed,
            tuple(dict.fromkeys([*self.terms, *other.terms])),
        )

    def as_json(self) -> dict[str, object]:
        """Return the figures with both shares, 0 where there was nothing to read."""
        shares = {"share": share(self.read, self.events), "slices_share": share(self.slices_read, self.slices)}
        return {**asdict(self), **shares, "terms": list(self.terms)}


def share(part: int, whole: int) -> float:
    """Return a part as a share of the whole."""
    return round(part / whole, 4) if whole else 0.0


def cost_of(index: TermIndex, required: Lispy, bounds: TimeBounds, finds: Finds | None = None) -> Cost:
    """Return what it costs one index; without `finds` nothing is said of what is found and missed."""
    count = len(index)
    read = candidates(index, required, count) & _in_time(index, bounds, count)
    touched, slices = index.slices(read, count)
    found = missed = 0
    if finds is not None:
        hits = chosen(finds, index.events(count))
        found, missed = hits.bit_count(), (hits & ~read).bit_count()
    return Cost(count, read.bit_count(), slices, touched, found, missed, (written(required),))


def candidates(index: TermIndex, required: Lispy, count: int) -> int:
    """Return those of the first events that hold what is required."""
    if isinstance(required, Has):
        return index.holding(required.term, count)
    if isinstance(required, Lacks):
        return first(count) & ~index.holding(required.term, count)
    parts = (candidates(index, part, count) for part in required.parts)
    if isinstance(required, Every):
        return _all(parts, first(count))
    return _any(parts)


def _all(parts: Iterable[int], everything: int) -> int:
    for part in parts:
        everything &= part
    return everything


def _any(parts: Iterable[int]) -> int:
    found = 0
    for part in parts:
        found |= part
    return found


def _in_time(index: TermIndex, bounds: TimeBounds, count: int) -> int:
    """Return the events of a range of time; index time spares nothing."""
    bounds = TimeBounds(bounds.earliest, bounds.latest)
    if bounds == TimeBounds():
        return first(count)
    inside = set(map(id, within(index.events(count), bounds)))
    return chosen(lambda event: id(event) in inside, index.events(count))


def total(costs: Iterable[Cost]) -> Cost:
    """Return the sum of several costs."""
    return sum(costs, Cost())
