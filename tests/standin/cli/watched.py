"""Running a search again only where the store holds something that it reads: what makes `detect --each` fast.

A search is a function of what its scans give it. Where every scan that it made over an empty store gives nothing that
passes the search's own first filter, it ends as it did over the empty store.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from standin.datasets import DataModel
from standin.environment import External, Lookup, Macro, Row, TimeBounds
from standin.language.filters import compile_filter
from standin.language.macros import expand
from standin.language.pipeline import split_pipeline
from standin.language.search import run
from standin.searchhead import SearchEnvironment

Test = Callable[[Row], bool]


class Scan(NamedTuple):
    """One question for events."""

    indexes: Sequence[str] | None
    bounds: TimeBounds
    substrings: Sequence[str]


class Watched:
    """A search that was run over an empty store, and may be run again."""

    def __init__(self, spl: str, environment: SearchEnvironment) -> None:
        recording = Recording(environment)
        self._environment = environment
        self._of_nothing = run(spl, recording).rows
        self._scans = tuple(recording.scans)
        self._passes = first_filter(spl, environment) if len(self._scans) == 1 else _everything

    def rows(self, again: Callable[[], list[Row]]) -> list[Row]:
        """Return what the search finds in the store as it is now; `again` runs it."""
        for scan in self._scans:
            if any(self._passes(row) for row in self._environment.scan(*scan)):
                return again()
        return self._of_nothing


def first_filter(spl: str, environment: SearchEnvironment) -> Test:
    """Return the test of the search's first command, one that every row passes where that is no plain `search`."""
    head = split_pipeline(expand(spl, environment).text)[0]
    if head.name != "search" or "[" in head.arguments:
        return _everything
    return compile_filter(head.arguments).matches


def _everything(row: Row) -> bool:
    return True


class Recording:
    """An environment that remembers which events were asked for."""

    def __init__(self, environment: SearchEnvironment) -> None:
        self.now = environment.now
        self.bounds = environment.bounds
        self.scans: list[Scan] = []
        self._environment = environment

    def macro(self, name: str, argument_count: int) -> Macro | None:
        """Return the macro of that name and arity."""
        return self._environment.macro(name, argument_count)

    def lookup(self, name: str) -> Lookup | None:
        """Return the lookup of that name."""
        return self._environment.lookup(name)

    def data_model(self, name: str) -> DataModel | None:
        """Return the data model of that name."""
        return self._environment.data_model(name)

    def data_models(self) -> Iterable[DataModel]:
        """Yield every data model."""
        return self._environment.data_models()

    def saved_search(self, name: str) -> str | None:
        """Return the text of the saved search of that name."""
        return self._environment.saved_search(name)

    def scan(self, indexes: Sequence[str] | None, bounds: TimeBounds, substrings: Sequence[str]) -> Iterable[Row]:
        """Yield events as always, and remember the question."""
        self.scans.append(Scan(indexes, bounds, substrings))
        return self._environment.scan(indexes, bounds, substrings)

    def finds(self, row: Row, field: str, value: str) -> bool:
        """Tell whether the index leads to an event."""
        return self._environment.finds(row, field, value)

    def indexed(self, row: Row) -> Row:
        """Return what the index itself holds of an event."""
        return self._environment.indexed(row)

    def collect(self, rows: Sequence[Row], options: Mapping[str, str]) -> None:
        """Index rows as always."""
        self._environment.collect(rows, options)

    def external(self, name: str) -> External | None:
        """Return the custom command of that name."""
        return self._environment.external(name)
