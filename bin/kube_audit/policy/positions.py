"""Places in a text: lines and columns count from 1, offsets from 0, all in characters."""

import bisect
import re
from typing import NamedTuple, Tuple

# What YAML 1.1 takes for a line break, so that our lines are the parser's lines.
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Mark(NamedTuple):
    """One place in a text."""

    line: int
    column: int


class Lines:
    """The line starts of one text."""

    def __init__(self, text: str) -> None:
        self._length = len(text)
        self._starts = [0, *(found.end() for found in _BREAK.finditer(text))]

    def __len__(self) -> int:
        return len(self._starts)

    def offset(self, mark: Mark) -> int:
        """Count the characters before a mark."""
        if mark.line > len(self._starts):
            return self._length
        return min(self._starts[mark.line - 1] + mark.column - 1, self._length)

    def mark(self, offset: int) -> Mark:
        """Find line and column of an offset."""
        line = bisect.bisect_right(self._starts, offset)
        return Mark(line, offset - self._starts[line - 1] + 1)

    def span(self, line: int) -> Tuple[int, int]:
        """Give the offsets of a line's first character and of the next line's first."""
        end = self._starts[line] if line < len(self._starts) else self._length
        return self._starts[line - 1], end
