"""Which fields a search names: without field discovery, Splunk extracts no others at search time.

Fast mode, and smart mode for reports, have field discovery off: fields that the search needs and default fields only
(Search Manual, Search modes; Knowledge Manager Manual, When Splunk software extracts fields). Saved searches run as
smart mode does. Indexed fields stay.

Every word of the expanded search counts as a name, text in quotes included, so that nothing is dropped that might be
meant; a wildcard counts outside of filters and expressions, where it stands for values.
"""

import re
from collections.abc import Mapping

from standin.environment import Environment, Row, Value
from standin.knowledge.rows import LazyRow, Source
from standin.language.macros import expand
from standin.language.pipeline import split_pipeline
from standin.values import wildcard

WORD = re.compile(r"\w[\w.{}:@-]*")
PART = re.compile(r"\w+")
PATTERN = re.compile(r"[\w.{}:@-]*\*[\w.{}:@*-]*")
WITH_VALUES = frozenset({"search", "where", "eval", "regex", "rex", "head", "makeresults", "format", "return"})


class Names:
    """The fields that one search names."""

    def __init__(self, words: frozenset[str], patterns: frozenset[str]) -> None:
        self._words = words
        self._patterns = patterns
        self._tests = [wildcard.matcher(pattern, case_sensitive=True) for pattern in sorted(patterns)]

    @staticmethod
    def of(spl: str, environment: Environment) -> "Names":
        """Return the names in a search as it is when its macros are expanded; raises SearchError."""
        text = expand(spl, environment).text
        patterns = {
            pattern
            for call in split_pipeline(text)
            if call.name not in WITH_VALUES
            for pattern in PATTERN.findall(call.arguments)
        }
        # A custom command says only when it runs which fields it requires.
        if any(environment.external(call.name) for call in split_pipeline(text)):
            patterns.add("*")
        return Names(frozenset([*WORD.findall(text), *PART.findall(text)]), frozenset(patterns))

    def and_of(self, text: str) -> "Names":
        """Return these names and the words of a text that the search leads to, such as a data model."""
        return Names(self._words.union(WORD.findall(text), PART.findall(text)), self._patterns)

    def hold(self, name: str) -> bool:
        """Tell whether a field is named, by itself or by a wildcard."""
        return name in self._words or any(test(name) for test in self._tests)


class Named:
    """One event's fields as far as they are named; the index's own stay."""

    def __init__(self, whole: LazyRow, names: Names, indexed: Row) -> None:
        self.whole = whole
        self._names = names
        self._indexed = indexed

    def value(self, name: str) -> Value | None:
        """Return one field, None where it is not there or not named."""
        return self.whole.get(name) if self._names.hold(name) else self._indexed.get(name)

    def all(self) -> Mapping[str, Value]:
        """Return every field that is there and named."""
        return {
            name: value for name, value in self.whole.copy().items() if name in self._indexed or self._names.hold(name)
        }


def only_named(row: Row, names: Names, indexed: Row) -> Row:
    """Return a row without the fields that no one names."""
    return LazyRow(Named(row, names, indexed)) if isinstance(row, LazyRow) else row


def whole(row: Row) -> Row:
    """Return the row that `only_named` was given."""
    source: Source | None = row.source if isinstance(row, LazyRow) else None
    return source.whole if isinstance(source, Named) else row
