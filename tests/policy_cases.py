"""Where the policy tests find their cases: recorded by us, and facts of other projects beside the repository."""

import gzip
import json
import os
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

REPOSITORY = Path(__file__).parent.parent
RECORDED = REPOSITORY / "tests" / "recorded" / "policy"
SHARED = Path(os.environ.get("KUBE_AUDIT_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))


def read_lines(path: Path) -> Iterator[Dict[str, Any]]:
    """Read a file of JSON lines, compressed or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def shared_cases(name: str) -> List[Dict[str, Any]]:
    """Read the cases of a file of ../shared/data/policy_cases, or skip the test where they are absent."""
    path = SHARED / "policy_cases" / name
    if not path.exists():
        pytest.skip(f"{path} is not here (set KUBE_AUDIT_SHARED_DATA)")
    return list(read_lines(path))


def shared_policies() -> List[Path]:
    """List the real policies of ../shared/data/policies, or skip the test where they are absent."""
    paths = sorted((SHARED / "policies").glob("*.yaml"))
    if not paths:
        pytest.skip(f"{SHARED / 'policies'} is not here (set KUBE_AUDIT_SHARED_DATA)")
    return paths


def policy_text(*rules: str, head: str = "") -> str:
    """Write a policy of rules in flow style."""
    return "apiVersion: audit.k8s.io/v1\nkind: Policy\n" + head + "rules:\n" + "".join(f"- {rule}\n" for rule in rules)
