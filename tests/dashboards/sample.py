"""A small, whole day at the API server: every panel of every dashboard has something to show, and the counts are known.

Events are spread over the three hours before `NOW`, on two clusters. `REQUESTS` counts each request once, at the stage
that decides it, and is what the dashboards have to say.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

NOW = 1767225600  # 2026-01-01T00:00:00Z
SPACING_S = 97
ROUNDS = 100
SOURCETYPE = "kube:apiserver:audit"


class Kind(NamedTuple):
    """One kind of request; it comes again every `every` rounds."""

    every: int
    user: str
    verb: str
    resource: str
    code: int = 200
    subresource: str = ""
    group: str = ""
    stage: str = "ResponseComplete"
    cluster: str = "prod"


KINDS = (
    Kind(1, "system:serviceaccount:kube-system:replicaset-controller", "list", "pods"),
    Kind(2, "jane@example.com", "get", "deployments", group="apps"),
    Kind(3, "jane@example.com", "update", "deployments", group="apps", cluster="staging"),
    Kind(7, "system:serviceaccount:ci:deployer", "get", "secrets"),
    Kind(9, "mallory", "list", "secrets", 403),
    Kind(11, "mallory", "get", "nodes", 403),
    Kind(13, "", "get", "pods", 401, stage="ResponseStarted"),
    Kind(17, "jane@example.com", "get", "pods", 101, "exec", stage="ResponseStarted"),
    Kind(19, "admin", "create", "clusterrolebindings", 201, group="rbac.authorization.k8s.io"),
    Kind(23, "admin", "create", "serviceaccounts", 201, "token"),
    Kind(29, "jane@example.com", "get", "configmaps", 404),
    Kind(31, "admin", "create", "pods", 500, cluster="staging"),
)
SEVERITIES = ("critical", "high", "medium", "low")


def iso(epoch: float) -> str:
    """Return a time as the API server and our findings write it."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def requests() -> Iterator[tuple[float, Kind]]:
    """Yield each request with its time, newest first."""
    for turn in range(1, ROUNDS + 1):
        for at, kind in enumerate(KINDS):
            if turn % kind.every == 0:
                yield NOW - turn * SPACING_S + at, kind


REQUESTS = len(list(requests()))
DENIED = sum(kind.code in (401, 403) for _, kind in requests())
CLUSTERS = {kind.cluster for kind in KINDS}


def audit_event(time: float, kind: Kind) -> dict[str, Any]:
    """Return one audit event in the API server's form."""
    names = {"resource": kind.resource, "namespace": "default", "name": "web", "apiVersion": "v1"}
    optional = {"apiGroup": kind.group, "subresource": kind.subresource}
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": f"{int(time)}-{kind.every}",
        "stage": kind.stage,
        "requestURI": f"/api/v1/namespaces/default/{kind.resource}/web",
        "verb": kind.verb,
        "user": {"username": kind.user, "groups": ["system:authenticated"]} if kind.user else {},
        "sourceIPs": [f"10.0.0.{kind.every}"],
        "userAgent": "kubectl/v1.33.0",
        "objectRef": {**names, **{key: value for key, value in optional.items() if value}},
        "responseStatus": {"code": kind.code},
        "requestReceivedTimestamp": iso(time).replace("Z", "000Z"),
        "stageTimestamp": iso(time).replace("Z", "000Z"),
        "annotations": {"authorization.k8s.io/decision": "forbid" if kind.code == 403 else "allow"},
    }


def finding(at: int, severity: str) -> dict[str, Any]:
    """Return one finding in the form in which the app writes it: about mallory's last refused request."""
    seen = iso(max(time for time, kind in requests() if kind.user == "mallory"))
    return {
        "time": iso(NOW - 60 * at),
        "finding_id": f"{at:064x}",
        "detection": f"Kube Audit - Sample {severity.title()} - Rule",
        "detection_id": f"sample_{severity}",
        "detection_version": 1,
        "severity": severity,
        "cluster": "prod",
        "user": "mallory",
        "what": "list secrets in default",
        "src": "10.0.0.9",
        "first_time": seen,
        "last_time": seen,
        "count": 1,
        "reasons": ["refused"],
    }


def hec_events() -> Iterator[str]:
    """Yield HEC's JSON for all audit events, then for all findings."""
    for time, kind in requests():
        event = json.dumps(audit_event(time, kind), separators=(",", ":"))
        envelope = {"time": time, "host": "cp-1", "source": "/var/log/kubernetes/audit.log", "sourcetype": SOURCETYPE}
        fields = {"kube_audit_cluster": kind.cluster}
        yield json.dumps({**envelope, "index": "kube_audit", "fields": fields, "event": event})
    for at, severity in enumerate(SEVERITIES, start=1):
        event = json.dumps(finding(at, severity), separators=(",", ":"))
        envelope = {"time": NOW - 60 * at, "source": "kube_audit:finding", "sourcetype": "stash"}
        yield json.dumps({**envelope, "index": "kube_audit_findings", "event": event})
