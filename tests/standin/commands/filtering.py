"""Commands that keep or drop rows: search, where, regex."""

from collections.abc import Iterator
from functools import partial

from standin.commands.framing import WHERE_FRAME, framed
from standin.commands.stream import Read, Search, Step, Stream
from standin.commands.subsearch import expand_subsearches
from standin.environment import Row, TimeBounds
from standin.language.errors import SearchError
from standin.language.filters import Filter, compile_filter
from standin.language.pipeline import Call
from standin.values.numbers import format_number
from standin.values.timemodifier import resolve_time

SUBSTITUTED = "Your timerange was substituted based on your search string"


def build_search(call: Call, search: Search, *, is_first: bool) -> Step:
    """Read events where the command is the first, else keep the rows that match."""
    expanded = expand_subsearches(call, search)
    compiled = compile_filter(expanded.arguments, expanded.position)
    if is_first:
        return partial(_scan, compiled, bounds_of(compiled, search), search)
    if compiled.time_terms:
        raise call.unsupported(f"term {compiled.time_terms[0].name} after the first command")
    return lambda stream: stream.with_rows(row for row in search.guard(stream.rows) if compiled.matches(row))


def _scan(compiled: Filter, bounds: TimeBounds, search: Search, stream: Stream) -> Stream:
    search.reads.append(Read(compiled, bounds))
    return Stream(_events(compiled, bounds, search), is_events=True, time_order="descending")


def _events(compiled: Filter, bounds: TimeBounds, search: Search) -> Iterator[Row]:
    matches, equalities, finds = compiled.matches, compiled.equalities, search.environment.finds
    for row in search.guard(search.environment.scan(compiled.indexes, bounds, compiled.substrings)):
        if matches(row) and all(finds(row, field, value) for field, value in equalities):
            # a row that works out its fields when asked was made for this search
            yield row.copy() if row.__class__ is dict else row


def bounds_of(compiled: Filter, search: Search) -> TimeBounds:
    """Return the bounds of time: those of the job, replaced by what the search string says."""
    found = {term.name: (term, _moment(term.name, term.value, term.position, search)) for term in compiled.time_terms}
    moments = {name: moment for name, (_, moment) in found.items()}
    bounds = search.bounds
    if "earliest" in moments or "latest" in moments:
        latest = moments.get("latest", search.environment.now)
        bounds = bounds._replace(earliest=moments.get("earliest"), latest=latest)
        search.say("INFO", SUBSTITUTED)
    bounds = bounds._replace(
        index_earliest=moments.get("_index_earliest", bounds.index_earliest),
        index_latest=moments.get("_index_latest", bounds.index_latest),
    )
    if found and bounds.earliest is not None and bounds.latest is not None and bounds.earliest > bounds.latest:
        start, end = format_number(bounds.earliest), format_number(bounds.latest)
        position = next(iter(found.values()))[0].position
        raise SearchError(f"Invalid time bounds in search: start={start} > end={end}.", position)
    return bounds


def _moment(name: str, value: str, position: int, search: Search) -> float:
    try:
        return resolve_time(value, search.environment.now)
    except ValueError:
        raise SearchError(f"Invalid value \"{value}\" for time term '{name}'", position) from None


def build_where(call: Call, search: Search) -> Step:
    """Keep the rows for which an expression is true; null is not true. Without an expression every row stays."""
    expanded = expand_subsearches(call, search)
    if not expanded.arguments.strip():
        return lambda stream: stream
    expression = framed(expanded.arguments, expanded.position, WHERE_FRAME)
    if not expression.is_boolean:
        raise call.error("The expression is malformed. It does not give a boolean.")
    run, scope = expression.run, search.scope
    return lambda stream: stream.with_rows(row for row in search.guard(stream.rows) if run(row, scope) is True)
