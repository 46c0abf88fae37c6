"""Which runs of which searches are due between two times: pure, in UTC, in the order in which they are to run."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from cronsim import CronSim, CronSimError


class ScheduleError(Exception):
    """A cron expression that cannot be read."""


Key = tuple[str, str]


class Run(NamedTuple):
    """One scheduled run of a search, whose key is app and name; runs sort by time, then by key."""

    at: float
    key: Key


def run_times(cron: str, after: float) -> Iterator[float]:
    """Yield the times of a cron expression that lie after a time."""
    try:
        simulation = CronSim(cron, datetime.fromtimestamp(after, UTC))
    except CronSimError as error:
        raise ScheduleError(f"cron_schedule {cron!r} is wrong: {error}") from error
    for moment in simulation:
        yield moment.timestamp()


def due_runs(
    schedules: Mapping[Key, str],
    after: Mapping[Key, float],
    until: float,
    on_error: Callable[[Key, ScheduleError], None],
) -> list[Run]:
    """List every run of every schedule in (after[key], until], in time order; what cannot be read is reported."""
    runs: list[Run] = []
    for key, cron in schedules.items():
        try:
            runs += _runs(key, cron, after[key], until)
        except ScheduleError as error:
            on_error(key, error)
    return sorted(runs)


def period_s(cron: str, after: float) -> float:
    """Return the seconds between the next two runs of a cron expression."""
    times = run_times(cron, after)
    first = next(times, after)
    return next(times, first) - first


def _runs(key: Key, cron: str, after: float, until: float) -> Iterator[Run]:
    for at in run_times(cron, after):
        if at > until:
            return
        yield Run(at, key)
