"""chart and timechart: aggregates in a table, one row for each value (or span of time), one column for each series.

series    the value of the field after BY; missing values go to NULL (usenull), all but the top 10 to OTHER (useother)
columns   the series' names; with several aggregates `aggregate: series`
ranking   by the sum of the aggregate over all rows, by frequency where there are several aggregates
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from standin.commands.accumulators import Accumulator, moment_of
from standin.commands.aggregates import COUNTS, Aggregate, read_aggregates, refuse_empty, warn_of_cut_lists
from standin.commands.arguments import Reader, boolean, integer
from standin.commands.bucketing import DEFAULT_BINS, choose_span
from standin.commands.ordering import natural_key
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row, Value
from standin.language.errors import LimitReached
from standin.language.pipeline import Call
from standin.values.multivalue import as_text, as_texts
from standin.values.numbers import normal, read_number
from standin.values.timespan import Span, floor_time, next_start, read_span

CHART_OPTIONS = frozenset({"limit", "useother", "usenull", "otherstr", "nullstr"})
TIMECHART_OPTIONS = CHART_OPTIONS | {"span", "bins", "minspan", "cont", "partial", "fixedrange"}
NOT_SUPPORTED = frozenset({"sep", "format", "agg", "aligntime", "dedup_splitvals"})
MAX_SPANS = 50_000
MAX_CELLS = 5_000_000
ZERO_WHEN_EMPTY = COUNTS | {"dc", "distinct_count", "estdc"}
NUMBERED_LIMIT = ("top", "bottom")


@dataclass(frozen=True)
class Chart:
    """What a chart shows."""

    aggregates: list[Aggregate]
    over: str
    series: str | None
    limit: int
    lowest: bool
    other: str | None
    null: str | None


def read_limits(call: Call, options: dict[str, str]) -> dict[str, object]:
    """Return how many series are kept, and the names of OTHER and NULL."""
    text = options.get("limit", "10")
    kind = next((word for word in NUMBERED_LIMIT if text.lower().startswith(word)), "")
    limit = integer(call, {"limit": text[len(kind) :].strip()}, "limit", 10)
    return {
        "limit": limit,
        "lowest": kind == "bottom",
        "other": options.get("otherstr", "OTHER") if boolean(call, options, "useother", True) else None,
        "null": options.get("nullstr", "NULL") if boolean(call, options, "usenull", True) else None,
    }


def build_chart(call: Call, search: Search) -> Step:
    """Show aggregates by one field in rows and another in columns."""
    reader = Reader(call)
    options = reader.options(CHART_OPTIONS, NOT_SUPPORTED | {"span", "bins", "cont", "start", "end"})
    aggregates = read_aggregates(reader)
    refuse_empty(reader, aggregates)
    over = reader.name("A field is expected after OVER.").text if reader.accept_word("over") else None
    by = reader.names_until("where") if reader.accept_word("by") else []
    if reader.peek_word("where"):
        raise call.unsupported("WHERE clause", reader.position)
    options |= reader.options(CHART_OPTIONS, NOT_SUPPORTED | {"span", "bins", "cont", "start", "end"})
    reader.expect_end()
    names = ([over] if over else []) + by
    if not 1 <= len(names) <= 2:
        raise call.error("One or two fields are expected after BY.")
    chart = _chart(call, aggregates, names[0], names[1] if len(names) == 2 else None, options)
    return partial(_run_chart, chart, search)


def _chart(call: Call, aggregates: list[Aggregate], over: str, series: str | None, options: dict[str, str]) -> Chart:
    limits = read_limits(call, options)
    if any(aggregate.has_wildcard for aggregate in aggregates):
        raise call.unsupported("aggregate of a wildcard")
    return Chart(aggregates, over, series, **limits)  # type: ignore[arg-type]


Placed = tuple[str, str, Row]
Cell = tuple[str, str]
Cells = dict[Cell, list[Accumulator]]


def _run_chart(chart: Chart, search: Search, stream: Stream) -> Stream:
    rows = [(key, row) for row in search.guard(stream.rows) for key in as_texts(row.get(chart.over))]
    columns, cells = tabulate(chart, rows, search)
    keys = sorted(dict.fromkeys(key for key, _ in rows), key=natural_key)
    _check_size(len(keys), columns)
    found = [_table_row(chart, key, {chart.over: key}, columns, cells) for key in keys]
    order = [chart.over, *_column_names(chart, columns)]
    return Stream(found, order=order, declared=frozenset(order))


def tabulate(chart: Chart, rows: Iterable[tuple[str, Row]], search: Search) -> tuple[list[str], Cells]:
    """Compute every cell; return the series in order of columns, and the cells by row key and series."""
    placed: list[Placed] = []
    for key, row in rows:
        for series in _series_of(chart, row):
            placed.append((key, series, row))
    cells = _cells(chart, placed, search)
    series_names = list(dict.fromkeys(series for _, series, _ in placed))
    kept = _kept(chart, placed, cells)
    if len(kept) < len(series_names) - (chart.null in series_names):
        placed, others = _with_other(chart, placed, set(kept))
        cells = {cell: found for cell, found in cells.items() if cell[1] in kept or cell[1] == chart.null}
        cells |= _cells(chart, others, search)
    last = [name for name in (chart.null, chart.other) if name and any(series == name for _, series, _ in placed)]
    ordered = sorted((name for name in kept if name not in last), key=natural_key)
    warn_of_cut_lists(search, (one for accumulators in cells.values() for one in accumulators))
    return ordered + [name for name in last if name], cells


def _series_of(chart: Chart, row: Row) -> list[str]:
    if chart.series is None:
        return [""]
    texts = as_texts(row.get(chart.series))
    return texts or ([chart.null] if chart.null else [])


def _cells(chart: Chart, placed: Iterable[Placed], search: Search) -> Cells:
    cells: Cells = {}
    scope = search.scope
    for key, series, row in placed:
        accumulators = cells.get((key, series))
        if accumulators is None:
            accumulators = cells[key, series] = [aggregate.make() for aggregate in chart.aggregates]
            search.check(len(cells))
        for aggregate, accumulator in zip(chart.aggregates, accumulators, strict=True):
            texts = list(aggregate.texts(row, scope))
            if texts:
                accumulator.add(texts, row)
    return cells


def _kept(chart: Chart, placed: Sequence[Placed], cells: Cells) -> list[str]:
    """Return the series that stay: by the sum of one aggregate, by how often they come where there are several."""
    names = list(dict.fromkeys(series for _, series, _ in placed))
    candidates = [name for name in names if name != chart.null or chart.series is None]
    if not chart.limit or len(candidates) <= chart.limit:
        return candidates
    totals: dict[str, float] = defaultdict(float)
    if len(chart.aggregates) > 1:
        totals.update(Counter(series for _, series, _ in placed))
    else:
        for (_, series), accumulators in cells.items():
            value = accumulators[0].result()
            number = None if value is None else read_number(as_text(value))
            totals[series] += float(number or 0)
    sign = 1 if chart.lowest else -1
    return sorted(candidates, key=lambda name: (sign * totals[name], name))[: chart.limit]


def _with_other(chart: Chart, placed: list[Placed], kept: set[str]) -> tuple[list[Placed], list[Placed]]:
    """Return all rows in their last series, and those whose cells have to be computed anew: OTHER's."""
    stays = kept | ({chart.null} if chart.null else set())
    if not chart.other:
        return [one for one in placed if one[1] in stays], []
    moved = [one if one[1] in stays else (one[0], chart.other, one[2]) for one in placed]
    return moved, [one for one in moved if one[1] == chart.other]


