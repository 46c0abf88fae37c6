"""The summary counts what a recording holds."""

import json
import lzma
from pathlib import Path

from cluster.summary import by_label, summary


def test_a_recording_is_summed_up_in_one_row(tmp_path: Path) -> None:
    """Events, requests, minutes, verbs, levels, and labels with what must be found and what clients confirmed."""
    events = [
        {"auditID": "a", "verb": "get", "level": "Metadata", "stageTimestamp": "2026-11-24T17:00:00.000000Z"},
        {"auditID": "a", "verb": "get", "level": "Metadata", "stageTimestamp": "2026-11-24T17:01:30.000000Z"},
    ]
    text = "".join(json.dumps(event) + "\n" for event in events)
    (tmp_path / "night.jsonl.xz").write_bytes(lzma.compress(text.encode()))
    label = {"recording": "night", "auditID": "a", "catalogue": "C01", "must_find": True, "confirmed": False}
    (tmp_path / "labels.jsonl").write_text(json.dumps(label) + "\n")

    row = summary(tmp_path).splitlines()[-1]
    by_id = by_label(tmp_path).splitlines()

    assert row == "| night | 0 | 2 | 1 | 1.5 | get 2 | Metadata 2 | 1 | 1 | 0 |"
    assert by_id == ["| id | night |", "|---|---|", "| C01 | 1 of 1 |"]
