r"""The form in which a search and a custom command talk: chunks of JSON metadata and a CSV body.

    chunked 1.0,LENGTH OF METADATA,LENGTH OF BODY\n
    METADATA, one JSON object in UTF-8
    BODY, CSV in UTF-8, lengths in bytes

Every field `x` has a companion `__mv_x`, empty for a single value. The values of a multivalue stand in `x`, one a line,
and in `__mv_x` as `$one$;$two$`, where `$$` is a dollar sign (recorded from Splunk 8.2.1; splunk-sdk writes the same).
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from standin.environment import Row, Value
from standin.values.multivalue import as_text, as_texts, from_texts
from standin.values.numbers import read_number

HEADER = re.compile(rb"chunked\s+1\.0\s*,\s*(\d{1,12})\s*,\s*(\d{1,12})\s*\n")
MAX_HEADER_BYTES = 80
MULTIVALUE = "__mv_"
ENCODED = re.compile(r"\$((?:\$\$|[^$])*)\$(?:;|\Z)")
MAX_CELL = 1 << 30  # the csv module's own limit of 128 KiB is less than an event may have


class WireError(Exception):
    """Bytes that are no chunk, or a chunk that is larger than allowed."""


class Chunk(NamedTuple):
    """One message in either direction."""

    metadata: Mapping[str, object]
    body: str


def pack(metadata: Mapping[str, object], body: str = "") -> bytes:
    """Return a chunk as bytes."""
    head = json.dumps(metadata, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    tail = body.encode("utf-8", "replace")
    return b"chunked 1.0,%d,%d\n%b%b" % (len(head), len(tail), head, tail)


class Inbox:
    """Bytes as they come, taken out chunk by chunk; `limit` bounds metadata and body together, in bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = bytearray()

    def add(self, portion: bytes) -> None:
        """Keep what has come."""
        self._bytes += portion

    def take(self) -> Chunk | None:
        """Return the first chunk, None as long as it is not complete. Raises WireError."""
        header = HEADER.match(self._bytes)
        if header is None:
            self._refuse_garbage()
            return None
        head, tail = int(header[1]), int(header[2])
        if head + tail > self._limit:
            raise WireError(f"a chunk of {head + tail} bytes is larger than the {self._limit} that are allowed")
        start, end = header.end(), header.end() + head + tail
        if len(self._bytes) < end:
            return None
        metadata, body = bytes(self._bytes[start : start + head]), bytes(self._bytes[start + head : end])
        del self._bytes[:end]
        return Chunk(_metadata(metadata), body.decode("utf-8", "replace"))

    def _refuse_garbage(self) -> None:
        if b"\n" in self._bytes or len(self._bytes) > MAX_HEADER_BYTES:
            shown = bytes(self._bytes[:MAX_HEADER_BYTES]).split(b"\n")[0].decode("utf-8", "replace")
            raise WireError(f"{shown!r} is no chunk's first line")


def _metadata(text: bytes) -> Mapping[str, object]:
    try:
        metadata = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise WireError(f"a chunk's metadata is no JSON: {error}") from None
    if not isinstance(metadata, dict):
        raise WireError("a chunk's metadata is no JSON object")
    return metadata


def write_table(rows: Sequence[Mapping[str, Value]], fields: Sequence[str]) -> str:
    """Return rows as CSV, each field's companion after all fields; nothing where there are no fields."""
    if not fields:
        return ""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*fields, *(MULTIVALUE + name for name in fields)])
    for row in rows:
        values = [row.get(name) for name in fields]
        writer.writerow([*map(_cell, values), *map(_companion, values)])
    return out.getvalue()


def _cell(value: Value | None) -> str:
    return "" if value is None else as_text(value)


def _companion(value: Value | None) -> str:
    return encode_values(value) if isinstance(value, list) and len(value) > 1 else ""


def encode_values(texts: Sequence[str]) -> str:
    """Return a multivalue as its companion holds it."""
    return ";".join("$" + text.replace("$", "$$") + "$" for text in texts)


def decode_values(text: str) -> list[str]:
    """Return the values of a companion."""
    return [match.replace("$$", "$") for match in ENCODED.findall(text)]


def read_table(text: str) -> tuple[list[Row], list[str]]:
    """Return the rows and the fields of a body; an empty cell is no value, `_time` is a number. Raises WireError."""
    csv.field_size_limit(MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        rows = [_row(header, cells) for cells in reader if cells]
    except csv.Error as error:
        raise WireError(f"a chunk's body is no CSV: {error}") from None
    return rows, [name for name in header if not name.startswith(MULTIVALUE)]


def _row(header: Sequence[str], cells: Sequence[str]) -> Row:
    row: Row = {}
    several = dict[str, Value | None]()
    for name, cell in zip(header, cells, strict=False):
        if cell and name.startswith(MULTIVALUE):
            several[name.removeprefix(MULTIVALUE)] = from_texts(decode_values(cell))
        elif cell:
            row[name] = cell
    row.update((name, value) for name, value in several.items() if value is not None)
    if "_time" in row:
        number = read_number(as_texts(row["_time"])[0])
        row["_time"] = row["_time"] if number is None else number
    return row
