"""Where the detection of exec sessions begins and ends to fire, and what it says."""

from typing import Any

import pytest

from detections.conftest import Bench
from detections.made import IDENTITY, Json, answered, event, found, id_of, identity_of

POD = {"resource": "pods", "subresource": "exec", "namespace": "payments", "name": "api"}
NODE = {"resource": "nodes", "subresource": "proxy", "name": "n0"}
KUBELET = "/api/v1/nodes/n0/proxy/"


def executed(**changes: Any) -> Json:  # noqa: ANN401 - JSON
    """Return the start of an exec session."""
    uri = "/api/v1/namespaces/payments/pods/api/exec?command=id"
    start = {"stage": "ResponseStarted", "verb": "get", "responseStatus": {"code": 101}, "objectRef": POD}
    return event(**(start | {"requestURI": uri} | changes))


def on_node(path: str) -> Json:
    """Return a change of the session to one through a kubelet."""
    return {"objectRef": NODE, "requestURI": path}


SESSIONS = [
    ({}, True),
    (answered(100), False),
    (answered(102), False),
    (answered(199), False),
    (answered(200), True),
    (answered(299), True),
    (answered(300), False),
    (answered(403), False),
    ({"stage": "ResponseComplete"}, False),
    ({"stage": "Panic"}, False),
    ({"verb": "create"}, True),
    ({"verb": "list"}, False),
    ({"objectRef": POD | {"subresource": "attach"}}, False),
    ({"objectRef": POD | {"resource": "widgets"}, "userAgent": "pods"}, False),
    (on_node(KUBELET + "exec/payments/api/c?command=id"), True),
    (on_node(KUBELET + "run/payments/api/c?cmd=id"), True),
    (on_node(KUBELET + "cri/exec/x?command=id"), True),
    (on_node(KUBELET + "/exec/payments/api/c"), True),
    (on_node("/api/v1/nodes/n0/proxy/%65xec/payments/api/c"), True),
    (on_node(KUBELET + "execute/payments"), False),
    (on_node(KUBELET + "logs/exec/"), False),
    (on_node(KUBELET + "metrics"), False),
    (on_node("/x" + KUBELET + "exec/payments"), False),
    (on_node("/api/v1/nodes/a/b/proxy/exec/payments"), False),
    (on_node(KUBELET + "exec/payments") | {"objectRef": NODE | {"resource": "services"}, "userAgent": "nodes"}, False),
    (on_node(KUBELET + "exec/payments") | {"objectRef": NODE | {"subresource": "status"}}, False),
]


@pytest.mark.parametrize(("change", "fires"), SESSIONS, ids=id_of)
def test_which_sessions_fire(bench: Bench, change: Json, fires: bool) -> None:
    """Sessions that were opened, through the pod or through the kubelet's exec and run."""
    assert len(found(bench, "pod_exec", [executed(**change)])) == int(fires)


OPENED, THROUGH = "session opened with status 101", "through the kubelet, where no pods/exec event tells of it"
SESSION_WORDS = [
    ({}, "get pods/exec payments/api", "medium", [OPENED, "command: id"]),
    ({"verb": "create"}, "create pods/exec payments/api", "medium", [OPENED, "command: id"]),
    (answered(200), "get pods/exec payments/api", "medium", ["session opened with status 200", "command: id"]),
    ({"requestURI": "/x"}, "get pods/exec payments/api", "medium", [OPENED]),
    ({"requestURI": "/x?command="}, "get pods/exec payments/api", "medium", [OPENED]),
    (
        {"requestURI": "/x?command=sh&command=-c&xcommand=no&command=a%2Bb+c&command=%26"},
        *("get pods/exec payments/api", "medium", [OPENED, "command: sh -c a+b c &"]),
    ),
    (
        {"requestURI": "/x?" + "&".join(["command=a"] * 51)},
        *("get pods/exec payments/api", "medium", [OPENED, "command: " + " ".join("a" * 50)]),
    ),
    (
        {"requestURI": "/x?command=" + "y" * 600},
        *("get pods/exec payments/api", "medium", [OPENED, "command: " + "y" * 500]),
    ),
    (
        {"objectRef": POD | {"namespace": "kube-system"}},
        *("get pods/exec kube-system/api", "high", [OPENED, "in kube-system", "command: id"]),
    ),
    (on_node(KUBELET + "run/a/b/c?cmd=id"), "get nodes/proxy n0", "high", [OPENED, THROUGH, "command: id"]),
    (
        {"objectRef": {"resource": "pods", "subresource": "exec"}},
        *("get pods/exec ?", "medium", [OPENED, "command: id"]),
    ),
    (
        {"impersonatedUser": {"username": "root"}},
        *("get pods/exec payments/api", "medium", [OPENED, "command: id", "acting as root"]),
    ),
]


@pytest.mark.parametrize(("change", "what", "severity", "reasons"), SESSION_WORDS)
def test_what_a_session_says(bench: Bench, change: Json, what: str, severity: str, reasons: list[str]) -> None:
    """Which way and pod, and the command as it was sent, at most fifty words and 500 characters of it."""
    (finding,) = found(bench, "pod_exec", [executed(**change)])

    assert (finding["what"], finding["severity"], finding["reasons"]) == (what, severity, reasons)
    assert finding["count"] == 1


@pytest.mark.parametrize(("change", "same"), IDENTITY, ids=id_of)
def test_what_makes_a_finding_the_same(bench: Bench, change: Json, same: bool) -> None:
    """The request, its user and its time; without an auditID, the event's own bytes."""
    (first,), (second,) = (found(bench, "pod_exec", [executed(**some)]) for some in ({}, change))

    assert (first["finding_id"] == second["finding_id"]) is same


def test_events_without_an_identity_are_told_apart(bench: Bench) -> None:
    """Two events without an auditID that differ anywhere are two findings; unknown is who is not named."""
    nobody = {"auditID": None, "user": None, "sourceIPs": None}

    findings = found(bench, "pod_exec", [executed(**nobody), executed(**nobody, userAgent="other")])

    assert len({finding["finding_id"] for finding in findings}) == 2
    assert {(finding["user"], finding["src"]) for finding in findings} == {("unknown", "unknown")}


def test_the_identity_is_made_of_these_parts(bench: Bench) -> None:
    """Cluster, user, auditID and time, in this form."""
    (finding,) = found(bench, "pod_exec", [executed(**{"k8s.cluster.name": "prod"})])

    assert finding["cluster"] == "prod"
    assert finding["finding_id"] == identity_of("pod_exec", "prod", "mallory", "a-1", "1793611800.122204")
