"""Findings as text for people, JSON for scripts, SARIF 2.1.0 for code hosts."""

import json
from typing import Callable, Dict, Iterable, List, NamedTuple, Sequence, Tuple

from kube_audit import __version__
from kube_audit.policy.lint.catalogue import CHECKS
from kube_audit.policy.lint.finding import Check, Reported, Severity

_SARIF_LEVELS = {Severity.ERROR: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}
# What code hosts sort by: 9 critical, 7 high, 4 medium.
_SARIF_SCORES = {Severity.ERROR: "9.0", Severity.HIGH: "8.0", Severity.MEDIUM: "5.0", Severity.LOW: "2.0"}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class FileReport(NamedTuple):
    """What lint says of one file."""

    path: str
    loads: bool
    warnings: Tuple[str, ...]
    reported: Tuple[Reported, ...]


def as_text(reports: Sequence[FileReport]) -> str:
    """Write one paragraph a finding."""
    lines: List[str] = []
    for report in reports:
        for found in report.reported:
            lines += _paragraph(report.path, found)
        lines.append(f"{report.path}: {summary(report.reported)}")
    return "\n".join(lines) + "\n"


def _paragraph(path: str, found: Reported) -> Iterable[str]:
    finding = found.finding
    can_fix = (
        "; --fix can" if finding.fix and not finding.fix.is_advice else "; --fix --advice can" if finding.fix else ""
    )
    yield f"{path}:{finding.mark.line}:{finding.mark.column}: {found.severity.text} {found.check.id}: {finding.message}"
    yield f"    means: {finding.meaning}"
    yield f"    mend:  {finding.mend}{can_fix}"
    for note in finding.notes:
        yield f"    line {note.mark.line}: {note.text}"


def summary(reported: Sequence[Reported]) -> str:
    """Count findings by severity."""
    counts = [(severity, sum(found.severity is severity for found in reported)) for severity in sorted(Severity)[::-1]]
    shown = [f"{count} {severity.text}" for severity, count in counts if count]
    return ", ".join(shown) if shown else "nothing found"


def as_json(reports: Sequence[FileReport]) -> str:
    """Write one object with a list of files."""
    files = [
        {
            "file": report.path,
            "loads": report.loads,
            "warnings": list(report.warnings),
            "findings": [_json_finding(report.path, found) for found in report.reported],
        }
        for report in reports
    ]
    return json.dumps({"files": files}, indent=2, ensure_ascii=False) + "\n"


def _json_finding(path: str, found: Reported) -> Dict[str, object]:
    finding = found.finding
    return {
        "id": found.check.id,
        "severity": found.severity.text,
        "file": path,
        "line": finding.mark.line,
        "column": finding.mark.column,
        "message": finding.message,
        "meaning": finding.meaning,
        "mend": finding.mend,
        "fixable": finding.fix is not None,
        "notes": [{"line": note.mark.line, "text": note.text} for note in finding.notes],
    }


def as_sarif(reports: Sequence[FileReport]) -> str:
    """Write a SARIF log with one run."""
    results = [_sarif_result(report.path, found) for report in reports for found in report.reported]
    driver = {
        "name": "kube-audit policy lint",
        "version": __version__,
        "rules": [_sarif_rule(check) for check in CHECKS],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _sarif_rule(check: Check) -> Dict[str, object]:
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.explanation},
        "defaultConfiguration": {"level": _SARIF_LEVELS.get(check.severity, "note")},
        "properties": {"security-severity": _SARIF_SCORES.get(check.severity, "0.0")},
    }


def _sarif_result(path: str, found: Reported) -> Dict[str, object]:
    finding = found.finding
    result: Dict[str, object] = {
        "ruleId": found.check.id,
        "ruleIndex": CHECKS.index(found.check),
        "level": _SARIF_LEVELS.get(found.severity, "note"),
        "message": {"text": f"{finding.message}. It means: {finding.meaning}. To mend: {finding.mend}."},
        "locations": [_sarif_location(path, finding.mark.line, finding.mark.column)],
    }
    if finding.notes:
        result["relatedLocations"] = [
            {**_sarif_location(path, note.mark.line, note.mark.column), "message": {"text": note.text}}
            for note in finding.notes
        ]
    return result


def _sarif_location(path: str, line: int, column: int) -> Dict[str, object]:
    place = {
        "artifactLocation": {"uri": path.replace("\\", "/")},
        "region": {"startLine": line, "startColumn": column},
    }
    return {"physicalLocation": place}


def as_table(reports: Sequence[FileReport]) -> str:
    """Write one line a file: whether it loads, findings by severity, and the ids of medium and above."""
    severities = sorted(Severity)[::-1]
    width = max((len(report.path) for report in reports), default=4)
    lines = [f"{'file':<{width}} loads " + " ".join(f"{each.text:>6}" for each in severities) + "  medium and above"]
    for report in reports:
        counts = [sum(found.severity is each for found in report.reported) for each in severities]
        ids = sorted({found.check.id for found in report.reported if found.severity >= Severity.MEDIUM})
        cells = " ".join(f"{count or '':>6}" for count in counts)
        lines.append(f"{report.path:<{width}} {'yes' if report.loads else 'no':<5} {cells}  {' '.join(ids)}")
    return "\n".join(lines) + "\n"


FORMATS: Dict[str, Callable[[Sequence[FileReport]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "table": as_table,
}
