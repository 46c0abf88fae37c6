"""Which scheduled runs begin, and when, where slots are few or the scheduler is down: pure.

Continuous schedules (`realtime_schedule = 0`) run every period, one after the other, however late; after the scheduler
was down they look back LOOKBACK_S at most (limits.conf.spec, max_continuous_scheduled_search_lookback). Others wait
until their next scheduled time and are skipped then (Reporting Manual, Prioritize concurrently scheduled reports); what
came due while the scheduler was down is skipped, since their next run follows from the present time
(savedsearches.conf.spec, realtime_schedule). Who goes first where slots are short: the order of schedule_priority in
savedsearches.conf.spec, then those outside of their schedule_window, then the older. `schedule_window = auto` is how
Splunk sees fit, which is not documented: no window here. Every run holds its slot equally long. No skew (allow_skew).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from standin.jobs.saved import SavedSearch, SavedSearchError
from standin.jobs.schedule import Key, Run

LOOKBACK_S = 86_400.0
# limits.conf: max_searches_perc 50 of base_max_searches 6 + max_searches_per_cpu 1 for each of 16 CPUs.
SLOTS = 11
RUN_S = 2.0
OVERTAKEN = "did not begin before its next scheduled time"
# savedsearches.conf.spec, schedule_priority; the flag is realtime_schedule.
_TIERS = [
    ("highest", True),
    ("highest", False),
    ("higher", True),
    ("default", True),
    ("higher", False),
    ("default", False),
]


class Span(NamedTuple):
    """Half-open times [start, end) in epoch seconds."""

    start: float
    end: float

    def holds(self, at: float) -> bool:
        """Tell whether a time lies within."""
        return self.start <= at < self.end


NEVER = Span(0.0, 0.0)


class Habit(NamedTuple):
    """What a saved search says about its schedule."""

    is_continuous: bool
    tier: int
    window_s: float
    max_concurrent: int

    @classmethod
    def of(cls, saved: SavedSearch) -> "Habit":
        """Read the keys of a saved search; raises SavedSearchError."""
        is_realtime = not saved.is_continuous
        priority = saved.text("schedule_priority", "default")
        if (priority, is_realtime) not in _TIERS:
            raise SavedSearchError(f"schedule_priority {priority!r} is none of default, higher, highest")
        window = saved.text("schedule_window", "0")
        if window != "auto" and not window.isdecimal():
            raise SavedSearchError(f"schedule_window {window!r} is neither a number of minutes nor auto")
        concurrent = saved.text("max_concurrent", "1")
        if not concurrent.isdecimal() or not int(concurrent):
            raise SavedSearchError(f"max_concurrent {concurrent!r} is no whole number above 0")
        # A priority and a window exclude each other; the priority counts.
        minutes = int(window) if window != "auto" and priority == "default" else 0
        tier = _TIERS.index((priority, is_realtime))
        return cls(not is_realtime, tier, minutes * 60.0, int(concurrent))


class Capacity(NamedTuple):
    """How many runs go on at once and for how long, when others hold all slots, and when the scheduler is down."""

    slots: int = SLOTS
    run_s: float = RUN_S
    busy: Span = NEVER
    down: Span = NEVER


class Start(NamedTuple):
    """What becomes of a run, and when: it begins, or is skipped for a reason."""

    at: float
    run: Run
    reason: str = ""


@dataclass
class _Floor:
    """The runs that wait and those that go on."""

    habits: Mapping[Key, Habit]
    capacity: Capacity
    waiting: list[Run] = field(default_factory=list)
    running: list[tuple[float, Key]] = field(default_factory=list)

    def drop(self, at: float) -> Iterable[Start]:
        """Take out what will never run."""
        late = overtaken(self.waiting)
        for run in list(self.waiting):
            reason = self._reason(run, is_overtaken=run in late)
            if reason:
                self.waiting.remove(run)
                yield Start(at, run, reason)

    def _reason(self, run: Run, *, is_overtaken: bool) -> str:
        down = self.capacity.down
        if self.habits[run.key].is_continuous:
            is_lost = down.holds(run.at) and run.at < down.end - LOOKBACK_S
            return "scheduler was down for longer than continuous schedules look back" if is_lost else ""
        if down.holds(run.at):
            return "scheduler was down, and realtime_schedule is 1"
        return OVERTAKEN if is_overtaken else ""

    def begin(self, at: float) -> Iterable[Start]:
        """Begin what there are slots for."""
        self.running = [one for one in self.running if one[0] > at]
        if self.capacity.busy.holds(at):
            return
        for run in sorted(self.waiting, key=lambda run: self._rank(run, at)):
            if len(self.running) >= self.capacity.slots:
                return
            if sum(key == run.key for _, key in self.running) < self.habits[run.key].max_concurrent:
                self.waiting.remove(run)
                self.running.append((at + self.capacity.run_s, run.key))
                yield Start(at, run)

    def _rank(self, run: Run, at: float) -> tuple[int, bool, Run]:
        habit = self.habits[run.key]
        return habit.tier, at < run.at + habit.window_s, run


def overtaken(runs: Iterable[Run]) -> set[Run]:
    """Return the runs whose search has a later one among them: those that are skipped unless they are continuous."""
    due = sorted(runs)
    newest = {run.key: run.at for run in due}
    return {run for run in due if run.at < newest[run.key]}


def plan(runs: Sequence[Run], habits: Mapping[Key, Habit], capacity: Capacity) -> list[Start]:
    """Return what becomes of scheduled runs, in the order of time."""
    floor = _Floor(habits, capacity)
    due = sorted(runs)
    moments = [*{run.at for run in due}, capacity.busy.end, capacity.down.end]
    heapify(moments)
    starts: list[Start] = []
    while moments:
        at = heappop(moments)
        if capacity.down.holds(at):
            continue
        count = sum(1 for _ in _until(due, at))
        floor.waiting += due[:count]
        due = due[count:]
        starts += floor.drop(at)
        began = list(floor.begin(at))
        starts += began
        if began:
            heappush(moments, at + capacity.run_s)
    return starts


def _until(runs: Sequence[Run], at: float) -> Iterable[Run]:
    for run in runs:
        if run.at > at:
            return
        yield run
