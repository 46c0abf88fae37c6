"""Record a scenario: start a cluster, play the script, normalise the log, label it, write both.

A recording begins after the cluster is set up: what was received before is left out, its start-up included. Lines
stay in the order in which the API server wrote them.
"""

import json
import lzma
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from cluster.actors import PYTHON_CLIENT
from cluster.control_plane import Cluster, Options
from cluster.errors import LaboratoryError, NotRun
from cluster.labels import Label, contradictions, label_events, parse_time, write_labels
from cluster.normalise import Normaliser, Timeline
from cluster.script import Script, Step
from cluster.versions import built_binaries

POLICIES = Path(__file__).parent / "policies"
# The API server writes an event when the request is over; the last ones need a moment.
SETTLE_S = 2.0


class Scenario(NamedTuple):
    """A script, the cluster it plays on, and when it is said to have happened."""

    name: str
    kubernetes: str
    prepare: Callable[[Cluster], None]
    play: Callable[[Cluster, Script], None]
    options: Options
    anchor: datetime
    seed: int


class Recording(NamedTuple):
    """What one run left: the lines as they were written, and the steps."""

    began: datetime
    lines: list[str]
    steps: list[Step]


def run(scenario: Scenario, say: Callable[[str], None]) -> Recording:
    """Play a scenario on a cluster of its own and take its audit log."""
    if not PYTHON_CLIENT.exists():
        raise NotRun(f"{PYTHON_CLIENT}: not there; run make record, which installs the Python client")
    with tempfile.TemporaryDirectory(prefix="kube-audit-cluster-") as name:
        with Cluster(built_binaries(scenario.kubernetes), Path(name), scenario.options) as cluster:
            scenario.prepare(cluster)
            time.sleep(SETTLE_S)
            began = datetime.now(UTC)
            script = Script(scenario.seed, say)
            scenario.play(cluster, script)
            time.sleep(SETTLE_S)
        return Recording(began, since(began, cluster.audit_log.read_text().splitlines()), script.steps)


def since(began: datetime, lines: Iterable[str]) -> list[str]:
    """Keep the events of requests that were received after a moment."""
    return [line for line in lines if parse_time(json.loads(line)["requestReceivedTimestamp"]) >= began]


def save(scenario: Scenario, recording: Recording, folder: Path) -> Counter[str]:
    """Write the normalised log and its labels; the bytes of the packed file depend on its lines alone."""
    events: list[dict[str, Any]] = [json.loads(line) for line in recording.lines]
    labels = label_events(events, recording.steps)
    wrong = contradictions(events, recording.steps)
    if wrong:
        raise LaboratoryError(
            f"{scenario.name}: labels by audit id and by actor and time differ: {'; '.join(wrong[:3])}"
        )
    normaliser = Normaliser(scenario.name, Timeline(recording.began, scenario.anchor))
    text = "".join(f"{line}\n" for line in normaliser.lines(recording.lines))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{scenario.name}.jsonl.xz").write_bytes(lzma.compress(text.encode(), preset=9))
    _replace_labels(folder / "labels.jsonl", scenario.name, labels, normaliser)
    return count(events, labels)


def _replace_labels(path: Path, name: str, labels: Sequence[Label], normaliser: Normaliser) -> None:
    lines = path.read_text().splitlines() if path.exists() else []
    kept = [line for line in lines if json.loads(line)["recording"] != name]
    ids = {label.audit_id: normaliser.text(label.audit_id) for label in labels}
    path.write_text("".join(f"{line}\n" for line in [*kept, *write_labels(labels, name, ids)]))


def count(events: Sequence[dict[str, Any]], labels: Sequence[Label]) -> Counter[str]:
    """Count events by stage and verb, and labels by catalogue id."""
    counts: Counter[str] = Counter(events=len(events))
    for event in events:
        counts[f"stage {event['stage']}"] += 1
        counts[f"verb {event['verb']}"] += 1
    for label in labels:
        assert label.step.truth is not None
        counts["labels confirmed by the client"] += label.confirmed
        counts[f"label {label.step.truth.catalogue} {'must be found' if label.must_find else 'context'}"] += 1
    return counts
