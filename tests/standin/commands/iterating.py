"""foreach: a pipeline run once for each field that matches, or for each value of a multivalue or a JSON array.

Tokens in the pipeline: <<FIELD>>, <<MATCHSTR>>, <<MATCHSEG1>> to <<MATCHSEG3>> for fields; <<ITEM>> and <<ITER>> for
values.
"""

from collections.abc import Callable, Iterator
from functools import partial

from standin.commands.arguments import Reader
from standin.commands.selecting import known_fields
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row
from standin.language.functions.jsons import MISSING, parse
from standin.language.pipeline import Call
from standin.values import jsontext, wildcard
from standin.values.multivalue import as_texts

OPTIONS = frozenset({"mode", "fieldstr", "matchstr", "matchseg1", "matchseg2", "matchseg3", "itemstr", "iterstr"})
ITEM_FIELD = "__foreach_item"
ITER_FIELD = "__foreach_iter"


def build_foreach(call: Call, search: Search) -> Step:
    """Run a pipeline for every field or value."""
    reader = Reader(call)
    options = reader.options(OPTIONS)
    names = reader.names()
    options |= reader.options(OPTIONS)
    found = reader.accept_subsearch()
    if found is None:
        raise reader.error("A pipeline in square brackets is expected.")
    options |= reader.options(OPTIONS)
    reader.expect_end()
    mode = options.get("mode", "multifield")
    if mode == "multifield":
        return partial(_fields, names, found, options, search)
    if mode not in READERS:
        raise call.error(f"Invalid mode '{mode}'.")
    return _values(call, names, found, options, search)


def _fields(
    names: list[str], found: tuple[str, int], options: dict[str, str], search: Search, stream: Stream
) -> Stream:
    rows = list(search.guard(stream.rows))
    held = stream.with_rows(rows)
    for pattern in names or ["*"]:
        known = known_fields(rows, stream) if wildcard.has_wildcard(pattern) else ()
        for name in wildcard.select([pattern], [one for one in known if one[0] != "_"]):
            search.check(len(rows))
            text = _filled(found[0], name, wildcard.captures(pattern, name) or (), options)
            held = search.pipeline(text, found[1], search, is_subsearch=True)(held)
            held = held.with_rows(list(held.rows))
    return held


def _filled(text: str, name: str, parts: tuple[str, ...], options: dict[str, str]) -> str:
    tokens = {options.get("fieldstr", "<<FIELD>>"): name, options.get("matchstr", "<<MATCHSTR>>"): "".join(parts)}
    for index in range(3):
        tokens[options.get(f"matchseg{index + 1}", f"<<MATCHSEG{index + 1}>>")] = (
            parts[index] if index < len(parts) else ""
        )
    for token, value in tokens.items():
        text = text.replace(token, value)
    return text


def _values(call: Call, names: list[str], found: tuple[str, int], options: dict[str, str], search: Search) -> Step:
    if len(names) != 1:
        raise call.error("One field is expected.")
    text = found[0]
    for token, field in (
        (options.get("itemstr", "<<ITEM>>"), ITEM_FIELD),
        (options.get("iterstr", "<<ITER>>"), ITER_FIELD),
    ):
        for quoted in (f"'{token}'", token):
            text = text.replace(quoted, field)
        if f'"{field}' in text or f'{field}"' in text:
            raise call.unsupported(f"token {token} inside quotes", found[1])
    step = search.pipeline(text, found[1], search, is_subsearch=True)
    read = READERS[options["mode"]]

    def rows(stream: Stream) -> Iterator[Row]:
        for row in search.guard(stream.rows):
            yield _looped(row, read(row, names[0]), step, search)

    return lambda stream: stream.with_rows(rows(stream))


def _looped(row: Row, items: list[str], step: Callable[[Stream], Stream], search: Search) -> Row:
    for index, item in enumerate(items):
        search.check(index)
        row[ITEM_FIELD], row[ITER_FIELD] = item, index
        row = next(iter(step(Stream([row])).rows), row)
    row.pop(ITEM_FIELD, None)
    row.pop(ITER_FIELD, None)
    return row


def _multivalue(row: Row, name: str) -> list[str]:
    return list(as_texts(row.get(name)))


def _array(row: Row, name: str) -> list[str]:
    parsed = parse(row.get(name))
    if parsed is MISSING or not isinstance(parsed, list):
        return []
    return [text for one in parsed if (text := jsontext.as_text(one)) is not None]


def _either(row: Row, name: str) -> list[str]:
    return _multivalue(row, name) if isinstance(row.get(name), list) else _array(row, name)


READERS: dict[str, Callable[[Row, str], list[str]]] = {
    "multivalue": _multivalue,
    "json_array": _array,
    "auto_collections": _either,
}
