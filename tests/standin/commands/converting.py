"""convert and tojson: values turned into other forms.

`convert num(x)` takes away what does not convert, `auto` leaves it; `ctime` writes %m/%d/%Y %H:%M:%S unless
`timeformat` says otherwise.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from standin.commands.arguments import Reader, boolean
from standin.commands.selecting import known_fields
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row, Value
from standin.language.pipeline import Call
from standin.values import jsontext, wildcard
from standin.values.multivalue import as_text, as_texts, from_texts
from standin.values.numbers import Number, normal, read_number
from standin.values.timeformat import format_time, parse_time

TIME_FORMAT = "%m/%d/%Y %H:%M:%S"
ONE = re.compile(r"([a-z0-9]+)\(\s*(\"[^\"]*\"|[^()\s]+)\s*\)")
DURATION = re.compile(r"(?:(\d+)\+)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)")
MEMORY = re.compile(r"(\d+(?:\.\d+)?)([kmg]?)", re.IGNORECASE)
MEMORY_FACTOR = {"": 1, "k": 1, "m": 1024, "g": 1024 * 1024}
WITH_UNIT = re.compile(r"([+-]?\d[\d,]*(?:\.\d+)?)\D*")


def _ctime(text: str, form: str, now: float) -> Value | None:
    number = read_number(text)
    return None if number is None else format_time(float(number), form)


def _mktime(text: str, form: str, now: float) -> Value | None:
    moment = parse_time(text, form, now)
    return None if moment is None else normal(moment)


def _number(text: str, form: str, now: float) -> Value | None:
    for candidate in (text, text.replace(",", "")):
        number = read_number(candidate)
        if number is not None:
            return number
    unit = WITH_UNIT.fullmatch(text)
    return read_number(unit.group(1).replace(",", "")) if unit is not None else _seconds(text, form, now)


def _seconds(text: str, form: str, now: float) -> Value | None:
    match = DURATION.fullmatch(text)
    if match is None:
        return read_number(text)
    days, hours, minutes, seconds = match.groups()
    return normal(int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds))


def _memory(text: str, form: str, now: float) -> Value | None:
    match = MEMORY.fullmatch(text)
    return None if match is None else normal(float(match.group(1)) * MEMORY_FACTOR[match.group(2).lower()])


def _milliseconds(text: str, form: str, now: float) -> Value | None:
    match = re.fullmatch(r"(?:(\d+):)?(\d+)\.(\d{1,3})", text)
    if match is None:
        return None
    return normal(int(match.group(1) or 0) * 60 + int(match.group(2)) + float("0." + match.group(3)))


def _without_commas(text: str, form: str, now: float) -> Value | None:
    return text.replace(",", "")


def _without_unit(text: str, form: str, now: float) -> Value | None:
    match = re.match(r"[+-]?\d+(?:\.\d+)?", text)
    number: Number | None = None if match is None else read_number(match.group())
    return number


Conversion = Callable[[str, str, float], Value | None]
CONVERSIONS: dict[str, Conversion] = {
    "auto": _number,
    "ctime": _ctime,
    "dur2sec": _seconds,
    "memk": _memory,
    "mktime": _mktime,
    "mstime": _milliseconds,
    "num": _number,
    "rmcomma": _without_commas,
    "rmunit": _without_unit,
}
KEEPS = frozenset({"auto", "ctime", "rmcomma", "rmunit", "mstime", "memk", "dur2sec"})


@dataclass(frozen=True)
class One:
    """One `function(field) AS name`."""

    function: str
    field: str
    output: str | None


def build_convert(call: Call, search: Search) -> Step:
    """Convert fields by functions such as ctime and num."""
    reader = Reader(call)
    form = reader.options({"timeformat"}).get("timeformat", TIME_FORMAT)
    conversions: list[One] = []
    while not reader.at_end:
        reader.accept(",")
        match = ONE.match(reader.rest)
        if match is None or match.group(1) not in (*CONVERSIONS, "none"):
            raise reader.invalid()
        reader.skip(match.end())
        output = reader.name("A name is expected after AS.").text if reader.accept_word("as") else None
        conversions.append(One(match.group(1), match.group(2).strip('"'), output))
    if not conversions:
        raise call.error("A conversion is expected.")
    return partial(_convert, conversions, form, search)


def _convert(conversions: list[One], form: str, search: Search, stream: Stream) -> Stream:
    rows = list(search.guard(stream.rows))
    names = [name for name in known_fields(rows, stream) if not name.startswith("_")]
    excluded = [one.field for one in conversions if one.function == "none"]
    outputs = []
    for one in conversions:
        for field in wildcard.select([one.field], names):
            if one.function == "none" or (wildcard.has_wildcard(one.field) and wildcard.select(excluded, [field])):
                continue
            output = one.output or field
            outputs.append(output)
            for row in rows:
                if field in row:
                    _apply(one.function, _converted(one.function, row[field], form, search), output, row)
    return stream.with_rows(rows).declaring(*outputs)


def _converted(function: str, value: Value, form: str, search: Search) -> Value | None:
    conversion, now = CONVERSIONS[function], search.scope.now
    if isinstance(value, list):
        return from_texts([text for one in value for text in as_texts(conversion(one, form, now))])
    return conversion(as_text(value), form, now)


def _apply(function: str, found: Value | None, output: str, row: Row) -> None:
    if found is not None:
        row[output] = found
    elif function not in KEEPS:
        row.pop(output, None)


JSON_CALL = re.compile(r"(auto|str|num|bool|json|none)\(([^()]*)\)")
JSON_OPTIONS = frozenset({"output_field", "default_type", "fill_null", "include_internal"})


def build_tojson(call: Call, search: Search) -> Step:
    """Write the fields of a row as one JSON object, into `_raw` unless told otherwise."""
    reader = Reader(call)
    options = reader.options(JSON_OPTIONS)
    kinds: list[tuple[str, str]] = []
    while not reader.at_end and reader.peek_option() is None:
        reader.accept(",")
        match = JSON_CALL.match(reader.rest)
        if match is not None:
            reader.skip(match.end())
            kinds += [(match.group(1), name) for name in re.split(r"[\s,]+", match.group(2).strip())]
        else:
            kinds.append(("", reader.name("A field name is expected.").text))
    options |= reader.options(JSON_OPTIONS)
    reader.expect_end()
    default = options.get("default_type", "auto")
    if default not in JSON_KINDS:
        raise call.error(f"Invalid default_type '{default}'.")
    rule = _Json(
        [(kind or default, name) for kind, name in kinds] or [(default, "*")],
        fills_null=boolean(call, options, "fill_null", False),
        internal=boolean(call, options, "include_internal", False),
    )
    output = options.get("output_field", "_raw")

    def rows(stream: Stream) -> Iterator[Row]:
        for row in search.guard(stream.rows):
            row[output] = rule.text(row)
            yield row

    return lambda stream: stream.with_rows(rows(stream)).declaring(output)


def _json_auto(text: str) -> jsontext.Json:
    number = read_number(text)
    if number is not None:
        return number
    if text in ("true", "false"):
        return text == "true"
    return _json_parsed(text, text) if text[:1] in ("{", "[") else text


def _json_parsed(text: str, default: jsontext.Json) -> jsontext.Json:
    try:
        return jsontext.parse(text)
    except jsontext.NotJson:
        return default


def _json_bool(text: str) -> jsontext.Json:
    number = read_number(text)
    words = {"true": True, "t": True, "yes": True, "false": False, "f": False, "no": False}
    return words.get(text.lower()) if number is None else number != 0


JSON_KINDS: dict[str, Callable[[str], jsontext.Json]] = {
    "auto": _json_auto,
    "str": lambda text: text,
    "num": read_number,
    "bool": _json_bool,
    "json": lambda text: _json_parsed(text, None),
    "none": lambda text: None,
}


class _Json:
    def __init__(self, kinds: list[tuple[str, str]], fills_null: bool, internal: bool) -> None:
        self.kinds, self.fills_null, self.internal = kinds, fills_null, internal

    def text(self, row: Row) -> str:
        made: dict[str, jsontext.Json] = {}
        for kind, pattern in self.kinds:
            for name in wildcard.select([pattern], sorted(row)):
                is_wanted = kind != "none" and (self.internal or not name.startswith("_") or name == pattern)
                if is_wanted and name in row:
                    self._put(made, name, [JSON_KINDS[kind](text) for text in as_texts(row[name])])
        return jsontext.dump(made)

    def _put(self, made: dict[str, jsontext.Json], name: str, values: list[jsontext.Json]) -> None:
        value: jsontext.Json = values[0] if len(values) == 1 else values
        if value is not None or self.fills_null:
            made[name] = value
