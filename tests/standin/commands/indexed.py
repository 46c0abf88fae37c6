"""tstats: stats of what the index itself holds, or of a data model.

    tstats [option=value]... aggregate[, aggregate]... [FROM datamodel=MODEL[.ROOT]] [WHERE search]
        [BY field... [span=timespan] [fillnull_value=text]]

Without FROM there are `_time _indextime host index linecount punct source sourcetype splunk_server` and the fields that
ingest wrote; a field of search time is simply not there. With FROM there are the fields of the model with the lineage
of their dataset in front, the default fields, `index`, and `nodename`, which names the datasets of a row. There are no
summaries: the search of the model is run, and summariesonly finds nothing. Aggregates take neither eval nor wildcards.
prestats gives the rows on to stats, chart or timechart (`prestats`). Namespaces and PREFIX() are refused by name.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from standin.commands.accumulators import moment_of
from standin.commands.aggregates import Aggregate, read_aggregates, read_by, refuse_empty
from standin.commands.arguments import QUOTED, Reader, boolean
from standin.commands.datamodel import NO_SUMMARY, read_names, split_names
from standin.commands.datasets import find_dataset, tree_fields, tree_rows
from standin.commands.filtering import bounds_of
from standin.commands.grouping import Grouping, stats_of
from standin.commands.prestats import OPTIONS, prestats_rows
from standin.commands.stream import Search, Step, Stream
from standin.commands.subsearch import DRY_FIELDS, expand_subsearches
from standin.datasets import DataModel, Dataset
from standin.environment import Row
from standin.language.errors import Unsupported
from standin.language.filters import Filter, compile_filter, fields_of
from standin.language.known import TIME_SYNONYMS, TIME_TERMS
from standin.language.pipeline import Call
from standin.language.searchtree import Clause, Comparison, Membership, Not, Term
from standin.values import wildcard
from standin.values.numbers import normal
from standin.values.timespan import Span, floor_time, read_span

BY = re.compile(r"\bby\b", re.IGNORECASE)
PREFIX = re.compile(r"\bPREFIX\s*\(", re.IGNORECASE)
NOT_IN_INDEX = ("eventtype", "tag")
Rows = Callable[[], Iterable[Row]]


@dataclass(frozen=True)
class Question:
    """What was asked, and the rows that it is asked of."""

    grouping: Grouping
    where: Filter
    span: Span | None
    fill: str | None
    rows: Rows = tuple

    def named(self) -> list[str]:
        """Return the fields that are asked for, each once."""
        aggregated = [one.field for one in self.grouping.aggregates if one.field is not None]
        filtered = [one.field for one in fields_of(self.where.clause)]
        return list(dict.fromkeys([*aggregated, *self.grouping.by, *filtered]))

    def prepared(self) -> Iterator[Row]:
        """Yield the rows that WHERE lets pass, their times in spans, missing fields of BY filled."""
        for row in self.rows():
            if self.where.matches(row):
                row.pop("_raw", None)  # words of the text can be looked up, the text itself is not in the index
                yield self._prepared(row)

    def _prepared(self, row: Row) -> Row:
        if self.fill is not None:
            for name in self.grouping.by:
                row.setdefault(name, self.fill)
        moment = moment_of(row)
        if self.span is not None and moment is not None:
            row["_time"] = normal(floor_time(moment, self.span))
        return row


def build_tstats(call: Call, search: Search) -> Step:
    """Compute aggregates of indexed fields, or of the fields of a data model."""
    call = expand_subsearches(call, search)
    prefix = PREFIX.search(call.arguments)
    if prefix is not None:
        raise call.unsupported("directive PREFIX()", call.position + prefix.start())
    reader = Reader(call)
    options = reader.options(OPTIONS)
    only_summaries = boolean(call, options, "summariesonly", default=False)
    appends = boolean(call, options, "append", default=False)
    is_partial = boolean(call, options, "prestats", default=False)
    if appends and not is_partial:
        raise call.error("append=true is valid in prestats mode only.")
    question = _read(reader, options.get("fillnull_value"), search, only_summaries=only_summaries)
    if is_partial:
        return partial(_partial, question, search, appends=appends)
    return lambda stream: stats_of(question.grouping, search, question.prepared())


def _partial(question: Question, search: Search, stream: Stream, *, appends: bool) -> Stream:
    rows = prestats_rows(question.grouping, search.guard(question.prepared()))
    return Stream(chain(stream.rows, rows) if appends else rows)


def _read(reader: Reader, fill: str | None, search: Search, *, only_summaries: bool) -> Question:
    aggregates = read_aggregates(reader, "from")
    refuse_empty(reader, aggregates)
    _check(reader, aggregates)
    model = _read_model(reader, search) if reader.accept_word("from") else None
    where = _read_where(reader, of_model=model is not None)
    by = read_by(reader)
    if any(map(wildcard.has_wildcard, by)):
        raise reader.error("Wildcards are not allowed in the BY clause.")
    behind = reader.options({"span", "fillnull_value"})
    reader.expect_end()
    span = _read_span(reader, behind.get("span"), by)
    question = Question(Grouping(aggregates, by), where, span, behind.get("fillnull_value", fill))
    rows = _index_rows(where, search) if model is None else _model_rows(reader.call, search, question, *model)
    if only_summaries:
        rows = _without_summaries(search, rows, of_model=model is not None)
    return replace(question, rows=rows)


def _check(reader: Reader, aggregates: list[Aggregate]) -> None:
    for aggregate in aggregates:
        if aggregate.evaluate is not None:
            raise reader.error("Eval expressions are not allowed inside aggregate functions.")
        if aggregate.has_wildcard:
            raise reader.error("Wildcards are not allowed in aggregate functions.")


def _read_span(reader: Reader, text: str | None, by: list[str]) -> Span | None:
    if (text is None) == ("_time" in by) or text == "auto":
        raise reader.call.unsupported("BY _time without span, or span without it", reader.position)
    span = None if text is None else read_span(text)
    if text is not None and span is None:
        raise reader.error(f"The value '{text}' for option span is invalid.")
    return span


def _read_model(reader: Reader, search: Search) -> tuple[DataModel, Dataset]:
    if reader.peek_option() != "datamodel":
        raise reader.call.unsupported("FROM anything but datamodel=", reader.position)
    position = reader.position
    reader.skip(reader.rest.index("=") + 1)
    model, name = split_names(reader.call, search, read_names(reader), position)
    if name is not None:
        dataset = find_dataset(reader.call, model, name, position)
        if dataset.is_root:
            return model, dataset
        hint = f"write FROM datamodel={model.name}.{model.line(dataset)[0].name} WHERE nodename={dataset.lineage}"
        raise Unsupported("tstats FROM a dataset that is no root", position, hint)
    roots = model.roots()
    if len(roots) != 1:
        raise reader.call.unsupported("FROM a data model of several roots without one of them", position)
    return model, roots[0]


def _read_where(reader: Reader, *, of_model: bool) -> Filter:
    if not reader.accept_word("where"):
        return compile_filter("*")
    text, position = reader.rest, reader.position
    masked = QUOTED.sub(lambda match: " " * len(match.group()), text)
    end = BY.search(masked)
    clause = text if end is None else text[: end.start()]
    reader.skip(len(clause))
    where = compile_filter(clause, position)
    if of_model and (term := _first_term(where.clause)) is not None:
        raise reader.call.unsupported(f"term {term.text!r} in WHERE of a data model", term.position)
    for one in () if of_model else fields_of(where.clause):
        if one.field in NOT_IN_INDEX or one.field.startswith("tag::"):
            raise reader.call.unsupported(f"{one.field} in WHERE", position)
    return where


def _first_term(clause: Clause) -> Term | None:
    """Return the first word that WHERE looks for in events, a lone star aside."""
    if isinstance(clause, Term):
        return clause if clause.text.strip("*") else None
    if isinstance(clause, (Comparison, Membership)):
        return None
    operands = (clause.operand,) if isinstance(clause, Not) else clause.operands
    return next((term for one in operands if (term := _first_term(one)) is not None), None)


def _index_rows(where: Filter, search: Search) -> Rows:
    bounds, environment = bounds_of(where, search), search.environment

    def rows() -> Iterator[Row]:
        for event in search.guard(environment.scan(where.indexes, bounds, where.substrings)):
            yield environment.indexed(event)

    return rows


def _model_rows(call: Call, search: Search, question: Question, model: DataModel, root: Dataset) -> Rows:
    named = question.named()
    known = tree_fields(model, root) | set(TIME_TERMS) | set(TIME_SYNONYMS)
    known |= DRY_FIELDS if search.is_dry else frozenset()
    for name in named:
        if name not in known:  # Splunk finds nothing in such a field and says nothing
            text = f"data model {model.name} has no field {name} below {root.name}"
            search.doubt(text, call.position + max(0, call.arguments.find(name)))
    inner = replace(search, bounds=bounds_of(question.where, search))
    return tree_rows(call, inner, model, root, {"_time", *named})


def _without_summaries(search: Search, rows: Rows, *, of_model: bool) -> Rows:
    if of_model:
        search.say("WARN", NO_SUMMARY)
        return tuple
    search.say("WARN", "summariesonly is not emulated: there are no summaries, everything is read")
    return rows
