"""Runs chosen tests in children that are forked from one pytest session after it has collected everything.

A child makes its change, runs its tests until one fails, and ends; what it did to the process is gone with it. Each
child has its own temporary folder, at most MEMORY bytes, and a time limit: one that does not end has noticed the
change. Children run two by two on two cores.
"""

import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

MEMORY = 3 << 30
POLL_S = 0.004
NO_END = "no end"


class Job(NamedTuple):
    """A change and the tests that may notice it, in the order in which they run."""

    key: int
    change: Callable[[], None]
    items: Sequence[pytest.Item]
    limit_s: float


class Outcome(NamedTuple):
    """Which test noticed a change; empty where none did."""

    key: int
    noticed_by: str


class Recorded(NamedTuple):
    """How long a test took when nothing was changed, and what was said after it."""

    seconds: float
    said: list[int]


class _Child(NamedTuple):
    pid: int
    key: int
    said: int
    folder: Path
    deadline: float


class Report:
    """A plugin that calls its listener for each failed test."""

    def __init__(self, failed: Callable[[str], None]) -> None:
        self.failed = failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell of a failure in any phase."""
        if report.failed:
            self.failed(report.nodeid)


def run_items(session: pytest.Session, items: Sequence[pytest.Item]) -> Iterator[tuple[str, float]]:
    """Run tests one after the other, as pytest's own loop does, and yield how long each took."""
    for at, item in enumerate(items):
        following = items[at + 1] if at + 1 < len(items) else None
        began = time.monotonic()
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        yield item.nodeid, time.monotonic() - began


def recorded(
    session: pytest.Session,
    items: Sequence[pytest.Item],
    before: Callable[[], None] = lambda: None,
    after: Callable[[], list[int]] = list,
) -> dict[str, Recorded]:
    """Run tests with nothing changed, in a child, and return what was recorded; UsageError where one fails."""
    with tempfile.NamedTemporaryFile(prefix="mutation-", suffix=".json") as file:
        pid = os.fork()
        if pid == 0:
            _record(session, items, Path(file.name), before, after)
        os.waitpid(pid, 0)
        document = json.loads(Path(file.name).read_text() or '{"failed": ["the process died"]}')
    if document["failed"]:
        raise pytest.UsageError(f"with nothing changed these fail: {', '.join(document['failed'][:5])}")
    return {name: Recorded(*values) for name, values in document["recorded"].items()}


def _record(
    session: pytest.Session,
    items: Sequence[pytest.Item],
    file: Path,
    before: Callable[[], None],
    after: Callable[[], list[int]],
) -> None:
    """Never returns."""
    found: dict[str, Recorded] = {}
    failed: list[str] = []
    session.config.pluginmanager.register(Report(failed.append))
    try:
        before()
        for name, seconds in run_items(session, items):
            found[name] = Recorded(seconds, after())
            before()
        file.write_text(json.dumps({"recorded": found, "failed": failed}))
    finally:
        os._exit(0)


def outcomes(session: pytest.Session, jobs: Iterator[Job], workers: int) -> Iterator[Outcome]:
    """Run each job in a child, `workers` at a time, and yield outcomes as they come."""
    running: list[_Child] = []
    more = True
    while running or more:
        while more and len(running) < workers:
            job = next(jobs, None)
            more = job is not None
            if job is not None:
                running.append(_start(session, job))
        for child in list(running):
            outcome = _outcome(child)
            if outcome is not None:
                running.remove(child)
                yield outcome
        time.sleep(POLL_S)


def _start(session: pytest.Session, job: Job) -> _Child:
    reading, writing = os.pipe()
    folder = Path(tempfile.mkdtemp(prefix="mutation-"))
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        _be_child(session, job, writing, folder)
    os.close(writing)
    return _Child(pid, job.key, reading, folder, time.monotonic() + job.limit_s)


def _be_child(session: pytest.Session, job: Job, writing: int, folder: Path) -> None:
    """Never returns: ends the process with what the tests said."""

    def failed(name: str) -> None:
        os.write(writing, name.encode())
        os._exit(1)

    try:
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.tempdir = str(folder)
        session.config.pluginmanager.register(Report(failed))
        job.change()
        for _ in run_items(session, job.items):
            pass
        os._exit(0)
    except BaseException as error:  # noqa: BLE001 - the process boundary: whatever ends a child noticed the change
        failed(f"{type(error).__name__} outside of a test")
    finally:
        os._exit(2)


def _outcome(child: _Child) -> Outcome | None:
    """Return what a child said once it is over, cleaning up after it."""
    pid, status = os.waitpid(child.pid, os.WNOHANG)
    late = not pid and time.monotonic() > child.deadline
    if not pid and not late:
        return None
    _end_group(child.pid)
    if late:
        os.waitpid(child.pid, 0)
    said = os.read(child.said, 10_000).decode()
    os.close(child.said)
    shutil.rmtree(child.folder, ignore_errors=True)
    return Outcome(child.key, NO_END if late else said or ("" if status == 0 else "the process died"))


def _end_group(pid: int) -> None:
    """End a child, and whatever it started."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
