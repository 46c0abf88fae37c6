"""What the instance says about itself: events in _internal, and the warnings among them on stderr.

sourcetype splunkd     11-24-2026 17:32:16.123 +0000 ERROR sendmodalert - action=x STDERR -  …
sourcetype scheduler   11-24-2026 17:35:00.000 +0000 INFO  SavedSplunker - status=success, savedsearch_name="…", …
"""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from standin.events.event import Event
from standin.events.store import Store
from standin.jobs.clock import Clock

INDEX = "_internal"
HOST = "standin"
FOLDER = "/standin/var/log/splunk"
SHOWN_LEVELS = ("WARN", "ERROR", "FATAL")


class Line(NamedTuple):
    """One line of a log."""

    level: str
    component: str
    text: str
    at: float

    @property
    def raw(self) -> str:
        """Return the line as the log file has it."""
        moment = datetime.fromtimestamp(self.at, UTC)
        stamp = f"{moment:%m-%d-%Y %H:%M:%S}.{moment.microsecond // 1000:03d} +0000"
        return f"{stamp} {self.level:<5} {self.component} - {self.text}"


class Journal:
    """Writes log lines as events."""

    def __init__(self, store: Store, clock: Clock, *, is_quiet: bool = False) -> None:
        self._store = store
        self._clock = clock
        self._is_quiet = is_quiet
        self._said: set[str] = set()

    def splunkd(self, level: str, component: str, text: str) -> None:
        """Write a line of splunkd.log."""
        self._write("splunkd", Line(level, component, text, self._clock.now()))
        self._say(level, f"{component}: {text}")

    def scheduler(self, at: float, values: Mapping[str, str]) -> None:
        """Write a line of scheduler.log, at the time of a run."""
        text = ", ".join(f'{key}="{value}"' if _is_quoted(value) else f"{key}={value}" for key, value in values.items())
        is_well = values.get("status") == "success"
        self._write("scheduler", Line("INFO" if is_well else "WARN", "SavedSplunker", text, at))
        if not is_well:
            self._say("WARN", f"{values.get('savedsearch_name')}: {values.get('status')}: {values.get('reason')}")

    def _write(self, sourcetype: str, line: Line) -> None:
        fields = {"log_level": line.level, "component": line.component}
        source = f"{FOLDER}/{sourcetype}.log"
        self._store.add([Event(line.raw, line.at, self._clock.now(), INDEX, HOST, source, sourcetype, fields)])

    def _say(self, level: str, text: str) -> None:
        """Repeat a warning on stderr, once however often it is written."""
        if level in SHOWN_LEVELS and not self._is_quiet and text not in self._said:
            self._said.add(text)
            sys.stderr.write(f"standin: {level} {text}\n")


def _is_quoted(value: str) -> bool:
    return not value or not value.replace("_", "").replace(".", "").isalnum()
