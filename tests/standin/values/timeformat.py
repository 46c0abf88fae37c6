"""`strftime` and `strptime` with Splunk's own variables (Search Reference, date and time format variables), in UTC.

%3N %6Q %Q   digits below the second        %s   epoch seconds        %z %:z %Z   zone
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

VARIABLE = re.compile(r"%(-?)(\d?)(::?z|[A-Za-z%+])")
PLAIN = frozenset("aAbBcdFgGHIjmMpSuUVwWxXyYDTRC")
COMPOSITE = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "D": "%m/%d/%y", "R": "%H:%M", "c": "%a %b %e %H:%M:%S %Y"}
COMPOSITE |= {"x": "%m/%d/%y", "X": "%H:%M:%S", "r": "%I:%M:%S %p", "h": "%b", "v": "%e-%b-%Y"}
COMPOSITE |= {"+": "%a %b %e %H:%M:%S %Z %Y"}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
MAX_EPOCH = 253402300799  # the end of the year 9999


def format_time(moment: float, template: str) -> str | None:
    """Return a time as text, None where it is out of the calendar's range."""
    if not -62135596800 <= moment <= MAX_EPOCH:
        return None
    day = datetime.fromtimestamp(moment // 1, UTC)
    fraction = round(moment % 1 * 1e6)
    if fraction == 10**6:
        day, fraction = day + timedelta(seconds=1), 0
    return VARIABLE.sub(lambda match: _format_one(match, day, fraction), template)


def _format_one(match: re.Match[str], day: datetime, fraction: int) -> str:
    unpadded, width, letter = match.groups()
    if letter in COMPOSITE:
        return VARIABLE.sub(lambda inner: _format_one(inner, day, fraction), COMPOSITE[letter])
    if letter in ("N", "Q"):
        return f"{fraction:06d}000"[: int(width or ("9" if letter == "N" else "3"))]
    if letter in SPECIAL:
        return SPECIAL[letter](day, fraction)
    if letter in PLAIN:
        text = day.strftime("%" + letter)
        return text.lstrip("0") or "0" if unpadded else text
    return match.group(0)


SPECIAL: dict[str, Callable[[datetime, int], str]] = {
    "%": lambda day, fraction: "%",
    "f": lambda day, fraction: f"{fraction:06d}",
    "s": lambda day, fraction: str(int(day.timestamp())),
    "z": lambda day, fraction: "+0000",
    ":z": lambda day, fraction: "+00:00",
    "::z": lambda day, fraction: "+00:00:00",
    "Z": lambda day, fraction: "UTC",
    "e": lambda day, fraction: f"{day.day:2d}",
    "k": lambda day, fraction: f"{day.hour:2d}",
    "l": lambda day, fraction: f"{day.hour % 12 or 12:2d}",
    "n": lambda day, fraction: "\n",
    "t": lambda day, fraction: "\t",
    "Y": lambda day, fraction: f"{day.year:04d}",
}

READERS = {
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<short_year>\d{2})",
    "m": r"(?P<month>\d{1,2})",
    "d": r"(?P<day>\d{1,2})",
    "e": r"\s?(?P<day>\d{1,2})",
    "j": r"(?P<yearday>\d{1,3})",
    "b": r"(?P<month_name>[A-Za-z]{3,9})",
    "B": r"(?P<month_name>[A-Za-z]{3,9})",
    "a": r"(?P<weekday>[A-Za-z]{3,9})",
    "A": r"(?P<weekday>[A-Za-z]{3,9})",
    "H": r"(?P<hour>\d{1,2})",
    "k": r"\s?(?P<hour>\d{1,2})",
    "I": r"(?P<hour12>\d{1,2})",
    "l": r"\s?(?P<hour12>\d{1,2})",
    "M": r"(?P<minute>\d{1,2})",
    "S": r"(?P<second>\d{1,2})",
    "p": r"(?P<half>[AaPp][Mm])",
    "s": r"(?P<epoch>-?\d{1,11})",
    "f": r"(?P<fraction>\d{1,9})",
    "N": r"(?P<fraction>\d{1,9})",
    "Q": r"(?P<fraction>\d{1,9})",
    "z": r"(?P<zone>Z|[+-]\d{2}:?\d{2})",
    ":z": r"(?P<zone>Z|[+-]\d{2}:?\d{2})",
    "::z": r"(?P<zone>Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)",
    "Z": r"(?P<zone_name>[A-Z]{1,5})",
    "%": "%",
    "n": r"\s+",
    "t": r"\s+",
}
UTC_NAMES = frozenset({"UTC", "GMT", "Z"})


