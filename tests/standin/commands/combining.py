"""Commands with a search inside: append, appendcols, appendpipe, join, union, multisearch; and format, return.

Limits as shipped: append and join take 50,000 rows of their subsearch, cut with a warning.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain, zip_longest

from standin.commands.arguments import Reader, boolean, integer
from standin.commands.stream import Search, Step, Stream
from standin.commands.subsearch import NO_ROWS, format_rows, quote, run_subsearch
from standin.environment import Row
from standin.language.errors import MalformedSearch
from standin.language.pipeline import Call
from standin.values.multivalue import as_text

MAX_ROWS = 50_000
APPEND_OPTIONS = frozenset({"extendtimerange", "maxtime", "maxout", "timeout", "override"})
JOIN_OPTIONS = frozenset({"type", "max", "overwrite", "keepsingle"})
RETURNED = re.compile(r"(?:([^\s=$,]+)\s*=\s*)?(\$?)([^\s=$,]+)(\$?)")


def _inner(reader: Reader) -> tuple[str, int]:
    found = reader.accept_subsearch()
    if found is None:
        raise reader.error("A subsearch in square brackets is expected.")
    return found


def _merged(first: Stream, second: Stream) -> Stream:
    order = None
    if first.order is not None or second.order is not None:
        order = list(dict.fromkeys([*(first.order or ()), *(second.order or ())]))
    rows = chain(first.rows, second.rows)
    return Stream(rows, order, first.is_events and second.is_events, "", first.declared | second.declared)


def build_append(call: Call, search: Search) -> Step:
    """Put the rows of a subsearch after those that came."""
    reader = Reader(call)
    options = reader.options(APPEND_OPTIONS)
    text, position = _inner(reader)
    options |= reader.options(APPEND_OPTIONS)
    reader.expect_end()
    limit = min(integer(call, options, "maxout", MAX_ROWS) or MAX_ROWS, MAX_ROWS)
    found = run_subsearch(search, text, position, limit)
    return lambda stream: _merged(stream, found.with_rows(dict(row) for row in found.rows))


def build_union(call: Call, search: Search) -> Step:
    """Put the rows of several subsearches together, after those that came."""
    reader = Reader(call)
    reader.options(APPEND_OPTIONS)
    found: list[Stream] = []
    while not reader.at_end:
        reader.accept(",")
        if not reader.rest.startswith("["):
            raise call.unsupported("dataset", reader.position)
        text, position = _inner(reader)
        found.append(run_subsearch(search, text, position, MAX_ROWS))
    if not found:
        raise call.error("At least one subsearch is expected.")

    def step(stream: Stream) -> Stream:
        streams = found if call.name == "multisearch" else [stream, *found]
        merged = streams[0]
        for other in streams[1:]:
            merged = _merged(merged, other)
        return merged

    return step


def build_appendcols(call: Call, search: Search) -> Step:
    """Add the fields of a subsearch's rows, first to first, second to second."""
    reader = Reader(call)
    options = reader.options(APPEND_OPTIONS)
    text, position = _inner(reader)
    reader.expect_end()
    overrides = boolean(call, options, "override", False)
    found = run_subsearch(search, text, position, MAX_ROWS)

    def rows(stream: Stream) -> Iterator[Row]:
        for row, other in zip_longest(search.guard(stream.rows), found.rows, fillvalue=None):
            yield {**(row or {}), **(other or {})} if overrides else {**(other or {}), **(row or {})}

    return lambda stream: stream.with_rows(rows(stream)).declaring(*(found.order or ()))


def build_appendpipe(call: Call, search: Search) -> Step:
    """Run a pipeline on the rows and put its result after them."""
    reader = Reader(call)
    reader.options({"run_in_preview"})
    text, position = _inner(reader)
    reader.expect_end()
    if search.depth >= 8:
        raise MalformedSearch("Pipelines are nested too deeply.", position)
    inner = search.pipeline(text, position, replace(search, depth=search.depth + 1), is_subsearch=True, goes_on=True)

    def step(stream: Stream) -> Stream:
        rows = list(search.guard(stream.rows))
        held = stream.with_rows(rows)
        return _merged(held, inner(held.with_rows([dict(row) for row in rows])))

    return step


