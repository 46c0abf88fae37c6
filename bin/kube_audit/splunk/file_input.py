"""The modular input `kube_audit_file`: follows audit logs on a machine that runs Splunk.

    path      a log or a pattern, absolute
    cluster   the cluster's name, checked and named in the log lines

The same reading, redaction and quarantine as in the forwarder. `source` is the log's path, `host` and `index` are the
stanza's, `_time` is stageTimestamp. What splunkd takes from an input has no place for an indexed field, so the
cluster reaches the events in one of two ways: `_meta = kube_audit_cluster::NAME` in the stanza (inputs.conf.spec:
valid for every kind of input, but not from Splunk Web), or a row for host and source in the CSV lookup
`kube_audit_clusters`, which the first log line spells out.

A write to splunkd's pipe is not indexing. The checkpoint therefore stays 60 s or 64 MB behind what was written, and
catches up when the input ends as it should (SIGTERM) or is idle: after a crash the tail is sent again.
"""

import signal
import sys
from collections import deque
from dataclasses import dataclass
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Deque, Dict, List, NamedTuple, Optional

from splunklib.modularinput import Argument, EventWriter, InputDefinition, Scheme, Script, ValidationDefinition

from kube_audit.clock import Clock, SystemClock
from kube_audit.errors import BadInput, KubeAuditError
from kube_audit.names import SOURCETYPE, check_cluster
from kube_audit.plan import SetAside, is_event, plan
from kube_audit.receive.checkpoint import Checkpoint, Progress
from kube_audit.receive.find import Finder, has_wildcard
from kube_audit.receive.follow import Follower, Surroundings
from kube_audit.receive.log import Record
from kube_audit.receive.quarantine import Quarantine, Refused
from kube_audit.splunk.writer import BatchWriter, Outgoing

_BATCH_BYTES = 1 << 20
_BATCH_S = 1.0
_POLL_S = 0.2
_TAIL_S = 60.0
_TAIL_BYTES = 64 << 20


class FileInput(Script):  # type: ignore[misc]  # splunklib has no types
    """What splunkd starts: once for the scheme, once for each set of arguments, once to run an instance."""

    def run(self, args: List[str]) -> int:
        """Serve one call of splunkd; returns the exit code."""
        # UTF-8 whatever the locale is; the XML that comes in says itself what it is.
        stdout = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
        return int(self.run_script(args, BatchWriter(stdout), sys.stdin.buffer))

    def get_scheme(self) -> Scheme:
        """Describe the input for Settings > Data inputs."""
        scheme = Scheme("Kubernetes audit log")
        scheme.description = "Follows the audit log of a Kubernetes API server through rotation and restarts."
        scheme.use_single_instance = False
        for name, title, description, required in (
            ("path", "Log", "A file or a pattern, absolute, such as /var/log/kubernetes/audit/audit*.log", True),
            ("cluster", "Cluster", "The cluster's name; see the lookup kube_audit_clusters", False),
        ):
            scheme.add_argument(
                Argument(name, description, title=title, required_on_create=required, required_on_edit=False)
            )
        return scheme

    def validate_input(self, definition: ValidationDefinition) -> None:
        """Refuse arguments that cannot work; splunkd shows the message."""
        read_arguments(definition.parameters)

    def stream_events(self, inputs: InputDefinition, ew: BatchWriter) -> None:
        """Follow the logs of one stanza until splunkd ends the input."""
        stop = _Stop()
        for stanza, parameters in inputs.inputs.items():
            state = _state_directory(Path(inputs.metadata["checkpoint_dir"]), stanza)
            run = _Run(_Instance(stanza, read_arguments(parameters), ew), state, SystemClock())
            try:
                run.until(stop)
                run.close()
            except KubeAuditError as error:
                ew.log(EventWriter.ERROR, f"action=failed modular_input_name={stanza} reason={str(error)!r}")
                raise


@dataclass(frozen=True)
class Arguments:
    """What a stanza says."""

    path: str
    cluster: Optional[str]
    sourcetype: str
    index: str
    host: str


def read_arguments(parameters: Dict[str, Optional[str]]) -> Arguments:
    """Read a stanza; raises BadInput that names the argument."""
    path = (parameters.get("path") or "").strip()
    if not Path(path).is_absolute():
        raise BadInput(f"path: {path!r} is not absolute; it must be like /var/log/kubernetes/audit/audit*.log")
    _check_readable(path)
    cluster = (parameters.get("cluster") or "").strip() or None
    if cluster is not None:
        check_cluster(cluster, "cluster")
    values = (parameters.get("sourcetype") or SOURCETYPE, parameters.get("index") or "default")
    return Arguments(path, cluster, *values, host=parameters.get("host") or "")


def _check_readable(pattern: str) -> None:
    path = Path(pattern)
    if path.is_dir():
        raise BadInput(f"path: {pattern} is a directory; name the log, or use a pattern like {pattern}/audit*.log")
    if not has_wildcard(str(path.parent)) and not path.parent.is_dir():
        raise BadInput(f"path: there is no directory {path.parent}; correct the path")
    for found in Finder([pattern], _refuse).find():
        if found.asked:
            try:
                found.path.open("rb").close()
            except OSError as error:
                _refuse(f"{found.path}: cannot be read: {error.strerror}; give Splunk's user the right to read it")


