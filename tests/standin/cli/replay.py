"""`standin replay`: the shipped schedules on a simulated clock over a recording, with faults if wanted."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from standin.accounts.sessions import Sessions
from standin.cli.data import ALL_TIME, EventFile, Laboratory, Where, data_options, exit_codes, index_files
from standin.conf import Configuration
from standin.events import Store
from standin.events.event import Event
from standin.events.timestamp import first_iso_time
from standin.jobs.action_runner import ActionRunner
from standin.jobs.actions import Host
from standin.jobs.clock import FixedClock
from standin.jobs.journal import HOST, Journal
from standin.jobs.saved import SavedSearch, SavedSearchError, read_saved_searches
from standin.jobs.schedule import Key
from standin.jobs.scripts import Scripts
from standin.jobs.slots import RUN_S, SLOTS
from standin.language.search import compile_search
from standin.replay.director import Settings, call_nothing, replay
from standin.replay.faults import KINDS, FaultError, Faults, read_faults
from standin.replay.simulation import OWNERS, Call, Site
from standin.searchhead import SearchHead, User

ALL = "all"
SWITCHED_ON = {"disabled": "0", "enableSched": "1"}
NOT_NEGATIVE = click.FloatRange(min=0)


class FaultType(click.ParamType[str]):
    """The click type of KIND or KIND=SPAN."""

    name = "KIND[=SPAN]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is no fault."""
        try:
            read_faults([str(value)])
        except FaultError as error:
            self.fail(str(error), param, ctx)
        return str(value)


@click.command()
@data_options
@click.option("--from", "start", type=float, help="Epoch seconds of the first run (default: the first event).")
@click.option("--to", "end", type=float, help="Epoch seconds of the last run (default: an hour after all is well).")
@click.option("--enable", "enabled", multiple=True, metavar="NAME|all", help="Scheduled searches to switch on.")
@click.option("--fault", "faults", multiple=True, type=FaultType(), help=f"{', '.join(KINDS)}; some take =SPAN.")
@click.option("--delay", type=NOT_NEGATIVE, default=5.0, show_default=True, help="Seconds until an event is indexed.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the delays until events are searchable.")
@click.option("--slots", type=click.IntRange(1), default=SLOTS, show_default=True, help="Runs that go on at once.")
@click.option("--run-time", type=NOT_NEGATIVE, default=RUN_S, show_default=True, help="Seconds that each run takes.")
@click.option("--run-actions", is_flag=True, help="Run the scripts of alert actions, not only record the calls.")
def command(  # noqa: PLR0913, one parameter for each option
    *,
    apps: tuple[Path, ...],
    files: tuple[EventFile, ...],
    source: str | None,
    host: str,
    index: str,
    hostile: int | None,
    start: float | None,
    end: float | None,
    enabled: tuple[str, ...],
    faults: tuple[str, ...],
    delay: float,
    seed: int,
    slots: int,
    run_time: float,
    run_actions: bool,
) -> None:
    """Run scheduled searches over a recording, on a simulated clock.

    An event is indexed --delay seconds after its own time, and found by searches up to 90 seconds after that. Prints
    JSON lines, told apart by `kind`: finding (what a search collected), action (a call), run (skipped or failed, with
    its slice), missed (what the same replay without faults finds) and, last, summary. Faults: late[=6h],
    late-third[=6h], skew[=30m], skip[=15m], peer-down, scheduler-down[=2h]. Exit codes as `standin search`.
    """
    if not files:
        raise click.UsageError("nothing to replay: give --events FILE:SOURCETYPE")
    with exit_codes(), scripts() as state:
        laboratory = Laboratory(apps, start, hostile)
        site = site_of(laboratory, enabled, index)
        events = recorded(laboratory, files, Where(source, host, index))
        call = action_caller(laboratory.configuration, state) if run_actions else call_nothing
        settings = Settings(start, end, delay, seed, slots, run_time)
        for line in played(site, events, settings, read_faults(faults), call):
            click.echo(json.dumps(line, ensure_ascii=False))
        laboratory.say_what_was_done()


def played(
    site: Site, events: Sequence[Event], settings: Settings, faults: Faults, call: Call
) -> Iterable[Mapping[str, object]]:
    """Replay, once every search has been found to be right."""
    head = SearchHead(site.configuration, Store(), lambda: 0.0)
    for saved in site.searches.values():
        search = saved.text("search")
        with exit_codes(search):
            compile_search(search, head.environment(user=site.administrator, app=saved.app, bounds=ALL_TIME))
    try:
        return replay(site, events, settings, faults, call)
    except SavedSearchError as error:
        raise click.ClickException(str(error)) from error


def site_of(laboratory: Laboratory, enabled: Sequence[str], index: str) -> Site:
    """Return the site with the searches that are switched on, as shipped or by --enable."""
    configuration = laboratory.configuration
    searches = {(saved.app, saved.name): saved for saved in read_saved_searches(configuration)}
    names = {name for _, name in searches}
    for name in enabled:
        if name != ALL and name not in names:
            raise click.UsageError(f"--enable {name}: no app has a saved search of that name")
    chosen: dict[Key, SavedSearch] = {}
    for key, saved in searches.items():
        wanted = ALL in enabled or saved.name in enabled
        switched = SavedSearch(*key[::-1], saved.owner, {**saved.settings, **SWITCHED_ON}) if wanted else saved
        if switched.is_due:
            chosen[key] = switched
        elif saved.name in enabled:
            raise click.UsageError(f"--enable {saved.name}: it has no cron_schedule")
    if not chosen:
        raise click.UsageError("no scheduled search is switched on: give --enable NAME or --enable all")
    administrator = User.of(configuration, OWNERS[1], ("admin",))
    return Site(configuration, chosen, index, administrator, laboratory.hostility)


def recorded(laboratory: Laboratory, files: Sequence[EventFile], where: Where) -> list[Event]:
    """Return the events of the files with their own times; what has none gets the time of the newest line."""
    newest = [
        first_iso_time(line) for file in files for line in file.read().decode("utf-8", "replace").splitlines()[-1:]
    ]
    now = max((time for time in newest if time is not None), default=laboratory.clock())
    head = SearchHead(laboratory.configuration, Store(), lambda: now)
    head.store.create_index(where.index)
    index_files(laboratory.pipeline(head), files, where)
    laboratory.disturb(head)
    events = [event for name in head.store.indexes for event in head.store.scan([name])]
    if not events:
        raise click.ClickException("the files hold no event")
    return events


@contextmanager
def scripts() -> Iterator[Path]:
    """Yield a folder for what alert actions read, for as long as the replay takes."""
    with tempfile.TemporaryDirectory(prefix="standin-") as scratch:
        yield Path(scratch)


def action_caller(configuration: Configuration, state: Path) -> Call:
    """Return what runs the script of an action; nothing answers at the server's address."""
    journal = Journal(Store(), FixedClock(0.0))
    return ActionRunner(configuration, Scripts(state), Sessions(), journal, lambda: Host(HOST, "", "")).run