def _column_names(chart: Chart, columns: list[str]) -> list[str]:
    return [_column(chart, aggregate, series) for aggregate in chart.aggregates for series in columns]


def _column(chart: Chart, aggregate: Aggregate, series: str) -> str:
    if chart.series is None:
        return aggregate.output
    return series if len(chart.aggregates) == 1 else f"{aggregate.output}: {series}"


def _table_row(chart: Chart, key: str, row: Row, columns: list[str], cells: Cells) -> Row:
    for index, aggregate in enumerate(chart.aggregates):
        for series in columns:
            accumulators = cells.get((key, series))
            value: Value | None = accumulators[index].result() if accumulators is not None else None
            if value is None and aggregate.function in ZERO_WHEN_EMPTY:
                value = 0
            if value is not None:
                row[_column(chart, aggregate, series)] = value
    return row


def _check_size(rows: int, columns: list[str]) -> None:
    if rows * len(columns) > MAX_CELLS:
        raise LimitReached(f"a chart was ended: more than {MAX_CELLS} cells")


def build_timechart(call: Call, search: Search) -> Step:
    """Show aggregates over time."""
    reader = Reader(call)
    options = reader.options(TIMECHART_OPTIONS, NOT_SUPPORTED)
    aggregates = read_aggregates(reader)
    refuse_empty(reader, aggregates)
    series = reader.name("A field is expected after BY.").text if reader.accept_word("by") else None
    if reader.peek_word("where"):
        raise call.unsupported("WHERE clause", reader.position)
    options |= reader.options(TIMECHART_OPTIONS, NOT_SUPPORTED)
    reader.expect_end()
    span = read_span(options["span"]) if "span" in options else None
    if "span" in options and span is None:
        raise call.error(f"The value '{options['span']}' for option span is invalid.")
    minspan = read_span(options["minspan"]) if "minspan" in options else None
    axis = _Axis(
        span,
        bins=integer(call, options, "bins", DEFAULT_BINS),
        minspan=minspan.seconds if minspan is not None else None,
        is_continuous=boolean(call, options, "cont", True),
        keeps_partial=boolean(call, options, "partial", True),
        fixed=boolean(call, options, "fixedrange", True),
    )
    return partial(_run_timechart, _chart(call, aggregates, "_time", series, options), axis, search)


