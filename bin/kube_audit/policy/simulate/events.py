"""Recorded events, read fast: only what a policy decides by is decoded, bodies stay raw.

A log holds one JSON object a line, an audit event or an EventList as the webhook sends it; `.gz` is unpacked. A line
that is neither is counted and left out.
"""

import gzip
from pathlib import Path
from typing import BinaryIO, Iterator, List, NamedTuple, Optional, Tuple, cast

import msgspec

from kube_audit.errors import BadInput

_BLOCK_BYTES = 1 << 20


class User(msgspec.Struct):
    """Who asked; both are empty for a request that failed to authenticate."""

    username: str = ""
    groups: Tuple[str, ...] = ()


class Reference(msgspec.Struct):
    """What the request was about, as the API server names it."""

    resource: str = ""
    subresource: str = ""
    apiGroup: str = ""


class Event(msgspec.Struct):
    """One audit event as far as a policy is concerned."""

    stage: str
    requestURI: str
    verb: str = ""
    level: str = "Metadata"
    user: User = msgspec.field(default_factory=User)
    objectRef: Optional[Reference] = None
    requestObject: msgspec.Raw = msgspec.Raw(b"")
    responseObject: msgspec.Raw = msgspec.Raw(b"")
    stageTimestamp: str = ""


class _Lists(msgspec.Struct):
    items: List[msgspec.Raw]


class Line(NamedTuple):
    """An event and the bytes that it takes in a log, its line break included."""

    event: Event
    size: int


def _unpacked(file: BinaryIO, path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if path.suffix == ".gz" else file


class Reader:
    """Reads logs one after the other and counts what it could not use."""

    def __init__(self) -> None:
        self.unusable = 0
        self.read_bytes = 0
        self._event = msgspec.json.Decoder(Event)
        self._list = msgspec.json.Decoder(_Lists)

    def read(self, path: Path) -> Iterator[Line]:
        """Read one log; `read_bytes` grows by what was taken from the disk."""
        try:
            with path.open("rb") as file, _unpacked(file, path) as stream:
                before = self.read_bytes
                for raw in stream:
                    yield from self._line(raw)
                    self.read_bytes = before + file.tell() if stream is not file else self.read_bytes + len(raw)
        except (OSError, EOFError) as error:
            raise BadInput(f"{path}: cannot be read: {error}") from error

    def _line(self, raw: bytes) -> Iterator[Line]:
        try:
            yield Line(self._event.decode(raw), len(raw))
        except msgspec.DecodeError:
            yield from self._items(raw)

    def _items(self, raw: bytes) -> Iterator[Line]:
        try:
            for item in self._list.decode(raw).items:
                yield Line(self._event.decode(item), len(bytes(item)) + 1)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unusable += bool(raw.strip())
