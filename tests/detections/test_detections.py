"""Each detection finds its `fires-` events and says who, what and where; its `silent-` events give nothing."""

import json
import re
from pathlib import Path

import pytest
import yaml

import generate
from detections.conftest import ROOT, Bench
from kube_audit.event import read_event
from kube_audit.redact.secrets import redact
from standin.environment import Row

HERE = Path(__file__).parent
DETECTIONS = {detection.id: detection for detection in generate.load(ROOT)}
FILES = sorted(HERE.glob("*/*.jsonl"))
FIRES = [path for path in FILES if path.name.startswith("fires-")]
SILENT = [path for path in FILES if path.name.startswith("silent-")]
KEYS = [
    *("time", "finding_id", "detection", "detection_id", "detection_version", "severity", "cluster"),
    *("user", "what", "src", "first_time", "last_time", "count", "reasons"),
]


def name_of(path: Path) -> str:
    """Name a case by detection and file."""
    return f"{path.parent.name}/{path.stem}"


def lines_of(path: Path) -> list[bytes]:
    """Return a file's events."""
    return path.read_bytes().splitlines(keepends=True)


def redacted(line: bytes) -> bytes:
    """Return what the forwarder sends for a line of the log."""
    return redact(read_event(line.rstrip(b"\n"))).raw + b"\n"


def findings_of(rows: list[Row]) -> list[dict[str, object]]:
    """Return the findings that were written, by the time of what they found."""
    read = [json.loads(str(row["_raw"])) for row in rows]
    return sorted(read, key=lambda finding: str(finding["first_time"]))


def plain(value: object) -> object:
    """Return a value as `expected.yml` writes it."""
    return value if isinstance(value, list) else str(value)


@pytest.mark.parametrize("path", FIRES, ids=name_of)
@pytest.mark.parametrize("change", [bytes, redacted], ids=["as logged", "redacted"])
def test_it_fires(bench: Bench, path: Path, change: type[bytes]) -> None:
    """The findings are the expected ones, on events as they were logged and as the forwarder redacts them."""
    expected = yaml.safe_load((path.parent / "expected.yml").read_text())[path.stem]

    rows, written = bench.run(DETECTIONS[path.parent.name], [change(line) for line in lines_of(path)])

    found = findings_of(written)
    said = [{key: plain(finding[key]) for key in wanted} for finding, wanted in zip(found, expected, strict=False)]
    assert said == expected
    assert len(rows) == len(found) == len(expected)


@pytest.mark.parametrize("path", SILENT, ids=name_of)
def test_it_stays_silent(bench: Bench, path: Path) -> None:
    """Events that look alike and are not what it is for give nothing."""
    rows, written = bench.run(DETECTIONS[path.parent.name], lines_of(path))

    assert (rows, written) == ([], [])


@pytest.mark.parametrize("path", FIRES, ids=name_of)
def test_a_finding_is_whole(bench: Bench, path: Path) -> None:
    """A finding has every key in order, none empty, time first and in UTC, and alerts see the same finding."""
    detection = DETECTIONS[path.parent.name]

    rows, written = bench.run(detection, lines_of(path))

    for row, event in zip(rows, written, strict=True):
        raw = str(event["_raw"])
        finding = json.loads(raw)
        assert list(finding) == KEYS
        assert raw.startswith('{"time":"')
        assert all(value not in ("", None, []) for value in finding.values())
        assert (finding["detection"], finding["detection_version"]) == (detection.stanza, detection.version)
        assert re.fullmatch(r"[0-9a-f]{64}", finding["finding_id"])
        for key in ("time", "first_time", "last_time"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", finding[key])
        assert row["finding_id"] in {json.loads(str(other["_raw"]))["finding_id"] for other in written}


@pytest.mark.parametrize("path", FIRES, ids=name_of)
def test_a_finding_has_the_same_identity_in_every_run(bench: Bench, path: Path) -> None:
    """Running again over the same events gives the same finding_id, so that readers can tell repeats."""
    detection = DETECTIONS[path.parent.name]

    first, second = (bench.run(detection, lines_of(path))[1] for _ in range(2))

    assert [one["finding_id"] for one in findings_of(first)] == [one["finding_id"] for one in findings_of(second)]


def test_every_detection_has_both_kinds_of_events() -> None:
    """No detection without events that fire and events that stay silent, and no expectation without events."""
    for identity in DETECTIONS:
        folder = HERE / identity
        expected = yaml.safe_load((folder / "expected.yml").read_text())
        assert sorted(expected) == sorted(path.stem for path in FIRES if path.parent == folder)
        assert any(path.parent == folder for path in SILENT)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_events_are_audit_events(path: Path) -> None:
    """Each line is one that the forwarder takes for an audit event."""
    for line in lines_of(path):
        assert read_event(line.rstrip(b"\n")).raw == line.rstrip(b"\n")
