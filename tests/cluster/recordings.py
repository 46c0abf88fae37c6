"""Read recordings: their lines, their events, their labels.

FOLDER/NAME.jsonl.xz   events        FOLDER/labels.jsonl   labels of all recordings of the folder
"""

import json
import lzma
from collections import Counter
from pathlib import Path
from typing import Any

Event = dict[str, Any]
RECORDED = Path(__file__).parent.parent / "recorded"
PACKED = ".jsonl.xz"
# Whoever came with a token that nobody issued has no name in the log; Kubernetes calls the group so.
NOBODY = "system:unauthenticated"


def recordings(folder: Path) -> dict[str, Path]:
    """Find the recordings of a folder by name."""
    return {path.name.removesuffix(PACKED): path for path in sorted(folder.glob(f"*{PACKED}"))}


def recording(name: str) -> Path:
    """Return where a committed recording lies."""
    return RECORDED / f"{name}{PACKED}"


def text_of(path: Path) -> bytes:
    """Unpack one recording: a line an event."""
    return lzma.decompress(path.read_bytes())


def events_of(path: Path) -> list[Event]:
    """Read the events of one recording."""
    return [json.loads(line) for line in text_of(path).splitlines()]


def labels_of(folder: Path) -> list[Event]:
    """Read all labels of a folder."""
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]


def wanted(path: Path) -> Counter[tuple[str, str]]:
    """Count the requests in a recording that detections must find: by detection, and by user as the log names them."""
    users = {event["auditID"]: event["user"].get("username") or NOBODY for event in events_of(path)}
    labels = [label for label in labels_of(path.parent) if label["recording"] == path.name.removesuffix(PACKED)]
    mine = [label for label in labels if label["must_find"] and label["detection"]]
    return Counter((label["detection"], users[label["auditID"]]) for label in mine)


def target_of(event: Event) -> str:
    """Name what a request is about: `pods/exec`, `clusterroles`, or the path without its query."""
    target = event.get("objectRef", {})
    if not target.get("resource"):
        return str(event["requestURI"]).split("?", maxsplit=1)[0]
    return "/".join(part for part in (target["resource"], target.get("subresource")) if part)
