"""What flows between commands, and what a running search carries along.

A row belongs to the command that receives it: it may change it in place. `order` is the order of columns that a command
declared, None where columns go by name; `is_events` holds as long as rows are events with `_raw` and `_time`.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple, Protocol

from standin.environment import Environment, Row, TimeBounds
from standin.language.compiled import Scope
from standin.language.errors import LimitReached
from standin.language.filters import Filter
from standin.language.pipeline import Call

MAX_ROWS = 2_000_000
CHECK_EVERY = 64


class Limits(NamedTuple):
    """How long a search may run, and how many bytes it may add to the process."""

    seconds: float = 300.0
    memory: int = 2 << 30


DEFAULT_LIMITS = Limits()


class Message(NamedTuple):
    """What a search says besides its rows; `level` is INFO, WARN, ERROR or FATAL."""

    level: str
    text: str


class Doubt(NamedTuple):
    """What Splunk runs without a word and nobody can mean, such as a field that a data model does not have."""

    text: str
    position: int | None


class Read(NamedTuple):
    """Events that a search asked the indexes for; the bounds are those that the search string may have replaced."""

    filter: Filter
    bounds: TimeBounds


@dataclass(frozen=True)
class Stream:
    """Rows on their way; `time_order` says whether Splunk knows them to be in order of time, and in which direction."""

    rows: Iterable[Row]
    order: list[str] | None = None
    is_events: bool = False
    time_order: str = ""
    declared: frozenset[str] = frozenset()

    def with_rows(self, rows: Iterable[Row]) -> "Stream":
        """Return the same stream with other rows."""
        return replace(self, rows=rows)

    def declaring(self, *names: str) -> "Stream":
        """Return the stream with columns that exist even where no row has a value, appended to its order."""
        order = None if self.order is None else list(dict.fromkeys([*self.order, *names]))
        return replace(self, order=order, declared=self.declared | set(names))


Step = Callable[[Stream], Stream]


class Pipeline(Protocol):
    """The compiler of pipelines, handed in so that commands with subsearches can call it."""

    def __call__(
        self, text: str, offset: int, search: "Search", *, is_subsearch: bool = False, goes_on: bool = False
    ) -> Step:
        """Compile a pipeline into one step; one that goes on is run over rows that another has made."""


class Leeway(Protocol):
    """What Splunk's documentation leaves open, decided one way or another."""

    def arranged(self, calls: Sequence[Call], steps: Sequence[Step], search: "Search") -> Step:
        """Return one step that runs all steps of a pipeline."""

    def unsorted(self, rows: list[Row]) -> list[Row]:
        """Return rows in the order in which a sort meets them: what is equal by its fields keeps that order."""

    def subsearch_rows(self, limit: int) -> int:
        """Return how many rows a subsearch may give whose limit as shipped is this."""


class OneMachine:
    """Everything on one machine, in the order in which it comes, with limits as shipped."""

    def arranged(self, calls: Sequence[Call], steps: Sequence[Step], search: "Search") -> Step:
        """Return one step that runs all steps, one after the other."""
        return partial(run_steps, steps)

    def unsorted(self, rows: list[Row]) -> list[Row]:
        """Return the rows as they are."""
        return rows

    def subsearch_rows(self, limit: int) -> int:
        """Return the limit as shipped."""
        return limit


def run_steps(steps: Sequence[Step], stream: Stream) -> Stream:
    """Run steps one after the other."""
    for step in steps:
        stream = step(stream)
    return stream


ONE_MACHINE = OneMachine()


@dataclass
class Search:
    """One running search: its environment, its bounds of time, its messages and its limits.

    `text` is the whole search; `resources` are let go when it has ended, however it ends.
    """

    environment: Environment
    bounds: TimeBounds
    pipeline: "Pipeline"
    messages: list[Message] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    limits: Limits = DEFAULT_LIMITS
    deadline: float = 0.0
    memory_limit: int = 0
    depth: int = 0
    is_dry: bool = False
    leeway: Leeway = ONE_MACHINE
    text: str = ""
    resources: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.deadline = self.deadline or time.monotonic() + self.limits.seconds
        self.memory_limit = self.memory_limit or peak_memory() + self.limits.memory
        self.scope = Scope(self.environment.now, warn=partial(self.say, "WARN"), deadline=self.deadline)

    def say(self, level: str, text: str) -> None:
        """Add a message, once."""
        message = Message(level, text)
        if message not in self.messages:
            self.messages.append(message)

    def doubt(self, text: str, position: int) -> None:
        """Add a doubt, which is a warning of a search that runs and a problem of one that is checked."""
        self.say("WARN", text)
        self.doubts.append(Doubt(text, position))

    def guard(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass rows on, and end the search when they are too many or it takes too long."""
        deadline, now = self.deadline, time.monotonic
        for count, row in enumerate(rows, 1):
            if count % CHECK_EVERY == 0 or now() > deadline:  # one row may take long by itself
                self.check(count)
            yield row

    def check(self, count: int) -> None:
        """End the search when rows are too many or it takes too long."""
        if count > MAX_ROWS:
            raise LimitReached(f"the search was ended: more than {MAX_ROWS} rows in one command")
        if time.monotonic() > self.deadline:
            raise LimitReached("the search was ended: it took too long")
        if peak_memory() > self.memory_limit:
            raise LimitReached("the search was ended: it took too much memory")


def peak_memory() -> int:
    """Return the most memory that the process ever held, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
