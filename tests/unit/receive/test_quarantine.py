"""What was set aside can be found again, whatever it was."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import ManualClock
from kube_audit.receive.quarantine import Quarantine, Refused


@given(st.binary(max_size=100), st.text(max_size=20))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, raw: bytes, reason: str) -> None:
    """As text where they are text, else as base64; one line an entry."""
    directory = tmp_path_factory.mktemp("state")
    item = Refused("/var/log/audit.log", 7, raw, len(raw) + 1, reason)

    Quarantine(directory, ManualClock()).add([item, item])

    first, second = (directory / "quarantine" / "refused.jsonl").read_bytes().splitlines()
    entry = json.loads(first)
    kept = entry["text"].encode() if "text" in entry else base64.b64decode(entry["base64"])
    assert first == second
    assert (kept, entry["reason"], entry["offset"]) == (raw, reason, 7)


def test_entries_are_added_to_those_before(tmp_path: Path) -> None:
    """In files for the owner only."""
    for number in range(3):
        Quarantine(tmp_path, ManualClock()).add([Refused("s", number, b"x", 2, "r")])

    path = tmp_path / "quarantine" / "refused.jsonl"
    assert [json.loads(entry)["offset"] for entry in path.read_text().splitlines()] == [0, 1, 2]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_to_set_aside_makes_no_directory(tmp_path: Path) -> None:
    """A quarantine that is there holds something."""
    Quarantine(tmp_path, ManualClock()).add([])

    assert list(tmp_path.iterdir()) == []


def test_long_lines_are_kept_to_a_megabyte(tmp_path: Path) -> None:
    """Length, place and hash say what the rest was."""
    Quarantine(tmp_path, ManualClock()).add([Refused("s", 0, b"x" * (2 << 20), (2 << 20) + 1, "r")])

    entry = json.loads((tmp_path / "quarantine" / "refused.jsonl").read_text())
    assert len(entry["text"]) == 1 << 20
    assert entry["length"] == (2 << 20) + 1
