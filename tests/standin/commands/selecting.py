"""Commands that choose columns or take rows from an end: fields, table, head, tail, reverse."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from standin.commands.arguments import Reader, boolean, integer
from standin.commands.framing import framed
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row
from standin.language.evaluate import Expression
from standin.language.pipeline import Call
from standin.values import wildcard

NO_FIELDS = "No matching fields exist."
DEFAULT_COUNT = 10
INTERNAL = ("_raw", "_time", "_indextime", "_bkt", "_cd", "_serial", "_si", "_sourcetype", "_subsecond", "_key")


def known_fields(rows: list[Row], stream: Stream) -> list[str]:
    """Return every field that rows have or commands declared, by name."""
    names = set(stream.order or ()) | stream.declared
    for row in rows:
        names.update(row)
    return sorted(names)


def build_table(call: Call, search: Search) -> Step:
    """Keep the named fields only, in their order."""
    reader = Reader(call)
    patterns = reader.names()
    reader.expect_end()
    if not patterns:
        raise call.error("Wildcards or field names are expected.")
    return partial(_table, patterns, search)


def _table(patterns: list[str], search: Search, stream: Stream) -> Stream:
    rows = list(search.guard(stream.rows))
    known = _known_of(patterns, rows, stream)
    names = wildcard.select(patterns, [name for name in known if not name.startswith("_")])
    if rows and not set(names).intersection(known):
        search.say("INFO", NO_FIELDS)
        rows = []
    kept: list[Row] = [{name: row[name] for name in names if name in row} for row in rows]
    return Stream(kept, order=names, is_events=False, time_order=stream.time_order)


def _known_of(patterns: list[str], rows: list[Row], stream: Stream) -> list[str]:
    """Return the fields that patterns may mean; rows work out fields when asked, so plain names ask for no others."""
    if any(wildcard.has_wildcard(pattern) for pattern in patterns):
        return known_fields(rows, stream)
    declared = set(stream.order or ()) | stream.declared
    return [name for name in patterns if name in declared or any(name in row for row in rows)]


def build_fields(call: Call, search: Search) -> Step:
    """Keep the named fields and those that start with an underscore, or with `-` drop the named ones."""
    reader = Reader(call)
    drops = reader.accept("-")
    if not drops:
        reader.accept("+")
    patterns = reader.names()
    reader.expect_end()
    if not patterns:
        return lambda stream: stream
    return partial(_drop_fields if drops else _keep_fields, patterns, search)


def _drop_fields(patterns: list[str], search: Search, stream: Stream) -> Stream:
    tests = [wildcard.matcher(pattern, case_sensitive=True) for pattern in patterns]
    decided: dict[str, bool] = {}

    def drops(name: str) -> bool:
        if name not in decided:
            decided[name] = any(test(name) for test in tests)
        return decided[name]

    order = None if stream.order is None else [name for name in stream.order if not drops(name)]
    declared = frozenset(name for name in stream.declared if not drops(name))
    rows = search.guard(stream.rows)
    if any(wildcard.has_wildcard(pattern) for pattern in patterns):
        kept: Iterator[Row] = ({name: value for name, value in row.items() if not drops(name)} for row in rows)
    else:
        kept = _without(patterns, rows)
    return replace(stream, rows=kept, order=order, declared=declared)


def _without(names: list[str], rows: Iterator[Row]) -> Iterator[Row]:
    for row in rows:
        for name in names:
            row.pop(name, None)
        yield row


def _keep_fields(patterns: list[str], search: Search, stream: Stream) -> Stream:
    if not any(wildcard.has_wildcard(pattern) for pattern in patterns):
        return _keep(frozenset(patterns), patterns, search, stream)
    rows = list(search.guard(stream.rows))
    names = wildcard.select(patterns, known_fields(rows, stream))
    return _keep(frozenset(names), names, search, stream.with_rows(rows))


def _keep(names: frozenset[str], order: list[str], search: Search, stream: Stream) -> Stream:
    lazily = [*INTERNAL, *order]

    def rows() -> Iterator[Row]:
        for row in search.guard(stream.rows):
            if type(row) is dict:
                yield {name: value for name, value in row.items() if name in names or name[0] == "_"}
            else:  # a row that works out its fields when asked is asked for these only
                yield {name: row[name] for name in lazily if name in row}

    return replace(stream, rows=rows(), order=list(order), declared=stream.declared & names)


def build_head(call: Call, search: Search) -> Step:
    """Keep the first rows: 10, a count, or as long as an expression holds."""
    reader = Reader(call)
    options = reader.options({"limit", "null", "keeplast"})
    if reader.at_end or reader.rest.split()[0].isdigit():
        limit = _count(reader, integer(call, options, "limit", DEFAULT_COUNT))
        return lambda stream: stream.with_rows(islice(stream.rows, limit) if limit else stream.rows)
    text, position = reader.enclosed() if reader.rest.startswith("(") else (reader.rest, reader.position)
    expression = framed(text, position, f"'{call.name}' command")
    if not expression.is_boolean:
        raise call.error("The expression is malformed. It does not give a boolean.")
    if text != reader.rest:
        options |= reader.options({"limit", "null", "keeplast"})
        reader.expect_end()
    rule = _While(
        expression,
        nulls=boolean(call, options, "null", False),
        keeps_last=boolean(call, options, "keeplast", False),
        limit=integer(call, options, "limit", 0),
    )
    return lambda stream: stream.with_rows(rule.rows(search, stream))


@dataclass(frozen=True)
class _While:
    """How `head EXPRESSION` ends: at the first row for which it does not hold, or at a limit."""

    expression: Expression
    nulls: bool
    keeps_last: bool
    limit: int

    def rows(self, search: Search, stream: Stream) -> Iterator[Row]:
        for count, row in enumerate(search.guard(stream.rows)):
            outcome = self.expression.run(row, search.scope)
            holds = outcome is True or (self.nulls and outcome is None)
            is_over = bool(self.limit) and count >= self.limit
            if (holds or self.keeps_last) and not is_over:
                yield row
            if not holds or is_over:
                return


def _count(reader: Reader, default: int) -> int:
    if reader.at_end:
        return default
    text = reader.value("A count is expected.")
    reader.expect_end()
    if not text.isdecimal():
        raise reader.error(f"The count '{text}' is no number.")
    return int(text)


def build_tail(call: Call, search: Search) -> Step:
    """Keep the last rows, the last one first."""
    count = _count(Reader(call), DEFAULT_COUNT)

    def step(stream: Stream) -> Stream:
        kept = deque(search.guard(stream.rows), maxlen=count)
        return replace(stream, rows=list(reversed(kept)), time_order=turned(stream.time_order))

    return step


def build_reverse(call: Call, search: Search) -> Step:
    """Turn the order of rows around."""
    Reader(call).expect_end()

    def step(stream: Stream) -> Stream:
        rows = list(search.guard(stream.rows))
        return replace(stream, rows=rows[::-1], time_order=turned(stream.time_order))

    return step


def turned(time_order: str) -> str:
    """Return the opposite order of time."""
    return {"ascending": "descending", "descending": "ascending"}.get(time_order, "")
