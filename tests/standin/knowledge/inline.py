"""EXTRACT-class: named groups of a regex become fields.

Each pattern is read as `(?ms)pattern` (props.conf.spec), under the stanza's MATCH_LIMIT and DEPTH_LIMIT; a match that
takes more steps leaves no field. Classes run in ASCII order. `pattern in field` reads only indexed fields and what an
EXTRACT before it found. A field that is there already keeps its value, an empty value makes no field.
"""

import re

from standin.conf.patterns import compile_regex, first_match
from standin.conf.props import Props
from standin.conf.text import Setting, whole_number
from standin.environment import Row
from standin.values import regex

SOURCE = re.compile(r"(?s)(?P<pattern>.*\S)\s+in\s+(?P<field>[A-Za-z0-9_]+)\s*\Z")


class InlineExtraction:
    """One compiled EXTRACT."""

    def __init__(self, setting: Setting, match_limit: int, depth_limit: int) -> None:
        match = SOURCE.match(setting.value)
        pattern, self._source = (match["pattern"], match["field"]) if match else (setting.value, "_raw")
        self._pattern = compile_regex(setting, pattern, match_limit, depth_limit, flags="ms")
        self._groups = list(self._pattern.group_names.items())

    def __call__(self, row: Row) -> None:
        """Add the fields that the pattern finds."""
        text = row.get(self._source)
        match = first_match(self._pattern, text) if isinstance(text, str) else None
        if match is not None:
            add_groups(row, match, self._groups)


def add_groups(row: Row, match: regex.Match, groups: list[tuple[str, int]]) -> None:
    """Add named groups that took part and are not empty."""
    for name, number in groups:
        value = match.group(number)
        if value and name not in row:
            row[name] = value


def inline_extractions(props: Props) -> list[InlineExtraction]:
    """Return the EXTRACTs of these props in their order."""
    limits = whole_number(props, "MATCH_LIMIT"), whole_number(props, "DEPTH_LIMIT")
    return [InlineExtraction(props[key], *limits) for key in sorted(props) if key.startswith("EXTRACT-")]
