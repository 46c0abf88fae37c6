"""A small change to a text, and where the edits of this folder come from."""

from pathlib import Path
from typing import NamedTuple


class Edit(NamedTuple):
    """Replaces a part of a text, from `start` up to `end`."""

    start: int
    end: int
    new: str
    what: str

    def shifted(self, by: int) -> "Edit":
        """Return the edit for a text in which this one begins later."""
        return self._replace(start=self.start + by, end=self.end + by)

    def applied(self, text: str) -> str:
        """Return the changed text."""
        return text[: self.start] + self.new + text[self.end :]


class Change(NamedTuple):
    """One edit of one shipped file; the stanza or the name of the search that it is in."""

    file: Path  # from the root of the repository
    line: int
    within: str
    what: str
    text: str  # the whole file, changed

    def __str__(self) -> str:
        return f"{self.file}:{self.line} [{self.within}] {self.what}"
