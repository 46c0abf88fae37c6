"""The recorded audit log that the demo plays: unpacked, counted, and its first and last moment found."""

from pathlib import Path
from typing import NamedTuple

from cluster.labels import parse_time
from cluster.recordings import events_of, text_of


class Recording(NamedTuple):
    """A log file laid out as an API server leaves it, how many events it holds, and their first and last time."""

    path: Path
    events: int
    oldest: float
    newest: float


def unpack(source: Path, directory: Path) -> Recording:
    """Write a packed recording as `audit.log` into a directory."""
    path = directory / "audit.log"
    path.write_bytes(text_of(source))
    times = [parse_time(event["stageTimestamp"]).timestamp() for event in events_of(source)]
    return Recording(path, len(times), min(times), max(times))
