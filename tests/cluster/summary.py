"""What each recording holds, in numbers: events, labels, verbs, levels, span; and its labels by catalogue id."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from cluster.labels import parse_time
from cluster.recordings import Event, events_of, labels_of, recordings

COLUMNS = (
    "recording",
    "kB",
    "events",
    "requests",
    "minutes",
    "verbs",
    "levels",
    "labels",
    "must be found",
    "confirmed",
)
MINUTE = timedelta(minutes=1)


def summary(folder: Path) -> str:
    """Write one row for each recording of a folder."""
    labels = labels_of(folder)
    rows = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    for name, path in recordings(folder).items():
        mine = [label for label in labels if label["recording"] == name]
        cells = [name, str(path.stat().st_size // 1000), *_counts(events_of(path)), *_labels(mine)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def by_label(folder: Path) -> str:
    """Write one row for each catalogue id: in each recording the requests that must be found, and all its requests."""
    names = list(recordings(folder))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    must: dict[str, Counter[str]] = defaultdict(Counter)
    for label in labels_of(folder):
        found[label["catalogue"]][label["recording"]] += 1
        must[label["catalogue"]][label["recording"]] += label["must_find"]
    rows = [f"| id | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for one in sorted(found):
        cells = [f"{must[one][name]} of {found[one][name]}" if found[one][name] else "" for name in names]
        rows.append(f"| {one} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def _counts(events: Sequence[Event]) -> list[str]:
    times = [parse_time(event["stageTimestamp"]) for event in events]
    requests = {event["auditID"] for event in events}
    verbs = Counter(event["verb"] or "none" for event in events)
    levels = Counter(event["level"] for event in events)
    minutes = (max(times) - min(times)) / MINUTE
    return [str(len(events)), str(len(requests)), f"{minutes:.1f}", _listed(verbs), _listed(levels)]


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def _labels(labels: Sequence[Event]) -> list[str]:
    return [str(len(labels)), *(str(sum(label[key] for label in labels)) for key in ("must_find", "confirmed"))]
