"""Compare two recordings of the same scenarios: is what they show the same?

Rows are counted by scenario, step, verb, target, stage and code. Rows of attack steps must be equal; rows of ordinary
life may differ by ten per cent. In rows of fewer than a hundred events chance decides (clients renew their watches
after a random time, two controllers meet at one object): they may differ by a quarter, or by three events. What
controllers do behind a recording of attacks says nothing and is left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cluster.recordings import Event, events_of, labels_of, recordings, target_of

TOLERANCE = 0.10
FEW = 100
TOLERANCE_OF_FEW = 0.25
CHANCE = 3
ORDINARY = ""
ATTACKS = "attacks-"
# Whether kubectl asks for these, and is told "not modified", hangs on the age of what it keeps: no part of an attack.
DISCOVERY = ("/api", "/openapi")


class Row(NamedTuple):
    """What one count is about."""

    scenario: str
    step: str
    verb: str
    target: str
    stage: str
    code: int


class Difference(NamedTuple):
    """A row whose counts differ by more than they may."""

    row: Row
    one: int
    other: int


def count_folder(folder: Path, names: Iterable[str]) -> Counter[Row]:
    """Count the rows of some recordings of a folder."""
    labels, paths = labels_of(folder), recordings(folder)
    rows: Counter[Row] = Counter()
    for name in names:
        steps = {label["auditID"]: label["step"] for label in labels if label["recording"] == name}
        found = rows_of(name, events_of(paths[name]), steps)
        rows.update(row for row in found if row.step != ORDINARY or not name.startswith(ATTACKS))
    return rows


def rows_of(name: str, events: Iterable[Event], steps: dict[str, str]) -> Iterator[Row]:
    """Name the row of each event."""
    for event in events:
        code, target = event.get("responseStatus", {}).get("code", 0), target_of(event)
        step = ORDINARY if target.startswith(DISCOVERY) else steps.get(event["auditID"], ORDINARY)
        yield Row(name, step, event["verb"], target, event["stage"], code)


def differences(one: Counter[Row], other: Counter[Row]) -> list[Difference]:
    """List the rows that differ by more than they may."""
    rows = sorted(one.keys() | other.keys())
    return [Difference(row, one[row], other[row]) for row in rows if not _alike(row, one[row], other[row])]


def _alike(row: Row, one: int, other: int) -> bool:
    if row.step != ORDINARY:
        return one == other
    most = max(one, other)
    allowed = TOLERANCE * most if most >= FEW else max(CHANCE, TOLERANCE_OF_FEW * most)
    return abs(one - other) <= allowed


def beyond_tolerance(one: Counter[Row], other: Counter[Row]) -> int:
    """Count the rows of ordinary life that differ by more than ten per cent, those of few events included."""
    rows = (row for row in one.keys() | other.keys() if row.step == ORDINARY)
    return sum(abs(one[row] - other[row]) > TOLERANCE * max(one[row], other[row]) for row in rows)
