"""INDEXED_EXTRACTIONS: fields that are read from JSON lines or delimited files while they are indexed.

A delimited file begins with its header line (the first, or HEADER_FIELD_LINE_NUMBER, or FIELD_NAMES and no header is
named): that line and all before it are no events. Names keep letters, digits and blanks, anything else becomes `_`.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from standin.conf.errors import Problem, UnsupportedConf
from standin.conf.props import Props
from standin.conf.text import Setting, whole_number
from standin.environment import Value
from standin.events.breaking import Breaker, Line
from standin.events.json_fields import flatten

DELIMITERS = {"csv": ",", "tsv": "\t", "psv": "|"}
NAMED_DELIMITERS = {"tab": "\t", "space": " ", "\\t": "\t"}
Extracted = tuple[Line, Mapping[str, Value], str]


class Structure(NamedTuple):
    """The structured-data settings of one set of props; `delimiter` is empty for JSON."""

    delimiter: str
    names: tuple[str, ...]
    header_line: int
    time_fields: tuple[str, ...]

    def events(self, text: str, breaker: Breaker) -> Iterator[Extracted]:
        """Yield each event with its fields and the text that holds its time."""
        if not self.delimiter:
            yield from self._json(text, breaker)
            return
        lines = [line for line in text.replace("\r", "\n").split("\n") if line]
        if self.names:
            names, body = list(self.names), lines
        else:
            position = max(self.header_line, 1) - 1
            names = [_clean(name) for name in self._cells(lines[position])] if len(lines) > position else []
            body = lines[position + 1 :]
        for raw in body:
            yield self._row(breaker.truncate(raw), names)

    def _row(self, line: Line, names: list[str]) -> Extracted:
        fields = {name: cell for name, cell in zip(names, self._cells(line[0]), strict=False) if name and cell}
        stamp = " ".join(fields[name] for name in self.time_fields if name in fields)
        return line, fields, stamp or line[0]

    def _cells(self, line: str) -> list[str]:
        return next(csv.reader([line], delimiter=self.delimiter), [])

    def _json(self, text: str, breaker: Breaker) -> Iterator[Extracted]:
        for line in text.replace("\r", "\n").split("\n"):
            if not line.strip():
                continue
            cut = breaker.truncate(line)
            fields = flatten(cut[0])
            stamp = " ".join(str(fields[name]) for name in self.time_fields if name in fields)
            yield cut, fields, stamp or cut[0]


def structure_of(props: Props) -> Structure | None:
    """Return the structured-data settings, None where INDEXED_EXTRACTIONS is not set."""
    kind = props["INDEXED_EXTRACTIONS"].value.lower() if "INDEXED_EXTRACTIONS" in props else ""
    if not kind:
        return None
    delimiter = DELIMITERS.get(kind, "")
    if delimiter and "FIELD_DELIMITER" in props:
        delimiter = _delimiter(props["FIELD_DELIMITER"])
    header = whole_number(props, "HEADER_FIELD_LINE_NUMBER")
    return Structure(delimiter, _listed(props, "FIELD_NAMES"), header, _listed(props, "TIMESTAMP_FIELDS"))


def _delimiter(setting: Setting) -> str:
    delimiter = NAMED_DELIMITERS.get(setting.value.lower(), setting.value)
    if len(delimiter) != 1:
        message = f"FIELD_DELIMITER = {setting.value!r} is not supported here; give one character, tab or space"
        raise UnsupportedConf(Problem(setting.file, setting.line, "value", message, unsupported=True))
    return delimiter


def _listed(props: Props, key: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in props[key].value.split(",")) if key in props else ()


def _clean(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9 ]", "_", name.strip())
