"""Commands that rename fields or fill gaps: rename, fillnull, filldown, strcat, addinfo, convert lives on its own."""

import re
from collections.abc import Iterator
from functools import partial

from standin.commands.arguments import Reader
from standin.commands.selecting import known_fields
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row, Value
from standin.language.pipeline import Call
from standin.values import wildcard
from standin.values.multivalue import as_text

Pair = tuple[str, str]


def build_rename(call: Call, search: Search) -> Step:
    """Rename fields, one pair after the other; a missing source takes its target away."""
    reader = Reader(call)
    pairs: list[Pair] = []
    while not reader.at_end:
        if pairs:
            reader.accept(",")
        old = reader.name("A field name is expected.").text
        if not reader.accept_word("as"):
            raise reader.error("Usage: rename [old_name AS/TO/-> new_name]+.")
        new = reader.name("A new name is expected after AS.").text
        if old.count("*") != new.count("*"):
            raise call.error(f"Wildcard mismatch between '{old}' and '{new}'.")
        pairs.append((old, new))
    if not pairs:
        raise call.error("Usage: rename [old_name AS/TO/-> new_name]+.")
    return partial(_rename, pairs, search)


def _rename(pairs: list[Pair], search: Search, stream: Stream) -> Stream:
    if any(wildcard.has_wildcard(old) for old, _ in pairs):
        rows = list(search.guard(stream.rows))
        pairs = list(_expanded(pairs, known_fields(rows, stream)))
        stream = stream.with_rows(rows)
    order = None if stream.order is None else _renamed(stream.order, pairs)
    declared = frozenset(_renamed(sorted(stream.declared), pairs))

    def run() -> Iterator[Row]:
        for row in search.guard(stream.rows):
            for old, new in pairs:
                value = row.pop(old, None)
                row.pop(new, None)
                if value is not None:
                    row[new] = value
            yield row

    return Stream(run(), order, stream.is_events, "" if "_time" in dict(pairs) else stream.time_order, declared)


def _expanded(pairs: list[Pair], names: list[str]) -> Iterator[Pair]:
    current = list(names)
    for old, new in pairs:
        matching = [name for name in current if wildcard.captures(old, name) is not None]
        for name in matching if wildcard.has_wildcard(old) else [old]:
            parts = iter(wildcard.captures(old, name) or ())
            target = re.sub(r"\*", lambda match, parts=parts: next(parts, ""), new)  # type: ignore[misc]
            yield name, target
            current = [target if one == name else one for one in current]


def _renamed(names: list[str], pairs: list[Pair]) -> list[str]:
    for old, new in pairs:
        if old in names:
            names = [new if name == old else name for name in names if name != new or name == old]
    return names


def build_fillnull(call: Call, search: Search) -> Step:
    """Give missing fields a value, 0 by default: those named, or all that some row has."""
    reader = Reader(call)
    value = reader.options({"value"}).get("value", "0")
    names = reader.names()
    reader.expect_end()
    return partial(_fillnull, names, value, search)


def _fillnull(names: list[str], value: str, search: Search, stream: Stream) -> Stream:
    if not names:
        rows = list(search.guard(stream.rows))
        present = dict.fromkeys(name for row in rows for name in row)
        return stream.with_rows(_filled([name for name in present if name[0] != "_"], value, rows))
    return stream.with_rows(_filled(names, value, search.guard(stream.rows))).declaring(*names)


def _filled(names: list[str], value: str, rows: "Iterator[Row] | list[Row]") -> Iterator[Row]:
    for row in rows:
        for name in names:
            row.setdefault(name, value)
        yield row


def build_filldown(call: Call, search: Search) -> Step:
    """Give missing fields the value of the row before: those named, or all."""
    reader = Reader(call)
    patterns = reader.names()
    reader.expect_end()
    return partial(_filldown, patterns or ["*"], search)


def _filldown(patterns: list[str], search: Search, stream: Stream) -> Stream:
    rows = list(search.guard(stream.rows))
    names = wildcard.select(patterns, known_fields(rows, stream))
    last: dict[str, Value] = {}
    for row in rows:
        for name in names:
            if name in row:
                last[name] = row[name]
            elif name in last:
                row[name] = last[name]
    return stream.with_rows(rows)


def build_strcat(call: Call, search: Search) -> Step:
    """Join fields and texts in quotes into a field; the last name is the target."""
    reader = Reader(call)
    options = reader.options({"allrequired"})
    parts = []
    while (part := reader.accept_name()) is not None:
        parts.append(part)
    reader.expect_end()
    if len(parts) < 2:
        raise call.error("Fields and a destination are expected.")
    *sources, target = parts
    needs_all = options.get("allrequired", "f").lower() in ("t", "true", "1")

    def run(row: Row) -> Row:
        fields = [part.text for part in sources if not part.is_quoted]
        if not needs_all or all(name in row for name in fields):
            row[target.text] = "".join(_part(part.text, part.is_quoted, row) for part in sources)
        return row

    return lambda stream: stream.with_rows(map(run, search.guard(stream.rows))).declaring(target.text)


def _part(text: str, is_quoted: bool, row: Row) -> str:
    return text if is_quoted else as_text(row.get(text, ""))


def build_addinfo(call: Call, search: Search) -> Step:
    """Add the bounds of the search: info_min_time, info_max_time, info_search_time, info_sid."""
    Reader(call).expect_end()
    bounds = search.bounds
    info: Row = {
        "info_min_time": 0.0 if bounds.earliest is None else bounds.earliest,
        "info_max_time": "+Infinity" if bounds.latest is None else bounds.latest,
        "info_search_time": search.environment.now,
        "info_sid": getattr(search.environment, "sid", f"{search.environment.now:.0f}.1"),
    }

    def run(row: Row) -> Row:
        row.update(info)
        return row

    return lambda stream: stream.with_rows(map(run, search.guard(stream.rows))).declaring(*info)
