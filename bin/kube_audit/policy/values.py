"""From text to the JSON value that the API server's decoder sees, by its two ways.

A text whose first character is `{` is read as JSON: keys in the order of the text, duplicates kept. Everything else
is YAML, which the API server first turns into JSON: keys sorted, later ones win, merge keys followed. The order
matters because the first wrong type in it is the one that is reported.
"""

import json
import math
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

from kube_audit.policy.document import Alias, Mapping, Node, Parsed, Scalar, Sequence, parse_document, target_of
from kube_audit.policy.errors import PolicyError
from kube_audit.policy.go_text import go_quote
from kube_audit.policy.positions import Lines, Mark
from kube_audit.policy.scalars import Simple, resolve

LIMIT_VISITS = 200_000


class Object(NamedTuple):
    """A JSON object as pairs in the order in which they are decoded."""

    members: Tuple[Tuple[str, "Value"], ...]

    def get(self, key: str) -> "Value":
        """Give the value of the last member with that key, or None."""
        return next((value for name, value in reversed(self.members) if name == key), None)


Value = Union[Simple, List["Value"], Object]


class Duplicate(NamedTuple):
    """A key that a map holds twice, in the API server's words, and the place of its second value."""

    warning: str
    key: str
    mark: Mark


class Text(NamedTuple):
    """A policy's text as a value, with the tree that knows the places (None where JSON is not YAML)."""

    value: Value
    parsed: Optional[Parsed]
    duplicates: Tuple[Duplicate, ...]
    is_json: bool


def read_text(text: str) -> Text:
    """Read the first document of a text."""
    if text.lstrip(" \t\r\n").startswith("{"):
        return _read_json(text)
    parsed = parse_document(text or "\n")
    reader = _Reader()
    value = reader.value(parsed.root) if parsed.root is not None else None
    return Text(value, parsed, tuple(reader.duplicates), is_json=False)


def from_python(value: object) -> Value:
    """Take over what a JSON parser gave."""
    if isinstance(value, dict):
        return Object(tuple((str(key), from_python(member)) for key, member in value.items()))
    if isinstance(value, list):
        return [from_python(item) for item in value]
    assert value is None or isinstance(value, (bool, int, float, str))
    return value


def _read_json(text: str) -> Text:
    # The limits of size, depth and number are the document's, so it is parsed as YAML first.
    try:
        parsed: Optional[Parsed] = parse_document(text)
    except PolicyError as error:
        if not error.reason.startswith("failed decoding: yaml: "):
            raise
        parsed = None
    try:
        value = json.loads(text, object_pairs_hook=_pairs, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise _json_error(error) from error
    except RecursionError as error:
        raise PolicyError("nested too deep for a policy") from error
    return Text(value, parsed, (), is_json=True)


def _pairs(members: List[Tuple[str, Any]]) -> Object:
    return Object(tuple(members))


def _refuse_constant(name: str) -> float:
    raise PolicyError(_JSON_ERROR + f"invalid character '{name[0]}' looking for beginning of value")


_JSON_ERROR = "failed decoding: couldn't get version/kind; json parse error: "


def _json_error(error: json.JSONDecodeError) -> PolicyError:
    rest = error.doc[error.pos :].lstrip(" \t\r\n")
    mark = Lines(error.doc).mark(error.pos)
    if not rest:
        return PolicyError(_JSON_ERROR + "unexpected end of JSON input", mark)
    where = {
        "Extra data": "after top-level value",
        "Expecting value": "looking for beginning of value",
        "Expecting ':' delimiter": "after object key",
        "Expecting property name enclosed in double quotes": "looking for beginning of object key string",
        "Illegal trailing comma before end of object": "looking for beginning of object key string",
        "Illegal trailing comma before end of array": "looking for beginning of value",
    }.get(error.msg, "in JSON text")
    if error.msg.startswith("Illegal trailing comma"):
        rest = rest[1:].lstrip(" \t\r\n")
    if error.msg == "Expecting ',' delimiter":
        where = "after object key:value pair or array element"
    return PolicyError(f"{_JSON_ERROR}invalid character {rest[:1]!r} {where}", mark)


class _Reader:
    """Follows aliases and merge keys under the two limits on expansion."""

    def __init__(self) -> None:
        self.duplicates: List[Duplicate] = []
        self._visits = 0
        self._alias_visits = 0
        self._alias_depth = 0

    def value(self, node: Node) -> Value:
        self._count(node)
        if isinstance(node, Alias):
            self._alias_depth += 1
            value = self.value(node.target)
            self._alias_depth -= 1
            return value
        if isinstance(node, Scalar):
            return _json_number(node)
        if isinstance(node, Sequence):
            return [self.value(item) for item in node.items]
        members: Dict[str, Value] = {}
        self._fill(node, members)
        return Object(tuple(sorted(members.items(), key=lambda member: member[0].encode("utf-8", "surrogatepass"))))

    def _count(self, node: Node) -> None:
        self._visits += 1
        self._alias_visits += self._alias_depth > 0
        # 100, 1000 and 99 %: the limits of go.yaml.in/yaml/v2 for documents of up to 400,000 values.
        excessive = self._alias_visits > 100 and self._visits > 1000 and self._alias_visits / self._visits > 0.99
        if excessive or self._visits > LIMIT_VISITS:
            raise PolicyError("failed decoding: yaml: document contains excessive aliasing", node.start)

    def _fill(self, node: Mapping, members: Dict[str, Value]) -> None:
        for key, value in node.entries:
            if isinstance(key, Scalar) and key.text == "<<" and (key.plain or key.tag.endswith(":merge")):
                self._merge(value, members)
                continue
            name, printed = self._key(key)
            read = self.value(value)
            if name in members:
                line = value.start.line
                warning = f"line {line}: key {printed} already set in map"
                self.duplicates.append(Duplicate(warning, name, value.start))
            members[name] = read

    def _merge(self, node: Node, members: Dict[str, Value]) -> None:
        merged = target_of(node)
        parts = reversed(merged.items) if isinstance(merged, Sequence) and merged is node else (node,)
        for part in parts:
            mapping = target_of(part)
            if not isinstance(mapping, Mapping):
                reason = "failed decoding: yaml: map merge requires map or sequence of maps as the value"
                raise PolicyError(reason, part.start)
            self._count(part)
            self._fill(mapping, members)

    def _key(self, key: Node) -> Tuple[str, str]:
        name = self.value(key)
        if isinstance(name, (Object, list)):
            raise PolicyError("failed decoding: yaml: invalid map key: a map or a list", key.start)
        if name is None:
            raise PolicyError("failed decoding: unsupported map key of type: %!s(<nil>), key: <nil>", key.start)
        if isinstance(name, str):
            return name, go_quote(name)
        text = ("true" if name else "false") if isinstance(name, bool) else _number_text(name)
        return text, text


def _number_text(number: float) -> str:
    return repr(number).replace("inf", ".inf").replace("nan", ".nan")


def _json_number(node: Scalar) -> Simple:
    value = resolve(node)
    if isinstance(value, float) and not math.isfinite(value):
        name = "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
        raise PolicyError(f"failed decoding: json: unsupported value: {name}", node.start)
    return value
