"""The event store: indexes of events, selected by name, time, index time and substrings of `_raw`.

One writer and many readers at a time: readers work on an immutable, sorted view that a writer only replaces. With a
folder every index is also a file of its own, `NAME.jsonl`, one JSON array per event in the order of `Event`'s fields,
and is read back at the next start.
"""

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from standin.environment import TimeBounds
from standin.events.event import Event
from standin.events.segmenters import Segmenters
from standin.events.termindex import TermIndex
from standin.values import wildcard

SHIPPED_INDEXES = ("main", "summary", "history", "_internal", "_audit", "_introspection", "_telemetry")
UNBOUNDED = TimeBounds()


class Index:
    """One index: events in the order of their arrival, and the view sorted newest first."""

    def __init__(self, file: Path | None) -> None:
        self.events: list[Event] = []
        self._view: tuple[Event, ...] = ()
        self._terms: TermIndex | None = None
        self._file = file
        if file is not None and file.is_file():
            with file.open(encoding="utf-8") as lines:
                self.events = [Event(*json.loads(line)) for line in lines]

    def add(self, events: Sequence[Event]) -> None:
        """Append events; they are on disk, where there is one, before this returns."""
        if self._file is not None:
            with self._file.open("ab") as out:
                out.write(msgspec.json.Encoder().encode_lines(events))
        self.events.extend(events)

    def terms(self, segmenters: Segmenters) -> TermIndex:
        """Return the index of terms, which keeps the segmenters that it was first asked with, as a real one would."""
        if self._terms is None:
            self._terms = TermIndex(self.events, segmenters)
        return self._terms

    def newest_first(self) -> tuple[Event, ...]:
        """Return all events by time, of equal times the one that came last first."""
        if len(self._view) != len(self.events):
            self._view = tuple(sorted(reversed(self.events), key=_negative_time))  # noqa: C414, equal times stay reversed
        return self._view


def _negative_time(event: Event) -> float:
    return -event.time


class Store:
    """All indexes; events for an index that does not exist are dropped, as with Splunk's empty lastChanceIndex."""

    def __init__(self, path: Path | None = None, indexes: Iterable[str] = SHIPPED_INDEXES) -> None:
        self._path = path
        self._lock = threading.Lock()
        if path is not None:
            path.mkdir(parents=True, exist_ok=True)
        kept = () if path is None else (file.stem for file in sorted(path.glob("*.jsonl")))
        self._indexes = {name: self._open(name) for name in dict.fromkeys([*indexes, *kept])}

    def _open(self, name: str) -> Index:
        return Index(self._path / f"{name}.jsonl" if self._path is not None else None)

    @property
    def indexes(self) -> tuple[str, ...]:
        """Name the indexes that exist."""
        return tuple(self._indexes)

    def create_index(self, name: str) -> None:
        """Create an index where it does not exist."""
        with self._lock:
            if name not in self._indexes:
                index = self._open(name)
                if self._path is not None:
                    (self._path / f"{name}.jsonl").touch()
                self._indexes = {**self._indexes, name: index}

    def remove_index(self, name: str) -> None:
        """Drop an index with its events."""
        with self._lock:
            self._indexes = {each: index for each, index in self._indexes.items() if each != name}
            if self._path is not None:
                (self._path / f"{name}.jsonl").unlink(missing_ok=True)

    def empty(self, name: str) -> None:
        """Take every event out of an index that is kept in memory."""
        with self._lock:
            self._indexes[name] = self._open(name)

    def count(self, name: str) -> int:
        """Return how many events an index holds."""
        return len(self._indexes[name].events)

    def add(self, events: Iterable[Event]) -> list[Event]:
        """Index events; return those that were kept."""
        by_index: dict[str, list[Event]] = {}
        for event in events:
            by_index.setdefault(event.index, []).append(event)
        with self._lock:
            kept = {name: each for name, each in by_index.items() if name in self._indexes}
            for name, each in kept.items():
                self._indexes[name].add(each)
        return [event for each in kept.values() for event in each]

    def scan(
        self, indexes: Sequence[str], bounds: TimeBounds = UNBOUNDED, substrings: Sequence[str] = ()
    ) -> Iterator[Event]:
        """Yield the events of these indexes (names or wildcards), newest first.

        `substrings` are lower-case texts; an event whose text lacks one of them, whatever its case, is left out.
        """
        views = self._views(indexes)
        events = views[0] if len(views) == 1 else sorted((each for view in views for each in view), key=_negative_time)
        needles = sorted(set(substrings), key=len, reverse=True)
        for event in within(events, bounds):
            if not needles or _holds(event.raw, needles):
                yield event

    def term_indexes(self, names: Sequence[str], segmenters: Segmenters) -> list[TermIndex]:
        """Return the terms of these indexes (names or wildcards)."""
        with self._lock:
            return [index.terms(segmenters) for index in self._chosen(names)]

    def _views(self, names: Sequence[str]) -> list[tuple[Event, ...]]:
        with self._lock:
            return [index.newest_first() for index in self._chosen(names)]

    def _chosen(self, names: Sequence[str]) -> list[Index]:
        return [index for name, index in self._indexes.items() if any(covers(pattern, name) for pattern in names)]


def covers(pattern: str, name: str) -> bool:
    """Tell whether a name or wildcard covers an index; a leading star leaves out internal indexes."""
    if pattern.startswith("*") and name.startswith("_"):
        return False
    return pattern == name or ("*" in pattern and wildcard.matcher(pattern)(name))


def within(events: Sequence[Event], bounds: TimeBounds) -> Iterable[Event]:
    """Return the events that lie within ranges of event time and of index time."""
    earliest, latest, index_earliest, index_latest = bounds
    if bounds == UNBOUNDED:
        return events
    return (
        event
        for event in events
        if (earliest is None or event.time >= earliest)
        and (latest is None or event.time < latest)
        and (index_earliest is None or event.index_time >= index_earliest)
        and (index_latest is None or event.index_time < index_latest)
    )


def _holds(raw: str, needles: list[str]) -> bool:
    if all(needle in raw for needle in needles):
        return True
    lowered = raw.lower()
    return all(needle in lowered for needle in needles)
