"""Decides what a file is that was met anew: a log of which something was delivered, or a new one.

The first line decides who comes into question, the last delivered one (at its place) whether it is so. A file that
agrees but ends before that place is short: a copy that is still being made, or an older one.
"""

import enum
import hashlib
from typing import Dict, Mapping, NamedTuple, Optional

from kube_audit.receive.content import Content, Damaged, Incomplete
from kube_audit.receive.marks import Mark, holds

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
    short = False
    for key, mark in sorted(_candidates(content, known).items(), key=lambda item: -item[1].offset):
        try:
            same = holds(content, mark.last)
        except (Incomplete, Damaged):
            same = None
        if same:
            return Recognised(Recognition.KNOWN, key, mark)
        short = short or same is None
    return Recognised(Recognition.SHORT if short else Recognition.NEW)


def _candidates(content: Content, known: Mapping[int, Mark]) -> Dict[int, Mark]:
    head = _head(content) if known else b""
    return {key: mark for key, mark in known.items() if _begins_with(content, head, mark)}


def _begins_with(content: Content, head: bytes, mark: Mark) -> bool:
    first = mark.first
    if first.start + first.length <= len(head):
        return hashlib.sha256(head[first.start : first.start + first.length]).hexdigest() == first.sha256
    if len(head) < _HEAD_BYTES:
        return False
    try:
        return bool(holds(content, first))
    except (Incomplete, Damaged):
        return False


def _head(content: Content) -> bytes:
    head = b""
    try:
        while len(head) < _HEAD_BYTES:
            more = content.read(len(head), _HEAD_BYTES - len(head))
            if not more:
                break
            head += more
    except (Incomplete, Damaged):
        pass
    return head
