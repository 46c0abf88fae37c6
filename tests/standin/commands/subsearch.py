"""Subsearches: run before the search that holds them, cut at 10,000 rows and 60 s, turned into text by `format`.

Limits: `[subsearch] maxout = 10000`, `maxtime = 60` of limits.conf as shipped.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from standin.commands.stream import Search, Stream
from standin.environment import Row
from standin.language.errors import MalformedSearch
from standin.language.pipeline import Call, subsearches
from standin.values.multivalue import as_text, as_texts

MAX_ROWS = 10_000
MAX_SECONDS = 60.0
MAX_DEPTH = 8
NO_ROWS = "NOT ( )"
VERBATIM = frozenset({"search", "query"})
DRY_TEXT = '( ( "subsearch"="subsearch" ) )'
DRY_FIELDS = frozenset({"subsearch"})  # what DRY_TEXT compares


def run_subsearch(search: Search, text: str, position: int, limit: int = MAX_ROWS) -> Stream:
    """Run a subsearch to its end; more rows than the limit are cut with a warning."""
    if search.depth >= MAX_DEPTH:
        raise MalformedSearch(f"Subsearches are nested more than {MAX_DEPTH} deep.", position)
    inner = replace(
        search,
        bounds=search.environment.bounds,
        depth=search.depth + 1,
        deadline=min(search.deadline, time.monotonic() + MAX_SECONDS),
    )
    inner.messages = search.messages
    step = search.pipeline(text, position, inner, is_subsearch=True)
    if search.is_dry:
        return Stream([])
    limit = search.leeway.subsearch_rows(limit)
    stream = step(Stream([]))
    rows = list(islice(inner.guard(stream.rows), limit + 1))
    if len(rows) > limit:
        search.say("WARN", f"[subsearch]: Subsearch produced more than {limit} results, truncating to maxout {limit}.")
        rows.pop()
    return stream.with_rows(rows)


def expand_subsearches(call: Call, search: Search) -> Call:
    """Replace every `[...]` among the arguments by the text that its rows stand for."""
    spans = subsearches(call.arguments)
    if not spans:
        return call
    pieces, position = [], 0
    for start, end in spans:
        stream = run_subsearch(search, call.arguments[start + 1 : end - 1], call.position + start + 1)
        text = DRY_TEXT if search.is_dry else format_rows(list(stream.rows))
        pieces += [call.arguments[position:start], text]
        position = end
    return call._replace(arguments="".join([*pieces, call.arguments[position:]]))


def format_rows(
    rows: Sequence[Row], signs: Sequence[str] = ("(", "(", "AND", ")", "OR", ")"), mv_sign: str = "OR"
) -> str:
    """Return the search that finds what the rows say: `( ( a="x" AND b="y" ) OR ( ... ) )`."""
    row_prefix, column_prefix, column_sign, column_end, row_sign, row_end = signs
    texts = [_format_row(row, column_sign, mv_sign) for row in rows]
    texts = [text for text in texts if text]
    if not texts:
        return NO_ROWS
    if all(len(row) == 1 and VERBATIM.intersection(row) for row in rows):
        return f" {row_sign} ".join(texts)
    clauses = (f"{column_prefix} {text} {column_end}" for text in texts)
    return f"{row_prefix} " + f" {row_sign} ".join(clauses) + f" {row_end}"


def _format_row(row: Row, column_sign: str, mv_sign: str) -> str:
    names: Iterable[str] = sorted(name for name in row if not name.startswith("_"))
    clauses = []
    for name in names:
        if name in VERBATIM:
            clauses.append(as_text(row[name]))
            continue
        values = [f"{name}={quote(text)}" for text in as_texts(row[name])]
        clauses.append(values[0] if len(values) == 1 else "( " + f" {mv_sign} ".join(values) + " )")
    return f" {column_sign} ".join(clauses)


def quote(text: str) -> str:
    """Return a text in double quotes, as a search reads it back."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
