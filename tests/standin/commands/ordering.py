"""Commands about order: sort, and the natural order of values that others share.

`sort` keeps 10,000 rows unless a count is given, 0 for all. Rows without the field come last in both directions.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter

from standin.commands.arguments import Reader, integer
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row, Value
from standin.language.pipeline import Call
from standin.values import cidr
from standin.values.multivalue import as_text
from standin.values.numbers import Number, read_number

DEFAULT_LIMIT = 10_000
TYPED = re.compile(r"(auto|str|ip|num)\(\s*([^()]*?)\s*\)")
SortKey = tuple[int, Number, str]


def natural_key(text: str) -> SortKey:
    """Order numbers by value, then addresses, then texts by their letters."""
    number = read_number(text)
    if number is not None:
        return (0, number, "")
    return (2, 0, text)


def auto_key(value: Value) -> SortKey:
    """Order as `sort` does by default: numbers, addresses, texts."""
    if isinstance(value, (int, float)):
        return (0, value, "")
    text = as_text(value)
    key = natural_key(text)
    found = cidr.address(text) if key[0] and ("." in text or ":" in text) else None
    return key if found is None else (1, int(found), "")


def number_key(value: Value) -> SortKey:
    """Order by number; what reads as none comes after."""
    number = read_number(as_text(value))
    return (0, number, "") if number is not None else (2, 0, "")


def address_key(value: Value) -> SortKey:
    """Order by address; what is none comes after."""
    found = cidr.address(as_text(value))
    return (2, 0, as_text(value)) if found is None else (1, int(found), "")


def text_key(value: Value) -> SortKey:
    """Order by the letters."""
    return (2, 0, as_text(value))


KEYS: dict[str, Callable[[Value], SortKey]] = {
    "auto": auto_key,
    "str": text_key,
    "ip": address_key,
    "num": number_key,
}


@dataclass(frozen=True)
class SortField:
    """One field to sort by."""

    name: str
    key: Callable[[Value], SortKey]
    descends: bool


def read_sort_fields(reader: Reader) -> list[SortField]:
    """Read `-a, +b, num(c)` up to the end or a word that is none."""
    fields: list[SortField] = []
    while not reader.at_end and not (fields and reader.peek_word("d", "desc")):
        reader.accept(",")
        descends = reader.accept("-")
        if not descends:
            reader.accept("+")
        fields.append(_read_field(reader, descends))
    return fields


def _read_field(reader: Reader, descends: bool) -> SortField:
    typed = TYPED.match(reader.rest)
    if typed is not None:
        reader.skip(typed.end())
        return SortField(typed.group(2).strip('"'), KEYS[typed.group(1)], descends)
    return SortField(reader.name("A field name is expected.").text, auto_key, descends)


def build_sort(call: Call, search: Search) -> Step:
    """Sort rows, and keep the first 10,000 of them unless told otherwise."""
    reader = Reader(call)
    options = reader.options({"limit"})
    limit = integer(call, options, "limit", DEFAULT_LIMIT)
    count = reader.accept_count()
    fields = read_sort_fields(reader)
    if reader.accept_word("d", "desc"):
        fields = [replace(field, descends=not field.descends) for field in fields]
    reader.expect_end()
    if not fields:
        raise call.error("A sort field is expected.")
    return partial(_sort, fields, limit if count is None else count, search)


def _sort(fields: list[SortField], limit: int, search: Search, stream: Stream) -> Stream:
    rows = sort_rows(search.leeway.unsorted(list(search.guard(stream.rows))), fields)
    if limit and len(rows) > limit:
        search.say("WARN", f"sort kept the first {limit} of {len(rows)} rows")
        rows = rows[:limit]
    in_order = "" if fields[0].name != "_time" else "descending" if fields[0].descends else "ascending"
    return replace(stream, rows=rows, time_order=in_order)


def sort_rows(rows: list[Row], fields: list[SortField]) -> list[Row]:
    """Return the rows in order; equal ones keep theirs."""
    for field in reversed(fields):
        keyed: list[tuple[SortKey, Row]] = []
        missing: list[Row] = []
        for row in rows:
            value = row.get(field.name)
            if value is None:
                missing.append(row)
            else:
                keyed.append((field.key(value), row))
        keyed.sort(key=itemgetter(0), reverse=field.descends)
        rows = [row for _, row in keyed] + missing
    return rows
