"""What can be wrong with conf files, and where.

ConfError
  * UnknownConf: no spec and no README of an app defines it (exit 2)
  * UnsupportedConf: right in Splunk, but this stand-in neither executes nor merely stores it (exit 3)
"""

from pathlib import Path
from typing import NamedTuple


class Problem(NamedTuple):
    """One fault of a conf file, at its line; `kind` is a short word that `standin check` prints."""

    file: Path
    line: int
    kind: str
    message: str
    unsupported: bool = False

    def __str__(self) -> str:
        """Write the problem as `FILE:LINE: kind: message`."""
        return f"{self.file}:{self.line}: {self.kind}: {self.message}"


class ConfError(Exception):
    """A conf file that cannot be read, or says what cannot be."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class UnknownConf(ConfError):
    """A conf file, stanza or key that no spec defines."""


class UnsupportedConf(ConfError):
    """A key or value that Splunk knows and this stand-in does not."""


def error_for(problem: Problem) -> ConfError:
    """Return the error that stands for one problem."""
    return (UnsupportedConf if problem.unsupported else UnknownConf)(problem)
