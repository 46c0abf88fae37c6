"""Marks on disk, so that a restart goes on where delivery was confirmed.

One JSON object, written to a temporary file, synced, and put in place by a rename; the copy before it stays as
`checkpoint.previous.json` and is used when the newest is damaged: then the last batch is read again, nothing is left
out. Format (the version changes when an older reader could misread it):

    {"version": 1, "sha256": "<of the rest as compact JSON, keys sorted>", "scanned": 1795475971.1, "marks": [mark, …]}
"""

import hashlib
import json
import os
from pathlib import Path
from typing import IO, Any, Callable, Dict, List, NamedTuple, Tuple

from kube_audit.errors import BadInput
from kube_audit.receive.marks import Mark, Span

VERSION = 1
_KEPT = 4096  # marks: more logs than rotation keeps, and 2 MB on disk


class Progress(NamedTuple):
    """Everything that was delivered, oldest log first, and when files were last looked for (wall clock)."""

    marks: Tuple[Mark, ...] = ()
    scanned: float = 0.0


class _Damaged(Exception):
    pass


class Checkpoint:
    """The checkpoint of one state directory."""

    def __init__(self, directory: Path) -> None:
        self._newest = directory / "checkpoint.json"
        self._previous = directory / "checkpoint.previous.json"

    def load(self, report: Callable[[str], None]) -> Progress:
        """Read the newest copy that is whole, report each that is damaged; raises BadInput for a newer version."""
        for path in (self._newest, self._previous):
            try:
                return _decode(path.read_bytes(), path)
            except FileNotFoundError:
                continue
            except _Damaged as error:
                report(f"{path}: damaged ({error}); falling back to an older state, the last events are sent again")
        return Progress()

    def save(self, progress: Progress) -> None:
        """Put progress on disk; when this returns it survives a crash."""
        temporary = self._newest.with_suffix(".tmp")
        with _private(temporary) as file:
            file.write(_encode(progress))
            file.flush()
            os.fsync(file.fileno())
        if self._newest.exists():
            self._newest.replace(self._previous)
        temporary.replace(self._newest)
        _sync_directory(self._newest.parent)


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _sync_directory(path: Path) -> None:
    if os.name == "nt":  # directories cannot be opened there
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encode(progress: Progress) -> bytes:
    marks = [mark._asdict() for mark in progress.marks[-_KEPT:]]
    body = {"marks": marks, "scanned": progress.scanned, "version": VERSION}
    return _compact({**body, "sha256": hashlib.sha256(_compact(body)).hexdigest()})


def _compact(value: Dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _decode(text: bytes, path: Path) -> Progress:
    try:
        document = json.loads(text)
        version, checksum = document["version"], document.pop("sha256")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _Damaged("no checkpoint") from None
    if hashlib.sha256(_compact(document)).hexdigest() != checksum:
        raise _Damaged("checksum differs")
    if version != VERSION:
        raise BadInput(f"{path}: written by a newer version (format {version!r}); use that version, or another --state")
    marks: List[Mark] = [
        Mark(mark["source"], mark["offset"], Span(*mark["first"]), Span(*mark["last"])) for mark in document["marks"]
    ]
    return Progress(tuple(marks), document["scanned"])
