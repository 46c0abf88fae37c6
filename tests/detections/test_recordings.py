"""On logs recorded from a real API server, the attacks are found and ordinary life is not."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

import generate
from detections.conftest import ROOT, Bench

RECORDED = ROOT / "tests" / "recorded"
DETECTIONS = generate.load(ROOT)
LABELS = [json.loads(line) for line in (RECORDED / "labels.jsonl").read_text().splitlines()]
LOGS = sorted(RECORDED.glob("*.jsonl.gz"))


def must_be_found(log: Path, detection: generate.Detection) -> Counter[str]:
    """Return how many requests of each actor a detection must find in a log."""
    name = "/".join(detection.path.with_suffix("").parts[-2:])
    return Counter(
        label["actor"]
        for label in LABELS
        if f"{label['recording']}.jsonl.gz" == log.name and label["detection"] == name and label["must_find"]
    )


@pytest.mark.parametrize("log", LOGS, ids=lambda path: path.name)
def test_attacks_are_found_and_nothing_else(bench: Bench, log: Path) -> None:
    """Requests in the findings are those that the labels of the recording name, by actor and number."""
    lines = gzip.decompress(log.read_bytes()).splitlines(keepends=True)
    head = bench.head_with(lines)

    for detection in DETECTIONS:
        rows, _ = bench.detect(head, detection)
        found: Counter[str] = Counter()
        for row in rows:
            found[str(row["user"])] += int(str(row["count"]))
        assert found == must_be_found(log, detection), detection.id
