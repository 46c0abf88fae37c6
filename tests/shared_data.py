"""Real audit events of other projects, where they are at hand: facts to test against, never part of this project."""

import os
from pathlib import Path
from typing import Any, List

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


def shared_folder() -> Path:
    """Return the folder that the environment names, else the one beside the repository."""
    return Path(os.environ.get("KUBE_AUDIT_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))


def shared_lines(pattern: str) -> List[Any]:
    """Return lines of event files as test parameters; one skipped parameter where there are none."""
    files = sorted((shared_folder() / "events").glob(pattern))
    found = [
        pytest.param(raw, id=f"{path.stem}-{number}")
        for path in files
        if path.name not in ("ORIGIN.jsonl", "labels.jsonl")
        for number, raw in enumerate(path.read_bytes().splitlines(), start=1)
    ]
    reason = f"no shared data in {shared_folder()}; name it in KUBE_AUDIT_SHARED_DATA"
    return found or [pytest.param(b"", marks=pytest.mark.skip(reason=reason), id="absent")]
