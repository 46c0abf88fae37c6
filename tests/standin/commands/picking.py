"""Commands about repetition: dedup, top, rare, uniq."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from standin.commands.arguments import Reader, boolean, integer
from standin.commands.grouping import Key, keys_of
from standin.commands.ordering import read_sort_fields, sort_rows
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row
from standin.language.pipeline import Call
from standin.values.multivalue import as_texts
from standin.values.numbers import Measured

DEDUP_OPTIONS = frozenset({"keepevents", "keepempty", "consecutive"})
TOP_OPTIONS = frozenset({"countfield", "limit", "otherstr", "percentfield", "showcount", "showperc", "useother"})
PERCENT_DECIMALS = 6
Counts = Counter[Key]


def build_dedup(call: Call, search: Search) -> Step:
    """Keep the first rows (one, or a count) of each combination of fields; rows without one of them go."""
    reader = Reader(call)
    options = reader.options(DEDUP_OPTIONS)
    count = reader.accept_count()
    options |= reader.options(DEDUP_OPTIONS)
    names = reader.names_until("sortby")
    options |= reader.options(DEDUP_OPTIONS)
    sorting = read_sort_fields(reader) if reader.accept_word("sortby") else []
    options |= reader.options(DEDUP_OPTIONS)
    reader.expect_end()
    if not names or count == 0:
        raise call.error("Field names and a count of at least one are expected.")
    rule = _Dedup(names, count or 1, {name: boolean(call, options, name, False) for name in DEDUP_OPTIONS})

    def step(stream: Stream) -> Stream:
        if sorting:  # before, since it decides which of several rows stays
            rows = search.leeway.unsorted(list(search.guard(stream.rows)))
            stream = stream.with_rows(sort_rows(rows, sorting))
        return stream.with_rows(rule.rows(search, stream))

    return step


class _Dedup:
    def __init__(self, names: list[str], count: int, options: dict[str, bool]) -> None:
        self.names = names
        self.count = count
        self.options = options

    def rows(self, search: Search, stream: Stream) -> Iterator[Row]:
        seen: Counter[Key] = Counter()
        for row in search.guard(stream.rows):
            key = tuple("\n".join(as_texts(row.get(name))) for name in self.names)
            if any(name not in row for name in self.names):
                if self.options["keepempty"]:
                    yield row
                continue
            if self.options["consecutive"] and key not in seen:
                seen.clear()
            seen[key] += 1
            if seen[key] <= self.count:
                yield row
            elif self.options["keepevents"]:
                yield {name: value for name, value in row.items() if name not in self.names}


def build_uniq(call: Call, search: Search) -> Step:
    """Drop rows that equal the one before them."""
    Reader(call).expect_end()

    def run(stream: Stream) -> Iterator[Row]:
        last: Row | None = None
        for row in search.guard(stream.rows):
            if row != last:
                yield row
            last = dict(row)

    return lambda stream: stream.with_rows(run(stream))


def build_top(call: Call, search: Search) -> Step:
    """Count combinations of fields and keep the most frequent (top) or the least frequent (rare)."""
    reader = Reader(call)
    options = reader.options(TOP_OPTIONS)
    count = reader.accept_count()
    options |= reader.options(TOP_OPTIONS)
    names = reader.names_until("by")
    by = reader.names() if reader.accept_word("by") else []
    options |= reader.options(TOP_OPTIONS)
    reader.expect_end()
    if not names:
        raise call.error("A field name is expected.")
    limit = integer(call, options, "limit", 10) if count is None else count
    return partial(_Top(call, names, by, limit, options).run, search)


class _Top:
    def __init__(self, call: Call, names: list[str], by: list[str], limit: int, options: dict[str, str]) -> None:
        self.names, self.by, self.limit = names, by, limit
        self.count_field = options.get("countfield", "count")
        self.percent_field = options.get("percentfield", "percent")
        self.other = options.get("otherstr", "OTHER")
        self.shows_count = boolean(call, options, "showcount", True)
        self.shows_percent = boolean(call, options, "showperc", True)
        self.uses_other = boolean(call, options, "useother", False)
        self.sign = 1 if call.name == "rare" else -1

    def run(self, search: Search, stream: Stream) -> Stream:
        groups: dict[Key, Counts] = {}
        for row in search.guard(stream.rows):
            for key in keys_of(row, self.by) if self.by else ((),):
                counts = groups.setdefault(tuple(key), Counter())
                counts.update(keys_of(row, self.names))
        rows = [row for key in sorted(groups) for row in self._group(key, groups[key])]
        shown = [self.count_field] * self.shows_count + [self.percent_field] * self.shows_percent
        return Stream(rows, order=[*self.by, *self.names, *shown])

    def _group(self, key: Key, counts: Counts) -> Iterator[Row]:
        total = counts.total()
        # of equal counts the last in lexicographical order comes first (Search Reference, top)
        ranked = sorted(sorted(counts.items(), reverse=True), key=lambda item: self.sign * item[1])
        kept = ranked[: self.limit or None]
        for values, count in kept:
            yield self._row(key, values, count, total)
        rest = total - sum(count for _, count in kept)
        if self.uses_other and rest:
            yield self._row(key, (self.other,) * len(self.names), rest, total)

    def _row(self, key: Key, values: Key, count: int, total: int) -> Row:
        row: Row = {**dict(zip(self.by, key, strict=True)), **dict(zip(self.names, values, strict=True))}
        if self.shows_count:
            row[self.count_field] = count
        if self.shows_percent:
            row[self.percent_field] = Measured(count * 100 / total, PERCENT_DECIMALS)
        row["_tc"] = total
        return row
