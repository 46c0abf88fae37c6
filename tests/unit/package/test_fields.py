"""Each field that the app makes of an audit event or a finding, for each way in which it can come about."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import build
from standin.conf import Configuration
from standin.environment import Row
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead

LOG = Origin("kube_audit", "cp-1", "/var/log/kubernetes/audit.log", "kube:apiserver:audit")
FINDINGS = Origin("kube_audit_findings", "sh-1", "kube_audit:finding", "stash")
RBAC = "rbac.authorization.k8s.io"
URI = "/api/v1/namespaces/payments/configmaps/notes?fieldManager=kubectl"
REFERENCE = {"resource": "configmaps", "namespace": "payments", "name": "notes", "uid": "u-1", "apiGroup": "apps"}
EVENT: dict[str, Any] = {
    "kind": "Event",
    "level": "Metadata",
    "auditID": "a-1",
    "stage": "ResponseComplete",
    "requestURI": URI,
    "verb": "update",
    "user": {"username": "alice", "groups": ["developers"]},
    "sourceIPs": ["203.0.113.7"],
    "userAgent": "kubectl",
    "objectRef": REFERENCE,
    "responseStatus": {"code": 200},
    "stageTimestamp": "2026-11-02T09:30:00.122204Z",
}
ALL_OF_IT = {
    **{"user": "alice", "user_groups": "developers", "src": "203.0.113.7", "src_chain": "203.0.113.7"},
    **{"user_agent": "kubectl", "verb": "update", "uri": URI, "resource": "configmaps", "api_group": "apps"},
    **{"namespace": "payments", "name": "notes", "stage": "ResponseComplete", "level": "Metadata", "audit_id": "a-1"},
    **{"status_code": 200, "stage_time": 1793611800.122204, "action": "modified", "app": "kubernetes"},
    **{"change_type": "kubernetes", "command": "update configmaps", "object": "notes", "object_id": "u-1"},
    **{"object_attrs": "configmaps", "object_category": "configmaps", "status": "success"},
    **{"vendor_product": "Kubernetes", "cluster": "unknown", "dest": "unknown", "dvc": "unknown"},
    **{"impersonated_user": None, "subresource": None, "decision": None, "reason": None, "result": None},
}


def reference(**changes: str) -> dict[str, Any]:
    """Return a change of what the request was about."""
    return {"objectRef": {**REFERENCE, **changes}}


def answered(code: int, **words: str) -> dict[str, Any]:
    """Return a change of the answer."""
    return {"responseStatus": {"code": code, **words}}


WITHOUT_OBJECT = {"objectRef": None, "requestURI": "/healthz"}
CHANGES = ("create", "update", "patch", "delete", "deletecollection")
CASES = [
    pytest.param({}, ALL_OF_IT, id="all of it"),
    pytest.param({"verb": "create"}, {"action": "created", "command": "create configmaps"}, id="create"),
    pytest.param({"verb": "patch"}, {"action": "modified"}, id="patch"),
    pytest.param({"verb": "delete"}, {"action": "deleted"}, id="delete"),
    pytest.param({"verb": "deletecollection"}, {"action": "deleted"}, id="deletecollection"),
    *(
        pytest.param({"verb": verb}, {"action": None, "tag": None}, id=verb)
        for verb in ("get", "list", "watch", "proxy")
    ),
    *(
        pytest.param({"verb": "create", **reference(subresource=name)}, {"action": None, "subresource": name}, id=name)
        for name in ("exec", "attach", "portforward", "proxy")
    ),
    pytest.param({"verb": "create", **reference(subresource="eviction")}, {"action": "created"}, id="eviction"),
    pytest.param({"verb": "create", **reference(resource="tokenreviews")}, {"action": None}, id="a question"),
    pytest.param({"verb": "create", **reference(resource="reviewsets")}, {"action": "created"}, id="no question"),
    pytest.param({"verb": "create", **WITHOUT_OBJECT}, {"action": "created", "resource": None}, id="no object"),
    pytest.param(answered(401), {"action": "failure", "status": "failure"}, id="401"),
    pytest.param(answered(400), {"action": "modified", "status": "failure"}, id="400"),
    pytest.param(answered(402), {"action": "modified", "status": "failure"}, id="402"),
    pytest.param(answered(399), {"status": "success", "result": None}, id="399"),
    pytest.param({"responseStatus": None}, {"status": None, "result": None, "status_code": None}, id="no answer"),
    pytest.param(answered(403, reason="Forbidden", message="no"), {"result": "Forbidden"}, id="reason"),
    pytest.param(answered(400, message="no such thing"), {"result": "no such thing"}, id="message"),
    pytest.param(answered(399, reason="Odd"), {"result": None}, id="no failure, no result"),
    pytest.param(answered(500, reason="InternalError"), {"result": "InternalError", "status": "failure"}, id="500"),
    pytest.param(reference(apiGroup=RBAC), {"change_type": "AAA", "api_group": RBAC}, id="rbac"),
    pytest.param(reference(resource="serviceaccounts"), {"change_type": "AAA"}, id="service accounts"),
    pytest.param(reference(resource="certificatesigningrequests"), {"change_type": "AAA"}, id="certificates"),
    pytest.param(
        WITHOUT_OBJECT,
        {
            **{"change_type": "kubernetes", "command": "update /healthz", "object": "/healthz"},
            **{"object_attrs": None, "object_category": None, "object_id": "/healthz", "name": None},
        },
        id="a path",
    ),
    pytest.param(
        {"objectRef": {"resource": "nodes"}, "verb": "list", "requestURI": "/api/v1/nodes"},
        {"object": "nodes", "object_id": "/api/v1/nodes", "name": None, "namespace": None, "api_group": None},
        id="all objects",
    ),
    pytest.param(
        {"objectRef": {"resource": "pods"}, "responseObject": {"metadata": {"name": "pod-x1"}}},
        {"object": "pod-x1", "name": "pod-x1"},
        id="generated name",
    ),
    pytest.param({"responseObject": {"metadata": {"name": "x"}}}, {"object": "notes", "name": "notes"}, id="own name"),
    pytest.param(
        reference(subresource="status"), {"object_attrs": "status", "subresource": "status"}, id="a part of it"
    ),
    pytest.param({"user": {}}, {"user": "system:unauthenticated", "user_groups": None}, id="nobody"),
    pytest.param({"user": {"username": ""}}, {"user": "system:unauthenticated"}, id="no name"),
    pytest.param({"user": None}, {"user": None}, id="no user object"),
    pytest.param({"impersonatedUser": {"username": "bob"}}, {"user": "alice", "impersonated_user": "bob"}, id="as bob"),
    pytest.param({"sourceIPs": None}, {"src": None, "src_chain": None}, id="no address"),
    pytest.param({"sourceIPs": ["192.0.2.1", "203.0.113.9"]}, {"src": "203.0.113.9"}, id="the last address"),
    pytest.param(
        {"annotations": {"authorization.k8s.io/decision": "forbid", "authorization.k8s.io/reason": "RBAC: no"}},
        {"decision": "forbid", "reason": "RBAC: no"},
        id="decision",
    ),
    *(pytest.param({"verb": verb}, {"tag": "change"}, id=f"{verb} is a change") for verb in CHANGES),
    pytest.param({"stage": "Panic"}, {"eventtype": "kube_audit_change", "tag": "change"}, id="panic"),
    pytest.param({"stage": "ResponseStarted"}, {"eventtype": None, "tag": None}, id="not decided"),
    pytest.param({"requestURI": f"{URI}&dryRun=All&x=1"}, {"action": "modified", "tag": None}, id="dry run"),
    pytest.param(
        {"stage": "ResponseStarted", **answered(401), "user": {}},
        {"eventtype": "kube_audit_authentication", "tag": "authentication"},
        id="authentication",
    ),
    pytest.param({"stage": "ResponseStarted", **answered(403)}, {"tag": None}, id="refused is no authentication"),
    pytest.param(answered(401), {"tag": None}, id="authentication is told once"),
]


@pytest.fixture(scope="module")
def configuration(staged: Path) -> Configuration:
    """Return the staged app's settings."""
    return Configuration.load([staged])


