"""When an event happened: TIME_PREFIX, TIME_FORMAT, MAX_TIMESTAMP_LOOKAHEAD, TZ, and the range that is believed.

Without TIME_FORMAT the first ISO 8601 time in the window counts (`2026-01-15T10:00:00.123Z`, also with a blank for the
T, a comma for the dot, without seconds or zone). An offset in the text beats TZ. A time further away than
MAX_DAYS_AGO or MAX_DAYS_HENCE, or no time at all, becomes that of the event before, else the present.
"""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from standin.conf.errors import Problem, UnknownConf
from standin.conf.patterns import compile_regex, first_match
from standin.conf.props import Props
from standin.conf.text import Setting, whole_number
from standin.values.timeformat import parse_time

DAY_S = 86400
ISO = re.compile(
    r"(?<!\d)(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:(?<=:\d\d:\d\d)[.,](\d{1,9}))?"
    r"\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)?(?!\d)",
    re.ASCII,
)
# Formats that the pattern above reads too, ten times faster than parse_time does
ISO_FORMAT = re.compile(r"%Y-%m-%dT%H:%M:%S(\.%\d?[NQ])?(Z|%:?z)\Z")


class TimeReader:
    """The timestamp settings of one set of props."""

    def __init__(self, props: Props) -> None:
        self._reads = props["DATETIME_CONFIG"].value not in ("CURRENT", "NONE")
        prefix = props["TIME_PREFIX"] if _given(props, "TIME_PREFIX") else None
        self._prefix = compile_regex(prefix, prefix.value) if prefix is not None else None
        self._format = props["TIME_FORMAT"].value if _given(props, "TIME_FORMAT") else ""
        self._iso_format = ISO_FORMAT.match(self._format)
        self._lookahead = whole_number(props, "MAX_TIMESTAMP_LOOKAHEAD")
        self._zone = _zone(props["TZ"]) if _given(props, "TZ") else UTC
        self._ago_s = whole_number(props, "MAX_DAYS_AGO") * DAY_S
        self._hence_s = whole_number(props, "MAX_DAYS_HENCE") * DAY_S

    def read(self, raw: str, now: float) -> float | None:
        """Return the time that stands in a text, None where there is none to be found or believed."""
        if not self._reads:
            return None
        start = 0
        if self._prefix is not None:
            match = first_match(self._prefix, raw)
            if match is None:
                return None
            start = match.end()
        window = raw[start : start + self._lookahead] if self._lookahead > 0 else raw[start:]
        found = self._parse(window.lstrip() if self._format else window, now)
        believed = found is not None and now - self._ago_s <= found <= now + self._hence_s
        return found if believed else None

    def has_date(self, line: str) -> bool:
        """Tell whether a line holds a time, whatever the present."""
        return self._prefix_and_parse(line) is not None

    def _prefix_and_parse(self, line: str) -> float | None:
        match = first_match(self._prefix, line) if self._prefix is not None else None
        if self._prefix is not None and match is None:
            return None
        start = match.end() if match is not None else 0
        return self._parse(line[start : start + self._lookahead] if self._lookahead > 0 else line[start:], 0.0)

    def _parse(self, window: str, now: float) -> float | None:
        if not self._format:
            match = ISO.search(window)
            return iso_time(match, self._zone) if match is not None else None
        if self._iso_format is not None:
            match = ISO.match(window)
            if match is not None and self._fits(match):
                return iso_time(match, self._zone)
        found = parse_time(window, self._format, now)
        if found is None or self._zone is UTC or re.search("%s|%:?z|%Z", self._format):
            return found
        return datetime.fromtimestamp(found, UTC).replace(tzinfo=self._zone).timestamp()

    def _fits(self, match: re.Match[str]) -> bool:
        """Tell whether the time has a fraction and a zone exactly where the format asks for them."""
        assert self._iso_format is not None
        fraction, zone = self._iso_format.groups()
        found_zone = match[4] == "Z" if zone == "Z" else match[4] is not None
        return match[0][10] == "T" and len(match[2]) == 8 and bool(fraction) == bool(match[3]) and found_zone


def first_iso_time(text: str) -> float | None:
    """Return the first ISO 8601 time anywhere in a text, read as UTC where it names no zone."""
    match = ISO.search(text)
    return iso_time(match, UTC) if match is not None else None


def iso_time(match: re.Match[str], zone: tzinfo) -> float | None:
    """Return the epoch seconds of a match of ISO, None where the calendar has no such time."""
    date, clock, fraction, offset = match.groups()
    suffix = "+00:00" if offset in ("Z", "UTC", "GMT") else offset or ""
    try:
        moment = datetime.fromisoformat(
            f"{date}T{clock}.{fraction:.6}{suffix}" if fraction else f"{date}T{clock}{suffix}"
        )
    except ValueError:
        return None
    return (moment if offset else moment.replace(tzinfo=zone)).timestamp()


def _given(props: Props, key: str) -> bool:
    return key in props and bool(props[key].value)


def _zone(setting: Setting) -> tzinfo:
    if setting.value in ("UTC", "GMT", "Z"):
        return UTC
    try:
        return ZoneInfo(setting.value)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"no time zone {setting.value!r}"
        raise UnknownConf(Problem(setting.file, setting.line, "value", message)) from None
