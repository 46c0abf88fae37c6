"""Whole lines of one log, in order, each with its place.

A line ends at a newline; a carriage return before it and a byte order mark at the start of the log are no part of it.
What stands behind the last newline is a line only when the caller says so. A line longer than 64 MiB is not kept in
memory: its first MiB comes out as a line marked `cut`, with its whole length.
"""

from typing import Iterator, List, NamedTuple

from kube_audit.receive.content import Content

BLOCK = 1 << 20
LONGEST = 64 << 20
_KEPT_OF_CUT = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Line(NamedTuple):
    """One line: its bytes without the line end, where it begins, where its successor begins; cut if too long."""

    raw: bytes
    start: int
    end: int
    cut: bool = False


class LineReader:
    """Reads the lines of a log from a place on."""

    def __init__(self, content: Content, offset: int) -> None:
        self._content = content
        self.read_to = offset
        self.at_end = False
        self._pieces: List[bytes] = []  # of a line whose end has not come yet
        self._pending = 0
        self._skipped = 0
        self.offset = offset

    def lines(self, limit_bytes: int) -> Iterator[Line]:
        """Yield whole lines until the end of what is there now, or a block beyond the limit; to be read to its end.

        Blank lines are passed over. `at_end` tells afterwards which of the two it was.
        """
        self.at_end = False
        while limit_bytes > 0:
            block = self._content.read(self.read_to, BLOCK)
            if not block:
                self.at_end = True
                return
            self.read_to += len(block)
            limit_bytes -= len(block)
            yield from self._split(block)

    def _split(self, block: bytes) -> Iterator[Line]:
        first, *rest = block.split(b"\n")
        self._keep(first)
        for piece in rest:
            line = self._take(1)
            if line.raw:
                yield line
            self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        if self._pending + len(piece) > LONGEST:
            kept = b"".join(self._pieces)[:_KEPT_OF_CUT]
            self._skipped += self._pending + len(piece) - len(kept)
            self._pieces, self._pending = [kept], len(kept)
        elif piece:
            self._pieces.append(piece)
            self._pending += len(piece)

    def _take(self, line_end: int) -> Line:
        raw = b"".join(self._pieces)
        cut = self._skipped > 0
        start, end = self.offset, self.offset + self._pending + self._skipped + line_end
        self._pieces, self._pending, self._skipped = [], 0, 0
        self.offset = end
        if start == 0 and raw.startswith(_BYTE_ORDER_MARK):
            raw, start = raw[3:], 3
        return Line(raw[:-1] if raw.endswith(b"\r") else raw, start, end, cut)

    def unfinished(self) -> bytes:
        """Return what stands behind the last newline, without taking it."""
        return b"" if self._skipped else b"".join(self._pieces)

    def take_unfinished(self) -> Line:
        """Take what stands behind the last newline as a line."""
        return self._take(0)
