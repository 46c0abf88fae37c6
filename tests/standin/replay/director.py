"""A whole replay: the schedules' runs, the faults' places in them, and what a replay without faults would have found.

After the lines of the simulation come, where there are faults, those of kind `missed` (search, row): result rows that
the same replay without faults has and this one has not, told apart as throttling does. The last line is of kind
`summary`: from, to, events, runs, succeeded, skipped, failed, findings, actions, missed.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from standin.events.event import Event
from standin.jobs.saved import SavedSearchError
from standin.jobs.schedule import Key, ScheduleError, due_runs
from standin.jobs.scheduler import Alert
from standin.jobs.slots import NEVER, RUN_S, SLOTS, Capacity, Habit, Span, plan
from standin.replay.faults import NO_FAULTS, Faults
from standin.replay.recording import Arrival, arrivals
from standin.replay.simulation import Call, Line, Simulation, Site, peer_down_runs, shown

# Long enough for the slices that end two minutes ago, and for hourly searches.
AFTERWARDS_S = 3600.0


class Settings(NamedTuple):
    """How to replay: None for a time is where the recording begins, or an hour after all is searchable and well."""

    start: float | None = None
    end: float | None = None
    delay_s: float = 5.0
    seed: int = 0
    slots: int = SLOTS
    run_s: float = RUN_S


class Replay(NamedTuple):
    """One simulation that is over."""

    simulation: Simulation
    span: Span
    runs: int


def replay(site: Site, events: Sequence[Event], settings: Settings, faults: Faults, call: Call) -> list[Line]:
    """Replay a recording of at least one event; raises SavedSearchError for a schedule that cannot be read."""
    played = _play(site, events, settings, faults, call)
    lines = list(played.simulation.lines)
    if faults != NO_FAULTS:
        whole = _play(site, events, settings, NO_FAULTS, call_nothing).simulation
        for found, row in whole.found.items():
            if found not in played.simulation.found:
                lines.append({"kind": "missed", "search": found.search, "row": shown(row)})
    return [*lines, _summary(lines, played, len(events))]


def call_nothing(action: str, alert: Alert) -> None:
    """Leave an action alone; that it would be called is recorded anyway."""


def _play(site: Site, events: Sequence[Event], settings: Settings, faults: Faults, call: Call) -> Replay:
    arriving = arrivals(events, settings.delay_s + faults.index_shift_s, settings.seed, faults.late_third_s)
    # The moment at which the first event is on its way, by a clock that is right.
    begin = min(arrival.event.index_time for arrival in arriving) - settings.delay_s
    capacity = Capacity(
        settings.slots, settings.run_s, _span(begin, faults.skip_s), _span(begin, faults.scheduler_down_s)
    )
    span = _whole_span(arriving, begin, settings, capacity)
    habits = {key: Habit.of(saved) for key, saved in site.searches.items()}
    crons = {key: saved.text("cron_schedule") for key, saved in site.searches.items()}
    runs = due_runs(crons, dict.fromkeys(crons, span.start), span.end, _refuse)
    peer_down = peer_down_runs(site, arriving, runs) if faults.peer_down else {}
    simulation = Simulation(site, arriving, peer_down, call)
    simulation.play(plan(runs, habits, capacity))
    return Replay(simulation, span, len(runs))


def _span(begin: float, seconds: float) -> Span:
    return Span(begin, begin + seconds) if seconds else NEVER


def _whole_span(arriving: Sequence[Arrival], begin: float, settings: Settings, capacity: Capacity) -> Span:
    well = max(arriving[-1].searchable, capacity.busy.end, capacity.down.end)
    start = begin if settings.start is None else settings.start
    return Span(start, well + AFTERWARDS_S if settings.end is None else settings.end)


def _refuse(key: Key, error: ScheduleError) -> None:
    raise SavedSearchError(f"{key[1]}: {error}")


def _summary(lines: Sequence[Line], played: Replay, events: int) -> Line:
    kinds = Counter(str(line["kind"]) for line in lines)
    ends = Counter(str(line["status"]) for line in lines if line["kind"] == "run")
    return {
        "kind": "summary",
        "from": played.span.start,
        "to": played.span.end,
        "events": events,
        "runs": played.runs,
        "succeeded": played.runs - ends.total(),
        "skipped": ends["skipped"],
        "failed": ends["failed"],
        "findings": kinds["finding"],
        "actions": kinds["action"],
        "missed": kinds["missed"],
    }
