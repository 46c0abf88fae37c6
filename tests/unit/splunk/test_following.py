"""One run of the modular input, step by step."""

import io
import os
from pathlib import Path
from typing import Callable, List

import pytest

from fakes import ManualClock, lines
from kube_audit.receive.checkpoint import Checkpoint, Progress
from kube_audit.receive.marks import Mark, Span
from kube_audit.splunk.arguments import read_arguments
from kube_audit.splunk.following import Instance, Run, Tail
from kube_audit.splunk.writer import BatchWriter


def progress(number: int) -> Progress:
    """Return a progress that can be told from others."""
    return Progress((Mark("s", number, Span(0, 1, ""), Span(0, 1, "")),))


def test_tail_settles_by_age_and_by_size() -> None:
    """The checkpoint stays a minute or 64 MB behind."""
    tail = Tail(progress(0))
    tail.add(0, 1000, progress(1))
    tail.add(59, 1000, progress(2))
    assert tail.settled == progress(0)
    tail.add(61, 1000, progress(3))
    assert tail.settled == progress(1)
    tail.add(62, 64 << 20, progress(4))
    assert tail.settled == progress(3)

    assert tail.settle(200) == progress(4)


def ignore(_line: str) -> None:
    """Take a line and forget it."""


class Stage:
    """A log, a run, and splunkd's ears."""

    def __init__(self, root: Path) -> None:
        self.log = root / "audit.log"
        self.log.write_bytes(lines(0, 3))
        self.state = root / "state"
        self.state.mkdir()
        self.out = io.StringIO()
        self.told = io.StringIO()
        self.clock = ManualClock(now=root.stat().st_mtime)
        instance = Instance("kube_audit_file://a", read_arguments({"path": str(self.log)}), self.writer())
        self.run = Run(instance, self.state, self.clock)

    def writer(self) -> BatchWriter:
        """Return a writer into memory."""
        return BatchWriter(self.out, self.told)

    def saved(self) -> List[int]:
        """Return how far the logs are by the checkpoint on disk."""
        return [mark.offset for mark in Checkpoint(self.state).load(ignore).marks]

    def until(self, *claims: Callable[[], bool]) -> None:
        """Run until these are so, one after the other."""
        left = list(claims)

        def is_time_to_end() -> bool:
            while left and left[0]():
                left.pop(0)
            return not left

        self.run.until(is_time_to_end)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage."""
    return Stage(tmp_path)


def test_checkpoint_follows_a_minute_behind_and_catches_up_at_the_end(stage: Stage) -> None:
    """Time passes only while the run sleeps: an idle run does sleep."""
    size = len(lines(0, 3))

    stage.until(
        lambda: stage.out.getvalue().count("</event>") == 3,
        lambda: stage.saved() == [],
        lambda: stage.saved() == [size],
    )

    assert stage.clock.monotonic() > 1060
    assert stage.saved() == [size]


def test_end_confirms_what_was_written(stage: Stage) -> None:
    """The batch that was begun is written first."""
    looks = iter([False, True])

    stage.until(lambda: next(looks))

    assert stage.out.getvalue().count("</event>") == 3
    assert stage.saved() == [len(lines(0, 3))]
    assert stage.run.numbers() == "n_events=3 n_quarantined=0 n_redacted=0"


def test_state_of_a_first_run_is_on_disk_before_anything_is_written(stage: Stage) -> None:
    """So that after a crash it is known since when rotated files are its own."""
    assert Checkpoint(stage.state).load(ignore).scanned > 0
    assert stage.out.getvalue() == ""


def test_reader_that_went_away_ends_the_run_without_a_checkpoint(tmp_path: Path, stage: Stage) -> None:
    """What did not get into the pipe is written again by the next run."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    with pytest.raises(BrokenPipeError), os.fdopen(write_end, "w") as pipe:
        writer = BatchWriter(pipe, stage.told)
        instance = Instance("kube_audit_file://a", read_arguments({"path": str(stage.log)}), writer)
        Run(instance, stage.state, stage.clock).until(lambda: False)

    assert stage.saved() == []
