"""LOOKUP-class: lookups that every search of a sourcetype makes by itself.

    LOOKUP-x = table field AS event_field OUTPUT column AS name, other OUTPUTNEW third

They run after all calculated fields, in ASCII order of their classes, and all read the row as the calculated fields
left it: none sees what another one wrote. OUTPUT replaces; an event that has every input but no match loses the output
fields. OUTPUTNEW writes only fields that are not there. Without either every other column is written. CSV only: a
collection is not there on indexers (splunk-conf.md).
"""

import re
from typing import NamedTuple

from standin.conf.errors import Problem, UnknownConf, UnsupportedConf
from standin.conf.props import Props
from standin.conf.text import Setting
from standin.environment import Lookup, Row
from standin.knowledge.lookups import KvLookup, Lookups
from standin.values.multivalue import as_texts, from_texts

WORD = re.compile(r'"[^"]*"|[^\s,]+')
KEYWORDS = ("OUTPUT", "OUTPUTNEW")


class Output(NamedTuple):
    """A column, the field that it is written to, and whether a field that is there is kept."""

    column: str
    field: str
    keeps: bool


class AutomaticLookup:
    """One compiled LOOKUP."""

    def __init__(self, setting: Setting, lookups: Lookups) -> None:
        words = [word.strip('"') for word in WORD.findall(setting.value)]
        if not words:
            raise _wrong(setting, "an automatic lookup without a table")
        lookup = lookups.find(words[0])
        if lookup is None:
            raise _wrong(setting, f"no lookup {words[0]!r}")
        if isinstance(lookup, KvLookup):
            message = f"automatic lookup {words[0]!r} reads a collection, which indexers do not have"
            raise UnsupportedConf(Problem(setting.file, setting.line, "lookup", message, unsupported=True))
        self._lookup: Lookup = lookup
        self._inputs, rest = _read_pairs(words[1:])
        self._outputs = _read_outputs(rest) or [
            Output(name, name, False) for name in lookup.fields if name not in [column for column, _ in self._inputs]
        ]
        self.fields = frozenset(output.field for output in self._outputs)
        self._check_columns(setting, words[0])

    def _check_columns(self, setting: Setting, table: str) -> None:
        for column in [column for column, _ in self._inputs] + [output.column for output in self._outputs]:
            if column not in self._lookup.fields:
                raise _wrong(setting, f"lookup {table!r} has no column {column!r}")

    def __call__(self, row: Row) -> Row:
        """Return what is to be written; an empty text takes the field away."""
        values = {column: as_texts(row.get(field)) for column, field in self._inputs}
        if not all(values.values()):
            return {}
        matches = self._lookup.match({column: texts[0] for column, texts in values.items()})
        written: Row = {}
        for column, field, keeps in self._outputs:
            if keeps and field in row:
                continue
            found = from_texts([text for match in matches for text in as_texts(match.get(column))])
            written[field] = "" if found is None else found
        return written


def automatic_lookups(props: Props, lookups: Lookups) -> list[AutomaticLookup]:
    """Return the automatic lookups of these props in order."""
    return [AutomaticLookup(props[key], lookups) for key in sorted(props) if key.startswith("LOOKUP-")]


def _read_pairs(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Read `a AS b c` up to a keyword; return the pairs and what follows."""
    pairs: list[tuple[str, str]] = []
    while words and words[0] not in KEYWORDS:
        if len(words) >= 3 and words[1].upper() == "AS":
            pairs.append((words[0], words[2]))
            words = words[3:]
        else:
            pairs.append((words[0], words[0]))
            words = words[1:]
    return pairs, words


def _read_outputs(words: list[str]) -> list[Output]:
    outputs: list[Output] = []
    while words:
        keyword, words = words[0], words[1:]
        pairs, words = _read_pairs(words)
        outputs += [Output(column, field, keyword == "OUTPUTNEW") for column, field in pairs]
    return outputs


def _wrong(setting: Setting, message: str) -> UnknownConf:
    return UnknownConf(Problem(setting.file, setting.line, "lookup", message))