@lru_cache(maxsize=512)
def _reader(template: str) -> re.Pattern[str] | None:
    expanded = template
    for _ in range(2):  # %+ and %c hold no further composites, %r and %T come from one level
        expanded = VARIABLE.sub(lambda match: COMPOSITE.get(match.group(3), match.group(0)), expanded)
    pattern, position = "", 0
    for match in VARIABLE.finditer(expanded):
        reader = READERS.get(match.group(3))
        if reader is None:
            return None
        pattern += _literal(expanded[position : match.start()]) + reader
        position = match.end()
    try:
        return re.compile(pattern + _literal(expanded[position:]), re.ASCII)
    except re.error:  # one variable twice
        return None


def _literal(text: str) -> str:
    return r"\s*".join(re.escape(piece) for piece in re.split(r"\s+", text))


def parse_time(text: str, template: str, now: float) -> float | None:
    """Return the epoch seconds that a text means under a template, None where it does not fit.

    What the template does not say is today's (its date) or zero (its time). Text after the match is ignored.
    """
    reader = _reader(template)
    match = reader.match(text) if reader is not None else None
    if match is None:
        return None
    parts = match.groupdict()
    fraction = float("0." + parts["fraction"]) if parts.get("fraction") else 0.0
    if parts.get("epoch"):
        return int(parts["epoch"]) + fraction
    try:
        return _assemble(parts, datetime.fromtimestamp(now, UTC)) + fraction
    except (ValueError, OverflowError):
        return None


def _assemble(parts: dict[str, str | None], today: datetime) -> float:
    def number(name: str, default: int) -> int:
        text = parts.get(name)
        return int(text) if text else default

    short = parts.get("short_year")
    year = number("year", (2000 if int(short) < 69 else 1900) + int(short) if short else today.year)
    names_date = any(parts.get(name) for name in ("year", "short_year", "month", "month_name", "yearday"))
    month = _month(parts) or number("month", 1 if names_date else today.month)
    day = number("day", 1 if names_date else today.day)
    _check_names(parts)
    second = number("second", 0)
    moment = datetime(year, month, day, _hour(parts), number("minute", 0), min(second, 59), tzinfo=_zone(parts))
    if second not in range(61):
        raise ValueError("second out of range")
    moment += timedelta(seconds=1 if second == 60 else 0, days=number("yearday", 1) - 1)
    return moment.timestamp()


def _check_names(parts: dict[str, str | None]) -> None:
    weekday = parts.get("weekday")
    if weekday and not any(weekday.lower() in (name, name[:3]) for name in DAYS):
        raise ValueError("no day of the week")


def _month(parts: dict[str, str | None]) -> int | None:
    name = (parts.get("month_name") or "").lower()
    if not name:
        return None
    return next(number for number, full in enumerate(MONTHS, 1) if name in (full, full[:3])) if _is_month(name) else 0


def _is_month(name: str) -> bool:
    if any(name in (full, full[:3]) for full in MONTHS):
        return True
    raise ValueError("no month")


def _hour(parts: dict[str, str | None]) -> int:
    hour12 = parts.get("hour12")
    if hour12 is None:
        return int(parts.get("hour") or 0)
    if not 1 <= int(hour12) <= 12:
        raise ValueError("hour out of range")
    return int(hour12) % 12 + (12 if (parts.get("half") or "").lower() == "pm" else 0)


def _zone(parts: dict[str, str | None]) -> timezone:
    name = parts.get("zone_name")
    if name is not None and name not in UTC_NAMES:
        raise ValueError("a zone that is not UTC")
    text = (parts.get("zone") or "Z").replace(":", "")
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return timezone(-offset if text[0] == "-" else offset)
