"""Keeps small tables across restarts: one JSON file a table, readable by its owner only, replaced whole.

A table without a file is kept in memory alone.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

Row = TypeVar("Row")


def read_rows(file: Path | None, kind: type[Row]) -> list[Row]:
    """Read a table; empty where its file is not there yet."""
    if file is None or not file.is_file():
        return []
    return msgspec.json.decode(file.read_bytes(), type=list[kind])  # type: ignore[valid-type]


def write_rows(file: Path | None, rows: Sequence[object]) -> None:
    """Write a table."""
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(msgspec.json.encode(list(rows)))
    fresh.replace(file)
