"""Where the detection of bindings to cluster-admin begins and ends to fire, and what it says."""

from typing import Any

import pytest

from detections.conftest import Bench
from detections.made import IDENTITY, RBAC, Json, answered, event, found, id_of, identity_of

ROLE = {"kind": "ClusterRole", "name": "cluster-admin", "apiGroup": RBAC}
SUBJECTS = [{"kind": "User", "name": "eve"}]
OBJECT = {"resource": "clusterrolebindings", "name": "ops", "apiGroup": RBAC}


def bound(**changes: Any) -> Json:  # noqa: ANN401 - JSON
    """Return the creation of a binding to cluster-admin."""
    return event(**({"objectRef": OBJECT, "responseObject": {"roleRef": ROLE, "subjects": SUBJECTS}} | changes))


def about(**changes: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a change of what a binding request is about."""
    return {"objectRef": {key: value for key, value in (OBJECT | changes).items() if value is not None}}


def role(**changes: Any) -> Json:  # noqa: ANN401 - JSON
    """Return a change of the role that is bound, in the answer."""
    return {"responseObject": {"roleRef": ROLE | changes, "subjects": SUBJECTS}}


def at(uri: str) -> Json:
    """Return a change of the URI."""
    return {"requestURI": f"/apis/{RBAC}/v1/clusterrolebindings{uri}"}


def by(user: str, *addresses: str) -> Json:
    """Return a change of who asks, and from where."""
    return {"user": {"username": user}, "sourceIPs": list(addresses)}


BINDINGS = [
    ({}, True),
    (answered(199), False),
    (answered(200), True),
    (answered(299), True),
    (answered(300), False),
    (answered(403), False),
    ({"stage": "Panic"}, True),
    ({"stage": "RequestReceived"}, False),
    ({"stage": "ResponseStarted"}, False),
    ({"verb": "update"}, True),
    ({"verb": "patch"}, True),
    ({"verb": "delete"}, False),
    ({"verb": "get"}, False),
    (about(apiGroup="example.com"), False),
    (about(resource="clusterroles"), False),
    (about(resource="rolebindings", namespace="payments"), True),
    (about(subresource="status"), False),
    (at("?dryRun=All"), False),
    (at("?dryRun=All&x=1"), False),
    (at("?x=1&dryRun=All"), False),
    (at("?dryRun=Allow"), True),
    (at("?xdryRun=All"), True),
    (at("/dryRun=All"), True),
    (at("/a&dryRun=All?x=1"), True),
    ({"requestURI": None}, True),
    (by("system:apiserver", "::1"), False),
    (by("system:apiserver", "127.0.0.1"), False),
    (by("system:apiserver", "203.0.113.7"), True),
    (by("system:apiserver"), True),
    (by("mallory", "::1"), True),
    (by("mallory", "127.0.0.1"), True),
    ({"user": {}, "sourceIPs": ["127.0.0.1"]}, True),
    (role(name="admin"), False),
    (role(kind="Role"), False),
    ({"responseObject": {"roleRef": {"name": "cluster-admin"}}}, True),
    ({"responseObject": None, "requestObject": {"roleRef": ROLE}}, True),
    ({"responseObject": None, "requestObject": {"roleRef": ROLE | {"kind": "Role"}}}, False),
    ({"responseObject": {"roleRef": ROLE}, "requestObject": {"roleRef": {"kind": "Role", "name": "x"}}}, True),
    ({"responseObject": None, **about(name="cluster-admin")}, True),
    ({"responseObject": None, **about(name="x"), "requestObject": {"metadata": {"name": "cluster-admin"}}}, False),
    ({"responseObject": None, **about(resource="rolebindings", name="cluster-admin")}, False),
    (about(name="cluster-admin") | role(name="view"), False),
]


@pytest.mark.parametrize(("change", "fires"), BINDINGS, ids=id_of)
def test_which_bindings_fire(bench: Bench, change: Json, fires: bool) -> None:
    """Decided, successful writes of either binding to the cluster role; no dry run, not the API server's own start."""
    assert len(found(bench, "cluster_admin_binding", [bound(**change)])) == int(fires)


ACCOUNT = {"kind": "ServiceAccount", "name": "ci", "namespace": "build"}
BINDING_WORDS = [
    ({}, "create clusterrolebindings ops", "critical", ["whole", "subjects: User eve"]),
    (
        {"responseObject": {"roleRef": ROLE, "subjects": [*SUBJECTS, ACCOUNT]}},
        *("create clusterrolebindings ops", "critical", ["whole", "subjects: User eve, ServiceAccount build/ci"]),
    ),
    (
        {"responseObject": {"roleRef": ROLE}, "requestObject": {"subjects": [ACCOUNT]}},
        *("create clusterrolebindings ops", "critical", ["whole", "subjects: ServiceAccount build/ci"]),
    ),
    ({"responseObject": {"roleRef": ROLE}}, "create clusterrolebindings ops", "critical", ["whole"]),
    (
        {"responseObject": {"roleRef": ROLE, "subjects": []}},
        *("create clusterrolebindings ops", "critical", ["whole"]),
    ),
    (
        {"responseObject": {"roleRef": ROLE, "subjects": [{"kind": "User", "name": "x" * 600}]}},
        *("create clusterrolebindings ops", "critical", ["whole", "subjects: User " + "x" * 495]),
    ),
    (about(name=None), "create clusterrolebindings ?", "critical", ["whole", "subjects: User eve"]),
    (
        about(resource="rolebindings", namespace="payments"),
        *("create rolebindings payments/ops", "high", ["within namespace payments", "subjects: User eve"]),
    ),
    (
        about(resource="rolebindings"),
        *("create rolebindings ops", "high", ["within namespace ?", "subjects: User eve"]),
    ),
    (
        {"impersonatedUser": {"username": "root"}},
        *("create clusterrolebindings ops", "critical", ["whole", "subjects: User eve", "acting as root"]),
    ),
]


@pytest.mark.parametrize(("change", "what", "severity", "reasons"), BINDING_WORDS)
def test_what_a_binding_says(bench: Bench, change: Json, what: str, severity: str, reasons: list[str]) -> None:
    """Which binding, how far it reaches, and whom it binds, at most 500 characters of it."""
    (finding,) = found(bench, "cluster_admin_binding", [bound(**change)])

    words = ["for the whole cluster" if reason == "whole" else reason for reason in reasons]
    assert (finding["what"], finding["severity"]) == (what, severity)
    assert finding["reasons"] == ["binds to the cluster role cluster-admin", *words]
    assert finding["count"] == 1


@pytest.mark.parametrize(("change", "same"), IDENTITY, ids=id_of)
def test_what_makes_a_finding_the_same(bench: Bench, change: Json, same: bool) -> None:
    """The request, its user and its time; without an auditID, the event's own bytes."""
    (first,), (second,) = (found(bench, "cluster_admin_binding", [bound(**some)]) for some in ({}, change))

    assert (first["finding_id"] == second["finding_id"]) is same


def test_events_without_an_identity_are_told_apart(bench: Bench) -> None:
    """Two events without an auditID that differ anywhere are two findings; unknown is who is not named."""
    nobody = {"auditID": None, "user": None, "sourceIPs": None}

    findings = found(bench, "cluster_admin_binding", [bound(**nobody), bound(**nobody, userAgent="other")])

    assert len({finding["finding_id"] for finding in findings}) == 2
    assert {(finding["user"], finding["src"]) for finding in findings} == {("unknown", "unknown")}


def test_the_identity_is_made_of_these_parts(bench: Bench) -> None:
    """Cluster, user, auditID and time, in this form."""
    (finding,) = found(bench, "cluster_admin_binding", [bound(**{"k8s.cluster.name": "prod"})])

    assert finding["cluster"] == "prod"
    assert finding["finding_id"] == identity_of("cluster_admin_binding", "prod", "mallory", "a-1", "1793611800.122204")
