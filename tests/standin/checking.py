"""What `standin check` finds beyond names: references that lead nowhere, and searches that do not compile."""

from collections.abc import Sequence
from pathlib import Path

from standin.conf import Configuration, Problem


def check_apps(app_dirs: Sequence[Path]) -> list[Problem]:
    """Return every problem of these apps, by file and line."""
    configuration = Configuration.load(app_dirs, refuse=False)
    return configuration.problems()
