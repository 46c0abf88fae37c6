"""The result of a replay: per rule, per contributor, per day, and what it cannot know.

A day is extrapolated from the span between the first and the last event; below one hour that is said. GB are 10^9
bytes of raw events, which is what a Splunk licence counts. All rules share the log files of the API server, so a rule's
part in retention is how long the files would last without it.
"""

import datetime
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from kube_audit.policy.load import Loaded
from kube_audit.policy.model import Level
from kube_audit.policy.simulate.tally import Count, Tally

_TOP = 10
_DAY_S = 86_400.0


class Logs(NamedTuple):
    """What was read, and how log files are rotated."""

    events: int
    size: int
    unusable: int
    file_megabytes: int
    files: int


class RuleLine(NamedTuple):
    """One rule's part; `retention_hours_without` is how long the files last when it records nothing."""

    rule: Optional[int]
    line: Optional[int]
    level: str
    seen: int
    kept: int
    kept_bytes: int
    gb_a_day: float
    share: float
    retention_hours_without: Optional[float]
    first: str


class Contributor(NamedTuple):
    """One user doing one thing."""

    user: str
    verb: str
    what: str
    events: int
    size: int


class Report(NamedTuple):
    """Everything that a replay tells."""

    logs: Logs
    span_s: float
    kept: int
    kept_bytes: int
    events_a_day: float
    gb_a_day: float
    gb_a_day_in_log: float
    retention_hours: Optional[float]
    rules: Tuple[RuleLine, ...]
    contributors: Tuple[Contributor, ...]
    lost: Tuple[Contributor, ...]
    notes: Tuple[str, ...]


class _Scale(NamedTuple):
    """What a rule's bytes are set against: all that is recorded, a day, and the bytes that the log files hold."""

    total: int
    per_day: float
    capacity: float


def make_report(loaded: Loaded, tally: Tally, logs: Logs) -> Report:
    """Sum a tally up."""
    span = span_seconds(tally)
    per_day = _DAY_S / span if span else 0.0
    kept = sum(count.kept for count in tally.counts.values())
    kept_bytes = sum(count.kept_bytes for count in tally.counts.values())
    capacity = logs.file_megabytes * 1_000_000.0 * (logs.files + 1)
    return Report(
        logs=logs,
        span_s=span,
        kept=kept,
        kept_bytes=kept_bytes,
        events_a_day=kept * per_day,
        gb_a_day=kept_bytes * per_day / 1e9,
        gb_a_day_in_log=logs.size * per_day / 1e9,
        retention_hours=_retention_hours(capacity, kept_bytes * per_day),
        rules=tuple(_rule_lines(loaded, tally, _Scale(kept_bytes, per_day, capacity))),
        contributors=_top(tally.contributors),
        lost=_top(tally.lost),
        notes=tuple(_notes(loaded, tally, logs, span)),
    )


def span_seconds(tally: Tally) -> float:
    """Give the seconds between the first and the last event."""
    try:
        first, last = (_parse(time) for time in (tally.first_time, tally.last_time))
    except ValueError:
        return 0.0
    return max((last - first).total_seconds(), 0.0)


def _parse(time: str) -> datetime.datetime:
    return datetime.datetime.strptime(time[:19], "%Y-%m-%dT%H:%M:%S")


def _retention_hours(capacity: float, bytes_a_day: float) -> Optional[float]:
    return 24 * capacity / bytes_a_day if capacity and bytes_a_day else None


def _rule_lines(loaded: Loaded, tally: Tally, scale: _Scale) -> List[RuleLine]:
    lines = []
    for index, rule in enumerate(loaded.policy.rules):
        count = tally.counts.get(index, Count())
        lines.append(_rule_line((index, loaded.line_of_rule(index)), rule.level.text, count, scale))
    if -1 in tally.counts:
        lines.append(_rule_line((None, None), "None", tally.counts[-1], scale))
    return lines


def _rule_line(place: Tuple[Optional[int], Optional[int]], level: str, count: Count, scale: _Scale) -> RuleLine:
    share = count.kept_bytes / scale.total if scale.total else 0.0
    gb_a_day = count.kept_bytes * scale.per_day / 1e9
    without = _retention_hours(scale.capacity, (scale.total - count.kept_bytes) * scale.per_day)
    return RuleLine(*place, level, count.seen, count.kept, count.kept_bytes, gb_a_day, share, without, count.first)


