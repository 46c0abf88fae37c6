"""The forwarder's loop in this process, with parts that fail as they are told."""

import errno
import json
from pathlib import Path
from typing import Dict, List

import pytest

from fakes import ManualClock, line, lines
from kube_audit.deliver.envelope import Origin
from kube_audit.deliver.reply import Reply, Verdict
from kube_audit.deliver.sender import Sender
from kube_audit.forward.run import Forwarder, Parts, Watch
from kube_audit.forward.status import Status
from kube_audit.forward.stop import Stop
from kube_audit.plan import is_event
from kube_audit.receive.checkpoint import Checkpoint, Progress
from kube_audit.receive.find import Finder
from kube_audit.receive.follow import Follower, Surroundings
from kube_audit.receive.quarantine import Quarantine, Refused


class Wire:
    """A collector in memory."""

    url = "https://splunk.example:8088"

    def __init__(self) -> None:
        self.bodies: List[bytes] = []

    def post(self, body: bytes) -> Reply:
        """Take a batch."""
        self.bodies.append(body)
        return Reply(Verdict.ACCEPTED)

    def acknowledged(self, ack_ids: List[int]) -> bool:
        """Never asked: no reply carries an ackId."""
        raise AssertionError(ack_ids)


class FullDisk(Checkpoint):
    """A checkpoint on a disk that is full for a while."""

    failures = 0

    def save(self, progress: Progress) -> None:
        """Fail as often as told."""
        if self.failures:
            self.failures -= 1
            raise OSError(errno.ENOSPC, "No space left on device", "checkpoint.tmp")
        super().save(progress)


class FullQuarantine(Quarantine):
    """A quarantine on a disk that is full for a while."""

    failures = 0

    def add(self, items: List[Refused]) -> None:
        """Fail as often as told."""
        if self.failures and items:
            self.failures -= 1
            raise OSError(errno.ENOSPC, "No space left on device", "refused.jsonl")
        super().add(items)


class Loop:
    """A forwarder over a directory."""

    def __init__(self, root: Path) -> None:
        self.log = root / "audit.log"
        self.state = root / "state"
        self.state.mkdir(exist_ok=True)
        self.clock = ManualClock(now=root.stat().st_mtime)
        self.stop = Stop(self.clock)
        self.told: List[str] = []
        self.wire = Wire()
        self.checkpoint = FullDisk(self.state)
        self.quarantine = FullQuarantine(self.state, self.clock)

    def run(self, once: bool = True) -> Dict[str, int]:
        """Run it and return its numbers."""
        surroundings = Surroundings(self.clock, self.told.append, is_event)
        follower = Follower(
            Finder([str(self.log)], self.told.append), self.checkpoint.load(self.told.append), surroundings
        )
        sender = Sender(self.wire, Watch(self.stop, self.clock, follower.hold, self.told.append))
        status = Status(self.state, self.clock)
        parts = Parts(
            follower, sender, self.checkpoint, self.quarantine, status, self.stop, self.clock, self.told.append
        )
        forwarder = Forwarder(parts, Origin("h", None, None))
        forwarder.run(once)
        follower.close()
        return forwarder.numbers()

    def status(self) -> Dict[str, object]:
        """Return what status.json says."""
        document: Dict[str, object] = json.loads((self.state / "status.json").read_text())
        return document


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    """A loop over a log with a line that is no event."""
    made = Loop(tmp_path)
    made.log.write_bytes(lines(0, 3) + b"nonsense\n")
    return made


@pytest.mark.parametrize(("checkpoint", "quarantine"), [(0, 0), (3, 0), (0, 3), (2, 2)])
def test_full_disk_is_waited_out(loop: Loop, checkpoint: int, quarantine: int) -> None:
    """Nothing is confirmed before it is on disk, nothing is sent twice, the user is told what to do."""
    loop.checkpoint.failures, loop.quarantine.failures = checkpoint, quarantine

    numbers = loop.run()

    assert (numbers["acknowledged"], numbers["quarantined"]) == (3, 1)
    assert len(loop.wire.bodies) == 1
    assert sum("make room" in told for told in loop.told) == checkpoint + quarantine
    assert [mark.offset for mark in loop.checkpoint.load(loop.told.append).marks] == [len(loop.log.read_bytes())]


def test_numbers_add_up_and_stand_in_the_status_file(loop: Loop) -> None:
    """What was read is acknowledged or in quarantine; programs find the same numbers in status.json."""
    numbers = loop.run()

    assert numbers["read"] == numbers["acknowledged"] + numbers["quarantined"] == 4
    status = loop.status()
    assert {key: status[key] for key in numbers} == numbers
    assert (status["phase"], status["trouble"]) == ("ended", "")


def test_event_without_a_time_gets_the_time_of_reading(loop: Loop) -> None:
    """And is counted."""
    loop.log.write_bytes(line(0, stageTimestamp=None, requestReceivedTimestamp="soon") + b"\n")

    numbers = loop.run()

    assert numbers["undated"] == 1
    (body,) = loop.wire.bodies
    assert json.loads(body)["time"] == pytest.approx(loop.clock.now(), abs=5)


def test_stop_before_the_start_reads_nothing(loop: Loop) -> None:
    """What is not delivered stays in the log for the next run."""
    loop.stop.requested = True

    assert loop.run(once=False)["acknowledged"] == 0
    loop.stop.requested = False
    assert loop.run()["acknowledged"] == 3


def test_lines_are_delivered_within_about_a_second(loop: Loop) -> None:
    """Without --once a batch waits a second for more, no longer."""
    began = loop.clock.monotonic()
    post = loop.wire.post

    def post_and_stop(body: bytes) -> Reply:
        loop.stop.requested = True
        return post(body)

    loop.wire.post = post_and_stop  # type: ignore[method-assign]
    loop.run(once=False)

    assert 1 <= loop.clock.monotonic() - began < 1.5
