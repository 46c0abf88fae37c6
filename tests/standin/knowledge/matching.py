"""How a lookup finds rows: exact, wildcard and subnet fields, with or without case, at most so many matches.

Rows come in file order. A lookup whose definition asks for at least so many matches is filled up with rows that hold
`default_match` in every field that was not asked by.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from standin.environment import Row
from standin.values import cidr, wildcard

MATCH_TYPE = re.compile(r"(WILDCARD|CIDR|EXACT)\s*\(\s*([^)\s]+)\s*\)", re.IGNORECASE)
Table = Sequence[Mapping[str, str]]


class MatchRules(NamedTuple):
    """The matching settings of one lookup definition; defaults as Splunk ships them."""

    max_matches: int = 100
    min_matches: int = 0
    default_match: str = ""
    case_sensitive: bool = True
    kinds: Mapping[str, str] = {}


def read_match_types(text: str) -> dict[str, str]:
    """Return WILDCARD or CIDR by field out of a `match_type`; ValueError for anything else."""
    rest = MATCH_TYPE.sub("", text).strip(" ,\t\n")
    if rest:
        raise ValueError(rest)
    return {field: kind.upper() for kind, field in MATCH_TYPE.findall(text) if kind.upper() != "EXACT"}


class Matcher:
    """A table ready to be asked by any of its fields; exact fields go through an index that is built when asked."""

    def __init__(self, table: Table, fields: Sequence[str], rules: MatchRules) -> None:
        self._table = table
        self._fields = fields
        self._rules = rules
        self._indexes: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}
        self._tests: dict[tuple[str, str], Callable[[str], bool]] = {}

    def match(self, inputs: Mapping[str, str]) -> list[Row]:
        """Return the rows that match every input."""
        exact = tuple(sorted(name for name in inputs if name not in self._rules.kinds))
        loose = [name for name in inputs if name in self._rules.kinds]
        found: list[Row] = []
        for number in self._candidates(exact, inputs):
            row = self._table[number]
            if all(self._holds(name, row.get(name, ""), inputs[name]) for name in loose):
                found.append({name: value for name, value in row.items() if value != ""})
                if len(found) >= self._rules.max_matches:
                    break
        return self._filled_up(found, inputs)

    def _candidates(self, exact: tuple[str, ...], inputs: Mapping[str, str]) -> Sequence[int]:
        if not exact:
            return range(len(self._table))
        index = self._indexes.get(exact)
        if index is None:
            index = self._indexes[exact] = {}
            for number, row in enumerate(self._table):
                index.setdefault(tuple(self._folded(row.get(name, "")) for name in exact), []).append(number)
        return index.get(tuple(self._folded(inputs[name]) for name in exact), [])

    def _folded(self, text: str) -> str:
        return text if self._rules.case_sensitive else text.casefold()

    def _holds(self, field: str, pattern: str, value: str) -> bool:
        test = self._tests.get((field, pattern))
        if test is None:
            test = self._tests[field, pattern] = self._test(self._rules.kinds[field], pattern)
        return test(value)

    def _test(self, kind: str, pattern: str) -> Callable[[str], bool]:
        if kind == "CIDR":
            return cidr.matcher(pattern) or wildcard.matcher(pattern, case_sensitive=self._rules.case_sensitive)
        return wildcard.matcher(pattern, case_sensitive=self._rules.case_sensitive)

    def _filled_up(self, found: list[Row], inputs: Mapping[str, str]) -> list[Row]:
        missing = self._rules.min_matches - len(found)
        if missing <= 0:
            return found
        outputs = [name for name in self._fields if name not in inputs]
        return found + [dict.fromkeys(outputs, self._rules.default_match) for _ in range(missing)]
