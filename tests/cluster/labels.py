"""Which events of a recording belong to which step, and which of them a detection must find.

Labels follow from actor and time: an event belongs to the step of its user during which its request was received. A
request that failed authentication has no user; it belongs to the step whose source address it came from. One label a
line in `labels.jsonl`, keyed by `auditID`, in the order of the log:

    {"recording", "auditID", "actor", "step", "catalogue", "detection", "must_find"}
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cluster.script import Decides, Step

Event = Mapping[str, Any]


class Label(NamedTuple):
    """What is true about one request."""

    audit_id: str
    step: Step
    must_find: bool


def label_events(events: Iterable[Event], steps: Sequence[Step]) -> list[Label]:
    """Label every request that a step with a truth made, once, in the order of its first event."""
    labels: dict[str, Label] = {}
    for event in events:
        step = step_of(event, steps)
        if step is None or step.truth is None:
            continue
        found = decides(step.truth.decides, event)
        known = labels.get(event["auditID"])
        labels[event["auditID"]] = Label(event["auditID"], step, found or (known is not None and known.must_find))
    return list(labels.values())


def step_of(event: Event, steps: Sequence[Step]) -> Step | None:
    """Find the step that made a request, by actor and time."""
    received = parse_time(event["requestReceivedTimestamp"])
    user, address = event["user"].get("username", ""), event["sourceIPs"][-1]
    for step in steps:
        mine = step.actor.user == user or (not user and step.actor.address == address)
        if mine and step.began <= received <= step.ended:
            return step
    return None


def decides(decision: Decides, event: Event) -> bool:
    """Tell whether an event is one that a detection must find."""
    target = event.get("objectRef", {})
    return (
        (not decision.verbs or event["verb"] in decision.verbs)
        and (not decision.resource or target.get("resource") == decision.resource)
        and (not decision.resource or target.get("subresource", "") == decision.subresource)
        and (not decision.code or event.get("responseStatus", {}).get("code") == decision.code)
    )


def parse_time(text: str) -> datetime:
    """Read a time as the API server writes it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def write_labels(labels: Iterable[Label], recording: str, identifiers: Mapping[str, str]) -> Iterator[str]:
    """Write labels as JSON lines with the audit ids that they have in the normalised log."""
    for label in labels:
        truth = label.step.truth
        assert truth is not None
        yield json.dumps(
            {
                "recording": recording,
                "auditID": identifiers.get(label.audit_id, label.audit_id),
                "actor": label.step.actor.user,
                "step": label.step.name,
                "catalogue": truth.catalogue,
                "detection": truth.detection or None,
                "must_find": label.must_find,
            }
        )
