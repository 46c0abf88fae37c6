"""How an app's scripts are started: under which Python and in which environment."""

import os
from pathlib import Path
from typing import NamedTuple

from standin.jobs.interpreter import choose, required_versions

# What a child gets of our own environment: no more than it needs to start.
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")


class Scripts(NamedTuple):
    """The instance's folder, and the Python that is taken where a script allows it."""

    state: Path
    preferred_python: str | None = None

    def command(self, script: Path, required: str) -> list[str]:
        """Return interpreter and script; `required` is the script's `python.required`."""
        return [choose(required_versions(required), self.preferred_python), str(script)]

    def environment(self) -> dict[str, str]:
        """Return the environment of a child."""
        kept = {key: os.environ[key] for key in KEPT if key in os.environ}
        return {
            **kept,
            "SPLUNK_HOME": str(self.state),
            "SPLUNK_DB": str(self.state / "var" / "lib" / "splunk"),
            "PYTHONUNBUFFERED": "1",
            # Installed apps stay as they were installed.
            "PYTHONDONTWRITEBYTECODE": "1",
        }
