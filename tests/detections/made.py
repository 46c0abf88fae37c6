"""Audit events made here, changed in one respect at a time, and the findings of a detection on them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import generate
from detections.conftest import ROOT, Bench

DETECTIONS = {detection.id: detection for detection in generate.load(ROOT)}
RBAC = "rbac.authorization.k8s.io"
Json = dict[str, Any]


def event(**changes: Any) -> Json:  # noqa: ANN401 - JSON
    """Return an audit event with these keys; a key whose value is None is left out."""
    whole = {
        "kind": "Event",
        "level": "RequestResponse",
        "auditID": "a-1",
        "stage": "ResponseComplete",
        "requestURI": "/apis/x",
        "verb": "create",
        "user": {"username": "mallory"},
        "sourceIPs": ["203.0.113.7"],
        "responseStatus": {"code": 201},
        "stageTimestamp": "2026-11-02T09:30:00.122204Z",
    } | changes
    return {key: value for key, value in whole.items() if value is not None}


def found(bench: Bench, identity: str, events: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return the findings of a detection on events, in the order in which they were written."""
    lines = [json.dumps(one, separators=(",", ":")).encode() + b"\n" for one in events]
    _, written = bench.run(DETECTIONS[identity], lines)
    return sorted((json.loads(str(row["_raw"])) for row in written), key=lambda one: str(one["first_time"]))


def answered(code: int) -> Json:
    """Return a change of the answer."""
    return {"responseStatus": {"code": code}}


def identity_of(*parts: str) -> str:
    """Return the finding_id of a detection, a cluster, an actor, and what makes the finding this one.

    Throttling and readers go by it, so that it must stay what it is from version to version.
    """
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def id_of(change: object) -> str:
    """Name a case by its change."""
    return "-" if change == {} else json.dumps(change) if isinstance(change, dict) else str(change)


IDENTITY = [
    ({}, True),
    ({"userAgent": "other"}, True),
    ({"auditID": "a-2"}, False),
    ({"user": {"username": "bob"}}, False),
    ({"k8s.cluster.name": "other"}, False),
    ({"stageTimestamp": "2026-11-02T09:30:01.122204Z"}, False),
]
