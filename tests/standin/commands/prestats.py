"""prestats=t of tstats: what it counted, given on to stats, chart or timechart, which make the result.

Splunk's format is its own; here the rows themselves are given on, one for each group of BY that they belong to, with
the fields of BY and of the aggregates and nothing else. So the command behind it must ask for aggregates that tstats
computed, every tstats of an append must compute the same, and those that depend on the order of events are refused.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from standin.commands.aggregates import read_aggregates
from standin.commands.arguments import Reader
from standin.commands.grouping import Grouping, keys_of
from standin.environment import Row
from standin.language.pipeline import Call

WITHOUT_EFFECT = frozenset({"local", "include_reduced_buckets", "allow_old_summaries", "chunk_size"})
OPTIONS = WITHOUT_EFFECT | {"summariesonly", "prestats", "append", "fillnull_value"}
PRESTATS = re.compile(r"\bprestats\s*=\s*\"?(?:t|true|1|yes)\b", re.IGNORECASE)
APPEND = re.compile(r"\bappend\s*=\s*\"?(?:t|true|1|yes)\b", re.IGNORECASE)
READERS = frozenset({"stats", "chart", "timechart"})
BY_ORDER = frozenset({"first", "last", "earliest", "latest", "earliest_time", "latest_time", "rate", "mode", "list"})
SAME = {"c": "count", "distinct_count": "dc", "mean": "avg"}
Computed = frozenset[tuple[str, str | None]]


def appended(calls: Sequence[Call]) -> frozenset[int]:
    """Return which calls add to the prestats before them; refuse prestats that nothing reads, or reads otherwise."""
    found: set[int] = set()
    computed: Computed | None = None
    for index, call in enumerate(calls):
        if _is_prestats(call):
            if computed is not None:
                _check_append(call, computed)
                found.add(index)
            computed = _computed(call, Reader(call))
        elif computed is not None:
            _check_reader(call, computed)
            computed = None
    if computed is not None:
        raise calls[-1].unsupported("prestats=t without stats, chart or timechart behind it")
    return frozenset(found)


def _is_prestats(call: Call) -> bool:
    return call.name == "tstats" and PRESTATS.search(call.arguments) is not None


def _check_append(call: Call, computed: Computed) -> None:
    if APPEND.search(call.arguments) is None:
        raise call.unsupported("prestats=t behind another without append=t")
    if _computed(call, Reader(call)) != computed:
        raise call.unsupported("append=t with other aggregates than the tstats before it")


def _check_reader(call: Call, computed: Computed) -> None:
    if call.name not in READERS:
        raise call.unsupported("on what prestats=t gives")
    if not _computed(call, Reader(call)) <= computed:
        raise call.unsupported("aggregate that the tstats with prestats=t did not compute")


def _computed(call: Call, reader: Reader) -> Computed:
    while reader.accept_option() is not None:
        reader.accept(",")
    aggregates = read_aggregates(reader, "from")
    for one in aggregates:
        if one.function in BY_ORDER:
            raise call.unsupported(f"aggregate {one.function} with prestats=t")
    return frozenset((SAME.get(one.function, one.function), one.field) for one in aggregates)


def prestats_rows(grouping: Grouping, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield each row once for each of its groups, with the fields that are grouped by or aggregated."""
    by = grouping.by
    fields = [one.field for one in grouping.aggregates if one.field is not None]
    for row in rows:
        kept = {name: row[name] for name in fields if name in row}
        for key in keys_of(row, by) if by else ((),):
            yield {**kept, **dict(zip(by, key, strict=True))}
