"""Commands about multivalues: mvexpand, makemv, nomv, mvcombine."""

import re
from collections.abc import Iterator
from functools import partial

from standin.commands.arguments import Reader, boolean, integer
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row
from standin.language.pipeline import Call
from standin.values import regex
from standin.values.multivalue import MV_JOIN, Delimited, as_text, as_texts, from_texts


def _one_field(reader: Reader) -> str:
    return reader.name("A field name is expected.").text


def build_mvexpand(call: Call, search: Search) -> Step:
    """Make one row for each value; a row without the field stays."""
    reader = Reader(call)
    field = _one_field(reader)
    options = reader.options({"limit"})
    extra = reader.accept_name()
    if extra is not None:
        raise call.error(f"Invalid argument: '{extra.text}'", extra.position)
    reader.expect_end()
    limit = integer(call, options, "limit", 0)

    def run(stream: Stream) -> Iterator[Row]:
        for row in search.guard(stream.rows):
            value = row.get(field)
            if isinstance(value, list):
                for text in value[: limit or None]:
                    one = row.copy()
                    one[field] = text
                    yield one
            else:
                yield row

    return lambda stream: stream.with_rows(run(stream))


def build_makemv(call: Call, search: Search) -> Step:
    """Split a field into a multivalue, by a delimiter or by what a regular expression captures."""
    reader = Reader(call)
    options = reader.options({"delim", "tokenizer", "allowempty", "setsv"})
    field = _one_field(reader)
    options |= reader.options({"delim", "tokenizer", "allowempty", "setsv"})
    reader.expect_end()
    keeps_empty = boolean(call, options, "allowempty", False)
    split = _tokenizer(call, options["tokenizer"]) if "tokenizer" in options else _delimiter(options.get("delim", " "))

    def run(row: Row) -> Row:
        if field in row:
            texts = [text for text in split(as_text(row[field])) if text or keeps_empty]
            row[field] = from_texts(texts) or ""
        return row

    return lambda stream: stream.with_rows(map(run, search.guard(stream.rows)))


def _delimiter(delimiter: str) -> "partial[list[str]]":
    return partial(_split, re.compile(re.escape(delimiter)))


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    return pattern.split(text)


def _tokenizer(call: Call, text: str) -> "partial[list[str]]":
    try:
        compiled = regex.compile(text)
    except regex.RegexError as error:
        raise call.error(f"The tokenizer '{text}' is invalid. Regex: {error.reason}.") from None
    if compiled.group_count == 0:
        raise call.error(f"The tokenizer '{text}' must have a capturing group.")
    return partial(_tokens, compiled)


def _tokens(compiled: regex.Regex, text: str) -> list[str]:
    try:
        return [match.group(1) or "" for match in compiled.finditer(text)]
    except regex.RegexLimit:
        return []


def build_nomv(call: Call, search: Search) -> Step:
    """Turn a multivalue into one text, joined by the delimiter that stats gave it, else by newlines."""
    reader = Reader(call)
    field = _one_field(reader)
    reader.expect_end()

    def run(row: Row) -> Row:
        value = row.get(field)
        if isinstance(value, list):
            row[field] = (value.delimiter if isinstance(value, Delimited) else MV_JOIN).join(value)
        return row

    return lambda stream: stream.with_rows(map(run, search.guard(stream.rows)))


def build_mvcombine(call: Call, search: Search) -> Step:
    """Join rows that differ in one field only; its values become a multivalue."""
    reader = Reader(call)
    reader.options({"delim"})
    field = _one_field(reader)
    reader.expect_end()

    def step(stream: Stream) -> Stream:
        groups: dict[tuple[tuple[str, str], ...], Row] = {}
        for row in search.guard(stream.rows):
            key = tuple(sorted((name, repr(value)) for name, value in row.items() if name != field))
            kept = groups.setdefault(key, row)
            if kept is not row:
                kept[field] = from_texts([*as_texts(kept.get(field)), *as_texts(row.get(field))]) or ""
        return stream.with_rows(list(groups.values()))

    return step
