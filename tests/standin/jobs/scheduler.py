"""Runs what is due: searches in time order, each with its own `now`, then its alert, then the alert's actions.

When the clock jumps, every scheduled time passed on the way is run, as if the time had gone by; a search that was
switched on begins with the next time after that. Where runs take so long that the scheduler falls behind, those of
`realtime_schedule = 1` are skipped but for the newest. Each run leaves a line in _internal, sourcetype `scheduler`.
"""

import hashlib
import threading
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from standin.environment import Row, TimeBounds
from standin.jobs.alert import Rows, Suppression, is_triggered
from standin.jobs.clock import Clock
from standin.jobs.fired import FiredAlert, FiredAlerts
from standin.jobs.job import Job, Order
from standin.jobs.registry import Jobs
from standin.jobs.saved import SavedSearch, SavedSearchError, is_true, seconds
from standin.jobs.schedule import Run, ScheduleError, due_runs, period_s
from standin.jobs.slots import OVERTAKEN, overtaken
from standin.language.errors import SearchError
from standin.language.search import Result
from standin.searchhead import User
from standin.values.timemodifier import resolve_time

# alert_actions.conf, maxresults: what an action sees at most, unless its settings say otherwise.
MAX_RESULTS = 10_000
SUMMARY_INDEX = "summary_index"


@dataclass(frozen=True)
class Alert:
    """One alert of one run: the rows that its actions see, and its number among those of the run."""

    saved: SavedSearch
    job: Job
    rows: Sequence[Row]
    number: int
    at: float


class Surroundings(Protocol):
    """What the scheduler needs of the instance."""

    def saved_searches(self) -> Sequence[SavedSearch]:
        """Return every saved search of every app."""

    def user(self, name: str) -> User | None:
        """Return the user that owns a search."""

    def run_action(self, action: str, alert: Alert) -> None:
        """Run one action of one alert and log what became of it."""

    def action_setting(self, saved: SavedSearch, action: str, key: str) -> str:
        """Return a setting of an action as a saved search has it, empty where there is none."""

    def search_rows(self, search: str, rows: Rows, order: Order) -> Result:
        """Run a search over rows, as a custom alert condition is."""

    def log_run(self, at: float, values: Mapping[str, str]) -> None:
        """Write a line of scheduler.log."""


class RunRecord(NamedTuple):
    """What became of one scheduled run."""

    name: str
    at: float
    status: str
    result_count: int
    alerts: int


