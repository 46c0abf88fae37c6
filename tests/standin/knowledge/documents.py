"""Finding, ordering and narrowing documents of the KV store, as its REST API asks for it.

    query   {"a": 1, "b": {"$gt": 5}, "$or": [{…}, {…}]}     $gt $gte $lt $lte $ne $and $or $not, and no others
    fields  a,b  or  a:1,b:1  or  a:0,b:0     `_key` and `_user` come too, but for `_key:0` (`_id:0`)
    sort    a,b:-1

(REST API Reference Manual, KV store endpoint descriptions.) The store is MongoDB: values compare within their JSON type
only, `$ne` and `$not` also find what has no such field, a value of a list is enough, `a.b` leads into objects.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cmp_to_key

from standin.knowledge.collections import Document

Test = Callable[[Mapping[str, object]], bool]
COMPARISONS: Mapping[str, Callable[[int], bool]] = {
    "$gt": lambda order: order > 0,
    "$gte": lambda order: order >= 0,
    "$lt": lambda order: order < 0,
    "$lte": lambda order: order <= 0,
}
IDENTITY = ("_key", "_user")
MAX_DEPTH = 50


class QueryError(Exception):
    """A query, a list of fields or an order that cannot be read."""


def read_query(text: str) -> Test:
    """Read the JSON of a query; no text finds everything. Raises QueryError."""
    if not text.strip():
        return lambda document: True
    try:
        query = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise QueryError(str(error)) from None
    return compile_query(query)


def compile_query(query: object, depth: int = 0) -> Test:
    """Return the test of a query. Raises QueryError."""
    if not isinstance(query, dict) or depth > MAX_DEPTH:
        raise QueryError("a query is an object")
    tests = [_clause(name, wanted, depth) for name, wanted in query.items()]
    return lambda document: all(test(document) for test in tests)


def _clause(name: str, wanted: object, depth: int) -> Test:
    if name in ("$and", "$or"):
        if not isinstance(wanted, list) or not wanted:
            raise QueryError(f"{name} takes a list")
        tests = [compile_query(one, depth + 1) for one in wanted]
        combine = all if name == "$and" else any
        return lambda document: combine(test(document) for test in tests)
    if name.startswith("$"):
        raise QueryError(f"unknown operator {name}")
    passes = _condition(wanted, depth)
    return lambda document: passes(values_at(document, name))


def _condition(wanted: object, depth: int) -> Callable[[list[object]], bool]:
    """Return the test of what a document holds under a name: several values where a list stands there."""
    if isinstance(wanted, dict) and any(name.startswith("$") for name in wanted):
        tests = [_operator(name, operand, depth) for name, operand in wanted.items()]
        return lambda values: all(test(values) for test in tests)
    if wanted is None:
        return lambda values: not values or None in values
    return lambda values: any(_same(value, wanted) for value in values)


def _operator(name: str, operand: object, depth: int) -> Callable[[list[object]], bool]:
    if name in {"$ne", "$not"}:
        if name == "$not" and (not isinstance(operand, dict) or depth > MAX_DEPTH):
            raise QueryError("$not takes an object")
        inner = _condition(operand, depth + 1)
        return lambda values: not inner(values)
    if name not in COMPARISONS:
        raise QueryError(f"unknown operator {name}")
    accepts = COMPARISONS[name]
    return lambda values: any(_kind(one) == _kind(operand) and accepts(_order(one, operand)) for one in values)


def values_at(document: Mapping[str, object], name: str) -> list[object]:
    """Return what stands under a name or a dotted path: nothing, one value, or a list with its values."""
    if name in document:
        value = document[name]
        return [value, *value] if isinstance(value, list) else [value]
    head, dot, rest = name.partition(".")
    inner = document.get(head) if dot else None
    parts = inner if isinstance(inner, list) else [inner]
    return [value for part in parts if isinstance(part, dict) for value in values_at(part, rest)]


def _same(value: object, wanted: object) -> bool:
    return _kind(value) == _kind(wanted) and value == wanted


def _kind(value: object) -> int:
    """Return the place of a value's type in MongoDB's order of types."""
    kinds: tuple[tuple[type, ...], ...] = ((type(None),), (int, float), (str,), (dict,), (list,), (bool,))
    if isinstance(value, bool):
        return len(kinds) - 1
    return next(number for number, types in enumerate(kinds) if isinstance(value, types))


def _order(one: object, other: object) -> int:
    left, right = ((_kind(one), one), (_kind(other), other))
    if left[0] != right[0]:
        return left[0] - right[0]
    if one is None:
        return 0
    if isinstance(one, dict | list):
        left, right = (0, json.dumps(one, sort_keys=True)), (0, json.dumps(other, sort_keys=True))
    return int(left[1] > right[1]) - int(left[1] < right[1])  # type: ignore[operator]  # of one type


def ordered(documents: Iterable[Document], text: str) -> list[Document]:
    """Sort documents by `NAME`, `NAME:1` or `NAME:-1`, several after commas. Raises QueryError."""
    found = list(documents)
    for part in reversed([one.strip() for one in text.split(",") if one.strip()]):
        name, _, direction = part.rpartition(":") if part.rpartition(":")[1] else (part, "", "1")
        if direction.strip() not in ("1", "-1"):
            raise QueryError(f"{part!r} is no NAME:1 or NAME:-1")
        found.sort(key=cmp_to_key(_by(name.strip())), reverse=direction.strip() == "-1")
    return found


def _by(name: str) -> Callable[[Document, Document], int]:
    def compare(one: Document, other: Document) -> int:
        left, right = (values_at(each, name) or [None] for each in (one, other))
        return _order(left[0], right[0])

    return compare


def narrowed(documents: Sequence[Document], text: str) -> list[Document]:
    """Keep or leave out fields, as `NAME`, `NAME:1` or `NAME:0` say. Raises QueryError."""
    if not text.strip():
        return list(documents)
    signs = dict(_sign(part.strip()) for part in text.split(",") if part.strip())
    without_identity = any(signs.pop(name, "1") == "0" for name in ("_key", "_id"))
    if len(set(signs.values())) > 1:
        raise QueryError("fields cannot be both included and excluded")
    includes = not signs or "1" in signs.values()
    hidden = IDENTITY if without_identity else ()

    def shown(name: str) -> bool:
        if name in IDENTITY:
            return name not in hidden
        return (name in signs) == includes if signs else True

    return [{name: value for name, value in one.items() if shown(name)} for one in documents]


def _sign(part: str) -> tuple[str, str]:
    name, colon, sign = part.partition(":")
    if colon and sign not in ("0", "1"):
        raise QueryError(f"{part!r} is no NAME:1 or NAME:0")
    return name, sign or "1"