def _top(table: Dict[Tuple[str, str, str], List[int]]) -> Tuple[Contributor, ...]:
    largest = sorted(table.items(), key=lambda entry: (-entry[1][1], entry[0]))[:_TOP]
    return tuple(Contributor(*key, *sums) for key, sums in largest)


def _notes(loaded: Loaded, tally: Tally, logs: Logs, span: float) -> List[str]:
    notes = [
        "a log holds only what its own policy recorded: requests at level None then are not in it and not counted",
    ]
    if tally.received:
        notes.append(f"{tally.received} events of the stage RequestReceived are omitted; their requests are recorded")
    grown = sum(count.grown for count in tally.counts.values())
    if grown:
        notes.append(f"{grown} events would carry bodies that the log does not have: their real size is larger")
    if any(rule.level >= Level.REQUEST for rule in loaded.policy.rules):
        notes.append("sizes of bodies are those recorded; omitManagedFields is not taken into account")
    if not span:
        notes.append("the log spans no time: figures per day are missing")
    elif span < 3600:
        notes.append(f"the log spans {span / 60:.0f} minutes: figures per day are a rough guess")
    if logs.unusable:
        notes.append(f"{logs.unusable} lines are neither an audit event nor an EventList and were left out")
    if tally.unreadable:
        notes.append(f"{tally.unreadable} events have a URI that no API server records and were left out")
    return notes


def as_text(report: Report, title: str) -> str:
    """Write a report for people."""
    logs = report.logs
    lines = [
        f"{title}: {report.kept:,} of {logs.events:,} events, {_bytes(report.kept_bytes)} of {_bytes(logs.size)}",
    ]
    if report.span_s:
        lines.append(
            f"per day: {report.events_a_day:,.0f} events, {report.gb_a_day:.3f} GB of licence "
            f"({report.gb_a_day - report.gb_a_day_in_log:+.3f} GB against the log as it is)"
        )
    if report.retention_hours is not None:
        capacity = f"{logs.files + 1} files of {logs.file_megabytes} MB"
        lines.append(f"retention on disk: {_hours(report.retention_hours)} in {capacity}")
    lines += ["", *_rule_table(report.rules), ""]
    lines += _contributor_table("largest contributors", report.contributors)
    lines += _contributor_table("would be lost (in the log, not recorded by this policy)", report.lost)
    lines += [f"note: {note}" for note in report.notes]
    return "\n".join(lines) + "\n"


def _rule_table(rules: Sequence[RuleLine]) -> List[str]:
    head = ("rule", "line", "level", "matched", "recorded", "bytes", "GB/day", "share", "lasts w/o")
    rows = ["{:>5} {:>5} {:<16}{:>10}{:>10}{:>11}{:>9}{:>7}{:>11}  first".format(*head)]
    for rule in rules:
        name = "none" if rule.rule is None else str(rule.rule)
        line = "" if rule.line is None else str(rule.line)
        lasts = "-" if rule.retention_hours_without is None else _hours(rule.retention_hours_without)
        rows.append(
            f"{name:>5} {line:>5} {rule.level:<16}{rule.seen:>10,}{rule.kept:>10,}{_bytes(rule.kept_bytes):>11}"
            f"{rule.gb_a_day:>9.3f}{rule.share:>7.1%}{lasts:>11}  {rule.first[:60]}"
        )
    return rows


def _contributor_table(title: str, contributors: Sequence[Contributor]) -> List[str]:
    if not contributors:
        return []
    rows = [
        f"{entry.events:>10,}{_bytes(entry.size):>11}  {entry.user or '(no user)'} {entry.verb} {entry.what}"
        for entry in contributors
    ]
    return [f"{title}:", *rows, ""]


def _bytes(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if abs(size) < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError


def _hours(hours: float) -> str:
    return f"{hours:.1f} hours" if hours < 72 else f"{hours / 24:.0f} days"


def as_object(report: Report) -> Dict[str, object]:
    """Write a report for scripts."""
    return {
        **report._asdict(),
        "logs": report.logs._asdict(),
        "rules": [rule._asdict() for rule in report.rules],
        "contributors": [entry._asdict() for entry in report.contributors],
        "lost": [entry._asdict() for entry in report.lost],
        "notes": list(report.notes),
    }
