"""Labels follow from the actor and the time of a request."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cluster.actors import Actor
from cluster.labels import contradictions, decides, label_events, step_of, write_labels
from cluster.script import Decides, Step, Truth

MALLORY = Actor("mallory", (), "203.0.113.9")
EXEC = Truth("D01", Decides(("get", "create"), "pods", "exec"), "execution/pod_exec")


def at(second: int) -> datetime:
    """Name a second of the run."""
    return datetime(2026, 11, 24, 17, 0, second, tzinfo=UTC)


def event(user: str, second: int, **more: object) -> dict[str, Any]:
    """Make the parts of an audit event that labels look at."""
    parts: dict[str, Any] = {
        "auditID": f"{user}-{second}",
        "verb": "get",
        "level": "Metadata",
        "user": {"username": user} if user else {},
        "sourceIPs": ["10.0.0.1", "203.0.113.9"],
        "requestReceivedTimestamp": f"2026-11-24T17:00:{second:02d}.000000Z",
    }
    return {**parts, **more}


STEPS = [Step("shell", MALLORY, at(10), at(20), EXEC), Step("look", MALLORY, at(21), at(30))]


@pytest.mark.parametrize(
    ("user", "second", "expected"),
    [
        pytest.param("mallory", 10, "shell", id="at its begin"),
        pytest.param("mallory", 20, "shell", id="at its end"),
        pytest.param("mallory", 25, "look", id="in the next step"),
        pytest.param("mallory", 31, None, id="after all steps"),
        pytest.param("alice", 15, None, id="somebody else at the same time"),
        pytest.param("", 15, "shell", id="no user: the address decides"),
    ],
)
def test_a_request_belongs_to_the_step_of_its_actor_and_time(user: str, second: int, expected: str | None) -> None:
    """The step is the one of the same user whose time holds the moment that the request was received."""
    step = step_of(event(user, second), STEPS)

    assert (step.name if step else None) == expected


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        pytest.param(Decides(), True, id="anything"),
        pytest.param(Decides(("get",), "pods", "exec", 101), True, id="all of it"),
        pytest.param(Decides(("create",)), False, id="another verb"),
        pytest.param(Decides(resource="pods"), False, id="the resource itself, not its subresource"),
        pytest.param(Decides(code=403), False, id="another code"),
    ],
)
def test_the_deciding_events_are_named_by_verb_resource_and_code(decision: Decides, expected: bool) -> None:
    """An empty part of a decision means any; a resource without a subresource means the resource itself."""
    target = {"resource": "pods", "subresource": "exec"}
    one = event("mallory", 1, objectRef=target, responseStatus={"code": 101})

    assert decides(decision, one) is expected


def test_a_request_is_labelled_once_and_must_be_found_when_one_of_its_events_decides() -> None:
    """Stages of one request give one label; what the step did besides is context."""
    target = {"resource": "pods", "subresource": "exec"}
    looked = event("mallory", 11, objectRef={"resource": "pods"})
    received, started = event("mallory", 12, objectRef=target), event("mallory", 12, objectRef=target)

    labels = label_events([looked, received, started, event("mallory", 25)], STEPS)

    assert [(label.audit_id, label.must_find) for label in labels] == [("mallory-11", False), ("mallory-12", True)]


def test_labels_are_written_with_the_ids_of_the_normalised_log() -> None:
    """A label's line names the recording, the new audit id, the actor, the step, both ids and what must be found."""
    labels = label_events([event("mallory", 12, objectRef={"resource": "pods", "subresource": "exec"})], STEPS)

    (line,) = write_labels(labels, "night", {"mallory-12": "new"})

    assert json.loads(line) == {
        "recording": "night",
        "auditID": "new",
        "actor": "mallory",
        "step": "shell",
        "catalogue": "D01",
        "detection": "execution/pod_exec",
        "must_find": True,
        "confirmed": False,
    }


def test_an_id_that_the_client_read_in_another_step_is_a_contradiction() -> None:
    """Audit ids that clients read in answers must lead to the same steps as actor and time do."""
    agreeing = STEPS[0]._replace(audit_ids=("mallory-12", "not-logged"))
    kept = STEPS[1]._replace(audit_ids=("mallory-12",))
    mistaken = STEPS[1]._replace(audit_ids=("mallory-12",))
    events = [event("mallory", 12)]

    assert contradictions(events, [agreeing, STEPS[1]]) == []
    assert contradictions(events, [kept, agreeing]) == []
    assert contradictions(events, [STEPS[0], mistaken]) == [
        "mallory-12: 'look' by its client, 'shell' by actor and time"
    ]


def test_a_request_must_be_found_only_at_a_level_that_shows_it() -> None:
    """What is seen in a body need not be found where the policy logged no bodies."""
    truth = EXEC._replace(level="Request")
    target = {"resource": "pods", "subresource": "exec"}
    steps = [STEPS[0]._replace(truth=truth)]

    labels = [
        label_events([event("mallory", 12, objectRef=target, level=level)], steps)[0].must_find
        for level in ("Metadata", "Request", "RequestResponse")
    ]

    assert labels == [False, True, True]
