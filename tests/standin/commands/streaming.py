"""streamstats: running aggregates, over all rows so far, over the last N, or over a window of time.

A window holds at most 10,000 rows ([stats] max_stream_window); reaching that is said. The far edge of `time_window` is
open: an event that is exactly as old as the window is wide has left it. `current=f` leaves the row itself out. A row
without a BY field is left alone. With `global=t` (the default) one window of N rows serves all groups.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from standin.commands.accumulators import moment_of
from standin.commands.aggregates import Aggregate, expand_wildcards, read_aggregates, read_by, refuse_empty
from standin.commands.arguments import Reader, boolean, integer
from standin.commands.framing import framed
from standin.commands.selecting import known_fields
from standin.commands.sliding import Sliding, make_sliding
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row, Value
from standin.language.compiled import Evaluator
from standin.language.pipeline import Call
from standin.values.multivalue import as_texts
from standin.values.timespan import read_span

MAX_WINDOW = 10_000
OPTIONS = frozenset(
    {"current", "window", "time_window", "global", "reset_on_change", "reset_before", "reset_after", "allnum"}
)
NOT_IN_ORDER = "The time_window option requires rows in order of time. Put sort 0 _time before it."
Key = tuple[str, ...]


@dataclass(frozen=True)
class Window:
    """How far a running aggregate looks back."""

    aggregates: list[Aggregate]
    by: list[str]
    size: int
    seconds: float
    includes_current: bool
    is_global: bool
    resets_on_change: bool
    reset_before: Evaluator | None
    reset_after: Evaluator | None


def build_streamstats(call: Call, search: Search) -> Step:
    """Add running aggregates to rows."""
    reader = Reader(call)
    options = reader.options(OPTIONS)
    aggregates = read_aggregates(reader)
    refuse_empty(reader, aggregates)
    by = read_by(reader)
    options |= reader.options(OPTIONS)
    reader.expect_end()
    if boolean(call, options, "allnum", False):
        raise call.unsupported("option allnum")
    window = Window(
        aggregates,
        by,
        size=_size(call, options, search),
        seconds=_seconds(call, options),
        includes_current=boolean(call, options, "current", True),
        is_global=boolean(call, options, "global", True),
        resets_on_change=boolean(call, options, "reset_on_change", False),
        reset_before=_condition(call, options, "reset_before"),
        reset_after=_condition(call, options, "reset_after"),
    )
    return partial(_streamstats, window, call, search)


def _size(call: Call, options: dict[str, str], search: Search) -> int:
    size = integer(call, options, "window", 0)
    if size < 0:
        raise call.error("The value for option window must not be negative.")
    if size > MAX_WINDOW:
        search.say("WARN", f"streamstats window={size} is cut to {MAX_WINDOW} (limits.conf, max_stream_window)")
    return min(size, MAX_WINDOW)


def _seconds(call: Call, options: dict[str, str]) -> float:
    text = options.get("time_window")
    if text is None:
        return 0.0
    span = read_span(text)
    if span is None or span.seconds is None or span.seconds <= 0:
        raise call.error(f"The value '{text}' for option time_window is invalid.")
    return span.seconds


def _condition(call: Call, options: dict[str, str], name: str) -> Evaluator | None:
    if name not in options:
        return None
    expression = framed(options[name], call.position, f"'{call.name}' command")
    if not expression.is_boolean:
        raise call.error(f"The value of {name} is no boolean expression.")
    return expression.run


def _streamstats(window: Window, call: Call, search: Search, stream: Stream) -> Stream:
    if window.seconds and not stream.time_order:
        raise call.error(NOT_IN_ORDER)
    rows = search.guard(stream.rows)
    if any(aggregate.has_wildcard for aggregate in window.aggregates):
        held = list(rows)
        names = known_fields(held, stream)
        window = replace(window, aggregates=expand_wildcards(window.aggregates, names, window.by))
        rows = iter(held)
    outputs = [aggregate.output for aggregate in window.aggregates]
    return stream.with_rows(_Running(window, search).run(rows)).declaring(*outputs)


class Entry(NamedTuple):
    """A row inside a window: its group, its time, and what each aggregate took from it."""

    key: Key
    moment: float
    taken: list[Sequence[str]]


class _Running:
    def __init__(self, window: Window, search: Search) -> None:
        self.window = window
        self.search = search
        self.groups: dict[Key, list[Sliding]] = {}
        self.queues: dict[Key, deque[Entry]] = {}
        self.last_key: Key | None = None
        self.needs_queue = bool(window.size or window.seconds)

    def run(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            key = self._key(row)
            if key is not None:
                self._one(row, key)
            yield row

    def _key(self, row: Row) -> Key | None:
        key = []
        for name in self.window.by:
            texts = as_texts(row.get(name))
            if not texts:
                return None
            key.append("\n".join(texts))
        return tuple(key)

    def _one(self, row: Row, key: Key) -> None:
        window = self.window
        if self._resets_before(row, key):
            self._reset()
        self.last_key = key
        group = self._group(key)
        entry = Entry(key, moment_of(row) or 0.0, [list(a.texts(row, self.search.scope)) for a in window.aggregates])
        # the reset conditions look at the row as it came, before its results are written
        resets_after = window.reset_after
        if window.includes_current:
            self._take(group, entry, row)
            self._expire(entry)
            self._write(row, group)
        else:
            self._expire(entry)
            self._write(row, group)
            self._take(group, entry, row)
        if resets_after is not None and resets_after(row, self.search.scope) is True:
            self._reset()

    def _resets_before(self, row: Row, key: Key) -> bool:
        window = self.window
        if window.resets_on_change and self.last_key is not None and self.last_key != key:
            return True
        return window.reset_before is not None and window.reset_before(row, self.search.scope) is True

    def _reset(self) -> None:
        self.groups.clear()
        self.queues.clear()

    def _group(self, key: Key) -> list[Sliding]:
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = [make_sliding(one, slides=self.needs_queue) for one in self.window.aggregates]
            self.search.check(len(self.groups))
        return group

    def _queue(self, key: Key) -> deque[Entry]:
        name = () if self.window.is_global and self.window.size else key
        queue = self.queues.get(name)
        if queue is None:
            queue = self.queues[name] = deque()
        return queue

    def _take(self, group: list[Sliding], entry: Entry, row: Row) -> None:
        for sliding, texts in zip(group, entry.taken, strict=True):
            if texts:
                sliding.add(texts, row)
        if self.needs_queue:
            self._queue(entry.key).append(entry)

    def _expire(self, entry: Entry) -> None:
        if not self.needs_queue:
            return
        queue, window = self._queue(entry.key), self.window
        while window.seconds and queue and abs(entry.moment - queue[0].moment) >= window.seconds:
            self._drop(queue)
        size = window.size or MAX_WINDOW
        while len(queue) > size:
            if not window.size:
                self.search.say(
                    "WARN", f"streamstats time_window holds {MAX_WINDOW} rows at most; older ones were left out"
                )
            self._drop(queue)

    def _drop(self, queue: deque[Entry]) -> None:
        gone = queue.popleft()
        for sliding, texts in zip(self.groups[gone.key], gone.taken, strict=True):
            if texts:
                sliding.remove(texts)

    def _write(self, row: Row, group: list[Sliding]) -> None:
        for aggregate, sliding in zip(self.window.aggregates, group, strict=True):
            value: Value | None = sliding.result()
            if value is None:
                row.pop(aggregate.output, None)
            else:
                row[aggregate.output] = value
