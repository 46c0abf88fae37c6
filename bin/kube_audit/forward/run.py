"""The forwarder's loop: read, take secrets out, deliver, then move the checkpoint.

A batch is closed at 1 MB or after 1 s. Its lines are confirmed after the collector has confirmed its events and the
lines that are no events are in quarantine; only then is the checkpoint written. A crash in between repeats a batch.
"""

import contextlib
from typing import Callable, Dict, List, NamedTuple

from kube_audit.clock import Clock
from kube_audit.deliver.envelope import Origin, wrap
from kube_audit.deliver.sender import Entry, Sender
from kube_audit.forward.status import Numbers, Status
from kube_audit.forward.stop import Stop, Stopped
from kube_audit.plan import SetAside, plan
from kube_audit.receive.checkpoint import Checkpoint
from kube_audit.receive.follow import Follower
from kube_audit.receive.log import Record
from kube_audit.receive.quarantine import Quarantine, Refused

BATCH_AGE_S = 1.0
_POLL_S = 0.2
_DISK_S = 2.0


class Parts(NamedTuple):
    """What the loop works with."""

    follower: Follower
    sender: Sender
    checkpoint: Checkpoint
    quarantine: Quarantine
    status: Status
    stop: Stop
    clock: Clock
    tell: Callable[[str], None]


class Batch:
    """What was read and is not confirmed yet."""

    def __init__(self) -> None:
        self.entries: List[Entry] = []
        self.records: List[Record] = []  # of the entries, by their notes
        self.refused: List[Refused] = []
        self.last: Dict[int, Record] = {}  # of each log
        self.size = 0
        self.began = 0.0


class Forwarder:
    """One run of the forwarder."""

    def __init__(self, parts: Parts, origin: Origin) -> None:
        self._parts = parts
        self._origin = origin
        self._batch = Batch()
        parts.status.numbers = self.numbers
        self._counts = {"read": 0, "quarantined": 0, "redacted": 0, "undated": 0}

    def numbers(self) -> Numbers:
        """Return what was done so far, in the order in which status.py explains it."""
        tally, follower = self._parts.sender.tally, self._parts.follower
        return {
            "read": self._counts["read"],
            "sent": tally.sent,
            "acknowledged": tally.acknowledged,
            "resent": tally.resent,
            "duplicates_avoided": follower.copies,
            "quarantined": self._counts["quarantined"],
            "redacted": self._counts["redacted"],
            "undated": self._counts["undated"],
            "emptied": follower.emptied,
            "waits": tally.waits,
        }

    def run(self, once: bool) -> None:
        """Work until everything is delivered (once) or the user ends it; what is not confirmed stays in the logs."""
        with contextlib.suppress(Stopped):
            # Written first, so that after a crash it is known since when rotated files are ours to read.
            self._until_written(self._save)
            self._parts.status.write("running", force=True)
            while self._step(once):
                pass
            self._until_written(self._save)
        self._parts.status.write("ended", force=True)

    def _save(self) -> None:
        self._parts.checkpoint.save(self._parts.follower.progress())

    def _until_written(self, write: Callable[[], None]) -> None:
        """Write to the state directory, for as long as it takes: without it nothing may be confirmed."""
        while True:
            try:
                return write()
            except OSError as error:
                place = error.filename or "the state directory"
                self._parts.tell(f"--state: {place}: cannot be written: {error.strerror}; make room, it is tried again")
                self._parts.stop.sleep(_DISK_S)

    def _step(self, once: bool) -> bool:
        stop, follower = self._parts.stop, self._parts.follower
        before = self._counts["read"]
        for record in follower.read():
            self._take(record)
            if self._batch.size >= self._parts.sender.limit_bytes:
                self._flush()
            stop.check()
        is_idle = self._counts["read"] == before
        if self._batch.last and (once or self._batch_age_s() >= BATCH_AGE_S):
            self._flush()
        if once and is_idle and follower.finished():
            return False
        self._parts.status.write("running")
        if is_idle:
            stop.sleep(_POLL_S)
        return True

    def _batch_age_s(self) -> float:
        return self._parts.clock.monotonic() - self._batch.began

    def _take(self, record: Record) -> None:
        batch, line = self._batch, record.line
        if not batch.last:
            batch.began = self._parts.clock.monotonic()
        batch.last[record.key] = record
        self._counts["read"] += 1
        decision = plan(line)
        if isinstance(decision, SetAside):
            self._set_aside(record, decision.reason)
            return
        self._counts["redacted"] += decision.redacted
        body = wrap(self._origin, record.source, decision.time or self._undated(), decision.raw)
        batch.entries.append(Entry(body, len(batch.records)))
        batch.records.append(record)
        batch.size += len(body)

    def _undated(self) -> str:
        self._counts["undated"] += 1
        return f"{self._parts.clock.now():.3f}"

    def _set_aside(self, record: Record, reason: str) -> None:
        line = record.line
        self._batch.refused.append(Refused(record.source, line.start, line.raw, line.end - line.start, reason))
        self._batch.size += len(line.raw)

    def _flush(self) -> None:
        parts, batch = self._parts, self._batch
        for refusal in parts.sender.deliver(batch.entries):
            record = batch.records[refusal.entry.note]
            self._set_aside(record, f"refused by the collector: {refusal.reason}")
        self._until_written(lambda: parts.quarantine.add(batch.refused))
        self._counts["quarantined"] += len(batch.refused)
        for record in batch.last.values():
            parts.follower.confirm(record)
        self._until_written(self._save)
        parts.status.trouble = ""
        self._batch = Batch()


class Watch:
    """What the sender asks of the forwarder while it waits: to keep hold of what rotation brings."""

    def __init__(self, stop: Stop, clock: Clock, hold: Callable[[], None], tell: Callable[[str], None]) -> None:
        self._stop = stop
        self._hold = hold
        self.monotonic = clock.monotonic
        self.trouble = tell

    def pause(self, seconds: float) -> None:
        """Let time pass, looking for rotated logs now and then."""
        while seconds > 0:
            self._hold()
            self._stop.sleep(min(seconds, _POLL_S))
            seconds -= _POLL_S
