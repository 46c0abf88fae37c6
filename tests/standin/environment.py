"""The seam between the search language and everything that it searches.

`language` and `commands` know only this module; `searchhead` implements it on top of conf, knowledge and the event
store. A row is a plain dict; a key that is absent is null, and there is no other null. Values are text (from events
and lookups), numbers (from eval and aggregates), or a list of text (multivalue, two values or more).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from standin.datasets import DataModel

Value = str | int | float | list[str]
Row = dict[str, Value]


class TimeBounds(NamedTuple):
    """Half-open ranges [earliest, latest) in epoch seconds, of event time and of index time; None is unbounded."""

    earliest: float | None = None
    latest: float | None = None
    index_earliest: float | None = None
    index_latest: float | None = None


@dataclass(frozen=True)
class Macro:
    """A search macro: its text, its argument names in order, and its validation, if any."""

    definition: str
    arguments: tuple[str, ...] = ()
    is_eval: bool = False
    validation: str | None = None
    error_message: str | None = None


class Lookup(Protocol):
    """A lookup definition or a lookup file, ready to be asked."""

    fields: Sequence[str]

    def match(self, inputs: Mapping[str, str]) -> Sequence[Row]:
        """Return the rows that match the input fields, in file order, at most as many as the definition allows."""

    def rows(self) -> Iterable[Row]:
        """Yield every row, as `inputlookup` does."""

    def write(self, rows: Sequence[Row], *, append: bool, key_field: str | None) -> None:
        """Replace or extend the table, as `outputlookup` does."""


class Invocation(NamedTuple):
    """How a search calls a custom command: its name, its words with and without quotes, and the whole search.

    `deadline` is a moment of `time.monotonic`.
    """

    name: str
    raw_arguments: Sequence[str]
    arguments: Sequence[str]
    search: str
    deadline: float


class Answer(NamedTuple):
    """What a custom command made of some rows; `fields` is its header, `messages` are pairs of level and text."""

    rows: list[Row]
    fields: list[str]
    messages: Sequence[tuple[str, str]]
    is_finished: bool


class Conversation(Protocol):
    """A custom command that runs, and has said what it is."""

    kind: str  # streaming, stateful, events, reporting
    generates: bool
    required_fields: Sequence[str] | None
    streaming_preop: str
    batch_size: int
    messages: Sequence[tuple[str, str]]
    is_finished: bool

    def send(self, rows: Sequence[Mapping[str, Value]], fields: Sequence[str], *, is_last: bool) -> Answer:
        """Send rows and return what came back. Raises SearchError."""

    def finish(self) -> None:
        """Let the command end by itself. Raises SearchError if it fails."""

    def close(self) -> None:
        """End the command at once; after `finish`, or again, do nothing."""


class External(Protocol):
    """A custom search command that an app brings."""

    def start(self, invocation: Invocation) -> Conversation:
        """Start the command and ask it what it is. Raises SearchError."""


class Environment(Protocol):
    """What one running search may ask for; every answer is already limited to what its user and app may see."""

    now: float
    bounds: TimeBounds

    def macro(self, name: str, argument_count: int) -> Macro | None:
        """Return the macro of that name and arity, None where the app cannot see one."""

    def lookup(self, name: str) -> Lookup | None:
        """Return the lookup of that name, None where the app cannot see one."""

    def data_model(self, name: str) -> DataModel | None:
        """Return the data model of that name, None where the app cannot see one."""

    def data_models(self) -> Iterable[DataModel]:
        """Yield every data model that the app can see, A to Z."""

    def saved_search(self, name: str) -> str | None:
        """Return the text of the saved search of that name, None where the app cannot see one."""

    def scan(self, indexes: Sequence[str] | None, bounds: TimeBounds, substrings: Sequence[str]) -> Iterable[Row]:
        """Yield events with all their search-time fields, newest first.

        `indexes` are names or wildcards that the search spells out, None where it names none (then the user's default
        indexes). `substrings` are lower-case texts that every wanted `_raw` contains, whatever its case: a hint for
        speed, the caller filters again.
        """

    def finds(self, row: Row, field: str, value: str) -> bool:
        """Tell whether the index leads from `field=value`, which the row fulfils, to this event.

        It does not for an indexed field that no fields.conf declares: then Splunk looks for the value in `_raw`.
        """

    def indexed(self, row: Row) -> Row:
        """Return what the index itself holds of an event of `scan`: no field of search time, `_raw` for terms."""

    def collect(self, rows: Sequence[Row], options: Mapping[str, str]) -> None:
        """Index rows as the `collect` command does, with its options as written."""

    def external(self, name: str) -> External | None:
        """Return the custom command of that name, None where the app cannot see one."""
