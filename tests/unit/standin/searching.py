"""A small environment for tests of the language: events in memory, macros and lookups in dictionaries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from standin.datasets import DataModel
from standin.environment import External, Lookup, Macro, Row, TimeBounds
from standin.values.multivalue import as_text

NOW = 1_722_470_461.0  # 2024-08-01T00:01:01Z
Texts = list[dict[str, str]]


@dataclass
class MemoryEnvironment:
    """An environment that hands out the events it was given and keeps what a search collects."""

    events: Sequence[Row] = ()
    macros: Mapping[tuple[str, int], Macro] = field(default_factory=dict)
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    externals: Mapping[str, External] = field(default_factory=dict)
    models: Mapping[str, DataModel] = field(default_factory=dict)
    saved_searches: Mapping[str, str] = field(default_factory=dict)
    now: float = NOW
    bounds: TimeBounds = TimeBounds()  # noqa: RUF009 - a NamedTuple cannot change
    asked: list[tuple[Sequence[str] | None, TimeBounds, Sequence[str]]] = field(default_factory=list)
    collected: list[tuple[Sequence[Row], Mapping[str, str]]] = field(default_factory=list)

    def macro(self, name: str, argument_count: int) -> Macro | None:
        """Return a macro of the dictionary."""
        return self.macros.get((name, argument_count))

    def lookup(self, name: str) -> Lookup | None:
        """Return a lookup of the dictionary."""
        return self.lookups.get(name)

    def data_model(self, name: str) -> DataModel | None:
        """Return a data model of the dictionary."""
        return self.models.get(name)

    def data_models(self) -> Iterable[DataModel]:
        """Return every data model of the dictionary."""
        return self.models.values()

    def saved_search(self, name: str) -> str | None:
        """Return a saved search of the dictionary."""
        return self.saved_searches.get(name)

    def scan(self, indexes: Sequence[str] | None, bounds: TimeBounds, substrings: Sequence[str]) -> Iterable[Row]:
        """Yield every event, and keep what was asked for."""
        self.asked.append((indexes, bounds, substrings))
        return iter(self.events)

    def finds(self, row: Row, field: str, value: str) -> bool:
        """Tell that every event can be found."""
        return True

    def indexed(self, row: Row) -> Row:
        """Tell that every field is indexed."""
        return dict(row)

    def collect(self, rows: Sequence[Row], options: Mapping[str, str]) -> None:
        """Keep the rows."""
        self.collected.append((rows, options))

    def external(self, name: str) -> External | None:
        """Return a custom command of the dictionary."""
        return self.externals.get(name)


@dataclass
class TableLookup:
    """A lookup over rows in memory that matches exactly, and keeps what is written to it."""

    fields: Sequence[str]
    table: list[Row]
    written: list[tuple[Sequence[Row], bool, str | None]] = field(default_factory=list)

    def match(self, inputs: Mapping[str, str]) -> Sequence[Row]:
        """Return the rows whose fields equal the inputs."""
        return [row for row in self.table if all(row.get(name) == value for name, value in inputs.items())]

    def rows(self) -> Iterable[Row]:
        """Yield every row."""
        return iter(self.table)

    def write(self, rows: Sequence[Row], *, append: bool, key_field: str | None) -> None:
        """Keep what was written."""
        self.written.append((rows, append, key_field))


def texts(rows: Iterable[Row]) -> Texts:
    """Return rows as texts."""
    return [{name: as_text(value) for name, value in row.items()} for row in rows]
