"""Lines of a log, however its bytes are cut."""

import gzip
from pathlib import Path
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube_audit.receive import lines as lines_module
from kube_audit.receive.content import Content
from kube_audit.receive.lines import Line, LineReader


def read(path: Path, offset: int = 0) -> LineReader:
    """Return a reader over a file."""
    return LineReader(Content(path), offset)


def all_lines(path: Path, offset: int = 0) -> List[Line]:
    """Return all finished lines of a file."""
    return list(read(path, offset).lines(1 << 40))


@given(
    data=st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\r", b"\x00", b" ", b"\xff"]), max_size=60).map(
        b"".join
    ),
    block=st.integers(1, 9),
    is_packed=st.booleans(),
)
def test_lines_are_those_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, block: int, is_packed: bool
) -> None:
    """For any bytes and any size of blocks, plain and compressed; places lead back to the bytes."""
    path = tmp_path_factory.mktemp("log") / "audit.log"
    path.write_bytes(gzip.compress(data) if is_packed else data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines_module, "BLOCK", block)
        reader = read(path)
        found = list(reader.lines(1 << 40))

    finished, _, rest = data.rpartition(b"\n")
    expected = [piece[:-1] if piece.endswith(b"\r") else piece for piece in finished.split(b"\n")]
    assert [item.raw for item in found] == [piece for piece in expected if piece]
    assert reader.unfinished() == rest
    for item in found:
        assert data[item.start : item.start + len(item.raw)] == item.raw
        assert data[: item.end].endswith(b"\n")
        assert not item.cut


@given(
    st.lists(st.binary(min_size=1, max_size=5).filter(lambda raw: not set(raw) & set(b"\r\n")), max_size=10), st.data()
)
def test_reading_goes_on_at_any_lines_end(
    tmp_path_factory: pytest.TempPathFactory, raws: List[bytes], data: st.DataObject
) -> None:
    """A reader that starts where another line ended yields the rest."""
    path = tmp_path_factory.mktemp("log") / "audit.log"
    path.write_bytes(b"".join(raw + b"\n" for raw in raws))
    found = all_lines(path)
    start = data.draw(st.integers(0, len(found)))
    offset = found[start - 1].end if start else 0

    assert all_lines(path, offset) == found[start:]


def test_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    """At the start of the log only."""
    path = tmp_path / "audit.log"
    path.write_bytes(b"\xef\xbb\xbfone\n\xef\xbb\xbftwo\n")

    assert all_lines(path) == [Line(b"one", 3, 7), Line(b"\xef\xbb\xbftwo", 7, 14)]


def test_line_beyond_the_limit_is_cut_and_the_next_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its beginning and its whole length are known, memory stays bounded."""
    monkeypatch.setattr(lines_module, "LONGEST", 100)
    monkeypatch.setattr(lines_module, "_KEPT_OF_CUT", 10)
    monkeypatch.setattr(lines_module, "BLOCK", 7)
    path = tmp_path / "audit.log"
    path.write_bytes(b"a" * 1000 + b"\n" + b"b" * 90 + b"\n")

    first, second = all_lines(path)

    assert (first.start, first.end, first.cut) == (0, 1001, True)
    assert first.raw.startswith(b"a" * 10)
    assert len(first.raw) <= 110
    assert second == Line(b"b" * 90, 1001, 1092)


def test_limit_ends_at_a_blocks_end_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next turn goes on where this one stopped."""
    monkeypatch.setattr(lines_module, "BLOCK", 8)
    path = tmp_path / "audit.log"
    path.write_bytes(b"one\ntwo\nthree\nfour\n")
    reader = read(path)

    first = [item.raw for item in reader.lines(8)]
    at_end_after_first = reader.at_end
    rest = [item.raw for item in reader.lines(1000)]

    assert (first, at_end_after_first) == ([b"one", b"two"], False)
    assert (rest, reader.at_end) == ([b"three", b"four"], True)
