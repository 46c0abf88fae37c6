"""One log that is open: which file, whose log it turned out to be, and how far it was read."""

from pathlib import Path
from typing import NamedTuple, Optional

from kube_audit.receive.content import Content
from kube_audit.receive.find import Found
from kube_audit.receive.lines import Line, LineReader
from kube_audit.receive.marks import Mark, Span, span


class Record(NamedTuple):
    """A line, and what makes a mark of it: the log's number, its name, and its first line."""

    line: Line
    key: int
    source: str
    first: Span

    def mark(self) -> Mark:
        """Return the mark that says that everything up to this line is delivered."""
        return Mark(self.source, self.line.end, self.first, span(self.line.start, self.line.raw))


class Log:
    """One log that is open."""

    def __init__(self, found: Found, content: Content, changed_at: float, since: float) -> None:
        self.content = content
        self.path: Path = found.path
        self.asked = found.asked
        self.state = found.state
        self.changed_at = changed_at  # monotonic
        self.since = since  # wall clock: a rotated file that was written before this was not ours to read
        self.linked = True
        self.at_end = False
        self.reader: Optional[LineReader] = None
        self.key = 0
        self.source = str(found.path)
        self._first: Optional[Span] = None
        self._last: Optional[Line] = None
        self._resumed: Optional[Mark] = None

    def begin(self, key: int) -> None:
        """Read it as a new log."""
        self.key, self.reader = key, LineReader(self.content, 0)

    def go_on(self, key: int, mark: Mark) -> None:
        """Read it behind what was read of it before."""
        self.key, self.source, self._first, self._resumed = key, mark.source, mark.first, mark
        self.reader = LineReader(self.content, mark.offset)

    def forget(self) -> None:
        """Find out anew what it is, because the file was emptied or written over."""
        self.source, self.key, self.reader = str(self.path), 0, None
        self._first, self._last, self._resumed = None, None, None

    def came_out(self, line: Line) -> Record:
        """Note that a line was read."""
        if self._first is None:
            self._first = span(line.start, line.raw)
        self._last = line
        return Record(line, self.key, self.source, self._first)

    def mark(self) -> Optional[Mark]:
        """Describe everything that was read, delivered or not."""
        if self._last is None or self._first is None:
            return self._resumed
        return Record(self._last, self.key, self.source, self._first).mark()

    def unfinished(self) -> bytes:
        """Return what stands behind the last newline."""
        return self.reader.unfinished() if self.reader else b""
