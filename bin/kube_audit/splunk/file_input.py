"""The modular input `kube_audit_file`: follows audit logs on a machine that runs Splunk.

    path      a log or a pattern, absolute
    cluster   the cluster's name, checked and named in a log line

The same reading, redaction and quarantine as in the forwarder. `source` is the log's path, `host` and `index` are the
stanza's, `_time` is stageTimestamp. What splunkd takes from an input has no place for an indexed field, so the
cluster reaches the events in one of two ways: `_meta = kube_audit_cluster::NAME` in the stanza (inputs.conf.spec:
valid for every kind of input, but not to be set in Splunk Web), or a row for host and source in the CSV lookup
`kube_audit_clusters`, which a log line spells out at the start.

Log lines go to splunkd.log: `action=started|hint|ended|failed`, with the names and numbers that add-ons of Splunk's
own write. SIGTERM ends the input within a second: the batch is written, the stream closed, the checkpoint saved.
"""

import signal
import sys
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import List, Optional

from splunklib.modularinput import Argument, EventWriter, InputDefinition, Scheme, Script, ValidationDefinition

from kube_audit.clock import SystemClock
from kube_audit.errors import KubeAuditError
from kube_audit.splunk.arguments import Arguments, read_arguments
from kube_audit.splunk.following import Instance, Run
from kube_audit.splunk.writer import BatchWriter


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
            try:
                instance = Instance(stanza, read_arguments(parameters), ew)
                _follow(instance, _state_directory(Path(inputs.metadata["checkpoint_dir"]), stanza), stop)
            except KubeAuditError as error:
                ew.log(EventWriter.ERROR, f"action=failed modular_input_name={stanza} reason={str(error)!r}")
                raise


def _follow(instance: Instance, state: Path, stop: "_Stop") -> None:
    arguments = instance.arguments
    instance.log(f"action=started path={arguments.path} sourcetype_ingested={arguments.sourcetype}")
    if arguments.cluster is not None:
        instance.log(f"action=hint lookup=kube_audit_clusters row={_row(arguments, arguments.cluster)}")
    run = Run(instance, state, SystemClock())
    run.until(lambda: stop.requested)
    instance.log(f"action=ended {run.numbers()} event_index={arguments.index}")


def _row(arguments: Arguments, cluster: str) -> str:
    return ",".join([arguments.host or "HOST", arguments.path, cluster, cluster, cluster])


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
