"""Read recordings: their events, whatever they are packed with, and their labels.

FOLDER/NAME.jsonl.gz|.xz   events        FOLDER/labels.jsonl   labels of all recordings of the folder
"""

import gzip
import json
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

Event = dict[str, Any]
UNPACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.decompress, ".xz": lzma.decompress}


def recordings(folder: Path) -> dict[str, Path]:
    """Find the recordings of a folder by name."""
    found = [path for path in sorted(folder.glob("*.jsonl.*")) if path.suffix in UNPACK]
    return {path.name.removesuffix(path.suffix).removesuffix(".jsonl"): path for path in found}


def events_of(path: Path) -> list[Event]:
    """Read the events of one recording."""
    return [json.loads(line) for line in UNPACK[path.suffix](path.read_bytes()).splitlines()]


def labels_of(folder: Path) -> list[Event]:
    """Read all labels of a folder."""
    return [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]


def target_of(event: Event) -> str:
    """Name what a request is about: `pods/exec`, `clusterroles`, or the path without its query."""
    target = event.get("objectRef", {})
    if not target.get("resource"):
        return str(event["requestURI"]).split("?", maxsplit=1)[0]
    return "/".join(part for part in (target["resource"], target.get("subresource")) if part)
