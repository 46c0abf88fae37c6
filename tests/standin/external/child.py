"""The process of a custom command: bytes to its stdin, bytes from its stdout, never longer than a deadline.

All three pipes are served by one loop, so that neither side can block the other: a command that writes before it has
read, or fills its stderr, goes on. The child leads a process group of its own, which is killed whole.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from standin.external.wire import Chunk, Inbox

READ_BYTES = 1 << 16
TAIL_BYTES = 2000
END_S = 10.0  # how long a command that has finished may take to exit
Pipe = int


class Program(NamedTuple):
    """What to start: the command line, the whole environment, and the working folder."""

    arguments: Sequence[str]
    environment: dict[str, str]
    folder: Path


class Exited(Exception):
    """The command closed its output or ended before it had replied."""


class TooSlow(Exception):
    """Nothing came before the deadline."""


class Child:
    """A running command; whoever starts it calls `end` or `kill`."""

    def __init__(self, program: Program, inbox: Inbox, log: Callable[[str], None]) -> None:
        self._inbox = inbox
        self._log = log
        self._line = b""
        self._tail = b""
        self._is_over = False
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            program.arguments,
            env=program.environment,
            cwd=program.folder,
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin and self._process.stdout and self._process.stderr
        self._in: Pipe = self._process.stdin.fileno()
        self._out: Pipe = self._process.stdout.fileno()
        self._err: Pipe = self._process.stderr.fileno()
        self._open = {self._in, self._out, self._err}
        for each in self._open:
            os.set_blocking(each, False)

    @property
    def tail(self) -> str:
        """Return the end of what the command wrote to its stderr."""
        return self._tail.decode("utf-8", "replace").strip()

    def exchange(self, data: bytes, deadline: float, max_wait_s: float = 0.0) -> Chunk:
        """Send a chunk and return the reply. Raises Exited, TooSlow, WireError."""
        waiting = memoryview(data)
        heard = time.monotonic()
        while True:
            if not {self._in, self._out} <= self._open:
                # It reads no more, or says no more: what it has said already counts.
                waiting = waiting[:0]
            chunk = None if waiting else self._inbox.take()
            if chunk is not None:
                return chunk
            if self._out not in self._open:
                raise Exited
            limit = min(deadline, heard + max_wait_s) if max_wait_s else deadline
            ready = self._ready(limit, writes=bool(waiting))
            if not ready and time.monotonic() >= limit:
                raise TooSlow
            if self._in in ready:
                waiting = self._write(waiting)
            if self._out in ready:
                self._read_out()
                heard = time.monotonic()
            if self._err in ready:
                self._read_err()

    def _ready(self, limit: float, *, writes: bool) -> set[Pipe]:
        with selectors.DefaultSelector() as selector:
            for pipe in self._open - {self._in}:
                selector.register(pipe, selectors.EVENT_READ)
            if writes and self._in in self._open:
                selector.register(self._in, selectors.EVENT_WRITE)
            wait_s = max(0.0, limit - time.monotonic())
            return {key.fd for key, _ in selector.select(wait_s)}

    def _write(self, waiting: memoryview) -> memoryview:
        try:
            return waiting[os.write(self._in, waiting[:READ_BYTES]) :]
        except BrokenPipeError:
            # It reads no more: what it has still to say is read, and then its exit code.
            self._close(self._in)
            return waiting[:0]

    def _read_out(self) -> None:
        portion = self._read(self._out)
        if portion:
            self._inbox.add(portion)

    def _read(self, pipe: Pipe) -> bytes:
        try:
            portion = os.read(pipe, READ_BYTES)
        except BlockingIOError:
            return b""
        if not portion:
            self._close(pipe)
        return portion

    def _read_err(self) -> None:
        portion = self._read(self._err)
        self._tail = (self._tail + portion)[-TAIL_BYTES:]
        *lines, self._line = (self._line + portion).split(b"\n")
        for line in lines:
            self._log(line.decode("utf-8", "replace").rstrip())

    def _close(self, pipe: Pipe) -> None:
        self._open.discard(pipe)
        if pipe == self._in and self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()

    def end(self, limit_s: float = END_S) -> int | None:
        """Let the command end by itself and return its exit code; None where it had to be killed."""
        self._close(self._in)
        deadline = time.monotonic() + limit_s
        while self._open and time.monotonic() < deadline:
            ready = self._ready(deadline, writes=False)
            if self._out in ready:
                self._read(self._out)
            if self._err in ready:
                self._read_err()
        try:
            code: int | None = self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            code = None
        self.kill()
        return code

    def interrupt(self) -> None:
        """End the command from another thread; whoever talks to it finds that it has ended."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End the command and all that it started, and free what it held; again does nothing."""
        if self._is_over:
            return
        self._is_over = True
        # Also after its own end: what it started may live on in its group.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self._open.clear()
        if self._line:
            self._log(self._line.decode("utf-8", "replace").rstrip())
            self._line = b""


class Running:
    """The commands that run for one host, so that none outlives it."""

    def __init__(self) -> None:
        self._children: set[Child] = set()

    def add(self, child: Child) -> None:
        """Remember a command that was started."""
        self._children.add(child)

    def discard(self, child: Child) -> None:
        """Forget a command that has ended."""
        self._children.discard(child)

    def stop(self) -> None:
        """End every command."""
        for child in tuple(self._children):
            child.interrupt()
