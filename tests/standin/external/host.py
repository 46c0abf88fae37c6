"""What surrounds a running command: a SPLUNK_HOME, a dispatch folder, splunkd's address and a session.

An instance that serves gives its own; a search from the command line gets a folder for as long as its command runs,
in which its apps lie below etc/apps, and no splunkd: its address and the session key are empty.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from standin.external.child import Running
from standin.jobs.clock import Clock
from standin.jobs.journal import Line
from standin.jobs.scripts import Scripts

DISPATCH = Path("var", "run", "splunk", "dispatch")


def folder_name(sid: str) -> str:
    """Return the name of a job's folder."""
    return sid.replace("/", "_")


class Surroundings(NamedTuple):
    """Where one command runs; `log` takes the lines of its stderr."""

    home: Path
    dispatch: Path
    log: Callable[[str], None]
    uri: str = ""
    session_key: str = ""


class Host(Protocol):
    """Gives surroundings to commands."""

    python: str | None
    running: Running

    def surroundings(self, user: str, sid: str) -> AbstractContextManager[Surroundings]:
        """Return the surroundings of one command of a user's search, to be left when it has ended."""


class Alone:
    """The surroundings of a search without a server; `apps` are their folders."""

    def __init__(self, apps: Callable[[], Iterable[Path]], python: str | None = None) -> None:
        self.python = python
        self.running = Running()
        self._apps = apps

    @contextmanager
    def surroundings(self, user: str, sid: str) -> Iterator[Surroundings]:
        """Yield a folder that is deleted at the end."""
        with tempfile.TemporaryDirectory(prefix="standin-") as folder:
            home = Path(folder)
            apps = home / "etc" / "apps"
            apps.mkdir(parents=True)
            for app in self._apps():
                (apps / app.resolve().name).symlink_to(app.resolve())
            dispatch = home / DISPATCH / folder_name(sid)
            dispatch.mkdir(parents=True)
            yield Surroundings(home, dispatch, show)


def show(line: str) -> None:
    """Pass a line of a command's stderr on."""
    sys.stderr.write(f"{line}\n")


class Served:
    """The surroundings of searches of an instance: its folder, its address, and a session of the user each time."""

    def __init__(self, scripts: Scripts, uri: Callable[[], str], sessions: "Sessions", clock: Clock) -> None:
        self.python = scripts.preferred_python
        self.running = Running()
        self._home = scripts.state
        self._uri = uri
        self._clock = clock
        self._sessions = sessions

    @contextmanager
    def surroundings(self, user: str, sid: str) -> Iterator[Surroundings]:
        """Yield the job's dispatch folder; stderr goes to its search.log."""
        dispatch = self._home / DISPATCH / folder_name(sid)
        dispatch.mkdir(parents=True, exist_ok=True)
        key = self._sessions.open(user)
        try:
            with (dispatch / "search.log").open("a", encoding="utf-8") as log:

                def write(text: str) -> None:
                    # Splunk files all that comes from stderr as errors (splunk-sdk-python issue 428).
                    line = Line("ERROR", "ChunkedExternProcessor", f"stderr: {text}", self._clock.now())
                    log.write(f"{line.raw}\n")

                yield Surroundings(self._home, dispatch, write, self._uri(), key)
        finally:
            self._sessions.close(key)


class Sessions(Protocol):
    """Opens and closes sessions."""

    def open(self, name: str) -> str:
        """Begin a session of a user and return its key."""

    def close(self, key: str) -> None:
        """End a session."""
