"""JSON functions that change a document: json_set, json_append, json_extend, json_delete, json_entries and their kin.

The document is copied, changed pair by pair from the left, and written anew. A path that leads nowhere changes nothing,
except that json_set creates the keys that are missing.
"""

import copy
from collections.abc import Callable, Sequence

from standin.environment import Row
from standin.language.compiled import Evaluator, Kind, Result, Scope, to_text
from standin.language.functions.jsons import MISSING, json_of, parse
from standin.language.functions.signature import Function, Site, strict
from standin.values import jsontext
from standin.values.jsontext import Json, Step

Change = Callable[[Json, str, Json], None]


def _editing(change: Change) -> Callable[[Site], Evaluator]:
    def build(site: Site) -> Evaluator:
        subject, *rest = site.arguments
        if not rest or len(rest) % 2:
            raise site.invalid()
        pairs = list(zip(rest[::2], rest[1::2], strict=True))

        def run(row: Row, scope: Scope) -> Result:
            parsed = parse(subject.evaluate(row, scope))
            if parsed is MISSING:
                return None
            document: Json = copy.deepcopy(parsed)  # type: ignore[assignment]
            for path, argument in pairs:
                name = to_text(path.evaluate(row, scope))
                if name is not None:
                    change(document, name, json_of(argument, argument.evaluate(row, scope)))
            return jsontext.dump(document)

        return run

    return build


def _set(document: Json, path: str, new: Json) -> None:
    steps = jsontext.read_path(path)
    for holder in _reach(document, steps[:-1]):
        _write(holder, steps[-1] if steps else None, new)


def _reach(value: Json, steps: Sequence[Step]) -> list[Json]:
    """Follow steps, and make the keys that are missing."""
    found = [value]
    for step in steps:
        for holder in found:
            if isinstance(holder, dict) and isinstance(step, str):
                holder.setdefault(step, {})
        found = jsontext.find(found, (None, step))
    return found


def _write(holder: Json, last: Step, new: Json) -> None:
    if isinstance(holder, dict) and isinstance(last, str):
        holder[last] = new
    elif isinstance(holder, list) and not isinstance(last, str):
        for index in range(len(holder)) if last is None else range(last, min(last + 1, len(holder))):
            holder[index] = new


def _growing(add: Callable[[list[Json], Json], None]) -> Change:
    def change(document: Json, path: str, new: Json) -> None:
        steps = jsontext.read_path(path)
        for old in jsontext.find(document, steps):
            if isinstance(old, list):
                add(old, new)
            else:
                grown: list[Json] = [old]
                add(grown, new)
                for holder in jsontext.find(document, steps[:-1]):
                    _write(holder, steps[-1], list(grown))

    return change


def _append(target: list[Json], new: Json) -> None:
    target.append(new)


def _extend(target: list[Json], new: Json) -> None:
    target.extend(new if isinstance(new, list) else [new])


def _delete(value: Result, *paths: str) -> Result:
    parsed = parse(value)
    if not isinstance(parsed, dict):
        return None
    document: Json = copy.deepcopy(parsed)
    for path in paths:
        *before, last = path.split(".")
        for holder in jsontext.find(document, tuple(before)):
            if isinstance(holder, dict):
                holder.pop(last, None)
    return jsontext.dump(document)


def _entries(value: Result) -> Result:
    parsed = parse(value)
    if not isinstance(parsed, dict):
        return None
    return jsontext.dump([{"key": key, "value": inner} for key, inner in parsed.items()])


def _has_key(value: Result, key: str) -> bool | None:
    parsed = parse(value)
    return key in parsed if isinstance(parsed, dict) else None


FUNCTIONS = {
    "json_append": Function("vsx*", Kind.TEXT, _editing(_growing(_append))),
    "json_delete": strict("vss*", Kind.TEXT, _delete),
    "json_entries": strict("v", Kind.TEXT, _entries),
    "json_extend": Function("vsx*", Kind.TEXT, _editing(_growing(_extend))),
    "json_has_key_exact": strict("vs", Kind.BOOLEAN, _has_key),
    "json_set": Function("vsx*", Kind.TEXT, _editing(_set)),
    "json_set_exact": Function("vsx*", Kind.TEXT, _editing(_write)),
}
