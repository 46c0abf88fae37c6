"""Child processes that cannot outlive the laboratory.

Each child runs in a session of its own, so that Ctrl-C reaches the laboratory alone and the order of stopping is
ours. Where `setpriv` is there (Linux), the kernel kills the child when the laboratory dies in whatever way; the
children must be started from the main thread, whose end the kernel watches.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from cluster.errors import LaboratoryError

NOBODY = 65534
POLL_S = 0.05


class Child(NamedTuple):
    """One running program and where it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


def start(name: str, command: Sequence[str], log: Path, *, unprivileged: bool = False) -> Child:
    """Start a program whose output goes to a file; unprivileged takes root away from it where we are root."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*_guard(unprivileged), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Child(name, process, log)


def _guard(unprivileged: bool) -> list[str]:
    """Have the kernel end the child with us; an unprivileged one takes what it started along (a process namespace)."""
    if shutil.which("setpriv") is None:
        return []
    guard = ["setpriv", "--pdeathsig", "KILL"]
    if not unprivileged or os.geteuid() != 0:
        return guard
    namespace = ["unshare", "--pid", "--fork", "--kill-child=KILL"]
    drop = ["--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups", "--no-new-privs"]
    # A change of user forgets the parent-death signal, so it is asked for once more after that.
    return [*guard, *namespace, *guard, *drop]


def hand_over(folder: Path) -> None:
    """Give a folder to the unprivileged user, where we are root."""
    if os.geteuid() == 0 and shutil.which("setpriv"):
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)


def wait_until(ready: Callable[[], bool], what: str, children: Sequence[Child], limit_s: float) -> None:
    """Poll until something holds; say what a child wrote last when it ends or when time is up."""
    deadline = time.monotonic() + limit_s
    while not ready():
        ended = next((child for child in children if child.process.poll() is not None), None)
        if ended:
            raise LaboratoryError(f"{ended.name} ended with {ended.process.returncode}: {last_words(ended)}")
        if time.monotonic() > deadline:
            words = "; ".join(f"{child.name}: {last_words(child)}" for child in children)
            raise LaboratoryError(f"{what}: not there after {limit_s:.0f} s; {words}")
        time.sleep(POLL_S)


def last_words(child: Child) -> str:
    """Quote the end of what a child wrote."""
    text = child.log.read_text(errors="replace").strip()
    return text[-400:].replace("\n", " | ") or "(it wrote nothing)"


def stop(children: Sequence[Child], limit_s: float) -> None:
    """End children in the given order, with their whole sessions, by force when one takes too long."""
    for child in children:
        _signal(child, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(limit_s)
        # What a child left in its session (kwok runs real commands for exec) goes too.
        _signal(child, signal.SIGKILL)
        child.process.wait()


def _signal(child: Child, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)
