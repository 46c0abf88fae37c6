"""Commands that read fields out of text: rex, regex, spath.

`spath` without a path reads the first 5,000 characters only ([spath] extraction_cutoff), with one it reads everything.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from standin.commands.arguments import Reader, integer
from standin.commands.sed import compile_sed
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row, Value
from standin.language.errors import SearchError
from standin.language.functions.jsons import spath_values
from standin.language.pipeline import Call
from standin.values import jsontext, regex
from standin.values.multivalue import as_texts, from_texts

CUTOFF = 5_000
RAW = "_raw"


def pattern_of(reader: Reader) -> str:
    """Read a regular expression: in quotes, or everything that is left."""
    if reader.rest.startswith('"'):
        return reader.value("A regular expression is expected.")
    text = reader.rest.strip()
    reader.skip(len(reader.rest))
    return text


def build_rex(call: Call, search: Search) -> Step:
    """Extract named groups into fields, or with mode=sed rewrite a field."""
    reader = Reader(call)
    options = reader.options({"field", "max_match", "mode", "offset_field"})
    if reader.at_end:
        raise call.error("A regular expression is expected.")
    position = reader.position
    text = pattern_of(reader)
    options |= reader.options({"max_match", "offset_field"})
    reader.expect_end()
    field = options.get("field", RAW)
    if options.get("mode", "") == "sed":
        rewrite = _sed(call, text, position)
        return lambda stream: stream.with_rows(_rewritten(rewrite, field, search, stream))
    if "mode" in options:
        raise call.error(f"Invalid mode '{options['mode']}'.")
    rex = _Rex(
        _compile(call, text, position), field, integer(call, options, "max_match", 1), options.get("offset_field")
    )
    return lambda stream: stream.with_rows(rex.rows(search, stream)).declaring(*rex.names)


def _compile(call: Call, text: str, position: int) -> regex.Regex:
    try:
        compiled = regex.compile(text)
    except regex.RegexError as error:
        reason = f"Encountered the following error while compiling the regex '{text}': Regex: {error.reason}."
        raise call.error(reason, position + error.position) from None
    if not compiled.group_names:
        reason = f"The regex '{text}' does not extract anything. It should specify at least one named group. "
        raise call.error(reason + "Format: (?<name>...).", position)
    return compiled


def _sed(call: Call, text: str, position: int) -> Callable[[str], str]:
    try:
        return compile_sed(text)
    except (ValueError, regex.RegexError) as error:
        raise call.error(f"Failed to initialize sed. {error}.", position) from None


def _rewritten(rewrite: Callable[[str], str], field: str, search: Search, stream: Stream) -> Iterator[Row]:
    for row in search.guard(stream.rows):
        value = from_texts([rewrite(text) for text in as_texts(row.get(field))])
        if value is not None:
            row[field] = value
        yield row


class _Rex:
    def __init__(self, compiled: regex.Regex, field: str, limit: int, offset_field: str | None) -> None:
        self.compiled = compiled
        self.field = field
        self.limit = limit
        self.offset_field = offset_field
        self.groups = dict(compiled.group_names)
        self.names = [*self.groups, *([offset_field] if offset_field else [])]

    def rows(self, search: Search, stream: Stream) -> Iterator[Row]:
        for row in search.guard(stream.rows):
            for text in as_texts(row.get(self.field)):
                if self._extract(text, row, search):
                    break
            yield row

    def _extract(self, text: str, row: Row, search: Search) -> bool:
        found: dict[str, list[str]] = {name: [] for name in self.names}
        matched = False
        try:
            for count, match in enumerate(self.compiled.finditer(text), 1):
                matched = True
                self._take(match, found)
                if count == self.limit:
                    break
        except regex.RegexLimit:
            reason = f"regex={self.compiled.pattern} has exceeded the configured match_limit"
            search.say("ERROR", f"Error in 'rex' command: {reason}, consider raising the value in limits.conf.")
        row.update({name: value for name, texts in found.items() if (value := from_texts(texts)) is not None})
        return matched

    def _take(self, match: regex.Match, found: dict[str, list[str]]) -> None:
        for name, number in self.groups.items():
            text = match.group(number)
            if text:  # a group that is empty or took no part gives no field
                found[name].append(text)
        if self.offset_field:
            ends = {name: (match.start(number), match.end(number) - 1) for name, number in self.groups.items()}
            offsets = (f"{name}={start}-{end}" for name, (start, end) in ends.items() if end >= start)
            found[self.offset_field].append("&".join(offsets))


def build_regex(call: Call, search: Search) -> Step:
    """Keep rows whose field matches, or with `!=` does not; a row without the field does not match."""
    reader = Reader(call)
    if reader.at_end:
        raise call.error("A regular expression is expected.")
    field, negated = _left_side(reader)
    position = reader.position
    text = pattern_of(reader)
    reader.expect_end()
    try:
        compiled = regex.compile(text)
    except regex.RegexError as error:
        reason = f"The regex '{text}' is invalid. Regex: {error.reason}."
        raise SearchError(f"Error in 'SearchOperator:regex': {reason}", position) from None

    def holds(row: Row) -> bool:
        try:
            return any(compiled.search(one) is not None for one in as_texts(row.get(field))) is not negated
        except regex.RegexLimit:
            return negated

    return lambda stream: stream.with_rows(row for row in search.guard(stream.rows) if holds(row))


def _left_side(reader: Reader) -> tuple[str, bool]:
    match = re.match(r"([^\s\"=!]+)\s*(!?=)\s*", reader.rest)
    if match is None:
        return RAW, False
    reader.skip(match.end())
    return match.group(1), match.group(2) == "!="


def build_spath(call: Call, search: Search) -> Step:
    """Read JSON: one path into one field, or everything into fields of its own."""
    reader = Reader(call)
    options = reader.options({"input", "output", "path"})
    if not reader.at_end:
        options["path"] = reader.name("A path is expected.").text
    options |= reader.options({"input", "output", "path"})
    reader.expect_end()
    source, path = options.get("input", RAW), options.get("path")
    if path is None:
        if "output" in options:
            raise call.error("You have specified an output argument, but no path argument.")
        return partial(_spath_all, source, search)
    output = options.get("output", path)
    return lambda stream: stream.with_rows(_spath_one(source, path, output, search, stream)).declaring(output)


def _spath_one(source: str, path: str, output: str, search: Search, stream: Stream) -> Iterator[Row]:
    for row in search.guard(stream.rows):
        found = [spath_values(text, path) for text in as_texts(row.get(source))]
        value = from_texts([text for one in found for text in as_texts(_plain(one))])
        if value is not None:
            row[output] = value
        yield row


def _plain(value: Value | bool | None) -> Value | None:
    return None if isinstance(value, bool) else value


def _spath_all(source: str, search: Search, stream: Stream) -> Stream:
    def rows() -> Iterator[Row]:
        for row in search.guard(stream.rows):
            text = "\n".join(as_texts(row.get(source)))
            if len(text) > CUTOFF:
                search.say("WARN", f"spath without a path read the first {CUTOFF} characters of {source} only")
            for name, values in leaves(text).items():
                merged = list(dict.fromkeys([*as_texts(row.get(name)), *values])) if name in row else values
                row[name] = from_texts(merged) or ""
            yield row

    return stream.with_rows(rows())


def leaves(text: str, cutoff: int = CUTOFF) -> dict[str, list[str]]:
    """Return the leaves of a JSON text by name; of one that is longer than the cutoff, those before it."""
    found: dict[str, list[str]] = {}
    try:
        pairs = (
            jsontext.flatten(jsontext.parse(text)) if len(text) <= cutoff else jsontext.flatten_prefix(text[:cutoff])
        )
    except jsontext.NotJson:
        return {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
