"""Label recordings anew after a script changed what its steps mean: which ids, detection and events they are about.

Which request belongs to which step was settled by the run and stays; all else follows from the scripts as they are.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cluster.labels import must_find
from cluster.recordings import Event, events_of, labels_of, recordings
from cluster.script import Truth


def relabel(folder: Path, truths: Mapping[str, Truth]) -> int:
    """Rewrite the labels of steps that the scripts know by name; return how many changed."""
    labels = labels_of(folder)
    by_request: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for name, path in recordings(folder).items():
        for event in events_of(path):
            by_request[name, event["auditID"]].append(event)
    fresh = [_fresh(label, truths, by_request[label["recording"], label["auditID"]]) for label in labels]
    (folder / "labels.jsonl").write_text(_lines(fresh))
    return sum(one != other for one, other in zip(labels, fresh, strict=True))


def _fresh(label: Event, truths: Mapping[str, Truth], events: Sequence[Event]) -> Event:
    truth = truths.get(label["step"])
    if truth is None:
        return label
    found = any(must_find(truth, event) for event in events)
    return {**label, "catalogue": truth.catalogue, "detection": truth.detection or None, "must_find": found}


def _lines(labels: Iterable[Event]) -> str:
    return "".join(json.dumps(label) + "\n" for label in labels)
