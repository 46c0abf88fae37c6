"""The chain itself, step by step: install, set up, forward, index, search, alert.

`start` leaves a running stand-in with findings in it: the demo prints it, the browser test opens its page.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from demo import processes, receiver, recording
from demo.splunk import Splunk, wait_until

APP = "kube_audit"
INDEXES = ("kube_audit", "kube_audit_findings")
PAGE = Path(__file__).parent / "page.json"
CLUSTER = "demo"
ADMINISTRATOR = "admin"
INDEXING_LIMIT_S = 30.0
SCHEDULE_LIMIT_S = 60.0
# A run at minute t reads what was indexed from t-7 to t-2 minutes (design decision 19), and runs come every five.
RUN_EVERY_S = 300
RUN_READS_UNTIL_S = 120
# The dashboard starts a little before the first event and ends after the last scheduled run that the demo waits for.
PAGE_MARGIN_S = 30
PAGE_RUNS_S = 600

COUNT_SPL = "`kube_audit_index` | eval copy=sha256(_raw) | stats count, dc(copy) AS events, max(_indextime) AS newest"
FINDINGS_SPL = (
    '`kube_audit_findings_index` source="kube_audit:finding" | dedup finding_id | sort 0 detection'
    " | table detection, severity, user, what, src, cluster, first_time, finding_id"
)


class Outcome(NamedTuple):
    """What went through the chain, and where its page is."""

    read: int
    sent: int
    indexed: int
    duplicates: int
    findings: list[dict[str, Any]]
    alerts_delivered: int
    url: str


class Running(NamedTuple):
    """The outcome, and the ends of the chain that are still there to be asked."""

    outcome: Outcome
    splunk: Splunk
    alerts: receiver.Receiver


@contextmanager
def start(package: Path, log: Path, directory: Path, say: Callable[[str], None]) -> Iterator[Running]:
    """Play one recorded log through the installed package; the stand-in runs until the block ends.

    `directory` must be empty; everything that the chain writes lies in it. `say` gets one line as each step starts.
    """
    say(f"unpacking the recorded audit log {log.name}")
    recorded = recording.unpack(log, directory)
    token, credentials = secrets.token_hex(16), (ADMINISTRATOR, secrets.token_hex(16))
    say(f"starting the stand-in for Splunk and installing {package.name}")
    now = recorded.newest + 60
    setup = processes.Setup(package, _page_of(recorded, directory), directory / "standin")
    with (
        processes.standin(setup, now, token, credentials) as addresses,
        receiver.listen(directory / "receiver") as alerts,
    ):
        splunk = Splunk(addresses.management, addresses.ca, credentials)
        _set_up(splunk, alerts, say)
        say(f"forwarding {recorded.events} events over HEC")
        token_file = directory / "hec-token"
        token_file.touch(mode=0o600)
        token_file.write_text(token)
        delivery = processes.Delivery(addresses.hec, token_file, addresses.ca, directory / "forwarder", CLUSTER)
        counters = processes.forward(recorded.path, delivery)
        say("waiting until every event is indexed")
        counts = _wait_indexed(splunk, int(counters["sent"]))
        say("moving the clock past the scheduled runs that cover what was indexed")
        _run_schedule(splunk, float(counts["newest"]))
        findings = splunk.search(FINDINGS_SPL, APP)
        say("waiting for the alert action")
        wait_until(
            lambda: bool(alerts.received) or not findings, SCHEDULE_LIMIT_S, "no alert arrived at the local receiver"
        )
        indexed, unique = int(counts["count"]), int(counts["events"])
        outcome = Outcome(
            int(counters["read"]),
            int(counters["sent"]),
            indexed,
            indexed - unique,
            [_finding(row) for row in findings],
            len(alerts.received),
            addresses.web,
        )
        yield Running(outcome, splunk, alerts)


def _page_of(recorded: recording.Recording, directory: Path) -> Path:
    """Write what the page shows: its dashboard opens on the recording and the runs after it, whenever that is."""
    earliest, latest = int(recorded.oldest) - PAGE_MARGIN_S, int(recorded.newest) + PAGE_RUNS_S
    parameters = {"form.time.earliest": str(earliest), "form.time.latest": str(latest)}
    path = directory / "page.json"
    path.write_text(json.dumps({**json.loads(PAGE.read_bytes()), "parameters": parameters}))
    return path


def _set_up(splunk: Splunk, alerts: receiver.Receiver, say: Callable[[str], None]) -> None:
    """Make the indexes, switch the detections on, and point their alert action at the receiver."""
    for index in INDEXES:
        splunk.create_index(index)
    splunk.edit_conf(APP, "kube_audit", "alert_post", {"ca_file": str(alerts.ca), "allow": alerts.address})
    detections = splunk.saved_searches(APP)
    say(f"switching on {len(detections)} detections")
    for name in detections:
        settings = {"disabled": "0", "actions": "kube_audit_post", "action.kube_audit_post.param.url": alerts.url}
        splunk.edit_saved_search(APP, name, settings)


def _wait_indexed(splunk: Splunk, sent: int) -> dict[str, Any]:
    counts: dict[str, Any] = {}

    def all_there() -> bool:
        rows = splunk.search(COUNT_SPL, APP)
        counts.update(rows[0] if rows else {"count": 0})
        return int(counts["count"]) >= sent

    wait_until(all_there, INDEXING_LIMIT_S, f"fewer than the {sent} events sent are indexed")
    return counts


def _run_schedule(splunk: Splunk, newest_indexed: float) -> None:
    """Set the clock just past the run that reads the newest indexed event."""
    runs_passed = int((newest_indexed + RUN_READS_UNTIL_S) // RUN_EVERY_S) + 1
    splunk.set_clock(runs_passed * RUN_EVERY_S + 1)


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "detection": row["detection"],
        "severity": row["severity"],
        "who": row["user"],
        "what": row["what"],
        "where": row["src"],
    }
