"""Runs one modular input as splunkd does: a child process, its configuration on stdin, its events from stdout.

The child is started again `interval` seconds after it ended (0: at once, -1: never). Stopping sends SIGTERM and, after
ten seconds, SIGKILL. Each stderr line goes to the log, as `ExecProcessor` would write it.
"""

import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from standin.inputs.stream import StreamError, StreamEvent, StreamReader

STOP_S = 10.0
READ_BYTES = 1 << 16


@dataclass(frozen=True)
class Command:
    """What to start: the interpreter and script, the environment and what goes to stdin."""

    arguments: Sequence[str]
    environment: dict[str, str]
    stdin: Callable[[], bytes]
    interval_s: float = 60.0


Deliver = Callable[[list[StreamEvent]], None]
Log = Callable[[str, str], None]


class Runner:
    """The thread that keeps one input alive until it is stopped."""

    def __init__(self, command: Command, deliver: Deliver, log: Log) -> None:
        self._command = command
        self._deliver = deliver
        self._log = log
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep_running, name="input", daemon=True)

    def start(self) -> None:
        """Begin to run."""
        self._thread.start()

    def begin_stop(self) -> None:
        """Ask the child to end, and do not wait."""
        self._stopping.set()
        with self._lock:
            child = self._child
        if child is not None and child.poll() is None:
            child.terminate()

    def stop(self, timeout_s: float = STOP_S) -> None:
        """End the child, politely first, and wait for its last events."""
        self.begin_stop()
        child = self._child
        if child is not None:
            try:
                child.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self._log("ERROR", f"pid={child.pid} does not end on SIGTERM; killed")
                child.kill()
        self._thread.join(timeout_s)

    def _keep_running(self) -> None:
        while not self._stopping.is_set():
            self._run_once()
            if self._command.interval_s < 0:
                return
            self._stopping.wait(self._command.interval_s)

    def _run_once(self) -> None:
        child = self._start_child()
        if child is None:
            return
        assert child.stdin is not None and child.stdout is not None and child.stderr is not None
        errors = threading.Thread(target=self._log_lines, args=(child.stderr,), daemon=True)
        errors.start()
        with suppress(BrokenPipeError):
            child.stdin.write(self._command.stdin())
        with suppress(BrokenPipeError):
            child.stdin.close()
        self._read_events(child)
        code = child.wait()
        errors.join()
        if code != 0 and not self._stopping.is_set():
            self._log("ERROR", f"exited with code {code}")

    def _start_child(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            if self._stopping.is_set():
                return None
            pipe = subprocess.PIPE
            self._child = subprocess.Popen(
                self._command.arguments, env=self._command.environment, stdin=pipe, stdout=pipe, stderr=pipe
            )
            return self._child

    def _read_events(self, child: "subprocess.Popen[bytes]") -> None:
        reader = StreamReader()
        stdout = child.stdout
        assert stdout is not None
        try:
            while portion := stdout.read1(READ_BYTES):  # type: ignore[attr-defined]
                events = list(reader.feed(portion))
                if events:
                    self._deliver(events)
        except StreamError as error:
            self._log("ERROR", f"{error}; the input is stopped")
            self._stopping.set()
            child.terminate()

    def _log_lines(self, stderr: Iterable[bytes]) -> None:
        for line in stderr:
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                self._log(level_of(text), text)


def level_of(line: str) -> str:
    """Return the level that a stderr line names in front, ERROR where it names none."""
    word = line.split(maxsplit=1)[0].rstrip(":")
    return word if word in ("DEBUG", "INFO", "WARN", "ERROR", "FATAL") else "ERROR"