@pytest.fixture
def head(configuration: Configuration) -> SearchHead:
    """Return a search head of the app over an empty store."""
    store = Store()
    for index in ("kube_audit", "kube_audit_findings"):
        store.create_index(index)
    return SearchHead(configuration, store, time.time)


def everything(head: SearchHead, index: str) -> list[Row]:
    """Return all events of an index with their fields."""
    user = User.of(head.configuration, "admin", ["admin"])
    return head.search(f"index={index}", user=user, app=build.APP).rows


def seen(head: SearchHead, event: Mapping[str, Any], origin: Origin) -> Row:
    """Index one event and return it with its fields."""
    head.pipeline.index_file(json.dumps(event, separators=(",", ":")).encode() + b"\n", origin)
    (row,) = everything(head, origin.index)
    return row


@pytest.mark.parametrize(("change", "expected"), CASES)
def test_a_field_says_what_the_event_says(head: SearchHead, change: dict[str, Any], expected: dict[str, Any]) -> None:
    """The fields of an event that differs in one respect from an ordinary one; None is a field that is not there."""
    event = {key: value for key, value in {**EVENT, **change}.items() if value is not None}

    row = seen(head, event, LOG)

    assert {key: row.get(key) for key in expected} == expected


def test_what_stands_first_hides_nothing(head: SearchHead) -> None:
    """Behind more text than automatic extraction reads, each field is still what the event says."""
    row = seen(head, {"filler": "x" * 20_000, **EVENT}, LOG)

    assert {key: row.get(key) for key in ALL_OF_IT} == ALL_OF_IT


