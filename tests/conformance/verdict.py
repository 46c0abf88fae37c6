"""What judges say, how two answers are compared, and the table of all judges.

Numbers are equal within one part in a billion, text exactly, multivalues as lists; rows as multisets unless ordered.
A null of SQL and a field that a row does not have are the same.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

Cell = str | tuple[str, ...]
Answer = tuple[tuple[str, Cell], ...]


class Verdict(NamedTuple):
    """One judge: how many questions were compared over how many rows, and each disagreement in a line.

    Notes are lines about what was compared (pages, survivors, what was skipped and why); `not_run` says why a judge
    could not be asked. `seconds` is filled in by `timed`.
    """

    judge: str
    compared: int
    rows: int
    disagreements: tuple[str, ...]
    notes: tuple[str, ...] = ()
    not_run: str = ""
    seconds: float = 0.0


def cell(value: object) -> Cell:
    """Return a value as it is compared."""
    if isinstance(value, list):
        return tuple(str(cell(one)) for one in value)
    try:
        return f"{float(str(value)):.9g}"
    except ValueError:
        return str(value)


def answer(row: Mapping[str, object]) -> Answer:
    """Return a row as it is compared; a list of one is its element."""
    flat = {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in row.items()}
    return tuple(sorted((name, cell(value)) for name, value in flat.items() if value is not None and value != []))


def differences(
    name: str, ours: Iterable[Mapping[str, object]], theirs: Iterable[Mapping[str, object]], *, ordered: bool = False
) -> list[str]:
    """Return one line where two answers differ, else nothing."""
    mine, other = [answer(row) for row in ours], [answer(row) for row in theirs]
    if not mine and not other:
        return [f"{name}: no rows on either side, so nothing was compared"]
    if mine == other or (not ordered and Counter(mine) == Counter(other)):
        return []
    only_mine, only_other = _only(mine, other), _only(other, mine)
    if not only_mine and not only_other:
        return [f"{name}: same rows, another order"]
    return [f"{name}: {len(mine)} rows, judge {len(other)}; only here {only_mine[:2]}; only there {only_other[:2]}"]


def _only(rows: Sequence[Answer], others: Sequence[Answer]) -> list[dict[str, Cell]]:
    return [dict(row) for row in (Counter(rows) - Counter(others)).elements()]


def timed(name: str, judge: Callable[[], Verdict]) -> Verdict:
    """Ask a judge, and say how long it took; one that breaks down disagrees, and the others are still asked."""
    started = time.monotonic()
    try:
        verdict = judge()
    except Exception as error:  # noqa: BLE001 - the boundary to whatever a judge runs
        verdict = Verdict(name, 0, 0, (f"{name} broke down: {error!r}",))
    return verdict._replace(seconds=time.monotonic() - started)


HEADING = f"{'judge':<54}{'compared':>9}{'rows':>8}{'differ':>8}{'seconds':>9}{'share':>7}"


def line_of(one: Verdict, seconds: float) -> str:
    """Return a judge's line of the table, with its share of all seconds."""
    if one.not_run:
        return f"{one.judge:<54}  not run: {one.not_run}"
    counts = f"{one.compared:>9}{one.rows:>8}{len(one.disagreements):>8}"
    return f"{one.judge:<54}{counts}{one.seconds:>9.0f}{one.seconds / max(seconds, 1):>7.0%}"


def table(verdicts: Sequence[Verdict], seconds: float) -> list[str]:
    """Return the table of judges, their notes and disagreements, and one line of totals."""
    lines = [HEADING, *(line_of(one, seconds) for one in verdicts)]
    lines += [f"  {one.judge}: {note}" for one in verdicts for note in one.notes]
    lines += [f"  differs: {line}" for one in verdicts for line in one.disagreements]
    compared, differ = sum(one.compared for one in verdicts), sum(len(one.disagreements) for one in verdicts)
    counts = f"{compared} comparisons, {differ} disagreements, {sum(bool(one.not_run) for one in verdicts)} not run"
    lines.append(f"total: {len(verdicts)} judges, {counts}, {seconds:.0f} s")
    return lines
