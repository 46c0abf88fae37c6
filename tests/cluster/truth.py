"""The truth table: what each attack looks like in the log, made from the recordings of both versions.

One row a step, with the first request that must be found, or the step's last request where none must; where the two
versions differ the older one's cell stands in brackets.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cluster.recordings import Event, events_of, labels_of, recordings

POLICIES = ("full", "typical", "metadata")
SHORT = {"RequestReceived": "RR", "ResponseStarted": "RS", "ResponseComplete": "RC", "Panic": "Panic"}
# Every decision has the first; the second are there when a request took long.
COMMON = re.compile(r"^(?:authorization|apiserver\.latency)\.k8s\.io/")
NUMBER = re.compile(r"\d+")
LONGEST_URI = 96
HEAD = (
    "| id | step | verb and URI (first of its kind) | stages and codes | bodies at full level | annotations beyond"
    " authorization and latency | level under full / typical / metadata |\n|---|---|---|---|---|---|---|\n"
)


class Shape(NamedTuple):
    """What a step's deciding requests look like on one version."""

    request: str
    stages: str
    bodies: str
    annotations: str
    levels: str


Steps = dict[tuple[str, str], Shape]


def table(folder: Path, newer: str, older: str) -> str:
    """Write the table for two minor versions."""
    new, old = (shapes(folder, minor) for minor in (newer, older))
    rows = [_row(step, new[step], old.get(step), older) for step in new]
    lost = [f"| {step[0]} | {step[1]} | only on {older} | | | | |\n" for step in old if step not in new]
    return HEAD + "".join(rows + lost)


def shapes(folder: Path, minor: str) -> Steps:
    """Find the shape of every step on one version."""
    paths, labels = recordings(folder), labels_of(folder)
    by_policy = {}
    for policy in POLICIES:
        name = f"attacks-{minor}-{policy}"
        mine = [label for label in labels if label["recording"] == name]
        by_policy[policy] = _requests(events_of(paths[name]), mine)
    return {step: _shape(step, events, by_policy) for step, events in by_policy["full"].items()}


Requests = dict[tuple[str, str], list[list[Event]]]


def _requests(events: Iterable[Event], labels: Sequence[Event]) -> Requests:
    """Group the events of deciding requests by step; under a policy without bodies context stands in for them."""
    by_id: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_id[event["auditID"]].append(event)
    found: Requests = {}
    # What must be found comes first; where nothing must, the last request is what the step is about.
    for label in _ranked(labels):
        found.setdefault((label["catalogue"], label["step"]), []).append(by_id[label["auditID"]])
    return found


def _ranked(labels: Sequence[Event]) -> list[Event]:
    must = [label for label in labels if label["must_find"]]
    return must + [label for label in reversed(labels) if not label["must_find"]]


def _shape(step: tuple[str, str], requests: list[list[Event]], by_policy: dict[str, Requests]) -> Shape:
    first = requests[0]
    last = max(first, key=lambda event: event["stageTimestamp"])
    uri = last["requestURI"]
    shown = uri if len(uri) <= LONGEST_URI else f"{uri[:LONGEST_URI]}…"
    stages = ", ".join(_stage(event) for event in first)
    bodies = " ".join(name for name in ("requestObject", "responseObject") if name in last) or "none"
    keys = sorted(key for key in last.get("annotations", {}) if not COMMON.match(key))
    decision = last.get("annotations", {}).get("authorization.k8s.io/decision", "no decision")
    levels = " / ".join(_level(by_policy[policy], step, last) for policy in POLICIES)
    return Shape(f"{last['verb']} `{shown}`", f"{stages}; {decision}", bodies, ", ".join(keys) or "none", levels)


def _stage(event: Event) -> str:
    code = event.get("responseStatus", {}).get("code")
    return SHORT[event["stage"]] + (f" {code}" if code else "")


def _level(requests: Requests, step: tuple[str, str], like: Event) -> str:
    """Find the level of the request of the same verb and kind under another policy."""
    for events in requests.get(step, []):
        if events[-1]["verb"] == like["verb"] and _kind(events[-1]) == _kind(like):
            return str(events[-1]["level"])
    return "not logged"


def _kind(event: Event) -> tuple[str, str]:
    target = event.get("objectRef", {})
    return target.get("resource", ""), target.get("subresource", "")


def _row(step: tuple[str, str], new: Shape, old: Shape | None, older: str) -> str:
    cells = [*step]
    for name, value in new._asdict().items():
        before = getattr(old, name) if old else "not there"
        same = NUMBER.sub("", before) == NUMBER.sub("", value) if name == "request" else before == value
        cells.append(value if same else f"{value} ({older}: {before})")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
