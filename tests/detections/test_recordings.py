"""On logs recorded from a real API server, the attacks are found and ordinary life is not."""

import gzip
import json
import lzma
from collections import Counter
from pathlib import Path

import pytest

import generate
from detections.conftest import ROOT, Bench

RECORDED = ROOT / "tests" / "recorded"
DETECTIONS = generate.load(ROOT)
LABELS = [json.loads(line) for line in (RECORDED / "labels.jsonl").read_text().splitlines()]
LOGS = sorted([*RECORDED.glob("*.jsonl.gz"), *RECORDED.glob("*.jsonl.xz")])


def unpacked(log: Path) -> list[bytes]:
    """Return the lines of a recording."""
    unpack = gzip.decompress if log.suffix == ".gz" else lzma.decompress
    return unpack(log.read_bytes()).splitlines(keepends=True)


def must_be_found(log: Path, lines: list[bytes], detection: generate.Detection) -> Counter[str]:
    """Return how many requests of each user a detection must find in a log."""
    name = "/".join(detection.path.with_suffix("").parts[-2:])
    # The log knows no name for whoever came with a token that nobody issued, the labels do.
    users = {event["auditID"]: event["user"].get("username") for event in map(json.loads, lines)}
    return Counter(
        users[label["auditID"]] or "system:unauthenticated"
        for label in LABELS
        if label["recording"] == log.name.partition(".jsonl")[0] and label["detection"] == name and label["must_find"]
    )


@pytest.mark.parametrize("log", LOGS, ids=lambda path: path.name)
def test_attacks_are_found_and_nothing_else(bench: Bench, log: Path) -> None:
    """Requests in the findings are those that the labels of the recording name, by user and number."""
    lines = unpacked(log)
    head = bench.head_with(lines)

    for detection in DETECTIONS:
        rows, _ = bench.detect(head, detection)
        found: Counter[str] = Counter()
        for row in rows:
            found[str(row["user"])] += int(str(row["count"]))
        assert found == must_be_found(log, lines, detection), detection.id
