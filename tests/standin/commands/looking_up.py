"""Commands about lookups: lookup, inputlookup, outputlookup."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from standin.commands.arguments import Name, Reader, boolean, integer
from standin.commands.stream import Search, Step, Stream
from standin.environment import Lookup, Row
from standin.language.errors import UnknownName
from standin.language.filters import compile_filter
from standin.language.pipeline import Call
from standin.values.multivalue import as_text, as_texts, from_texts

Pair = tuple[str, str]  # a field of the lookup, a field of the event


@dataclass(frozen=True)
class Mapping:
    """Which fields of a lookup are matched and which are written, each with its name in the event."""

    inputs: list[Pair]
    outputs: list[Pair]
    overwrites: bool


def build_lookup(call: Call, search: Search) -> Step:
    """Add fields of the matching rows of a lookup; several matches give a multivalue."""
    reader = Reader(call)
    options = reader.options({"local", "update"}, {"event_time_field"})
    boolean(call, options, "local", False)
    name = reader.name("A lookup name is expected.")
    inputs = _pairs(reader)
    word = reader.accept_word("output", "outputnew")
    outputs = _pairs(reader) if word else []
    reader.expect_end()
    if not inputs or (word and not outputs):
        raise call.error("Must specify one or more lookup fields.")
    lookup = find_lookup(call, name, search)
    _require_fields(call, lookup, [*inputs, *outputs])
    if not word:
        taken = {field for field, _ in inputs}
        outputs = [(field, field) for field in lookup.fields if field not in taken]
    mapping = Mapping(inputs, outputs, overwrites=word != "outputnew")
    return lambda stream: stream.with_rows(_looked_up(lookup, mapping, search, stream)).declaring(
        *(target for _, target in mapping.outputs)
    )


def _pairs(reader: Reader) -> list[Pair]:
    pairs: list[Pair] = []
    while not reader.at_end and not reader.peek_word("output", "outputnew"):
        if pairs:
            reader.accept(",")
        field = reader.name("A field name is expected.").text
        target = reader.name("A field name is expected after AS.").text if reader.accept_word("as") else field
        pairs.append((field, target))
    return pairs


def find_lookup(call: Call, name: Name, search: Search) -> Lookup:
    """Return a lookup, or Splunk's complaint that it could not be made."""
    lookup = search.environment.lookup(name.text)
    if lookup is None:
        if call.name == "lookup":
            text = f"Could not construct lookup '{name.text}'. See search.log for more details."
        else:
            text = f"The lookup table '{name.text}' requires a .csv or KV store lookup definition."
        raise UnknownName(f"Error in '{call.name}' command: {text}", name.position)
    return lookup


def _require_fields(call: Call, lookup: Lookup, pairs: list[Pair]) -> None:
    missing = [field for field, _ in pairs if field not in lookup.fields]
    if missing:
        text = f"Could not find all of the specified lookup fields in the lookup table. Missing: {', '.join(missing)}."
        raise call.error(text)


def _looked_up(lookup: Lookup, mapping: Mapping, search: Search, stream: Stream) -> Iterator[Row]:
    cache: dict[tuple[str, ...], list[Row]] = {}
    for row in search.guard(stream.rows):
        matches = [match for key in _keys(row, mapping) for match in _matches(lookup, mapping, key, cache)]
        for field, target in mapping.outputs:
            if not mapping.overwrites and target in row:
                continue
            value = from_texts([text for match in matches for text in as_texts(match.get(field))])
            if value is not None:
                row[target] = value
            elif mapping.overwrites:
                row.pop(target, None)
        yield row


def _keys(row: Row, mapping: Mapping) -> list[tuple[str, ...]]:
    """Return the combinations to look up; each value of a first multivalue by itself."""
    values = [as_texts(row.get(target)) for _, target in mapping.inputs]
    if not all(values):
        return []
    if len(values) == 1:
        return [(text,) for text in values[0]]
    return [tuple("\n".join(texts) for texts in values)]


def _matches(
    lookup: Lookup, mapping: Mapping, key: tuple[str, ...], cache: dict[tuple[str, ...], list[Row]]
) -> list[Row]:
    if key not in cache:
        fields = (field for field, _ in mapping.inputs)
        cache[key] = list(lookup.match(dict(zip(fields, key, strict=True))))
    return cache[key]


def build_inputlookup(call: Call, search: Search) -> Step:
    """Read the rows of a lookup, after the rows that came with append=t."""
    reader = Reader(call)
    options = reader.options({"append", "start", "max", "strict"})
    name = reader.name("A lookup name is expected.")
    options |= reader.options({"append", "start", "max", "strict"})
    condition = compile_filter(reader.rest, reader.position) if reader.accept_word("where") else None
    if condition is None:
        reader.expect_end()
    lookup = find_lookup(call, name, search)
    start, limit = integer(call, options, "start", 0), integer(call, options, "max", 1_000_000_000)
    appends = boolean(call, options, "append", False)
    matches = condition.matches if condition is not None else None

    def rows() -> Iterator[Row]:
        found = (dict(row) for row in lookup.rows() if matches is None or matches(row))
        return islice(found, max(0, start), max(0, start) + max(0, limit))

    def step(stream: Stream) -> Stream:
        before = list(stream.rows) if appends else []
        order = list(lookup.fields) if not before else [*(stream.order or []), *lookup.fields]
        return Stream(chain(before, rows()), order=list(dict.fromkeys(order)), declared=frozenset(lookup.fields))

    return step


def build_outputlookup(call: Call, search: Search) -> Step:
    """Write rows to a lookup and pass them on."""
    reader = Reader(call)
    allowed = {"append", "key_field", "max", "create_empty", "override_if_empty", "createinapp"}
    options = reader.options(allowed, {"create_context", "output_format", "allow_updates"})
    name = reader.name("A lookup name is expected.")
    options |= reader.options(allowed)
    reader.expect_end()
    lookup = find_lookup(call, name, search)
    appends = boolean(call, options, "append", False)
    writes_empty = boolean(call, options, "override_if_empty", True)
    limit = integer(call, options, "max", 1_000_000_000)

    def step(stream: Stream) -> Stream:
        rows = list(search.guard(stream.rows))
        kept = [_stored(row) for row in rows[:limit]]
        if kept or (writes_empty and not appends):
            lookup.write(kept, append=appends, key_field=options.get("key_field"))
        return stream.with_rows(rows)

    return step


def _stored(row: Row) -> Row:
    return {name: as_text(value) for name, value in row.items() if not name.startswith("_") or name == "_key"}
