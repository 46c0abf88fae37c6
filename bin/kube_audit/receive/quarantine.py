"""What could not be delivered as an event, kept with its reason.

    quarantine/refused.jsonl   mode 0600, appended and synced before the checkpoint passes the line
    {"time": "2026-11-23T23:19:31.123Z", "reason": "not JSON: …", "source": "/…/audit.log", "offset": 796, "length": 12,
     "sha256": "…", "text": "not an event"}        or "base64": "…" where the bytes are no UTF-8

The text is what stood in the log, secrets included: it never leaves the machine.
"""

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Dict, List, NamedTuple, Union

from kube_audit.clock import Clock, iso_utc

_KEPT_BYTES = 1 << 20  # of one line; its length and place say where the rest is


class Refused(NamedTuple):
    """Bytes of a log that were set aside, and why."""

    source: str
    offset: int
    raw: bytes
    length: int
    reason: str


class Quarantine:
    """The quarantine of one state directory."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._path = directory / "quarantine" / "refused.jsonl"
        self._clock = clock

    def add(self, items: List[Refused]) -> None:
        """Put items on disk; when this returns they survive a crash."""
        if not items:
            return
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(b"".join(self._entry(item) for item in items))
            file.flush()
            os.fsync(descriptor)

    def _entry(self, item: Refused) -> bytes:
        entry: Dict[str, Union[str, int]] = {
            "time": iso_utc(self._clock.now()),
            "reason": item.reason,
            "source": item.source,
            "offset": item.offset,
            "length": item.length,
            "sha256": hashlib.sha256(item.raw).hexdigest(),
        }
        kept = item.raw[:_KEPT_BYTES]
        try:
            entry["text"] = kept.decode("utf-8")
        except UnicodeDecodeError:
            entry["base64"] = base64.b64encode(kept).decode("ascii")
        return json.dumps(entry).encode("ascii") + b"\n"