def build_join(call: Call, search: Search) -> Step:
    """Add the fields of a subsearch's rows that have the same values in some fields."""
    reader = Reader(call)
    options = reader.options(JOIN_OPTIONS, {"usetime", "earlier"})
    names = reader.names()
    options |= reader.options(JOIN_OPTIONS, {"usetime", "earlier"})
    text, position = _inner(reader)
    reader.expect_end()
    kind = options.get("type", "inner").lower()
    if kind not in ("inner", "left", "outer"):
        raise call.error(f"Invalid join type '{kind}'.")
    found = run_subsearch(search, text, position, MAX_ROWS)
    rule = _Join(names, kind == "inner", integer(call, options, "max", 1), boolean(call, options, "overwrite", True))
    return partial(rule.run, found, search)


class _Join:
    def __init__(self, names: list[str], is_inner: bool, limit: int, overwrites: bool) -> None:
        self.names, self.is_inner, self.limit, self.overwrites = names, is_inner, limit, overwrites

    def run(self, found: Stream, search: Search, stream: Stream) -> Stream:
        held = list(found.rows)
        rows = list(search.guard(stream.rows))
        names = self.names or sorted(_common(rows) & _common(held))
        table: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in held:
            if all(name in row for name in names):
                table[_key(row, names)].append(row)
        joined = search.guard(self._joined(rows, names, table))
        return stream.with_rows(joined).declaring(*(found.order or ()))

    def _joined(self, rows: list[Row], names: list[str], table: dict[tuple[str, ...], list[Row]]) -> Iterator[Row]:
        for row in rows:
            matches = table.get(_key(row, names), []) if all(name in row for name in names) else []
            for match in matches[: self.limit or None]:
                yield {**row, **match} if self.overwrites else {**match, **row}
            if not matches and not self.is_inner:
                yield row


def _common(rows: list[Row]) -> set[str]:
    return {name for row in rows for name in row if not name.startswith("_")}


def _key(row: Row, names: list[str]) -> tuple[str, ...]:
    return tuple(as_text(row[name]) for name in names)


def build_format(call: Call, search: Search) -> Step:
    """Make one row whose field `search` finds what the rows say."""
    reader = Reader(call)
    options = reader.options({"mvsep", "maxresults", "emptystr"})
    signs = []
    while (sign := reader.accept_name()) is not None:
        signs.append(sign.text)
    options |= reader.options({"mvsep", "maxresults", "emptystr"})
    reader.expect_end()
    if len(signs) not in (0, 6):
        raise call.error(
            "Six strings are expected: row prefix, column prefix, column separator, column end, row separator, row end."
        )
    limit = integer(call, options, "maxresults", 0)

    def step(stream: Stream) -> Stream:
        rows = list(search.guard(stream.rows))[: limit or None]
        text = format_rows(rows, signs or ("(", "(", "AND", ")", "OR", ")"), options.get("mvsep", "OR"))
        found: Row = {"search": options.get("emptystr", NO_ROWS) if text == NO_ROWS else text}
        return Stream([found], order=["search"])

    return step


def build_return(call: Call, search: Search) -> Step:
    """Give the first rows' fields to the search outside: `a="x"`, under another name, or with `$` bare values."""
    reader = Reader(call)
    count = reader.accept_count()
    wanted = []
    while not reader.at_end:
        reader.accept(",")
        match = RETURNED.match(reader.rest)
        if match is None:
            raise reader.invalid()
        wanted.append(match)
        reader.skip(match.end())
    if not wanted:
        raise call.error("A field name is expected.")

    def step(stream: Stream) -> Stream:
        rows = list(search.guard(stream.rows))[: count or 1]
        clauses = [clause for row in rows if (clause := _returned(row, wanted))]
        if all(match.group(2) for match in wanted):
            text = " OR ".join(clauses)
        else:
            text = " OR ".join(f"({clause})" for clause in clauses)
        return Stream([{"search": text}] if clauses else [], order=["search"])

    return step


def _returned(row: Row, wanted: "list[re.Match[str]]") -> str:
    parts = []
    for match in wanted:
        alias, dollar, field, _ = match.groups()
        if field in row:
            text = as_text(row[field])
            parts.append(text if dollar else f"{alias or field}={quote(text)}")
    return " ".join(parts)
