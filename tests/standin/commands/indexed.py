"""tstats over indexed fields: stats of what the index itself holds, without any field of search time.

    tstats [option=value]... aggregate[, aggregate]... [WHERE search] [BY field... [span=timespan]]

Indexed are `_time _indextime host index linecount punct source sourcetype splunk_server` and the fields that ingest
wrote. WHERE and BY see nothing else: a field of search time is simply not there. Aggregates take neither eval nor
wildcards. Data models, namespaces, prestats and PREFIX() are refused by name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from standin.commands.accumulators import moment_of
from standin.commands.aggregates import Aggregate, read_aggregates, read_by, refuse_empty
from standin.commands.arguments import QUOTED, Reader, boolean
from standin.commands.filtering import bounds_of
from standin.commands.grouping import Grouping, stats_of
from standin.commands.stream import Search, Step, Stream
from standin.commands.subsearch import expand_subsearches
from standin.environment import Row, TimeBounds
from standin.language.filters import Filter, compile_filter, fields_of
from standin.language.pipeline import Call
from standin.values import wildcard
from standin.values.numbers import normal
from standin.values.timespan import Span, floor_time, read_span

WITHOUT_EFFECT = frozenset({"local", "summariesonly", "include_reduced_buckets", "allow_old_summaries", "chunk_size"})
OPTIONS = WITHOUT_EFFECT | {"prestats", "append", "fillnull_value"}
BY = re.compile(r"\bby\b", re.IGNORECASE)
PREFIX = re.compile(r"\bPREFIX\s*\(", re.IGNORECASE)
NOT_IN_INDEX = ("eventtype", "tag")


@dataclass(frozen=True)
class Question:
    """What was asked of the index."""

    grouping: Grouping
    where: Filter
    bounds: TimeBounds
    span: Span | None
    fill: str | None


def build_tstats(call: Call, search: Search) -> Step:
    """Compute aggregates of indexed fields."""
    call = expand_subsearches(call, search)
    prefix = PREFIX.search(call.arguments)
    if prefix is not None:
        raise call.unsupported("directive PREFIX()", call.position + prefix.start())
    reader = Reader(call)
    options = reader.options(OPTIONS)
    for name in ("prestats", "append"):
        if boolean(call, options, name, default=False):
            raise call.unsupported(f"option {name}=true")
    if boolean(call, options, "summariesonly", default=False):
        search.say("WARN", "summariesonly is not emulated: there are no summaries, everything is read")
    question = _read(reader, options.get("fillnull_value"), search)
    return partial(_tstats, question, search)


def _read(reader: Reader, fill: str | None, search: Search) -> Question:
    aggregates = read_aggregates(reader, "from")
    refuse_empty(reader, aggregates)
    _check(reader, aggregates)
    if reader.accept_word("from"):
        raise reader.call.unsupported("FROM", reader.position)
    where = _read_where(reader)
    by = read_by(reader)
    if any(map(wildcard.has_wildcard, by)):
        raise reader.error("Wildcards are not allowed in the BY clause.")
    text = reader.options({"span"}).get("span")
    reader.expect_end()
    if (text is None) == ("_time" in by):
        raise reader.call.unsupported("BY _time without span, or span without it", reader.position)
    span = None if text is None else read_span(text)
    if text is not None and span is None:
        raise reader.error(f"The value '{text}' for option span is invalid.")
    return Question(Grouping(aggregates, by), where, bounds_of(where, search), span, fill)


def _check(reader: Reader, aggregates: list[Aggregate]) -> None:
    for aggregate in aggregates:
        if aggregate.evaluate is not None:
            raise reader.error("Eval expressions are not allowed inside aggregate functions.")
        if aggregate.has_wildcard:
            raise reader.error("Wildcards are not allowed in aggregate functions.")


def _read_where(reader: Reader) -> Filter:
    if not reader.accept_word("where"):
        return compile_filter("*")
    text, position = reader.rest, reader.position
    masked = QUOTED.sub(lambda match: " " * len(match.group()), text)
    end = BY.search(masked)
    clause = text if end is None else text[: end.start()]
    reader.skip(len(clause))
    where = compile_filter(clause, position)
    for one in fields_of(where.clause):
        if one.field in NOT_IN_INDEX or one.field.startswith("tag::"):
            raise reader.call.unsupported(f"{one.field} in WHERE", position)
    return where


def _tstats(question: Question, search: Search, stream: Stream) -> Stream:
    return stats_of(question.grouping, search, _rows(question, search))


def _rows(question: Question, search: Search) -> Iterator[Row]:
    where, environment = question.where, search.environment
    for event in search.guard(environment.scan(where.indexes, question.bounds, where.substrings)):
        row = environment.indexed(event)
        if where.matches(row):
            row.pop("_raw", None)  # words of the text can be looked up, the text itself is not in the index
            yield _prepared(row, question)


def _prepared(row: Row, question: Question) -> Row:
    if question.fill is not None:
        for name in question.grouping.by:
            row.setdefault(name, question.fill)
    moment = moment_of(row)
    if question.span is not None and moment is not None:
        row["_time"] = normal(floor_time(moment, question.span))
    return row
