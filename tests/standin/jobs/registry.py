"""All search jobs: dispatches them to threads, finds them again, forgets them when their time to live is over."""

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

from standin.jobs.clock import Clock
from standin.jobs.job import Job, Order, State
from standin.language.errors import SearchError
from standin.language.search import Message, Result

MAX_RUNNING = 4


class SidTakenError(Exception):
    """A job was to get an id that another has."""


def position_as_sent(error: SearchError, order: Order) -> int | None:
    """Return where the fault is, counted in the search that the client sent."""
    return None if error.position is None else max(error.position - order.added_length, 0)


class Jobs:
    """The jobs of one instance; `search` runs an order and may raise SearchError, `scanned` counts what it reads."""

    def __init__(
        self, search: Callable[[Order], Result], clock: Clock, scanned: Callable[[Job], int] = lambda job: 0
    ) -> None:
        self._search = search
        self._scanned = scanned
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._numbers = count(1)
        self._threads = ThreadPoolExecutor(MAX_RUNNING, thread_name_prefix="search")
        self._lock = threading.Lock()

    def dispatch(self, order: Order, sid: str | None = None) -> Job:
        """Start a job in a thread and return it at once."""
        job = self._create(order, sid)
        job.future = self._threads.submit(self._run, job)
        return job

    def run(self, order: Order, sid: str | None = None) -> Job:
        """Run a job to its end in the calling thread, as the scheduler does."""
        job = self._create(order, sid)
        self._run(job)
        return job

    def find(self, sid: str) -> Job | None:
        """Return a job that has not expired, and postpone its end."""
        self._expire()
        job = self._jobs.get(sid)
        if job is not None:
            job.touched = self._clock.now()
        return job

    def all(self) -> list[Job]:
        """Return the jobs that have not expired, newest first."""
        self._expire()
        return sorted(self._jobs.values(), key=lambda job: -job.created)

    def count_scanned(self, jobs: Iterable[Job]) -> None:
        """Say of jobs that are done how many events a real index would have read for them; not before it is asked."""
        for job in jobs:
            if job.outcome is not None and job.scan_count is None:
                job.scan_count = self._scanned(job)

    def remove(self, sid: str) -> None:
        """Forget a job; what its thread still computes is thrown away."""
        self._jobs.pop(sid, None)

    def close(self) -> None:
        """Start no more searches; running ones are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _create(self, order: Order, sid: str | None) -> Job:
        now = self._clock.now()
        sid = sid or f"{now:.0f}.{next(self._numbers)}"
        job = Job(sid, replace(order, sid=sid), now, now, order.ttl_s)
        with self._lock:
            if job.sid in self._jobs:
                raise SidTakenError(f"a job with sid {job.sid!r} exists already")
            self._jobs[job.sid] = job
        return job

    def _run(self, job: Job) -> None:
        began = time.monotonic()
        job.state = State.RUNNING
        try:
            job.outcome = self._search(job.order)
            job.state = State.DONE
        except SearchError as error:
            job.failure = [Message("FATAL", str(error))]
            job.failure_position = position_as_sent(error, job.order)
            job.state = State.FAILED
        except Exception:  # noqa: BLE001 - the boundary: a fault of ours is a failed job and a traceback on stderr
            traceback.print_exc(file=sys.stderr)
            job.failure = [Message("FATAL", "the stand-in failed while it ran this search; see its stderr")]
            job.state = State.FAILED
        job.run_s = time.monotonic() - began
        job.finished.set()

    def _expire(self) -> None:
        now = self._clock.now()
        with self._lock:
            for sid in [sid for sid, job in self._jobs.items() if job.is_done and job.expires_at() < now]:
                del self._jobs[sid]