@dataclass(frozen=True)
class _Axis:
    span: Span | None
    bins: int
    minspan: float | None
    is_continuous: bool
    keeps_partial: bool
    fixed: bool

    def limits(self, search: Search, moments: list[float]) -> tuple[float, float]:
        """Return the times that the axis runs between: the search's bounds where they are set, else the data's."""
        first, last = min(moments, default=0.0), max(moments, default=0.0)
        bounds = search.bounds
        if self.fixed and bounds.earliest is not None and bounds.latest is not None:
            return bounds.earliest, max(bounds.earliest, bounds.latest - 1e-6)
        return first, last

    def starts(self, first: float, last: float, span: Span, used: Iterable[float]) -> list[float]:
        """Return the start of every span of the axis."""
        if not self.is_continuous:
            return sorted(set(used))
        starts = [floor_time(first, span)]
        while (start := next_start(starts[-1], span)) <= last:
            starts.append(start)
            if len(starts) > MAX_SPANS:
                raise LimitReached(f"timechart was ended: more than {MAX_SPANS} spans")
        return starts


def _run_timechart(chart: Chart, axis: _Axis, search: Search, stream: Stream) -> Stream:
    rows = [(moment, row) for row in search.guard(stream.rows) if (moment := moment_of(row)) is not None]
    first, last = axis.limits(search, [moment for moment, _ in rows])
    span = axis.span or choose_span(first, last, axis.bins, axis.minspan)
    keyed = [(repr(floor_time(moment, span)), row) for moment, row in rows]
    columns, cells = tabulate(replace(chart, over="_time"), keyed, search)
    used = [float(key) for key, _ in keyed]
    starts = axis.starts(first, last, span, used) if rows or (axis.fixed and search.bounds.latest is not None) else []
    _check_size(len(starts), columns)
    if not axis.keeps_partial:
        starts = [start for start in starts if start >= first and next_start(start, span) <= last + 1e-6]
    found = [_table_row(chart, repr(start), {"_time": normal(start)}, columns, cells) for start in starts]
    order = ["_time", *_column_names(chart, columns)]
    return Stream(found, order=order, time_order="ascending", declared=frozenset(order))
