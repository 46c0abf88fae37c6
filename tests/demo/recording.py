"""The recorded audit log that the demo plays: unpacked, counted, and its first and last moment found."""

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple


class Recording(NamedTuple):
    """A log file laid out as an API server leaves it, how many events it holds, and their first and last time."""

    path: Path
    events: int
    oldest: float
    newest: float


def unpack(source: Path, directory: Path) -> Recording:
    """Write a packed recording as `audit.log` into a directory."""
    path = directory / "audit.log"
    path.write_bytes(_text(source))
    times = [datetime.fromisoformat(event["stageTimestamp"]).timestamp() for event in read_events(source)]
    return Recording(path, len(times), min(times), max(times))


def read_events(source: Path) -> list[dict[str, Any]]:
    """Read the events of a recording."""
    return [json.loads(line) for line in _text(source).splitlines()]


def _text(source: Path) -> bytes:
    return gzip.decompress(source.read_bytes()) if source.suffix == ".gz" else source.read_bytes()
