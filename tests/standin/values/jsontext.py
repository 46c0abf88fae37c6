"""JSON as text: parsed once, asked by paths, written compactly.

a.b        key b of key a            a{0}.b     element 0 of array a, its key b
a{}.b      every element of array a  {}.b       the same where the whole is an array
"""

import contextlib
import json
import re
from functools import lru_cache
from typing import cast

import orjson

from standin.values.numbers import format_number

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
Step = str | int | None  # a key, an index, or None for every element
MAX_DEPTH = 100
ARRAY = re.compile(r"\{(\d*)\}")


class NotJson(ValueError):
    """Text that is no JSON."""


@lru_cache(maxsize=16)  # the calculated fields of one event ask for the same text one after the other
def parse(text: str) -> Json:
    """Return the value of a JSON text; NotJson where it is none."""
    try:
        return cast(Json, orjson.loads(text))
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        pass
    try:
        return cast(Json, json.loads(text, parse_constant=_refuse))
    except (ValueError, RecursionError):
        raise NotJson("no JSON") from None


def _refuse(name: str) -> Json:
    raise NotJson(name)


def dump(value: Json) -> str:
    """Return compact JSON text."""
    try:
        return orjson.dumps(value).decode()
    except (TypeError, orjson.JSONEncodeError):  # a number of more than 64 bits, half a surrogate pair
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def as_field(value: Json) -> str | int | float | None:
    """Return what a field holds for a JSON value: text, a number, the text of a container, nothing for null."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (str, int, float)):
        return value
    return dump(value)


def as_text(value: Json) -> str | None:
    """Return the text of a JSON value, None for null."""
    found = as_field(value)
    return format_number(found) if isinstance(found, (int, float)) else found


@lru_cache(maxsize=1024)
def read_path(path: str) -> tuple[Step, ...]:
    """Split a path into steps."""
    steps: list[Step] = []
    for piece in path.split("."):
        name = ARRAY.sub("", piece)
        if name or (not steps and not ARRAY.search(piece)):
            steps.append(name)
        steps.extend(int(index) if index else None for index in ARRAY.findall(piece))
    return tuple(steps)


def find(value: Json, steps: tuple[Step, ...]) -> list[Json]:
    """Return every value that a path leads to."""
    found = [value]
    for step in steps:
        found = [inner for outer in found for inner in _children(outer, step)]
    return found


def _children(value: Json, step: Step) -> list[Json]:
    if isinstance(value, dict):
        return [value[step]] if isinstance(step, str) and step in value else []
    if isinstance(value, list):
        if step is None:
            return value
        return [value[step]] if isinstance(step, int) and step < len(value) else []
    return []


def flatten(value: Json, prefix: str = "", depth: int = 0) -> list[tuple[str, str]]:
    """Return names and texts of all leaves, as automatic extraction names them: `a.b`, `a{}.b`."""
    if depth > MAX_DEPTH:
        return []
    if isinstance(value, dict):
        separator = "." if prefix else ""
        return [leaf for key, inner in value.items() for leaf in flatten(inner, prefix + separator + key, depth + 1)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in flatten(inner, prefix + "{}", depth + 1)]
    text = as_text(value)
    return [(prefix, "null" if text is None else text)] if prefix else []


def flatten_prefix(text: str) -> list[tuple[str, str]]:
    """Return the leaves of a JSON text that was cut: those that end before the cut."""
    return PrefixReader(text).leaves()


STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
SCALAR = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=[\s,}\]])")


class PrefixReader:
    """A reader of leaves that gives up quietly where the text ends or is no JSON."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.found: list[tuple[str, str]] = []

    def leaves(self) -> list[tuple[str, str]]:
        """Return what could be read."""
        with contextlib.suppress(IndexError, ValueError):
            self._value("", 0)
        return self.found

    def _blanks(self) -> str:
        while self.text[self.position].isspace():
            self.position += 1
        return self.text[self.position]

    def _value(self, prefix: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise ValueError("nested too deeply")
        letter = self._blanks()
        if letter == "{":
            self._members(prefix, depth, "}")
        elif letter == "[":
            self._members(prefix + "{}", depth, "]")
        else:
            text = self._string() if letter == '"' else self._scalar()
            if prefix:
                self.found.append((prefix, text))

    def _members(self, prefix: str, depth: int, end: str) -> None:
        self.position += 1
        if self._blanks() == end:
            self.position += 1
            return
        while True:
            name = prefix
            if end == "}":
                self._blanks()
                key = self._string()
                name = f"{prefix}.{key}" if prefix else key
                self._expect(":")
            self._value(name, depth + 1)
            if self._blanks() == end:
                self.position += 1
                return
            self._expect(",")

    def _expect(self, letter: str) -> None:
        if self._blanks() != letter:
            raise ValueError("no JSON")
        self.position += 1

    def _string(self) -> str:
        match = STRING.match(self.text, self.position)
        if match is None:
            raise ValueError("no JSON")
        self.position = match.end()
        return str(json.loads(match.group()))

    def _scalar(self) -> str:
        match = SCALAR.match(self.text, self.position)
        if match is None:
            raise ValueError("no JSON")
        self.position = match.end()
        return match.group(1)
