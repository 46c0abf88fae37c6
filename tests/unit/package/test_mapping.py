"""What the fields of an audit event are at search time: the event's own, whatever its bodies, URIs and headers hold."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import build
from standin.conf import Configuration
from standin.environment import Row
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead
from unit.package.sources import ROOT

SHARED = Path(os.environ.get("KUBE_AUDIT_SHARED_DATA", ROOT.parent / "shared" / "data"))
ORIGIN = Origin("kube_audit", "cp-1", "/var/log/kubernetes/audit.log", "kube:apiserver:audit")
FORGED = {
    "stage": "Panic",
    "verb": "forged",
    "user": {"username": "forged"},
    "sourceIPs": ["192.0.2.66"],
    "responseStatus": {"code": 599},
    "objectRef": {"resource": "forged", "name": "forged"},
    "annotations": {"authorization.k8s.io/decision": "forged"},
    "stageTimestamp": "2001-01-01T00:00:00.000000Z",
    "k8s": {"cluster": {"name": "forged"}},
    "kube_audit_cluster": "forged",
}
EVENT: dict[str, Any] = {
    "kind": "Event",
    "apiVersion": "audit.k8s.io/v1",
    "level": "RequestResponse",
    "auditID": "6f1f6c0e-3333-4c5e-8d8d-4f4f4f4f4f4f",
    "stage": "ResponseComplete",
    "requestURI": "/api/v1/namespaces/payments/configmaps",
    "verb": "create",
    "user": {"username": "alice", "groups": ["developers", "system:authenticated"]},
    "impersonatedUser": {"username": "bob"},
    "sourceIPs": ["10.0.0.1", "203.0.113.7"],
    "userAgent": 'kubectl "stage":"Panic"',
    "objectRef": {"resource": "configmaps", "namespace": "payments", "apiVersion": "v1"},
    "responseStatus": {"metadata": {}, "code": 201},
    "requestObject": {"metadata": {"generateName": "notes-"}, "data": FORGED},
    "responseObject": {"metadata": {"name": "notes-x1"}, **FORGED},
    "requestReceivedTimestamp": "2026-11-02T09:30:00.118204Z",
    "stageTimestamp": "2026-11-02T09:30:00.122204Z",
    "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC: because"},
}
EXPECTED = {
    "user": "alice",
    "user_groups": ["developers", "system:authenticated"],
    "impersonated_user": "bob",
    "src": "203.0.113.7",
    "src_chain": ["10.0.0.1", "203.0.113.7"],
    "user_agent": 'kubectl "stage":"Panic"',
    "verb": "create",
    "uri": "/api/v1/namespaces/payments/configmaps",
    "resource": "configmaps",
    "namespace": "payments",
    "name": "notes-x1",
    "stage": "ResponseComplete",
    "level": "RequestResponse",
    "audit_id": "6f1f6c0e-3333-4c5e-8d8d-4f4f4f4f4f4f",
    "status_code": 201,
    "decision": "allow",
    "reason": "RBAC: because",
    "stage_time": 1793611800.122204,
    "_time": 1793611800.122204,
    "cluster": "unknown",
    "dest": "unknown",
    "action": "created",
    "status": "success",
    "object": "notes-x1",
    "eventtype": "kube_audit_change",
    "tag": "change",
}


class Bench(NamedTuple):
    """The staged app's settings."""

    configuration: Configuration

    def head(self) -> SearchHead:
        """Return a search head over an empty store."""
        store = Store()
        store.create_index("kube_audit")
        return SearchHead(self.configuration, store, time.time)

    def rows(self, head: SearchHead) -> list[Row]:
        """Return all events of our index with their fields."""
        user = User.of(self.configuration, "admin", ["admin"])
        return head.search("`kube_audit_index`", user=user, app=build.APP).rows

    def row(self, event: object) -> Row:
        """Return the fields of one event of a monitored file."""
        head = self.head()
        text = event if isinstance(event, str) else json.dumps(event, separators=(",", ":"))
        head.pipeline.index_file(text.encode() + b"\n", ORIGIN)
        (row,) = self.rows(head)
        return row


@pytest.fixture(scope="session")
def bench(staged: Path) -> Bench:
    """Return the bench with the staged app."""
    return Bench(Configuration.load([staged]))


