"""What may go wrong in a replay: `KIND` or `KIND=SPAN`, a span being 90, 15m, 6h, 2d.

late[=6h]            A forwarder, or its network, was down: events come with their own, old times.
                     Every event is indexed that much later.
late-third[=6h]      One of three forwarders was down: a third of the events, by their text, is indexed that much later,
                     so that what happened together is not indexed together.
skew[=30m]           The API server's clock is ahead, with a minus behind, of the indexers': events from the
                     future, or the past. Every event is indexed that much before its own time.
skip[=15m]           Other searches hold every slot (limits.conf.spec, max_searches_perc): no run begins for that long,
                     from the first event on.
peer-down            One of three search peers is away for one run of each search, that in whose slice most of the
                     peer's events lie (savedsearches.conf.spec, dispatch.allow_partial_results: with 0 the run fails,
                     with 1 it goes on, and lacks what lies on that peer).
scheduler-down[=2h]  The search head is away from the first event on (limits.conf.spec,
                     max_continuous_scheduled_search_lookback 24h; savedsearches.conf.spec, realtime_schedule).

A run that failed since a peer was away is not run again: no source says that Splunk would (limits.conf.spec,
dispatch_retry_delay, speaks of searches that did not get as far as being dispatched). It is reported.
"""

from collections.abc import Iterable
from typing import NamedTuple

from standin.jobs.saved import SavedSearchError, seconds

# What a kind means without a span; None takes none.
KINDS = {"late": "6h", "late-third": "6h", "skew": "30m", "skip": "15m", "peer-down": None, "scheduler-down": "2h"}


class FaultError(Exception):
    """A fault that is not known, or a span that cannot be read."""


class Faults(NamedTuple):
    """The faults of one replay, in seconds; 0 is none."""

    late_s: float = 0.0
    late_third_s: float = 0.0
    skew_s: float = 0.0
    skip_s: float = 0.0
    scheduler_down_s: float = 0.0
    peer_down: bool = False

    @property
    def index_shift_s(self) -> float:
        """Return by how much later than its own time says every event is indexed."""
        return self.late_s - self.skew_s


NO_FAULTS = Faults()


def read_faults(texts: Iterable[str]) -> Faults:
    """Read `KIND` and `KIND=SPAN`; the last of one kind counts. Raises FaultError."""
    spans: dict[str, float] = {}
    for text in texts:
        kind, _, span = text.partition("=")
        if kind not in KINDS:
            raise FaultError(f"unknown fault {kind!r}; there are {', '.join(KINDS)}")
        spans[kind] = _seconds(kind, span)
    return Faults(
        late_s=spans.get("late", 0.0),
        late_third_s=spans.get("late-third", 0.0),
        skew_s=spans.get("skew", 0.0),
        skip_s=spans.get("skip", 0.0),
        scheduler_down_s=spans.get("scheduler-down", 0.0),
        peer_down="peer-down" in spans,
    )


def _seconds(kind: str, span: str) -> float:
    default = KINDS[kind]
    if default is None:
        if span:
            raise FaultError(f"fault {kind} takes no span of time, got {span!r}")
        return 0.0
    text = span or default
    is_behind = kind == "skew" and text.startswith("-")
    try:
        return -seconds(text[1:]) if is_behind else seconds(text)
    except SavedSearchError as error:
        raise FaultError(f"fault {kind}: {error}") from error
