"""Labels follow from the scripts as they are now, without a new recording."""

import json
import lzma
from pathlib import Path

from cluster.relabel import relabel
from cluster.script import Decides, Truth


def test_a_step_that_means_something_else_is_labelled_anew(tmp_path: Path) -> None:
    """Ids and what must be found change with the script; whose request it is, and steps it does not know, stay."""
    event = {"auditID": "a", "verb": "get", "level": "Metadata", "objectRef": {"resource": "secrets"}}
    (tmp_path / "night.jsonl.xz").write_bytes(lzma.compress((json.dumps(event) + "\n").encode()))
    old = {
        "recording": "night",
        "auditID": "a",
        "step": "read",
        "catalogue": "C01",
        "detection": None,
        "must_find": False,
    }
    unknown = {**old, "step": "gone"}
    (tmp_path / "labels.jsonl").write_text(json.dumps(old) + "\n" + json.dumps(unknown) + "\n")

    changed = relabel(tmp_path, {"read": Truth("C02", Decides(("get",), "secrets"), "a/detection")})

    lines = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert changed == 1
    assert lines == [{**old, "catalogue": "C02", "detection": "a/detection", "must_find": True}, unknown]
