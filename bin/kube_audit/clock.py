"""Time: the clocks that code is handed, and timestamps as text that keeps every digit.

Back-off, deadlines and ages are measured on the monotonic clock only; the wall clock is used to stamp records.
`epoch_text` never goes through a float: 2026-11-23T23:19:31.123456Z becomes the text 1795475971.123456.
"""

import re
import time
from datetime import datetime, timezone
from functools import lru_cache
from typing import Optional, Protocol

# RFC 3339 as Go writes it: up to nine digits of a second, Z or a numeric offset.
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")


class Clock(Protocol):
    """What code that waits or stamps may ask for."""

    def now(self) -> float:
        """Return seconds since 1970, as the machine believes."""

    def monotonic(self) -> float:
        """Return seconds on a clock that never goes back."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""


class SystemClock:
    """The machine's own clocks."""

    now = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)
    sleep = staticmethod(time.sleep)


@lru_cache(maxsize=1024)
def _minute(text: str, offset: str) -> Optional[int]:
    try:
        minute = datetime.fromisoformat(text + ":00" + ("+00:00" if offset == "Z" else offset))
    except ValueError:
        return None
    return int(minute.timestamp())


def epoch_text(stamp: str) -> Optional[str]:
    """Turn an RFC 3339 timestamp into seconds since 1970 with the same decimals, None where it is not one."""
    match = _STAMP.fullmatch(stamp)
    if match is None:
        return None
    minute = _minute(match[1], match[4])
    second = int(match[2])
    if minute is None or second > 60:  # 60 is a leap second
        return None
    decimals = match[3] or ""
    whole = minute + second
    if whole < 0 and decimals:
        return _before_1970(whole, decimals)
    return f"{whole}.{decimals}" if decimals else str(whole)


def _before_1970(whole: int, decimals: str) -> str:
    scale = 10 ** len(decimals)
    units = -(whole * scale + int(decimals))
    return f"-{units // scale}.{units % scale:0{len(decimals)}d}"


def iso_utc(seconds: float) -> str:
    """Write a wall-clock time as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
