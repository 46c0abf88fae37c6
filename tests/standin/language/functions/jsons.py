"""JSON functions that read and make: json_extract, json_extract_exact, json_object, json_array, json_valid, spath.

A path of json_extract cannot reach a key that holds a period; json_extract_exact takes its argument as one key. JSON
null is null; containers come as JSON text. Neither function has a limit on the size of the text.
"""

from standin.environment import Row
from standin.language.compiled import Compiled, Evaluator, Kind, Result, Scope, to_number, to_text
from standin.language.functions.signature import Function, Site, strict
from standin.values import jsontext
from standin.values.jsontext import Json, NotJson
from standin.values.multivalue import as_texts, from_texts
from standin.values.numbers import format_number

MISSING = object()


def parse(value: Result) -> Json | object:
    """Return the JSON value of a text, MISSING where it is none."""
    if value is None or isinstance(value, bool):
        return MISSING
    try:
        return jsontext.parse(to_text(value) or "")
    except NotJson:
        return MISSING


def _extract(value: Result, *paths: str) -> Result:
    parsed = parse(value)
    if parsed is MISSING:
        return None
    if not paths:
        return jsontext.as_field(parsed)  # type: ignore[arg-type]
    results = [_by_path(parsed, path) for path in paths]  # type: ignore[arg-type]
    return jsontext.as_field(results[0]) if len(results) == 1 else jsontext.dump(results)


def _by_path(parsed: Json, path: str) -> Json:
    steps = jsontext.read_path(path)
    found = jsontext.find(parsed, steps)
    if None in steps:
        return found or None
    return found[0] if found else None


def _extract_exact(value: Result, *keys: str) -> Result:
    parsed = parse(value)
    if not isinstance(parsed, dict):
        return None
    if not keys:
        return jsontext.as_field(parsed)
    results = [parsed.get(key) for key in keys]
    return jsontext.as_field(results[0]) if len(results) == 1 else jsontext.dump(results)


def json_of(argument: Compiled, value: Result) -> Json:
    """Return what a value is inside JSON: texts that hold an object or an array are that, numbers are numbers."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, list):
        return list(value)
    if argument.literal is not None:
        return value
    parsed = parse(value) if value[:1] in ("{", "[") else MISSING
    if parsed is not MISSING:
        return parsed  # type: ignore[return-value]
    number = to_number(value)
    return number if number is not None and format_number(number) == value else value


def _object(site: Site) -> Evaluator:
    if len(site.arguments) % 2:
        raise site.invalid()
    pairs = list(zip(site.arguments[::2], site.arguments[1::2], strict=True))

    def run(row: Row, scope: Scope) -> Result:
        made = {}
        for key, argument in pairs:
            name = to_text(key.evaluate(row, scope))
            if name is not None:
                made[name] = json_of(argument, argument.evaluate(row, scope))
        return jsontext.dump(made)

    return run


def _array(site: Site) -> Evaluator:
    arguments = site.arguments
    return lambda row, scope: jsontext.dump([json_of(one, one.evaluate(row, scope)) for one in arguments])


def _valid(site: Site) -> Evaluator:
    evaluate = site.arguments[0].evaluate

    def run(row: Row, scope: Scope) -> bool | None:
        value = evaluate(row, scope)
        return None if value is None else parse(value) is not MISSING

    return run


def _keys(value: Result) -> Result:
    parsed = parse(value)
    return jsontext.dump(list(parsed)) if isinstance(parsed, dict) else None


def _array_to_mv(value: Result, quoted: Result = False) -> Result:
    parsed = parse(value)
    if not isinstance(parsed, list):
        return None
    texts = [jsontext.dump(one) if quoted is True else jsontext.as_text(one) for one in parsed]
    return from_texts(["null" if text is None else text for text in texts])


def _mv_to_array(site: Site) -> Evaluator:
    subject = site.arguments[0].evaluate
    infers = site.arguments[1].evaluate if len(site.arguments) > 1 else None

    def run(row: Row, scope: Scope) -> Result:
        value = subject(row, scope)
        if value is None or isinstance(value, bool):
            return None
        texts = as_texts(value)
        typed = infers is not None and infers(row, scope) is True
        return jsontext.dump([_inferred(text) if typed else text for text in texts])

    return run


def _inferred(text: str) -> Json:
    parsed = parse(text)
    return text if parsed is MISSING else parsed  # type: ignore[return-value]


def spath_values(text: str, path: str) -> Result:
    """Return every value of a path as a field holds it: several are a multivalue."""
    parsed = parse(text)
    if parsed is MISSING:
        return None
    found = jsontext.find(parsed, jsontext.read_path(path))  # type: ignore[arg-type]
    texts = [jsontext.as_text(one) for one in found]
    return from_texts([one for one in texts if one is not None])


FUNCTIONS = {
    "json": strict("v", Kind.TEXT, lambda value: None if parse(value) is MISSING else to_text(value)),
    "json_array": Function("x*", Kind.TEXT, _array),
    "json_array_to_mv": strict("vx?", Kind.ANY, _array_to_mv),
    "json_extract": strict("vs*", Kind.ANY, _extract),
    "json_extract_exact": strict("vs*", Kind.ANY, _extract_exact),
    "json_keys": strict("v", Kind.TEXT, _keys),
    "json_object": Function("x*", Kind.TEXT, _object),
    "json_valid": Function("v", Kind.BOOLEAN, _valid),
    "mv_to_json_array": Function("vx?", Kind.TEXT, _mv_to_array),
    "spath": strict("vs", Kind.ANY, lambda value, path: spath_values(to_text(value) or "", path)),
}
