"""How far a log was delivered, and what proves that a file holds that log.

A log is known by its content, never by its name: the same bytes under `audit.log`, `audit-….log` and `….log.gz` are
one log. A mark keeps the hashes of the first and of the last line that were delivered, each with its place. Audit
lines carry an id and a time in microseconds, so another file with the same last line at the same place is a copy.

    {"source": "/var/log/kubernetes/audit.log", "offset": 1592, "first": [0, 795, "9f86…"], "last": [796, 795, "6030…"]}
"""

import hashlib
from typing import NamedTuple, Optional

from kube_audit.receive.content import Content


class Span(NamedTuple):
    """Bytes [start, start + length) of a log, and their SHA-256."""

    start: int
    length: int
    sha256: str


class Mark(NamedTuple):
    """Everything of the log before `offset` is delivered; `source` is the name that the log was first seen under."""

    source: str
    offset: int
    first: Span
    last: Span


def span(start: int, raw: bytes) -> Span:
    """Describe bytes and their place."""
    return Span(start, len(raw), hashlib.sha256(raw).hexdigest())


def advance(mark: Optional[Mark], source: str, start: int, raw: bytes, end: int) -> Mark:
    """Return the mark after one more line, which began at `start` and whose successor begins at `end`."""
    line = span(start, raw)
    return Mark(source, end, line, line) if mark is None else mark._replace(offset=end, last=line)


def holds(content: Content, proof: Span) -> Optional[bool]:
    """Tell whether a file holds those bytes at that place, None where it ends before them."""
    found = content.read(proof.start, proof.length)
    while 0 < len(found) < proof.length:
        more = content.read(proof.start + len(found), proof.length - len(found))
        if not more:
            break
        found += more
    if len(found) < proof.length:
        return None
    return hashlib.sha256(found).hexdigest() == proof.sha256
