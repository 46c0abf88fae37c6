"""Spans of time, as `span=5m`, `time_window=10m` and `bin` take them, and the start of the span that a time lies in."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from standin.values.timemodifier import MONTHS, SECONDS, UNITS, shift

SPAN = re.compile(r"(\d{0,9})([a-z]+)(@.*)?")
BELOW_A_SECOND = {"us": 1e-6, "ms": 1e-3, "cs": 1e-2, "ds": 1e-1}


class Span(NamedTuple):
    """A count of units; `seconds` is None for months, quarters and years, whose length varies."""

    amount: int
    unit: str
    seconds: float | None
    snap: str = ""


def read_span(text: str) -> Span | None:
    """Return the span that a text spells, None where it spells none; a bare number is seconds."""
    text = text.strip().lower()
    if text.isdecimal() and len(text) < 10:
        return Span(int(text), "s", float(text)) if int(text) else None
    match = SPAN.fullmatch(text)
    if match is None:
        return None
    count = int(match.group(1) or 1)
    name, snap = match.group(2), match.group(3) or ""
    if count == 0:
        return None
    if name in BELOW_A_SECOND:
        return Span(count, name, count * BELOW_A_SECOND[name], snap)
    unit = UNITS.get(name)
    if unit is None:
        return None
    return Span(count, unit, float(count * SECONDS[unit]) if unit in SECONDS else None, snap)


def floor_time(moment: float, span: Span, align: float = 0.0) -> float:
    """Return the start of the span that a time lies in; weeks start on Sunday, spans of months at the year."""
    if span.seconds is not None and span.unit != "w":
        return (moment - align) // span.seconds * span.seconds + align
    if span.unit == "w" and span.seconds is not None:
        first_sunday = -4 * 86400  # the epoch was a Thursday
        return (moment - first_sunday) // span.seconds * span.seconds + first_sunday
    months = span.amount * MONTHS[span.unit]
    day = datetime.fromtimestamp(moment, UTC)
    index = (day.year * 12 + day.month - 1) // months * months
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC).timestamp()


def next_start(start: float, span: Span) -> float:
    """Return the start of the span after the one that starts at a time."""
    if span.seconds is not None:
        return start + span.seconds
    return shift(f"+{span.amount}{span.unit}", start)
