"""Decides what becomes of one line: delivered without its secrets, or set aside with a reason. Pure.

Every host of the library (forwarder, modular input) asks here, so that an event is the same on every path.
"""

from typing import NamedTuple, Optional, Union

from kube_audit.event import NotAnEvent, read_event
from kube_audit.receive.lines import LONGEST, Line
from kube_audit.redact.secrets import redact


class Deliver(NamedTuple):
    """An event to deliver: its bytes, its time as epoch text, how many values were taken out."""

    raw: bytes
    time: Optional[str]
    redacted: int


class SetAside(NamedTuple):
    """A line for the quarantine."""

    reason: str


def plan(line: Line) -> Union[Deliver, SetAside]:
    """Decide what becomes of a line."""
    if line.cut:
        return SetAside(f"longer than {LONGEST >> 20} MiB: only its beginning is kept")
    try:
        event = read_event(line.raw)
    except NotAnEvent as error:
        return SetAside(str(error))
    redaction = redact(event)
    return Deliver(redaction.raw, event.time, redaction.spans)


def is_event(raw: bytes) -> bool:
    """Tell whether bytes are a whole audit event."""
    try:
        read_event(raw)
    except NotAnEvent:
        return False
    return True
