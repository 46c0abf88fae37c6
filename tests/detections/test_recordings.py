"""On logs recorded from a real API server, the attacks are found and ordinary life is not."""

from collections import Counter
from pathlib import Path

import pytest

import generate
from cluster.recordings import RECORDED, recordings, text_of, wanted
from detections.conftest import ROOT, Bench

DETECTIONS = generate.load(ROOT)


@pytest.mark.parametrize("log", recordings(RECORDED).values(), ids=lambda path: path.name)
def test_attacks_are_found_and_nothing_else(bench: Bench, log: Path) -> None:
    """Requests in the findings are those that the labels of the recording name, by detection, user and number."""
    head = bench.head_with(text_of(log).splitlines(keepends=True))
    found: Counter[tuple[str, str]] = Counter()

    for detection in DETECTIONS:
        name = "/".join(detection.path.with_suffix("").parts[-2:])
        rows, _ = bench.detect(head, detection)
        for row in rows:
            found[name, str(row["user"])] += int(str(row["count"]))

    assert found == wanted(log)
