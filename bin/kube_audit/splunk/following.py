"""One run of one modular input: reads logs, writes batches to splunkd's pipe, keeps its place.

A write to the pipe is not indexing. The checkpoint therefore stays 60 s or 64 MB behind what was written, and catches
up when the input ends as it should or has been idle for so long: after a crash the tail is sent again.
"""

from collections import deque
from pathlib import Path
from typing import Callable, Deque, Dict, List, NamedTuple, Tuple

from splunklib.modularinput import EventWriter

from kube_audit.clock import Clock
from kube_audit.plan import SetAside, is_event, plan
from kube_audit.receive.checkpoint import Checkpoint, Progress
from kube_audit.receive.find import Finder
from kube_audit.receive.follow import Follower, Surroundings
from kube_audit.receive.log import Record
from kube_audit.receive.quarantine import Quarantine, Refused
from kube_audit.splunk.arguments import Arguments
from kube_audit.splunk.writer import BatchWriter, Outgoing

_BATCH_BYTES = 1 << 20
_BATCH_S = 1.0
_POLL_S = 0.2
_TAIL_S = 60.0
_TAIL_BYTES = 64 << 20


class Instance(NamedTuple):
    """One stanza, and where its events and log lines go."""

    stanza: str
    arguments: Arguments
    writer: BatchWriter

    def log(self, line: str, severity: str = EventWriter.INFO) -> None:
        """Write a line into splunkd.log."""
        self.writer.log(severity, f"{line} modular_input_name={self.stanza}")

    def warn(self, line: str) -> None:
        """Write a warning into splunkd.log."""
        self.log(line, EventWriter.WARN)


class Tail:
    """Progress that lies far enough behind what was written to be taken as indexed."""

    def __init__(self, progress: Progress) -> None:
        self.settled = progress
        self._written: Deque[Tuple[float, int, Progress]] = deque()
        self._bytes = 0

    def add(self, now: float, size: int, progress: Progress) -> None:
        """Note a batch that was written."""
        self._written.append((now, size, progress))
        self._bytes += size
        self.settle(now)

    def settle(self, now: float) -> Progress:
        """Let what is old or far enough behind settle, and return it."""
        while self._written and (now - self._written[0][0] > _TAIL_S or self._bytes > _TAIL_BYTES):
            _, size, self.settled = self._written.popleft()
            self._bytes -= size
        return self.settled


class Batch:
    """What was read and is not written yet."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.size = 0
        self.events: List[Outgoing] = []
        self.refused: List[Refused] = []
        self.last: Dict[int, Record] = {}  # of each log


class Run:
    """One run of one instance."""

    def __init__(self, instance: Instance, state: Path, clock: Clock) -> None:
        self._instance = instance
        self._clock = clock
        self._checkpoint = Checkpoint(state)
        self._quarantine = Quarantine(state, clock)
        finder = Finder([instance.arguments.path], instance.warn)
        surroundings = Surroundings(clock, instance.warn, is_event)
        self._follower = Follower(finder, self._checkpoint.load(instance.warn), surroundings)
        # Written first, so that after a crash it is known since when rotated files are ours to read.
        self._saved = self._follower.progress()
        self._checkpoint.save(self._saved)
        self._tail = Tail(self._saved)
        self._batch = Batch(0.0)
        self._counts = {"n_events": 0, "n_quarantined": 0, "n_redacted": 0}

    def until(self, is_time_to_end: Callable[[], bool]) -> None:
        """Follow until it is time to end; everything that was written is confirmed then."""
        while not is_time_to_end():
            is_idle = self._pass(is_time_to_end)
            now = self._clock.monotonic()
            if self._batch.last and now - self._batch.began >= _BATCH_S:
                self._flush()
            elif is_idle:
                self._save(self._tail.settle(now))
                self._clock.sleep(_POLL_S)
        self._flush()
        self._save(self._follower.progress())
        self._follower.close()

    def numbers(self) -> str:
        """Return what was done, as pairs for a log line."""
        return " ".join(f"{key}={value}" for key, value in self._counts.items())

    def _pass(self, is_time_to_end: Callable[[], bool]) -> bool:
        """Read what there is; tell whether that was nothing."""
        is_idle = True
        for record in self._follower.read():
            is_idle = False
            self._take(record)
            if self._batch.size >= _BATCH_BYTES:
                self._flush()
                if is_time_to_end():
                    break
        return is_idle

    def _take(self, record: Record) -> None:
        if not self._batch.last:
            self._batch = Batch(self._clock.monotonic())
        batch, line = self._batch, record.line
        batch.last[record.key] = record
        batch.size += len(line.raw)
        decision = plan(line)
        if isinstance(decision, SetAside):
            batch.refused.append(Refused(record.source, line.start, line.raw, line.end - line.start, decision.reason))
            return
        self._counts["n_redacted"] += decision.redacted
        time = decision.time or f"{self._clock.now():.3f}"
        batch.events.append(Outgoing(time, record.source, decision.raw.decode("utf-8")))

    def _flush(self) -> None:
        batch = self._batch
        if not batch.last:
            return
        self._instance.writer.write_batch(self._instance.stanza, self._instance.arguments.sourcetype, batch.events)
        self._quarantine.add(batch.refused)
        for record in batch.last.values():
            self._follower.confirm(record)
        self._counts["n_events"] += len(batch.events)
        self._counts["n_quarantined"] += len(batch.refused)
        self._tail.add(self._clock.monotonic(), batch.size, self._follower.progress())
        self._save(self._tail.settled)
        self._batch = Batch(0.0)

    def _save(self, progress: Progress) -> None:
        if progress.marks != self._saved.marks:
            self._checkpoint.save(progress)
            self._saved = progress
