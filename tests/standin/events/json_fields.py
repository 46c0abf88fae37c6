"""The fields of a JSON text, as automatic extraction names them: `a.b`, `list{}`, `list{}.b`.

Values keep the text that they are written with (`1.0` stays `1.0`); true, false and null are their words; empty
containers give nothing; a name that comes again makes a multivalue. A text that is cut off gives what stands whole
before the cut: that is how the limits of automatic extraction show.
"""

import json
import re
from collections.abc import Iterator

from standin.environment import Value

MAX_DEPTH = 200
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)', re.DOTALL)
BRACKETS = re.compile(r"[{}\[\]]")
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
    """Return the fields that stand whole in a JSON text that was cut off, none where it is no JSON before the cut."""
    if text.lstrip()[:1] not in ("{", "["):
        return {}
    between = STRING.split(text)
    if text.rstrip()[-1:] in ('"', "}", "]"):  # what stands last may be whole
        fields = flatten(text + _closers(between))
        if fields:
            return fields
    end, kept = _last_whole(text, between)
    return flatten(text[:end] + _closers(kept))


def _last_whole(text: str, between: list[str]) -> tuple[int, list[str]]:
    """Return where the last whole value ends, and what stands between the strings up to there."""
    strings = STRING.findall(text)
    start = len(text)
    for number in range(len(between) - 1, -1, -1):
        piece = between[number]
        start -= len(piece)
        mark = max(piece.rfind(each) for each in ",{[")
        if mark >= 0:
            end = mark + (piece[mark] != ",")
            return start + end, [*between[:number], piece[:end]]
        start -= len(strings[number - 1])
    return 0, []


def _closers(between: list[str]) -> str:
    """Return the brackets that a text leaves open, closed; what stands between its strings is enough to know."""
    waiting: list[str] = []
    for bracket in BRACKETS.findall("".join(between)):
        if bracket in "{[":
            waiting.append("}" if bracket == "{" else "]")
        elif waiting:
            waiting.pop()
    return "".join(reversed(waiting))


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
