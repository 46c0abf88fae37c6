"""The truth table says what a step looks like, and where two versions differ."""

import json
import lzma
from pathlib import Path
from typing import Any

from cluster.truth import POLICIES, table


def request(level: str, code: int, **more: object) -> list[dict[str, Any]]:
    """Make the two events of an exec."""
    event: dict[str, Any] = {
        "auditID": "exec",
        "level": level,
        "verb": "get",
        "requestURI": "/api/v1/namespaces/a/pods/b/exec?command=id",
        "objectRef": {"resource": "pods", "subresource": "exec"},
        "responseStatus": {"code": code},
        "annotations": {"authorization.k8s.io/decision": "allow", "note": "x"},
        "stage": "ResponseStarted",
        "stageTimestamp": "2026-11-24T17:00:00.000001Z",
        **more,
    }
    return [event, {**event, "stage": "ResponseComplete", "stageTimestamp": "2026-11-24T17:00:00.000002Z"}]


def test_a_row_shows_the_request_its_codes_levels_and_the_older_versions_difference(tmp_path: Path) -> None:
    """One row a step: request, stages with codes, bodies, annotations, levels; the older version where it differs."""
    labels = []
    for minor, code in (("1.37", 403), ("1.30", 101)):
        for policy, level in zip(POLICIES, ("RequestResponse", "Request", "Metadata"), strict=True):
            name = f"attacks-{minor}-{policy}"
            lines = "".join(json.dumps(event) + "\n" for event in request(level, code))
            (tmp_path / f"{name}.jsonl.xz").write_bytes(lzma.compress(lines.encode()))
            labels.append(
                {"recording": name, "auditID": "exec", "catalogue": "D01", "step": "shell", "must_find": True}
            )
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(label) + "\n" for label in labels))

    row = table(tmp_path, "1.37", "1.30").splitlines()[-1]

    assert row == (
        "| D01 | shell | get `/api/v1/namespaces/a/pods/b/exec?command=id`"
        " | RS 403, RC 403; allow (1.30: RS 101, RC 101; allow) | none | note | RequestResponse / Request / Metadata |"
    )