def test_an_event_of_another_source_type_has_none_of_it(head: SearchHead) -> None:
    """Fields, eventtypes and tags are those of audit events and of nothing else."""
    row = seen(head, EVENT, LOG._replace(sourcetype="some:other"))

    assert not {"cluster", "uri", "action", "eventtype", "tag", "vendor_product"} & set(row)


@pytest.mark.parametrize(
    "text",
    [
        'stage="ResponseStarted" status_code=401',
        'stage="ResponseComplete" action="modified" uri="/x"',
    ],
)
def test_the_same_words_of_somebody_else_get_no_tag(head: SearchHead, text: str) -> None:
    """Fields of these names in events of another source type mean something else."""
    head.pipeline.index_file(text.encode() + b"\n", LOG._replace(sourcetype="some:other"))

    (row,) = everything(head, "kube_audit")

    assert "stage" in row
    assert not {"eventtype", "tag"} & set(row)


def test_a_finding_is_an_alert(head: SearchHead) -> None:
    """Findings carry the fields of CIM Alerts beside their own."""
    finding = {
        "time": "2026-11-02T09:35:00.000Z",
        "finding_id": "f-1",
        **{"detection": "Some Rule", "detection_id": "some_rule", "severity": "high", "cluster": "prod"},
        **{"what": "get secrets", "src": "203.0.113.7", "user": "mallory", "reasons": ["one", "two"]},
    }

    row = seen(head, finding, FINDINGS)

    expected = {
        **{"app": "kube_audit", "type": "alert", "dest": "prod", "signature": "Some Rule", "id": "f-1"},
        **{"signature_id": "some_rule", "description": "get secrets", "reasons": ["one", "two"]},
        **{"eventtype": "kube_audit_finding", "tag": "alert", "severity": "high", "src": "203.0.113.7"},
    }
    assert {key: row.get(key) for key in expected} == expected


def test_stash_of_others_is_no_finding(head: SearchHead) -> None:
    """What others collect keeps its own fields."""
    row = seen(head, {"detection": "x", "severity": "high"}, FINDINGS._replace(source="somebody else"))

    assert not {"eventtype", "tag", "signature", "type"} & set(row)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_line_is_an_event(head: SearchHead, ending: str) -> None:
    """Lines are events of their own, however they end and whatever their times, and none is cut or merged."""
    lines = [json.dumps({**EVENT, "auditID": f"line-{at}", "filler": "x" * 20_000 * at}) for at in range(3)]

    head.pipeline.index_file(ending.join([*lines, ""]).encode(), LOG)

    assert sorted(str(row["_raw"]) for row in everything(head, "kube_audit")) == sorted(lines)