class Scheduler:
    """The scheduler of one instance; one run at a time."""

    def __init__(self, surroundings: Surroundings, jobs: Jobs, clock: Clock, fired: FiredAlerts) -> None:
        self._surroundings = surroundings
        self._jobs = jobs
        self._clock = clock
        self._fired = fired
        self._after: dict[tuple[str, str], float] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._suppression = Suppression()
        self._unreadable: set[tuple[tuple[str, str], str]] = set()
        self._running = threading.RLock()
        # Held for moments only: a script that the scheduler waits for may itself change a saved search.
        self._noting = threading.Lock()
        self._number = 0

    def refresh(self) -> dict[tuple[str, str], SavedSearch]:
        """Take note of what is switched on now, and return it; what is new starts at the present time."""
        due = {one.key: one for one in self._surroundings.saved_searches() if one.is_due}
        now = self._clock.now()
        with self._noting:
            self._after = {key: self._after.get(key, now) for key in due}
        return due

    def run_due(self, until: float, *, is_behind: bool = False) -> list[RunRecord]:
        """Run everything that is due up to a time; a scheduler that is behind skips what only the newest run is for."""
        with self._running:
            due = self.refresh()
            after = self._after
            schedules = {key: saved.text("cron_schedule") for key, saved in due.items() if key in after}
            runs = due_runs(schedules, after, until, self._log_unreadable)
            late = {run for run in overtaken(runs) if is_behind and not due[run.key].is_continuous}
            return [self._run_or_skip(due[run.key], run, late) for run in runs if self._begins(run)]

    def _run_or_skip(self, saved: SavedSearch, run: Run, late: Container[Run]) -> RunRecord:
        return self._skip(saved, run.at, OVERTAKEN) if run in late else self.run(saved, run.at)

    def _begins(self, run: Run) -> bool:
        """Note that a run begins, unless its search was switched off meanwhile."""
        with self._noting:
            if run.key not in self._after:
                return False
            self._after[run.key] = run.at
            return True

    def advance(self, move: Callable[[], None]) -> list[RunRecord]:
        """Let the clock be moved, and run everything that is due then; nothing runs in between."""
        with self._running:
            self.refresh()
            move()
            return self.run_due(self._clock.now())

    def _log_unreadable(self, key: tuple[str, str], error: ScheduleError) -> None:
        if (key, str(error)) in self._unreadable:
            return
        self._unreadable.add((key, str(error)))
        self._surroundings.log_run(
            self._clock.now(), {"status": "failed", "savedsearch_name": key[1], "reason": str(error)}
        )

    def run(self, saved: SavedSearch, at: float) -> RunRecord:
        """Run one saved search for one scheduled time, and its alert."""
        user = self._surroundings.user(saved.owner)
        if user is None:
            return self._skip(saved, at, f"owner {saved.owner!r} does not exist")
        try:
            order = saved_order(saved, user, at)
            job = self._jobs.run(order, self._sid(saved, at))
            alerts, problem = self._alerts_of(saved, job, at) if not job.is_failed else ([], "")
        except (SavedSearchError, ValueError) as error:
            return self._skip(saved, at, str(error))
        return self._record(saved, job, at, alerts, problem)

    def _alerts_of(self, saved: SavedSearch, job: Job, at: float) -> tuple[list[Alert], str]:
        """Return the alerts that were raised, or none and why the condition could not be evaluated."""
        try:
            return self._raise_alerts(saved, job, at), ""
        except SearchError as error:
            return [], f"alert_condition: {error}"

    def _sid(self, saved: SavedSearch, at: float) -> str:
        self._number += 1
        name = hashlib.md5(saved.name.encode(), usedforsecurity=False).hexdigest()[:17]
        return f"scheduler__{saved.owner}__{saved.app}__RMD5{name}_at_{at:.0f}_{self._number}"

    def _raise_alerts(self, saved: SavedSearch, job: Job, at: float) -> list[Alert]:
        rows = job.outcome.rows if job.outcome else []
        key = saved.key
        previous, self._counts[key] = self._counts.get(key), len(rows)

        def condition(search: str, of: Rows) -> bool:
            return bool(self._surroundings.search_rows(search, of, job.order).rows)

        if not is_triggered(saved, rows, previous, condition):
            return []
        if _summarises_inline(saved):
            self._surroundings.run_action(SUMMARY_INDEX, Alert(saved, job, rows, 0, at))
        passed = self._suppression.pass_alerts(saved, rows, at)
        alerts = [Alert(saved, job, some, number, at) for number, some in enumerate(passed)]
        self._track(saved, job, alerts, at)
        for alert in alerts:
            for action in saved.actions:
                if action != SUMMARY_INDEX or not _summarises_inline(saved):
                    self._surroundings.run_action(action, self._cut(alert, action))
        return alerts

    def _cut(self, alert: Alert, action: str) -> Alert:
        limit = self._surroundings.action_setting(alert.saved, action, "maxresults")
        if limit and not limit.isdecimal():
            raise SavedSearchError(f"maxresults of action {action} is {limit!r}, not a whole number")
        return replace(alert, rows=alert.rows[: int(limit) if limit else MAX_RESULTS])

    def _track(self, saved: SavedSearch, job: Job, alerts: list[Alert], at: float) -> None:
        if not alerts or not self._is_tracked(saved):
            return
        self._fired.add(
            FiredAlert(
                savedsearch_name=saved.name,
                app=saved.app,
                owner=saved.owner,
                sid=job.sid,
                trigger_time=at,
                expires_at=at + seconds(saved.text("alert.expires", "24h")),
                severity=int(saved.text("alert.severity", "3")),
                actions=",".join(saved.actions),
                triggered_alerts=len(alerts),
                is_digest=saved.is_digest,
            )
        )

    def _is_tracked(self, saved: SavedSearch) -> bool:
        """Read `alert.track`: by itself it follows its actions' own, unless the alert always triggers (the spec)."""
        if saved.text("alert.track", "auto") != "auto":
            return saved.flag("alert.track")
        settings = (self._surroundings.action_setting(saved, action, "track_alert") for action in saved.actions)
        return saved.text("counttype", "always") != "always" and any(is_true(setting) for setting in settings)

    def _skip(self, saved: SavedSearch, at: float, reason: str) -> RunRecord:
        values = {"status": "skipped", "app": saved.app, "savedsearch_name": saved.name, "user": saved.owner}
        self._surroundings.log_run(at, {**values, "scheduled_time": f"{at:.0f}", "reason": reason})
        return RunRecord(saved.name, at, "skipped", 0, 0)

    def _record(self, saved: SavedSearch, job: Job, at: float, alerts: list[Alert], problem: str) -> RunRecord:
        status = "failed" if job.is_failed or problem else "success"
        count = len(job.outcome.rows) if job.outcome else 0
        values = {
            "status": status,
            "app": saved.app,
            "savedsearch_name": saved.name,
            "user": saved.owner,
            "scheduled_time": f"{at:.0f}",
            "run_time": f"{job.run_s:.3f}",
            "result_count": str(count),
            "alert_actions": ",".join(saved.actions) if alerts else "",
            "sid": job.sid,
            "suppressed": str(int(bool(saved.suppression_s and count and not alerts))),
        }
        if status == "failed":
            values["reason"] = problem or " ".join(message.text for message in job.messages)
        self._surroundings.log_run(at, values)
        return RunRecord(saved.name, at, status, count, len(alerts))


def _summarises_inline(saved: SavedSearch) -> bool:
    is_inline = saved.flag(f"action.{SUMMARY_INDEX}.inline", "1")
    return SUMMARY_INDEX in saved.actions and is_inline and saved.text("counttype", "always") == "always"


def saved_order(saved: SavedSearch, user: User, at: float) -> Order:
    """Return the order of one run of a saved search: relative times refer to its scheduled time."""
    return Order(
        search=saved.text("search"),
        user=user,
        app=saved.app,
        now=at,
        bounds=saved_bounds(saved, at),
        earliest_text=saved.text("dispatch.earliest_time"),
        latest_text=saved.text("dispatch.latest_time"),
        label=saved.name,
        ttl_s=time_to_live_s(saved, at),
        is_scheduled=True,
    )


def saved_bounds(saved: SavedSearch, at: float) -> TimeBounds:
    """Resolve the four `dispatch.*` bounds of a saved search."""
    keys = ("earliest_time", "latest_time", "index_earliest", "index_latest")
    texts = [saved.text(f"dispatch.{key}") for key in keys]
    return TimeBounds(*(resolve_time(text, at) if text else None for text in texts))


def time_to_live_s(saved: SavedSearch, at: float) -> int:
    """Read `dispatch.ttl`, seconds or a number of periods followed by `p`."""
    text = saved.text("dispatch.ttl", "2p")
    if not text.endswith("p"):
        return int(text)
    cron = saved.text("cron_schedule")
    return int(int(text[:-1]) * (period_s(cron, at) if cron else 300))