def _refuse(reason: str) -> None:
    raise BadInput(f"path: {reason}")


def _state_directory(parent: Path, stanza: str) -> Path:
    directory = parent / f"kube_audit_file-{sha256(stanza.encode('utf-8')).hexdigest()[:16]}"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


class _Stop:
    """Whether splunkd wants the input to end; without a handler the process would end in the middle of a batch."""

    def __init__(self) -> None:
        self.requested = False
        signal.signal(signal.SIGTERM, self._request)
        signal.signal(signal.SIGINT, self._request)

    def _request(self, _number: int, _frame: Optional[FrameType]) -> None:
        self.requested = True


class _Instance(NamedTuple):
    stanza: str
    arguments: Arguments
    writer: BatchWriter

    def log(self, line: str) -> None:
        """Write a line into splunkd.log."""
        self.writer.log(EventWriter.INFO, f"{line} modular_input_name={self.stanza}")


class Tail:
    """Progress that lies far enough behind what was written to be taken as indexed."""

    def __init__(self, progress: Progress) -> None:
        self.settled = progress
        self._written: Deque[tuple[float, int, Progress]] = deque()
        self._bytes = 0

    def add(self, now: float, size: int, progress: Progress) -> None:
        """Note a batch that was written; what is old or far enough behind settles."""
        self._written.append((now, size, progress))
        self._bytes += size
        while self._written and (now - self._written[0][0] > _TAIL_S or self._bytes > _TAIL_BYTES):
            _, settled_size, self.settled = self._written.popleft()
            self._bytes -= settled_size


class _Run:
    """One run of one instance."""

    def __init__(self, instance: _Instance, state: Path, clock: Clock) -> None:
        self._instance = instance
        self._clock = clock
        self._checkpoint = Checkpoint(state)
        self._quarantine = Quarantine(state, clock)
        progress = self._checkpoint.load(self._warn)
        self._tail = Tail(progress)
        self._saved = progress
        finder = Finder([instance.arguments.path], self._warn)
        self._follower = Follower(finder, progress, Surroundings(clock, self._warn, is_event))
        self._events: List[Outgoing] = []
        self._refused: List[Refused] = []
        self._last: Dict[int, Record] = {}
        self._size = 0
        self._began = 0.0
        self._counts = {"n_events": 0, "n_quarantined": 0, "n_redacted": 0}

    def _warn(self, line: str) -> None:
        self._instance.writer.log(EventWriter.WARN, f"{line} modular_input_name={self._instance.stanza}")

    def until(self, stop: _Stop) -> None:
        """Follow until it is time to end; everything that was written is confirmed then."""
        arguments = self._instance.arguments
        self._instance.log(f"action=started path={arguments.path} sourcetype_ingested={arguments.sourcetype}")
        if arguments.cluster:
            row = ",".join([arguments.host or "HOST", arguments.path, *[arguments.cluster] * 3])
            self._instance.log(f"action=hint lookup=kube_audit_clusters row={row}")
        while not stop.requested:
            before = self._follower.progress()
            self._pass(stop)
            if not stop.requested and self._follower.progress() == before and not self._last:
                self._rest()
        self._flush()
        self._save(self._follower.progress())
        self._tell("ended")

    def close(self) -> None:
        """Let all files go."""
        self._follower.close()

    def _rest(self) -> None:
        self._tail.add(self._clock.monotonic(), 0, self._follower.progress())
        self._save(self._tail.settled)
        self._clock.sleep(_POLL_S)

    def _pass(self, stop: _Stop) -> None:
        for record in self._follower.read():
            self._take(record)
            if self._size >= _BATCH_BYTES:
                self._flush()
                if stop.requested:
                    return
        if self._last and self._clock.monotonic() - self._began >= _BATCH_S:
            self._flush()
        elif self._last:
            self._clock.sleep(_POLL_S)

    def _take(self, record: Record) -> None:
        line = record.line
        if not self._last:
            self._began = self._clock.monotonic()
        self._last[record.key] = record
        self._size += len(line.raw)
        decision = plan(line)
        if isinstance(decision, SetAside):
            self._refused.append(Refused(record.source, line.start, line.raw, line.end - line.start, decision.reason))
            return
        self._counts["n_redacted"] += decision.redacted
        time = decision.time or f"{self._clock.now():.3f}"
        self._events.append(Outgoing(time, record.source, decision.raw.decode("utf-8")))

    def _flush(self) -> None:
        if not self._last:
            return
        self._instance.writer.write_batch(self._instance.stanza, self._instance.arguments.sourcetype, self._events)
        self._quarantine.add(self._refused)
        for record in self._last.values():
            self._follower.confirm(record)
        self._counts["n_events"] += len(self._events)
        self._counts["n_quarantined"] += len(self._refused)
        self._tail.add(self._clock.monotonic(), self._size, self._follower.progress())
        self._save(self._tail.settled)
        self._events, self._refused, self._last, self._size = [], [], {}, 0

    def _save(self, progress: Progress) -> None:
        if progress.marks != self._saved.marks:
            self._checkpoint.save(progress)
            self._saved = progress

    def _tell(self, action: str) -> None:
        arguments = self._instance.arguments
        numbers = " ".join(f"{key}={value}" for key, value in self._counts.items())
        self._instance.log(f"action={action} {numbers} event_index={arguments.index}")
