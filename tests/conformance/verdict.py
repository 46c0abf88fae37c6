"""What judges say, and how two answers are compared.

Numbers are equal within one part in a billion, text exactly, multivalues as lists; rows as multisets unless ordered.
A null of SQL and a field that a row does not have are the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Cell = str | tuple[str, ...]
Answer = tuple[tuple[str, Cell], ...]


class Verdict(NamedTuple):
    """One judge: how many questions were compared over how many rows, and each disagreement in a line."""

    judge: str
    compared: int
    rows: int
    disagreements: tuple[str, ...]


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


def table(verdicts: Sequence[Verdict], seconds: float) -> list[str]:
    """Return the table of judges, their disagreements, and one line of totals."""
    lines = [f"{'judge':<46}{'compared':>9}{'rows':>8}{'differ':>8}"]
    lines += [f"{one.judge:<46}{one.compared:>9}{one.rows:>8}{len(one.disagreements):>8}" for one in verdicts]
    lines += [f"  differs: {line}" for one in verdicts for line in one.disagreements]
    compared, differ = sum(one.compared for one in verdicts), sum(len(one.disagreements) for one in verdicts)
    lines.append(f"total: {len(verdicts)} judges, {compared} comparisons, {differ} disagreements, {seconds:.0f} s")
    return lines
