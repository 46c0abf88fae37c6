"""Time modifiers, as `earliest=` and `relative_time` take them. All calendar arithmetic is in UTC.

now   0   1722470400.5   -7m@m   @w1+2h   -1mon@mon   10/19/2024:00:00:00   2024-10-19T00:00:00.000Z
"""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

from standin.values.numbers import read_number
from standin.values.timeformat import parse_time

UNIT_NAMES = {
    "s": "s sec secs second seconds",
    "m": "m min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "w": "w week weeks",
    "mon": "mon month months",
    "q": "q qtr qtrs quarter quarters",
    "y": "y yr yrs year years",
}
UNITS = {name: unit for unit, names in UNIT_NAMES.items() for name in names.split()}
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
MONTHS = {"mon": 1, "q": 3, "y": 12}
STEP = re.compile(r"([+-])(\d{0,9})([a-z]+)|@([a-z]+)([0-7]?)")
ABSOLUTE_FORMATS = ("%m/%d/%Y:%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%Q%:z", "%Y-%m-%dT%H:%M:%S%:z")
REAL_TIME = re.compile(r"[+-]?rt(?:[+-].*|now)?")


def resolve_time(text: str, now: float) -> float:
    """Return the epoch seconds that a time modifier means at a time; ValueError where it is none."""
    text = text.strip()
    if text in ("now", "now()"):
        return now
    number = read_number(text) if text[:1].isdigit() or text[:1] == "." else None
    if number is not None:
        return float(number)
    if REAL_TIME.fullmatch(text):
        raise ValueError("a real-time modifier")
    return _absolute(text, now) if text[:1].isdigit() else shift(text, now)


def _absolute(text: str, now: float) -> float:
    for candidate in ABSOLUTE_FORMATS:
        found = parse_time(text, candidate, now)
        if found is not None:
            return found
    raise ValueError("no time modifier")


def shift(text: str, now: float) -> float:
    """Apply a chain of offsets and snaps from left to right; ValueError where the text is no such chain."""
    if not text:
        raise ValueError("an empty time modifier")
    position, moment = 0, now
    while position < len(text):
        step = STEP.match(text, position)
        if step is None:
            raise ValueError("no time modifier")
        moment = _apply(step, moment)
        position = step.end()
    return moment


def _apply(step: re.Match[str], moment: float) -> float:
    sign, amount, offset_unit, snap_unit, weekday = step.groups()
    unit = UNITS.get(snap_unit or offset_unit)
    if unit is None or (weekday and unit != "w"):
        raise ValueError("an unknown time unit")
    try:
        if snap_unit:
            return _snap(moment, unit, int(weekday or 0) % 7)
        return _move(moment, unit, int(sign + (amount or "1")))
    except (OverflowError, OSError):
        raise ValueError("a time out of range") from None


def _move(moment: float, unit: str, amount: int) -> float:
    if unit in SECONDS:
        return moment + amount * SECONDS[unit]
    start = datetime.fromtimestamp(moment, UTC)
    months = start.year * 12 + start.month - 1 + amount * MONTHS[unit]
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise ValueError("a time out of range")
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day).timestamp()


def _snap(moment: float, unit: str, weekday: int) -> float:
    start = datetime.fromtimestamp(moment, UTC).replace(microsecond=0)
    if unit == "s":
        return start.timestamp()
    start = start.replace(second=0)
    if unit == "m":
        return start.timestamp()
    start = start.replace(minute=0)
    if unit == "h":
        return start.timestamp()
    start = start.replace(hour=0)
    if unit == "w":
        return (start - timedelta(days=(start.isoweekday() - weekday) % 7)).timestamp()
    return _snap_months(start, unit).timestamp()


def _snap_months(day: datetime, unit: str) -> datetime:
    if unit == "d":
        return day
    if unit == "mon":
        return day.replace(day=1)
    return day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1 if unit == "q" else 1)
