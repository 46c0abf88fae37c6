"""The recordings hold what their labels and their README say; no cluster is needed for that."""

import gzip
import json
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cluster.labels import parse_time

FOLDER = Path(__file__).parent
RECORDINGS = sorted(FOLDER.glob("*.jsonl.gz"))
LIMIT_BYTES = 20_000_000
STAGES = ("RequestReceived", "ResponseStarted", "ResponseComplete", "Panic")

Event = dict[str, Any]


def name_of(path: Path) -> str:
    """Name a recording as its labels do."""
    return path.name.removesuffix(".jsonl.gz")


def events_of(path: Path) -> list[Event]:
    """Read one recording."""
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def labels() -> list[dict[str, Any]]:
    """Read all labels."""
    return [json.loads(line) for line in (FOLDER / "labels.jsonl").read_text().splitlines()]


each_recording = pytest.mark.parametrize("path", RECORDINGS, ids=name_of)


def test_all_recordings_together_stay_small() -> None:
    """Everything in the folder is at most 20 MB."""
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) <= LIMIT_BYTES


@each_recording
def test_every_line_is_an_audit_event_with_an_identity(path: Path) -> None:
    """Each line is one event of audit.k8s.io/v1 with an id, a stage, a verb and a source address."""
    for event in events_of(path):
        assert (event["kind"], event["apiVersion"]) == ("Event", "audit.k8s.io/v1")
        assert event["auditID"]
        assert event["stage"] in STAGES
        assert event["sourceIPs"]


@each_recording
def test_stages_of_a_request_keep_their_order(path: Path) -> None:
    """Within one request later stages have later times, none before it was received."""
    stages: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for event in events_of(path):
        assert event["stageTimestamp"] >= event["requestReceivedTimestamp"]
        stages[event["auditID"]].append((STAGES.index(event["stage"]), event["stageTimestamp"]))
    for found in stages.values():
        times = [time for _, time in sorted(found)]
        assert times == sorted(times)


@each_recording
def test_a_recording_is_one_continuous_time(path: Path) -> None:
    """No event lies outside the recording's time, and no hole of more than a minute is in it."""
    times = sorted(parse_time(event["stageTimestamp"]) for event in events_of(path))

    assert all(later - earlier < timedelta(minutes=1) for earlier, later in zip(times, times[1:], strict=False))


@each_recording
def test_every_label_names_a_request_of_its_actor(path: Path) -> None:
    """A label's audit id is in its recording, made by the label's actor or by nobody who could be authenticated."""
    users: dict[str, set[str]] = defaultdict(set)
    for event in events_of(path):
        users[event["auditID"]].add(event["user"].get("username", ""))

    for label in labels():
        if label["recording"] == name_of(path):
            assert users[label["auditID"]] <= {label["actor"], ""}


def test_labels_belong_to_recordings_that_are_there() -> None:
    """No label is left of a recording that is gone, and each recording with attacks says what must be found."""
    known = {name_of(path) for path in RECORDINGS}

    assert {label["recording"] for label in labels()} <= known
    assert any(label["must_find"] for label in labels())


def test_the_first_log_holds_the_attacks_of_the_first_detections() -> None:
    """Exec by both protocols, four ways to a binding, and a burst of at least twelve denials within five minutes."""
    events = {(event["auditID"], event["stage"]): event for event in events_of(FOLDER / "first-log.jsonl.gz")}
    mine = [label for label in labels() if label["recording"] == "first-log" and label["must_find"]]
    by_detection: dict[str, list[Event]] = defaultdict(list)
    for label in mine:
        by_detection[label["detection"]].append(events[label["auditID"], "ResponseComplete"])

    assert {event["verb"] for event in by_detection["execution/pod_exec"]} == {"get", "create"}
    assert {event["verb"] for event in by_detection["privilege_escalation/cluster_admin_binding"]} == {
        "create",
        "patch",
    }
    denied = sorted(event["stageTimestamp"] for event in by_detection["discovery/denied_access_burst"])
    assert len(denied) >= 12
    assert parse_time(denied[-1]) - parse_time(denied[0]) < timedelta(minutes=5)
    assert len(events) - len(mine) >= 300
