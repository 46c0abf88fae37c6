"""Decides what a file is that was met anew: a log of which something was delivered, or a new one.

The first line decides who comes into question, the last delivered one (at its place) whether it is so. A file that
agrees but ends before that place is short: a copy that is still being made, or an older one.
"""

import enum
import hashlib
from typing import Mapping, NamedTuple, Optional

from kube_audit.receive.content import Content, Damaged, Incomplete
from kube_audit.receive.marks import Mark, Span, holds

_HEAD_BYTES = 64 << 10


class Recognition(enum.Enum):
    """What a file is."""

    NEW = "new"
    KNOWN = "known"
    SHORT = "short"


class Recognised(NamedTuple):
    """What a file is, and for a known one of which log and how far that was delivered."""

    recognition: Recognition
    key: int = 0
    mark: Optional[Mark] = None


def recognise(content: Content, known: Mapping[int, Mark]) -> Recognised:
    """Compare a file with what was delivered; of several that agree the one that was delivered furthest counts."""
    head = _Head(content)
    short = not head.is_whole
    for key, mark in sorted(known.items(), key=lambda item: -item[1].offset):
        if not head.begins(mark.first):
            continue
        same = _holds(content, mark.last)
        if same:
            return Recognised(Recognition.KNOWN, key, mark)
        short = short or same is None
    return Recognised(Recognition.SHORT if short else Recognition.NEW)


class _Head:
    """The beginning of a file; not whole if the file is gzip that ends within it."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._bytes = b""
        self.is_whole = True
        try:
            while len(self._bytes) < _HEAD_BYTES:
                more = content.read(len(self._bytes), _HEAD_BYTES - len(self._bytes))
                if not more:
                    break
                self._bytes += more
        except (Incomplete, Damaged):
            self.is_whole = False

    def begins(self, first: Span) -> bool:
        """Tell whether the file begins with these bytes."""
        end = first.start + first.length
        if end <= len(self._bytes):
            return hashlib.sha256(self._bytes[first.start : end]).hexdigest() == first.sha256
        return len(self._bytes) >= _HEAD_BYTES and bool(_holds(self._content, first))


def _holds(content: Content, proof: Span) -> Optional[bool]:
    try:
        return holds(content, proof)
    except (Incomplete, Damaged):
        return None
