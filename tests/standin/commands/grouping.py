"""stats and eventstats: rows in groups, one result a group.

A row without one of the BY fields belongs to no group; a multivalue puts its row into one group for each value. Groups
come sorted by their BY fields. Without BY there is one row, unless nothing in it can be computed.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from standin.commands.accumulators import Accumulator
from standin.commands.aggregates import Aggregate, expand_wildcards, read_aggregates, read_by, warn_of_cut_lists
from standin.commands.arguments import Reader
from standin.commands.ordering import natural_key
from standin.commands.selecting import known_fields
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row, Value
from standin.language.errors import LimitReached
from standin.language.pipeline import Call
from standin.values.multivalue import Delimited, as_texts

Key = tuple[str, ...]
MAX_KEYS_A_ROW = 10_000
STATS_OPTIONS = frozenset({"partitions", "allnum", "dedup_splitvals"})
EVENTSTATS_OPTIONS = frozenset({"allnum"})


@dataclass(frozen=True)
class Grouping:
    """What stats and eventstats compute, and by what."""

    aggregates: list[Aggregate]
    by: list[str]
    delimiter: str | None = None

    def expanded(self, names: Iterable[str]) -> "Grouping":
        """Return the grouping with wildcards replaced by the fields that are there."""
        return replace(self, aggregates=expand_wildcards(self.aggregates, names, self.by))

    @property
    def has_wildcard(self) -> bool:
        """Tell whether the fields that are there must be known first."""
        return any(aggregate.has_wildcard for aggregate in self.aggregates)

    def outputs(self) -> list[str]:
        """Return the fields that are computed."""
        return [aggregate.output for aggregate in self.aggregates]


def keys_of(row: Row, by: Sequence[str]) -> Iterable[Key]:
    """Return the groups that a row belongs to."""
    if len(by) == 1:
        value = row.get(by[0])
        return ((value,),) if value.__class__ is str else [(text,) for text in as_texts(value)]
    values = [as_texts(row.get(name)) for name in by]
    if math.prod(map(len, values)) > MAX_KEYS_A_ROW:
        raise LimitReached(f"one row belongs to more than {MAX_KEYS_A_ROW} groups")
    return product(*values)


def build_stats(call: Call, search: Search) -> Step:
    """Replace rows by one row for each group."""
    grouping = read_grouping(call, STATS_OPTIONS, ("delim",))
    return partial(_stats, grouping, search) if grouping.aggregates or grouping.by else lambda stream: stream


def read_grouping(call: Call, unsupported: frozenset[str], allowed: Sequence[str] = ()) -> Grouping:
    """Read options, aggregates and BY fields; options may follow BY."""
    reader = Reader(call)
    options = reader.options(allowed, unsupported)
    aggregates = read_aggregates(reader)
    by = read_by(reader)
    options |= reader.options(allowed, unsupported)
    reader.expect_end()
    return Grouping(aggregates, by, options.get("delim"))


def _stats(grouping: Grouping, search: Search, stream: Stream) -> Stream:
    rows: Iterable[Row] = search.guard(stream.rows)
    if grouping.has_wildcard:
        rows = list(rows)
        grouping = grouping.expanded(known_fields(rows, stream))
    return stats_of(grouping, search, rows)


def stats_of(grouping: Grouping, search: Search, rows: Iterable[Row]) -> Stream:
    """Return one row for each group of some rows."""
    groups = collect(grouping, rows, search)
    found = _rows(grouping, groups)
    order = [*grouping.by, *grouping.outputs()]
    in_order = "ascending" if grouping.by[:1] == ["_time"] else ""
    return Stream(found, order=order, time_order=in_order, declared=frozenset(order))


Groups = dict[Key, list[Accumulator]]


def collect(grouping: Grouping, rows: Iterable[Row], search: Search) -> Groups:
    """Run every row through the accumulators of its groups."""
    groups: Groups = {}
    by, scope = grouping.by, search.scope
    pairs = list(enumerate(grouping.aggregates))
    for row in rows:
        for key in keys_of(row, by) if by else ((),):
            accumulators = groups.get(key)
            if accumulators is None:
                accumulators = groups[key] = [aggregate.make() for aggregate in grouping.aggregates]
                search.check(len(groups))
            for index, aggregate in pairs:
                texts = aggregate.texts(row, scope)
                if texts:
                    accumulators[index].add(texts, row)  # type: ignore[arg-type]
    if not by and not groups:
        groups[()] = [aggregate.make() for aggregate in grouping.aggregates]
    warn_of_cut_lists(search, (one for accumulators in groups.values() for one in accumulators))
    return groups


def _rows(grouping: Grouping, groups: Groups) -> Iterator[Row]:
    for key in sorted(groups, key=lambda key: [natural_key(text) for text in key]):
        row: Row = dict(zip(grouping.by, key, strict=True))
        row.update(results(grouping, groups[key]))
        if row:
            yield row


def results(grouping: Grouping, accumulators: Sequence[Accumulator]) -> Row:
    """Return the fields that a group's accumulators give; nothing to compute gives no field."""
    pairs = zip(grouping.aggregates, accumulators, strict=True)
    values = ((aggregate.output, accumulator.result()) for aggregate, accumulator in pairs)
    return {name: _delimited(value, grouping.delimiter) for name, value in values if value is not None}


def _delimited(value: Value, delimiter: str | None) -> Value:
    return value if delimiter is None or not isinstance(value, list) else Delimited(value, delimiter)


def build_eventstats(call: Call, search: Search) -> Step:
    """Add the results of its group to every row; a row that belongs to no group stays as it is."""
    return partial(_eventstats, read_grouping(call, EVENTSTATS_OPTIONS), search)


def _eventstats(grouping: Grouping, search: Search, stream: Stream) -> Stream:
    rows = list(search.guard(stream.rows))
    if grouping.has_wildcard:
        grouping = grouping.expanded(known_fields(rows, stream))
    groups = collect(grouping, rows, search)
    computed = {key: results(grouping, accumulators) for key, accumulators in groups.items()}
    for row in rows:
        for key in keys_of(row, grouping.by) if grouping.by else ((),):
            row.update(computed[key])
    return stream.with_rows(rows).declaring(*grouping.outputs())
