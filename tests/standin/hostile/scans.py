"""Events as three indexers hold them: each event on one of them, those of one time in any order.

A search reads events newest first; no page says in which order those of one time come, and several indexers answer a
search each by itself (Distributed Search, About distributed search).
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from standin.commands.accumulators import moment_of
from standin.datasets import DataModel
from standin.environment import Environment, External, Lookup, Macro, Row, TimeBounds
from standin.hostile.chance import Chance
from standin.hostile.merging import merged
from standin.hostile.naming import Names, only_named, whole
from standin.language.macros import expand

INDEXERS = ("indexer-1", "indexer-2", "indexer-3")
Question = tuple[tuple[str, ...] | None, TimeBounds, tuple[str, ...]]


class HostileEnvironment:
    """What a search may ask for, answered by the one indexer that is set, or by all."""

    def __init__(self, inner: Environment, names: Names, chance: Chance) -> None:
        self.now = inner.now
        self.bounds = inner.bounds
        self.indexer: int | None = None
        self._inner = inner
        self._names = names
        self._chance = chance
        self._answers: dict[Question, list[list[Row]]] = {}

    def macro(self, name: str, argument_count: int) -> Macro | None:
        """Return the macro of that name and arity."""
        return self._inner.macro(name, argument_count)

    def lookup(self, name: str) -> Lookup | None:
        """Return the lookup of that name."""
        return self._inner.lookup(name)

    def data_model(self, name: str) -> DataModel | None:
        """Return the data model of that name; its search names the fields that it asks for."""
        model = self._inner.data_model(name)
        for dataset in model.datasets.values() if model is not None else ():
            texts = [dataset.search, *dataset.fields, *(one.command for one in dataset.calculations)]
            self._names = self._names.and_of(expand("\n".join(texts), self._inner).text)
        return model

    def data_models(self) -> Iterable[DataModel]:
        """Yield every data model that the app can see."""
        return self._inner.data_models()

    def saved_search(self, name: str) -> str | None:
        """Return the text of the saved search of that name, whose names count as those of the search."""
        text = self._inner.saved_search(name)
        if text is not None:
            self._names = self._names.and_of(expand(text, self._inner).text)
        return text

    def scan(self, indexes: Sequence[str] | None, bounds: TimeBounds, substrings: Sequence[str]) -> Iterable[Row]:
        """Yield the events of one indexer, or of all, newest first."""
        question = None if indexes is None else tuple(indexes), bounds, tuple(substrings)
        if question not in self._answers:
            self._answers[question] = self._spread(self._inner.scan(indexes, bounds, substrings))
        parts = self._answers[question]
        return merged(parts, self._chance) if self.indexer is None else parts[self.indexer]

    def _spread(self, rows: Iterable[Row]) -> list[list[Row]]:
        parts: list[list[Row]] = [[] for _ in INDEXERS]
        chosen = self._chance.numbers("indexer")
        for row in self._reordered(rows):
            number = chosen.randrange(len(INDEXERS))
            shown = only_named(row, self._names, self._inner.indexed(row))
            shown["splunk_server"] = INDEXERS[number]
            parts[number].append(shown)
        for name, part in zip(INDEXERS, parts, strict=True):
            self._chance.count(f"events read on {name}", len(part))
        return parts

    def _reordered(self, rows: Iterable[Row]) -> Iterable[Row]:
        for _, group in groupby(rows, moment_of):
            equal = list(group)
            if len(equal) > 1:
                self._chance.count("events of one time reordered", len(equal))
                equal = self._chance.shuffled("equal times", equal)
            yield from equal

    def finds(self, row: Row, field: str, value: str) -> bool:
        """Tell whether the index leads to an event."""
        return self._inner.finds(whole(row), field, value)

    def indexed(self, row: Row) -> Row:
        """Return what the index itself holds of an event."""
        return self._inner.indexed(whole(row))

    def collect(self, rows: Sequence[Row], options: Mapping[str, str]) -> None:
        """Index rows as always."""
        self._inner.collect(rows, options)

    def external(self, name: str) -> External | None:
        """Return the custom command of that name."""
        return self._inner.external(name)
