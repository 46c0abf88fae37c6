"""The recorded audit log that the demo plays: unpacked, counted, and its newest moment found."""

import gzip
import json
from datetime import datetime
from pathlib import Path
from typing import NamedTuple


class Recording(NamedTuple):
    """A log file laid out as an API server leaves it, how many events it holds, and the newest one's time."""

    path: Path
    events: int
    newest: float


def unpack(source: Path, directory: Path) -> Recording:
    """Write a packed recording as `audit.log` into a directory."""
    text = gzip.decompress(source.read_bytes()) if source.suffix == ".gz" else source.read_bytes()
    path = directory / "audit.log"
    path.write_bytes(text)
    times = [json.loads(line)["stageTimestamp"] for line in text.splitlines()]
    return Recording(path, len(times), max(datetime.fromisoformat(time).timestamp() for time in times))
