"""What a run of mutation says: how many changes were noticed, and which survive."""

from collections.abc import Iterable
from typing import NamedTuple


class Result(NamedTuple):
    """The outcome of all changes of one part; `noticed_by` holds a line for each change, for people who ask."""

    noticed: int
    changes: int
    survivors: list[str]
    notes: list[str]
    noticed_by: list[str]

    @classmethod
    def added(cls, results: Iterable["Result"]) -> "Result":
        """Add up the results of processes that share the changes."""
        total = cls(0, 0, [], [], [])
        for one in results:
            total = cls(
                total.noticed + one.noticed,
                total.changes + one.changes,
                total.survivors + one.survivors,
                total.notes + one.notes,
                total.noticed_by + one.noticed_by,
            )
        return total


def progress(part: str, number: int, total: int, survivors: int) -> bytes:
    """Return a line that says how far a run is."""
    return f"mutation of the {part}: {number} of {total} tried, {survivors} survive so far\n".encode()
