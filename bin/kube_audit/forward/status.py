"""What a forwarder did, in numbers: `status.json` while it runs, one JSON line on stdout when it ends.

    read                lines that came out of the logs (blank ones aside)
    sent                events in batches that the collector answered with 200, repeated ones counted again
    acknowledged        events whose delivery is confirmed: by an acknowledgement where the token has them, else by 200
    resent              events that were sent again, because the answer or the acknowledgement did not come
    duplicates_avoided  files left out because they hold what was read under another name
    quarantined         lines set aside with their reason
    redacted            values taken out of events
    undated             events without a readable timestamp, which got the time of reading
    emptied             logs that were cut while they were read, so that lines may be missed
    waits               pauses because the collector could not be reached, refused, or was busy

read = acknowledged + quarantined once all is delivered.
"""

import contextlib
import json
from pathlib import Path
from typing import Callable, Dict, Union

from kube_audit.clock import Clock, iso_utc

Numbers = Dict[str, int]


class Status:
    """Writes `status.json`, once a second at most."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._path = directory / "status.json"
        self._clock = clock
        self._written = -1.0
        self.trouble = ""
        self.numbers: Callable[[], Numbers] = dict

    def write(self, phase: str, force: bool = False) -> None:
        """Put the numbers where other programs find them, as far as the disk lets us: nothing depends on them."""
        now = self._clock.monotonic()
        if not force and self._written >= 0 and now - self._written < 1.0:
            return
        self._written = now
        document: Dict[str, Union[int, str]] = {
            "time": iso_utc(self._clock.now()),
            "phase": phase,
            "trouble": self.trouble,
            **self.numbers(),
        }
        temporary = self._path.with_suffix(".tmp")
        with contextlib.suppress(OSError):
            temporary.write_text(json.dumps(document) + "\n", encoding="utf-8")
            temporary.replace(self._path)
