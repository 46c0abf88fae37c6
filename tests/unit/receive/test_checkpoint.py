"""Checkpoints survive damage: they over-read, never under-read."""

import json
from pathlib import Path
from typing import List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kube_audit.errors import BadInput
from kube_audit.receive.checkpoint import VERSION, Checkpoint, Progress
from kube_audit.receive.marks import Mark, Span


def progress(offset: int, source: str = "/var/log/audit.log") -> Progress:
    """Return a progress that can be told from others."""
    return Progress((Mark(source, offset, Span(0, 10, "a" * 64), Span(offset - 11, 10, "b" * 64)),), 1795475971.5)


class Desk:
    """A checkpoint and what it reported."""

    def __init__(self, directory: Path) -> None:
        self.newest = directory / "checkpoint.json"
        self.previous = directory / "checkpoint.previous.json"
        self.checkpoint = Checkpoint(directory)
        self.told: List[str] = []

    def load(self) -> Progress:
        """Load it."""
        return self.checkpoint.load(self.told.append)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A checkpoint that was saved twice."""
    made = Desk(tmp_path)
    made.checkpoint.save(progress(100))
    made.checkpoint.save(progress(200))
    return made


def test_last_save_is_loaded(desk: Desk) -> None:
    """And the file is for its owner only."""
    assert desk.load() == progress(200)
    assert desk.newest.stat().st_mode & 0o777 == 0o600
    assert desk.told == []


def test_nothing_saved_is_a_start_from_nothing(tmp_path: Path) -> None:
    """Without a word."""
    desk = Desk(tmp_path)

    assert desk.load() == Progress()
    assert desk.told == []


def test_crash_between_two_renames_falls_back(desk: Desk) -> None:
    """For a moment only the copy before is there."""
    desk.newest.unlink()

    assert desk.load() == progress(100)


def test_truncation_at_any_byte_falls_back(desk: Desk) -> None:
    """Every length but the whole."""
    whole = desk.newest.read_bytes()
    for length in range(len(whole)):
        desk.newest.write_bytes(whole[:length])
        assert desk.load() == progress(100)
    assert len(desk.told) == len(whole)
    assert all("checkpoint.json: damaged" in told for told in desk.told)


def test_any_flipped_bit_falls_back(desk: Desk) -> None:
    """Every bit of the file; a flip that changes no meaning may load as it was."""
    whole = desk.newest.read_bytes()
    for place in range(len(whole) * 8):
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        desk.newest.write_bytes(damaged)
        assert desk.load() == progress(100)


@settings(max_examples=200)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_else_in_both_files_is_a_start_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    """No content of the files ends in a traceback."""
    desk = Desk(tmp_path_factory.mktemp("state"))
    desk.newest.write_bytes(data)
    desk.previous.write_bytes(data)

    assert desk.load() == Progress()
    assert len(desk.told) == 2


@pytest.mark.parametrize("data", [b"[]", b"{}", b"null", b'{"version":1,"sha256":1}', b"[" * 100_000], ids=repr)
def test_other_json_is_damage(desk: Desk, data: bytes) -> None:
    """Whatever its form."""
    desk.newest.write_bytes(data)

    assert desk.load() == progress(100)


def test_newer_version_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older program must not read it wrongly, nor overwrite it."""
    monkeypatch.setattr("kube_audit.receive.checkpoint.VERSION", VERSION + 1)
    desk.checkpoint.save(progress(300))
    monkeypatch.undo()

    with pytest.raises(BadInput, match="newer version"):
        desk.load()


def test_names_of_any_bytes_come_back(desk: Desk) -> None:
    """A file's name may be no UTF-8."""
    named = progress(5, b"/var/log/\xff\xfe.log".decode("utf-8", "surrogateescape"))
    desk.checkpoint.save(named)

    assert desk.load() == named
    assert json.loads(desk.newest.read_bytes())["version"] == VERSION
