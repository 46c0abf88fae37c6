"""The fields of a JSON text, as automatic extraction names them: `a.b`, `list{}`, `list{}.b`.

Values keep the text that they are written with (`1.0` stays `1.0`); true, false and null are their words; empty
containers give nothing; a name that comes again makes a multivalue. A text that is cut off gives what stands whole
before the cut: that is how the limits of automatic extraction show.
"""

import json
import re
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]

from standin.environment import Value

MAX_DEPTH = 200
SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[\s,\]}])|true|false|null")
BLANK = re.compile(r"\s*")
Leaf = tuple[str, str]


class _Pairs(list[tuple[str, object]]):
    """The members of a JSON object in order, names that come twice included."""


def _refuse(word: str) -> None:
    raise ValueError(word)


_decode = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=_refuse, strict=False
).decode


def flatten(text: str) -> dict[str, Value]:
    """Return the fields of a text, none where it is no JSON object or array."""
    if text.lstrip()[:1] not in ("{", "["):
        return {}
    try:
        decoded = _decode(text)
    except (ValueError, RecursionError):
        return {}
    fields: dict[str, Value] = {}
    for name, value in _leaves(decoded, "", 0):
        add(fields, name, value)
    return fields


def flatten_prefix(text: str) -> dict[str, Value]:
    """Return the fields that stand whole in a JSON text that was cut off."""
    fields: dict[str, Value] = {}
    if text.lstrip()[:1] in ("{", "["):
        try:
            for name, value in _Walk(text).leaves():
                add(fields, name, value)
        except (ValueError, IndexError, RecursionError):
            pass  # the cut, or the first fault
    return fields


def add(fields: dict[str, Value], name: str, value: str) -> None:
    """Append a value to a field."""
    old = fields.get(name)
    if old is None:
        fields[name] = value
    elif isinstance(old, list):
        old.append(value)
    else:
        fields[name] = [str(old), value]


def _leaves(value: object, name: str, depth: int) -> Iterator[Leaf]:
    if isinstance(value, str):
        if name:
            yield name, value
    elif isinstance(value, _Pairs):
        if depth < MAX_DEPTH:
            prefix = name + "." if name else ""
            for key, inner in value:
                if isinstance(inner, str):
                    yield prefix + key, inner
                else:
                    yield from _leaves(inner, prefix + key, depth + 1)
    elif isinstance(value, list):
        if depth < MAX_DEPTH:
            for inner in value:
                yield from _leaves(inner, name + "{}", depth + 1)
    elif name:
        yield name, "null" if value is None else "true" if value else "false"


class _Walk:
    """One pass over a JSON text that may end anywhere; raises ValueError or IndexError where it does."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def leaves(self) -> Iterator[Leaf]:
        """Yield the leaves of the value that begins the text."""
        return self._value("", 0)

    def _value(self, name: str, depth: int) -> Iterator[Leaf]:
        letter = self._peek()
        if depth > MAX_DEPTH:
            raise RecursionError
        if letter == "{":
            yield from self._object(name, depth)
        elif letter == "[":
            yield from self._array(name, depth)
        elif letter == '"':
            yield name, self._string()
        else:
            match = SCALAR.match(self._text, self._at)
            if match is None:
                raise ValueError(letter)
            self._at = match.end()
            yield name, match[0]

    def _object(self, name: str, depth: int) -> Iterator[Leaf]:
        self._at += 1
        if self._peek() == "}":
            self._at += 1
            return
        while True:
            self._peek()
            key = self._string()
            self._take(":")
            yield from self._value(f"{name}.{key}" if name else key, depth + 1)
            if self._take(",}") == "}":
                return

    def _array(self, name: str, depth: int) -> Iterator[Leaf]:
        self._at += 1
        if self._peek() == "]":
            self._at += 1
            return
        while True:
            yield from self._value(name + "{}", depth + 1)
            if self._take(",]") == "]":
                return

    def _peek(self) -> str:
        match = BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at]

    def _take(self, letters: str) -> str:
        letter = self._peek()
        if letter not in letters:
            raise ValueError(letter)
        self._at += 1
        return letter

    def _string(self) -> str:
        if self._text[self._at] != '"':
            raise ValueError(self._text[self._at])
        text: str
        text, self._at = scanstring(self._text, self._at + 1, False)
        return text
