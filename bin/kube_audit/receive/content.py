"""The bytes of one opened log file, plain or gzip, by offset into what was written before compression.

An open file is held by its inode: renaming or deleting it takes nothing away. gzip is told by its first two bytes,
not by the name. A gzip file that ends early is one that is still being written, or was cut.
"""

import gzip
import os
import zlib
from pathlib import Path
from typing import NamedTuple, Optional

_GZIP_MAGIC = b"\x1f\x8b"


class Incomplete(Exception):
    """A gzip file ends before its end is marked."""


class Damaged(Exception):
    """A gzip file holds something that is no gzip; the message says what."""


class State(NamedTuple):
    """What tells whether a file has changed: its identity on this machine, its size, its modification time."""

    device: int
    inode: int
    size: int
    modified_ns: int


def state_of(status: os.stat_result) -> State:
    """Take what matters out of a stat result."""
    return State(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


class Content:
    """One file, opened; close it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self.is_gzip = False
        self._unpacked: Optional[gzip.GzipFile] = None
        self.reopen()

    def state(self) -> State:
        """Ask the open file, whatever its name leads to by now."""
        return state_of(os.fstat(self._file.fileno()))

    def read(self, offset: int, length: int) -> bytes:
        """Read up to `length` bytes at an offset, b"" at the end; raises Incomplete or Damaged for a gzip file."""
        if self._unpacked is None:
            self._file.seek(offset)
            return self._file.read(length) or b""
        try:
            if self._unpacked.tell() != offset:
                self._unpacked.seek(offset)
            return self._unpacked.read1(length)  # read() would drop what comes before a damage
        except EOFError:
            raise Incomplete from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise Damaged(str(error)) from None

    def reopen(self) -> None:
        """Look at the file anew after it has changed: gzip may have come into an empty one, or more of it."""
        self._file.seek(0)
        self.is_gzip = self._file.read(2) == _GZIP_MAGIC
        self._file.seek(0)
        self._unpacked = gzip.GzipFile(fileobj=self._file) if self.is_gzip else None

    def close(self) -> None:
        """Let the file go."""
        if self._unpacked is not None:
            self._unpacked.close()
        self._file.close()
