"""A search in two parts: what each indexer runs over its own events, and what the search head runs over all of it.

    search | eval | where │ sort | streamstats …       rows merged, newest first, equal times in any order
    search | eval         │ stats …                    each indexer's share of the stats in any order

The first part ends before the first command that is no distributable streaming one, and what comes after stays on the
search head (Search Reference, Command types). Commands that statistics are made with send results of each indexer
(Search Manual, Types of commands, transforming): in which order they see events is open ("not necessarily
chronological", Search Reference, Event order functions), so `first`, `last`, `list` and ties of `earliest` and `latest`
may come from any of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from standin.commands.arguments import Reader, boolean
from standin.commands.stream import Search, Step, Stream, run_steps
from standin.environment import Row
from standin.hostile.chance import Chance
from standin.hostile.merging import merged
from standin.hostile.scans import INDEXERS, HostileEnvironment
from standin.knowledge.lookups import KvLookup
from standin.language.errors import SearchError
from standin.language.pipeline import Call

# Search Reference, Command types: distributable streaming. Left out are those that are so in some modes only and are
# not read here; the search head runs them.
DISTRIBUTABLE = frozenset(
    {
        *("addinfo", "convert", "eval", "fields", "makemv", "mvexpand", "nomv"),
        *("regex", "rename", "rex", "search", "spath", "strcat", "where"),
    }
)
STATISTICS = frozenset({"chart", "rare", "stats", "timechart", "top"})
SUBSEARCH_SHARE = 100


class ThreeIndexers:
    """The leeway of a hostile run: `standin.commands.stream.Leeway`."""

    def __init__(self, environment: HostileEnvironment, chance: Chance) -> None:
        self._environment = environment
        self._chance = chance

    def arranged(self, calls: Sequence[Call], steps: Sequence[Step], search: Search) -> Step:
        """Return one step that runs the first part three times, and the rest over what came out."""
        count = distributable_length(calls)
        if not count:
            return partial(run_steps, steps)
        for call in calls[:count]:
            self._refuse_absent_collection(call)
        follows = calls[count].name if count < len(calls) else ""

        def step(stream: Stream) -> Stream:
            return run_steps(steps[count:], self._reduced(steps[:count], stream, follows, search))

        return step

    def unsorted(self, rows: list[Row]) -> list[Row]:
        """Return rows in another order: `sort` says nothing about rows that are equal (Search Reference, sort)."""
        self._chance.count("rows sorted from another order", len(rows))
        return self._chance.shuffled("sort", rows)

    def subsearch_rows(self, limit: int) -> int:
        """Return a hundredth of the limit as shipped.

        An administrator may lower `[subsearch] maxout` and `maxtime`, `[join] subsearch_maxout` (limits.conf.spec), and
        what a subsearch has not found when its time is over is left out.
        """
        self._chance.count("subsearches with a lower limit")
        return max(1, limit // SUBSEARCH_SHARE)

    def _reduced(self, steps: Sequence[Step], stream: Stream, follows: str, search: Search) -> Stream:
        parts = [self._on_indexer(number, steps, stream, search) for number in range(len(INDEXERS))]
        rows: list[list[Row]] = [list(part.rows) for part in parts]
        whole = replace(parts[0], order=_union_order(parts), declared=frozenset().union(*(p.declared for p in parts)))
        if follows in STATISTICS:
            self._chance.count("statistics merged in any order")
            return whole.with_rows([row for part in self._chance.shuffled("partial", rows) for row in part])
        self._chance.count("searches merged by time")
        return whole.with_rows(merged(rows, self._chance))

    def _on_indexer(self, number: int, steps: Sequence[Step], stream: Stream, search: Search) -> Stream:
        self._environment.indexer = number
        try:
            part = run_steps(steps, stream)
            return part.with_rows(list(search.guard(part.rows)))
        finally:
            self._environment.indexer = None

    def _refuse_absent_collection(self, call: Call) -> None:
        """Refuse a lookup of what no indexer has (collections.conf.spec, replicate: lookups are not available)."""
        if call.name != "lookup":
            return
        name = lookup_name(call)
        lookup = self._environment.lookup(name)
        if isinstance(lookup, KvLookup) and not lookup.is_replicated:
            raise SearchError(
                f"Streamed search execute failed because: Error in 'lookup' command: Could not construct lookup "
                f"'{name}'. See search.log for more details.",
                call.position,
                "its collection is not on the indexers: give local=true, or set replicate = true in collections.conf",
            )


def distributable_length(calls: Sequence[Call]) -> int:
    """Return how many commands from the first on run on indexers; none unless the first reads events."""
    if calls[0].name != "search":
        return 0
    return next((number for number, call in enumerate(calls) if not is_distributable(call)), len(calls))


def is_distributable(call: Call) -> bool:
    """Tell whether indexers run a command that comes after none but such."""
    if call.name in ("bin", "bucket"):  # Command types: streaming if specified with the span argument
        return "span" in Reader(call).rest
    if call.name == "lookup":  # Command types: distributable streaming when specified with local=false
        return not boolean(call, Reader(call).options({"local", "update"}, {"event_time_field"}), "local", False)
    return call.name in DISTRIBUTABLE


def lookup_name(call: Call) -> str:
    """Return the lookup that a `lookup` command names."""
    reader = Reader(call)
    reader.options({"local", "update"}, {"event_time_field"})
    return reader.name("A lookup name is expected.").text


def _union_order(parts: Sequence[Stream]) -> list[str] | None:
    if any(part.order is None for part in parts):
        return None
    return list(dict.fromkeys(name for part in parts for name in part.order or ()))
