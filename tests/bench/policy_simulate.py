"""How many Metadata events a second `kube-audit policy simulate` replays on one core.

Takes the recordings, cut to what level Metadata holds, repeated with other names until there are 200,000 events, and
replays the file under the recommended policy of the Kubernetes documentation's form: users, verbs, namespaces, names.

    python tests/bench/policy_simulate.py [EVENTS]

Prints one line; the promise is 100,000 events a second.
"""

import gzip
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator, List

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bin"))

from kube_audit.policy.load import load_text  # noqa: E402 (after the path is set)
from kube_audit.policy.simulate.events import Reader  # noqa: E402
from kube_audit.policy.simulate.tally import Tally  # noqa: E402

PROMISE = 100_000
POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, users: ["system:kube-proxy"], verbs: [watch], resources: [{resources: [endpoints, services]}]}
- {level: None, userGroups: ["system:nodes"], verbs: [get], resources: [{group: "", resources: [nodes, nodes/status]}]}
- {level: None, resources: [{group: "", resources: [configmaps], resourceNames: [controller-leader]}]}
- {level: None, nonResourceURLs: ["/healthz*", "/version", "/swagger*"]}
- {level: None, resources: [{group: coordination.k8s.io, resources: [leases]}]}
- {level: Metadata, namespaces: [kube-system], resources: [{group: "", resources: [configmaps]}]}
- {level: Metadata, resources: [{group: "", resources: [secrets, configmaps]}]}
- {level: Metadata, verbs: [create, update, patch, delete]}
- {level: Metadata}
"""


def metadata_events() -> List[str]:
    """Read the recordings and drop what level Metadata does not hold."""
    lines = []
    for path in sorted((ROOT / "tests" / "recorded").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as log:
            for line in log:
                event = json.loads(line)
                event.pop("requestObject", None)
                event.pop("responseObject", None)
                event["level"] = "Metadata"
                lines.append(json.dumps(event, separators=(",", ":")))
    return lines


def repeated(lines: List[str], events: int) -> Iterator[str]:
    """Repeat lines until there are enough, with other object names each time, as a real log has."""
    for number in range(events):
        line = lines[number % len(lines)]
        yield line.replace("shop/pods/", f"shop/pods/r{number // len(lines)}-") + "\n"


def measure(events: int) -> float:
    """Write a log, replay it, and give events a second of processor time."""
    lines = metadata_events()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "audit.log"
        log.write_text("".join(repeated(lines, events)), encoding="utf-8")
        tally, reader = Tally(load_text(POLICY).policy), Reader()
        begun = time.process_time()
        for line in reader.read(log):
            tally.add(line.event, line.size)
        spent = time.process_time() - begun
        size = log.stat().st_size
    assert sum(count.seen for count in tally.counts.values()) == events
    rate = events / spent
    form = "policy simulate: {:,} Metadata events, {:.0f} bytes each, {:,.0f} events/s on one core\n"
    sys.stdout.write(form.format(events, size / events, rate))
    return rate


if __name__ == "__main__":
    measured = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
    sys.exit(0 if measured >= PROMISE else 1)