def test_the_fields_are_the_events_own(bench: Bench) -> None:
    """Bodies and headers full of look-alike keys change no field and no time."""
    row = bench.row(EVENT)

    assert {key: row.get(key) for key in EXPECTED} == EXPECTED


def test_the_order_of_keys_does_not_matter(bench: Bench) -> None:
    """A log whose keys are sorted has the same fields; only Splunk's own time finding wants the event's time last."""
    row = bench.row(dict(sorted(EVENT.items())))

    assert {key: row.get(key) for key in EXPECTED if key != "_time"} == {
        key: value for key, value in EXPECTED.items() if key != "_time"
    }


def test_a_body_of_two_megabytes_hides_nothing(bench: Bench) -> None:
    """Fields behind the bodies are read in events that are far longer than the limits of automatic extraction."""
    event = {**EVENT, "requestObject": {**EVENT["requestObject"], "filler": "x" * 2_000_000}}

    row = bench.row(event)

    assert (row["decision"], row["_time"], row["stage_time"]) == ("allow", 1793611800.122204, 1793611800.122204)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"kube_audit_cluster": "prod", "k8s.cluster.name": "otel"}, "prod", id="ours first"),
        pytest.param({"k8s.cluster.name": "otel"}, "otel", id="then OpenTelemetry's"),
        pytest.param({}, "unknown", id="then the lookup"),
    ],
)
def test_the_cluster_comes_from_where_it_is_known(bench: Bench, fields: dict[str, str], expected: str) -> None:
    """cluster, dest and dvc are one value: the indexed field, the OpenTelemetry attribute, or the lookup's answer."""
    head = bench.head()
    head.pipeline.index_hec_event(json.dumps(EVENT), ORIGIN, 1793611800.122204, dict(fields))

    (row,) = bench.rows(head)

    assert [row[name] for name in ("cluster", "dest", "dvc")] == [expected] * 3


def test_nobody_authenticated_is_said(bench: Bench) -> None:
    """A 401 has an empty user object: the user says so, and the event is an authentication."""
    event = {**EVENT, "stage": "ResponseStarted", "user": {}, "responseStatus": {"code": 401}}

    row = bench.row(event)

    assert (row["user"], row["action"], row["tag"]) == ("system:unauthenticated", "failure", "authentication")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"verb": "get"}, "reads change nothing", id="read"),
        pytest.param({"stage": "RequestReceived"}, "not decided yet", id="received"),
        pytest.param({"requestURI": "/api/v1/namespaces/payments/configmaps?dryRun=All"}, "tried only", id="dry run"),
        pytest.param({"objectRef": {"resource": "pods", "subresource": "exec"}}, "a connection", id="exec"),
        pytest.param({"objectRef": {"resource": "subjectaccessreviews"}}, "a question", id="review"),
    ],
)
def test_what_changes_nothing_is_no_change(bench: Bench, change: dict[str, object], reason: str) -> None:
    """Only decided writes carry the tag of the data model Change."""
    row = bench.row({**EVENT, **change})

    assert "tag" not in row, reason


def test_a_broken_event_has_no_invented_fields(bench: Bench) -> None:
    """An event that was cut is kept, found by its sourcetype, and claims no user, verb or status."""
    row = bench.row(json.dumps(EVENT)[:300])

    assert not {"user", "verb", "status_code", "action", "tag"} & set(row)


def vanilla_events() -> Iterator[dict[str, Any]]:
    """Yield the real events in the API server's own form."""
    for path in sorted((SHARED / "events").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            if event.get("kind") == "Event" and "stageTimestamp" in event and "auditID" in event:
                yield event


def test_real_events_keep_their_values(bench: Bench) -> None:
    """On events of a dozen public projects, each field is the value at its place in the event."""
    events = list(vanilla_events()) if SHARED.is_dir() else []
    if not events:
        pytest.skip(f"no real events at {SHARED}")
    for event in events:
        row = bench.row(event)
        reference = event.get("objectRef", {})
        assert row.get("verb") == event["verb"]
        assert row.get("uri") == event["requestURI"]
        assert row.get("resource") == reference.get("resource")
        assert row.get("namespace") == reference.get("namespace")
        assert row.get("user") == (event.get("user", {}).get("username") or "system:unauthenticated")
        assert row.get("src") == (event.get("sourceIPs") or [None])[-1]
        assert row.get("status_code") == event.get("responseStatus", {}).get("code")
