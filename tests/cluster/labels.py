"""Which events of a recording belong to which step, and which of them a detection must find.

Labels follow from actor and time: an event belongs to the step of its user and address during which its request was
received. A request that failed authentication has no user; its address says it. A detection must find a request when
one of its events decides and was logged at the level that the step needs to be seen. One label a
line in `labels.jsonl`, keyed by `auditID`, in the order of the log:

    {"recording", "auditID", "actor", "step", "catalogue", "detection", "must_find", "confirmed"}

`confirmed` says that the actor's own client read this id in the answer; no such id may lead to another step.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cluster.script import Decides, Step, Truth

LEVELS = ("Metadata", "Request", "RequestResponse")
Event = Mapping[str, Any]


class Label(NamedTuple):
    """What is true about one request."""

    audit_id: str
    step: Step
    must_find: bool
    confirmed: bool


def label_events(events: Sequence[Event], steps: Sequence[Step]) -> list[Label]:
    """Label every request that a step with a truth made, once, in the order of its first event."""
    labels: dict[str, Label] = {}
    for event in events:
        step = step_of(event, steps)
        if step is None or step.truth is None:
            continue
        known = labels.get(event["auditID"])
        found = must_find(step.truth, event) or (known is not None and known.must_find)
        labels[event["auditID"]] = Label(event["auditID"], step, found, event["auditID"] in step.audit_ids)
    return list(labels.values())


def contradictions(events: Iterable[Event], steps: Sequence[Step]) -> list[str]:
    """List the requests whose client read their audit id in one step and whose actor and time name another."""
    read: dict[str, Step] = {}
    for step in sorted(steps, key=lambda one: one.began):
        for audit_id in step.audit_ids:
            # kubectl shows an answer that it kept, with its old audit id, when the server says "not modified".
            read.setdefault(audit_id, step)
    found = []
    for event in events:
        seen = read.get(event["auditID"])
        named = step_of(event, steps) if seen else None
        if seen is not named:
            names = [each.name if each else "none" for each in (seen, named)]
            found.append(f"{event['auditID']}: {names[0]!r} by its client, {names[1]!r} by actor and time")
    return found


def step_of(event: Event, steps: Sequence[Step]) -> Step | None:
    """Find the step that made a request, by actor and time."""
    received = parse_time(event["requestReceivedTimestamp"])
    user, address = event["user"].get("username", ""), event["sourceIPs"][-1]
    for step in steps:
        mine = step.actor.address == address and user in (step.actor.user, "")
        if mine and step.began <= received <= step.ended:
            return step
    return None


def must_find(truth: Truth, event: Event) -> bool:
    """Tell whether a detection must find an event: it is what the step is about, at a level that shows it."""
    return decides(truth.decides, event) and LEVELS.index(event["level"]) >= LEVELS.index(truth.level)


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
                "confirmed": label.confirmed,
            }
        )
