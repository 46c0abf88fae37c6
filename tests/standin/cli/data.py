"""What `search`, `detect` and `check` share: the apps, the event files, and how errors end the process.

Exit codes: 1 wrong usage or an unreadable file, 2 a wrong search or conf, 3 right in Splunk, not supported here.
"""

import bz2
import gzip
import lzma
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

import click

from standin.conf import ConfError, Configuration
from standin.environment import TimeBounds
from standin.events import Origin, Store
from standin.events.pipeline import Pipeline
from standin.hostile import Hostility
from standin.knowledge.users import User
from standin.knowledge.view import SERVER
from standin.language.errors import SearchError, Unsupported
from standin.searchhead import SearchHead

UNREADABLE, WRONG, NOT_SUPPORTED = 1, 2, 3
ALL_TIME = TimeBounds()
Opener = Callable[[Path], bytes]
Command = TypeVar("Command", bound=Callable[..., object])
OPENERS: dict[str, Opener] = {
    ".gz": lambda file: gzip.decompress(file.read_bytes()),
    ".bz2": lambda file: bz2.decompress(file.read_bytes()),
    ".xz": lambda file: lzma.decompress(file.read_bytes()),
}


class EventFile(NamedTuple):
    """`FILE:SOURCETYPE`, split at the first colon."""

    path: Path
    sourcetype: str

    def read(self) -> bytes:
        """Return the file's content, decompressed by its suffix."""
        if self.path.suffix == ".zst":
            raise click.ClickException(f"cannot read {self.path}: zstd is not supported here; decompress it first")
        try:
            return OPENERS.get(self.path.suffix, Path.read_bytes)(self.path)
        except (OSError, EOFError, lzma.LZMAError) as error:
            raise click.ClickException(f"cannot read {self.path}: {error}") from error


class EventFileType(click.ParamType[EventFile]):
    """The click type of `FILE:SOURCETYPE`."""

    name = "FILE:SOURCETYPE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> EventFile:
        """Split a value at its first colon."""
        if isinstance(value, EventFile):
            return value
        path, _, sourcetype = str(value).partition(":")
        if not path or not sourcetype:
            self.fail(f"{value!r} is not FILE:SOURCETYPE", param, ctx)
        return EventFile(Path(path), sourcetype)


def data_options(command: Command) -> Command:
    """Add the options that say which apps and which events."""
    app_dir = click.Path(exists=True, file_okay=False, path_type=Path)
    for option in reversed(
        (
            click.option("--app", "apps", multiple=True, type=app_dir, help="Folder of an app; the first is the view."),
            click.option("--events", "files", multiple=True, type=EventFileType(), help="File and its sourcetype."),
            click.option("--source", help="Source of all events (default: the file's path)."),
            click.option("--host", default=SERVER, show_default=True, help="Host of all events."),
            click.option("--index", default="main", show_default=True, help="Index of all events."),
            click.option("--hostile", type=int, metavar="SEED", help="Do what Splunk leaves open in another way."),
        )
    ):
        command = option(command)
    return command


class Where(NamedTuple):
    """Source, host and index as the command line gives them; source None is the file's path."""

    source: str | None
    host: str
    index: str  # type: ignore[assignment]  # hides tuple.index, which nobody needs here

    def origin(self, file: EventFile) -> Origin:
        """Return what the events of one file say of themselves."""
        source = str(file.path.absolute()) if self.source is None else self.source
        return Origin(self.index, self.host, source, file.sourcetype)


class Laboratory:
    """One configuration, ready to make search heads over stores of their own."""

    def __init__(self, apps: Sequence[Path], now: float | None, hostile: int | None = None) -> None:
        self.configuration = Configuration.load(apps)
        self.app = next(iter(self.configuration.apps), "search")
        self.user = User.of(self.configuration, "admin", ["admin"])
        self.hostility = None if hostile is None else Hostility(hostile)
        self._bare = not apps
        self._now = now

    def clock(self) -> float:
        """Return `--now`, else the present."""
        return time.time() if self._now is None else self._now

    def search_head(self, index: str) -> SearchHead:
        """Return a search head over an empty store."""
        store = Store()
        store.create_index(index)
        head = SearchHead(self.configuration, store, self.clock)
        head.hostility = self.hostility
        return head

    def pipeline(self, head: SearchHead) -> Pipeline:
        """Return the way into the store of a search head."""
        if not self._bare:
            return head.pipeline
        return Pipeline(self.configuration, head.store, self.clock, every_line_is_an_event=True)

    def disturb(self, head: SearchHead) -> None:
        """Do to the events in a store what a hostile transport does, where that is wanted."""
        if self.hostility is not None:
            self.hostility.disturb(head.store)

    def say_what_was_done(self) -> None:
        """Say on stderr what a hostile run did, in counts."""
        if self.hostility is not None:
            click.echo(self.hostility.said(), err=True)


@contextmanager
def exit_codes(search: str = "") -> Iterator[None]:
    """Turn errors of conf and search into one or two lines on stderr and an exit code."""
    try:
        yield
    except ConfError as error:
        _end(str(error), NOT_SUPPORTED if error.problem.unsupported else WRONG)
    except SearchError as error:
        _end(describe(error, search), NOT_SUPPORTED if isinstance(error, Unsupported) else WRONG)


def describe(error: SearchError, search: str) -> str:
    """Return the message, its position with the text around it, and the hint."""
    parts = [error.message]
    if error.position is not None:
        around = search[error.position : error.position + 30].splitlines()
        parts.append(f"at position {error.position}" + (f": {around[0]!r}" if around else ""))
    return " ".join(parts) + (f" ({error.hint})" if error.hint else "")


def _end(message: str, code: int) -> None:
    click.echo(f"standin: {message}", err=True)
    raise click.exceptions.Exit(code)


def index_files(pipeline: Pipeline, files: Iterable[EventFile], where: Where) -> None:
    """Index whole files."""
    for file in files:
        pipeline.index_file(file.read(), where.origin(file))
