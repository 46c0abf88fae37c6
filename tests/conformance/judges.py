"""The judges that compare answers about the recorded log: Sigma through SQLite, and SQL through DuckDB."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from conformance.subject import Subject
from conformance.verdict import Verdict, differences

FOLDER = Path(__file__).parent
IDENTITY = ("auditID", "stage")


def sigma_rules(folder: Path = FOLDER / "sigma") -> dict[str, list[dict[str, Any]]]:
    """Return the documents of each twin, by its name. The last one holds `spl`, or `shipped` and `by`."""
    return {path.stem: list(yaml.safe_load_all(path.read_text())) for path in sorted(folder.glob("*.yml"))}


def judge_sigma(subject: Subject) -> Verdict:
    """Compare searches and shipped detections with their twins in Sigma."""
    rules = sigma_rules()
    found = subject.ask("sigma", rules=[yaml.safe_dump_all(documents) for documents in rules.values()])
    disagreements, rows = [], 0
    for (name, documents), theirs in zip(rules.items(), found, strict=True):
        twin = documents[-1]
        if "spl" in twin:
            ours = subject.search(f"{twin['spl']} | table audit_id stage")
            mine: list[Mapping[str, object]] = [{"auditID": row["audit_id"], "stage": row["stage"]} for row in ours]
            other: list[Mapping[str, object]] = [{key: row[key] for key in IDENTITY} for row in theirs]
        else:
            by = twin["by"]
            mine = _distinct(
                {theirs_name: _milliseconds(row[here]) for here, theirs_name in by.items()}
                for row in subject.detection(twin["shipped"])
            )
            other = _distinct({key: _milliseconds(_column(row, key)) for key in by.values()} for row in theirs)
        rows += len(mine)
        disagreements += differences(name, mine, other)
    return Verdict("Sigma twins, pySigma to SQLite", len(rules), rows, tuple(disagreements))


def _column(row: Mapping[str, Any], key: str) -> object:
    return yaml.safe_load(row["group_keys"])[key] if "group_keys" in row else row[key]


def _milliseconds(value: object) -> object:
    """Findings give times to the millisecond, events to the microsecond."""
    text = str(value)
    return text[:23] + "Z" if len(text) == len("2026-11-02T08:00:00.190238Z") and text[10] == "T" else value


def _distinct(rows: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    return list({tuple(sorted(row.items())): row for row in rows}.values())


def sql_questions(folder: Path = FOLDER / "sql") -> list[dict[str, Any]]:
    """Return the questions, each with `question`, `sql`, `spl`, and `ordered` where the order is part of the answer."""
    return [one for path in sorted(folder.glob("*.yml")) for one in yaml.safe_load(path.read_text())]


def judge_sql(subject: Subject) -> Verdict:
    """Compare aggregates with SQL that was written from the same question."""
    questions = sql_questions()
    answers = subject.ask("sql", queries=[one["sql"] for one in questions])
    disagreements, rows = [], 0
    for one, theirs in zip(questions, answers, strict=True):
        ours = subject.search(one["spl"])
        rows += len(ours)
        disagreements += differences(one["question"], ours, theirs, ordered=one.get("ordered", False))
    return Verdict("aggregates in SQL, DuckDB", len(questions), rows, tuple(disagreements))
