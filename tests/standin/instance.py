"""One instance of the stand-in: configuration, events, users, jobs, scheduler and inputs on one clock, without sockets.

STATE/etc/apps/ID/                     the installed apps
STATE/etc/users/USER/APP/local/         what users keep for themselves
STATE/etc/{users,tokens,secrets}.json  what was made over REST and is no conf
STATE/etc/auth/                        the CA and the server's certificate
STATE/var/lib/splunk/                  one file of events an index
STATE/var/lib/splunk/modinputs/KIND/   checkpoints of modular inputs
STATE/var/run/splunk/dispatch/SID/     what alert actions read
"""

import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import NamedTuple

from standin.accounts.roles import role_names
from standin.accounts.secrets import Secrets
from standin.accounts.sessions import Sessions
from standin.accounts.users import ADMINISTRATOR_ROLE, Accounts
from standin.conf.configuration import Configuration
from standin.conf.private import Place, PrivateSearches
from standin.events.event import Origin
from standin.events.pipeline import Pipeline
from standin.events.store import Store
from standin.external.host import Served
from standin.hec.faults import Faults
from standin.hec.tokens import Tokens
from standin.inputs.scheme import Server, Stanza
from standin.inputs.stream import StreamEvent
from standin.inputs.supervisor import Supervisor
from standin.installation import install
from standin.jobs.action_runner import ActionRunner
from standin.jobs.actions import Host
from standin.jobs.alert import Rows
from standin.jobs.clock import TickingClock
from standin.jobs.fired import FiredAlerts
from standin.jobs.job import Job, Order
from standin.jobs.journal import HOST, Journal
from standin.jobs.postprocess import run_over
from standin.jobs.registry import Jobs
from standin.jobs.saved import (
    SavedSearch,
    action_setting,
    read_private_search,
    read_private_searches,
    read_saved_search,
    read_saved_searches,
)
from standin.jobs.scheduler import SUMMARY_INDEX, Alert, RunRecord, Scheduler
from standin.jobs.scripts import Scripts
from standin.jobs.summary import summarise
from standin.knowledge.collections import Collections
from standin.language.errors import SearchError
from standin.language.search import Result
from standin.searchhead import SearchHead, User

# Objects without an owner belong to `nobody`; their searches run as splunkd itself.
NOBODY = "nobody"
SYSTEM_USER = "splunk-system-user"
SHIPPED_APPS = ("search", "launcher")
SCHEDULER_TICK_S = 1.0


class Settings(NamedTuple):
    """What an instance is started with; `python` is preferred where an app's script allows it."""

    state: Path
    administrator: str = "admin"
    password: str = "changeme"  # noqa: S105 - what Splunk itself once shipped with; loopback only
    now: float | None = None
    python: str | None = None
    is_quiet: bool = False


class Addresses(NamedTuple):
    """Where the instance answers; empty until it does."""

    management: str = ""
    hec: str = ""
    web: str = ""


class Instance:
    """Everything that splunkd would be, ready to be asked by handlers and by tests."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.addresses = Addresses()
        self.clock = TickingClock(settings.now)
        self.accounts = Accounts(settings.administrator, settings.password, settings.state / "etc" / "users.json")
        self.sessions = Sessions()
        self.secrets = Secrets(settings.state / "etc" / "secrets.json")
        self.tokens = Tokens(settings.state / "etc" / "tokens.json")
        self.faults = Faults()
        self.fired = FiredAlerts()
        self.apps_folder = settings.state / "etc" / "apps"
        self.configuration = self._load()
        self.private = PrivateSearches(settings.state / "etc" / "users", self.configuration)
        self.store = Store(settings.state / "var" / "lib" / "splunk")
        self.pipeline = Pipeline(self.configuration, self.store, self.clock.now)
        self.journal = Journal(self.store, self.clock, is_quiet=settings.is_quiet)
        self._run_time: ContextVar[float | None] = ContextVar("run_time", default=None)
        self.head = SearchHead(self.configuration, self.store, self._search_clock, writes_lookups=True)
        self.head.collections = Collections(settings.state / "var" / "lib" / "splunk" / "kvstore" / "documents.sqlite")
        self.jobs = Jobs(self.search, self.clock, self._scanned)
        self.scheduler = Scheduler(self, self.jobs, self.clock, self.fired)
        scripts = Scripts(settings.state, settings.python)
        self.head.host = Served(scripts, lambda: self.addresses.management, self.sessions, self.clock)
        self.actions = ActionRunner(self.configuration, scripts, self.sessions, self.journal, self._host)
        self.inputs = Supervisor(self.configuration, scripts, self._server, self._index_events, self.journal.splunkd)
        self._stopping = threading.Event()
        self._ticker = threading.Thread(target=self._tick, name="scheduler", daemon=True)

    def _load(self) -> Configuration:
        for name in SHIPPED_APPS:
            (self.apps_folder / name / "default").mkdir(parents=True, exist_ok=True)
        return Configuration.load(sorted(path for path in self.apps_folder.iterdir() if path.is_dir()))

    def start(self) -> None:
        """Begin to run scheduled searches and inputs as time goes by."""
        self.scheduler.refresh()
        self.inputs.apply()
        self._ticker.start()

    def stop(self) -> None:
        """End inputs and searches."""
        self._stopping.set()
        self.inputs.stop()
        self.jobs.close()
        self.head.host.running.stop()

    def _tick(self) -> None:
        while not self._stopping.wait(SCHEDULER_TICK_S):
            try:
                self.scheduler.run_due(self.clock.now(), is_behind=True)
            except Exception:  # noqa: BLE001 - the boundary of this thread: the next tick tries again
                traceback.print_exc(file=sys.stderr)

    def move_clock(self, epoch: float) -> list[RunRecord]:
        """Set the clock forward and run what was scheduled on the way, before this returns."""
        return self.scheduler.advance(lambda: self.clock.move_to(epoch))

    def install(self, package: Path) -> str:
        """Install an app from a tarball or a folder; return its id."""
        name = install(package, self.apps_folder)
        self.configuration.install(self.apps_folder / name)
        self.inputs.forget_schemes()
        return name

    def user(self, name: str) -> User | None:
        """Return a user with what its roles allow, None where there is none."""
        if name in (NOBODY, SYSTEM_USER):
            return User.of(self.configuration, SYSTEM_USER, (ADMINISTRATOR_ROLE,))
        account = self.accounts.find(name)
        if account is None:
            return None
        # A role may have gone with the app that brought it.
        roles = set(account.roles).intersection(role_names(self.configuration))
        return User.of(self.configuration, account.name, sorted(roles))

    def search(self, order: Order) -> Result:
        """Run a search at the time that its order names; what it collects is indexed at that time too."""
        token = self._run_time.set(order.now if order.is_scheduled else None)
        try:
            return self.head.search(
                order.search, user=order.user, app=order.app, bounds=order.bounds, now=order.now, sid=order.sid
            )
        finally:
            self._run_time.reset(token)

    def _scanned(self, job: Job) -> int:
        """Return how many events a real index would have read for a job."""
        order = job.order
        if job.outcome is None:
            return 0
        return self.head.cost(job.outcome, user=order.user, app=order.app, bounds=order.bounds, counts=False).read

    def _search_clock(self) -> float:
        at = self._run_time.get()
        return self.clock.now() if at is None else at

    def search_rows(self, search: str, rows: Rows, order: Order, fields: Sequence[str] | None = None) -> Result:
        """Run a search over rows that another search left: a post-process, or a custom alert condition."""
        environment = self.head.environment(user=order.user, app=order.app, bounds=order.bounds, now=order.now)
        return run_over(search, rows, fields, environment)

    def saved_searches(self) -> list[SavedSearch]:
        """Return every saved search of every app and user."""
        return [*read_saved_searches(self.configuration), *read_private_searches(self.private)]

    def saved_search(self, name: str, app: str) -> SavedSearch:
        """Return one saved search as its app sees it; KeyError where it does not exist."""
        return read_saved_search(self.configuration, name, app)

    def private_search(self, name: str, place: Place) -> SavedSearch:
        """Return a user's own saved search; KeyError where it does not exist."""
        return read_private_search(self.private, name, place)

    def run_action(self, action: str, alert: Alert) -> None:
        """Run one action of one alert."""
        if action != SUMMARY_INDEX:
            self.actions.run(action, alert)
            return
        token = self._run_time.set(alert.at)
        try:
            summarise(self.head, alert)
        except SearchError as error:
            self.journal.splunkd("ERROR", "summaryindex", f"search={alert.saved.name} - {error}")
        finally:
            self._run_time.reset(token)

    def action_setting(self, saved: SavedSearch, action: str, key: str) -> str:
        """Return a setting of an action as a saved search has it."""
        return action_setting(self.configuration, saved, action, key)

    def log_run(self, at: float, values: Mapping[str, str]) -> None:
        """Write a line of scheduler.log."""
        self.journal.scheduler(at, values)

    def _host(self) -> Host:
        return Host(HOST, self.addresses.management, self.addresses.web)

    def _server(self, kind: str) -> Server:
        checkpoints = self.settings.state / "var" / "lib" / "splunk" / "modinputs" / kind
        checkpoints.mkdir(parents=True, exist_ok=True)
        return Server(HOST, self.addresses.management, self.sessions.open(SYSTEM_USER), str(checkpoints))

    def _index_events(self, stanza: Stanza, events: list[StreamEvent]) -> None:
        fields = indexed_fields(stanza)
        for event in events:
            self.pipeline.index_lines(
                event.data, origin_of(stanza, event), event.time, unbroken=event.is_unbroken, fields=fields
            )


def origin_of(stanza: Stanza, event: StreamEvent) -> Origin:
    """Return what an event of a modular input is filed under: its own words, else its stanza's, else Splunk's."""
    settings = stanza.settings
    index = event.index or settings.get("index", "default")
    return Origin(
        index="main" if index == "default" else index,
        host=event.host or settings.get("host") or HOST,
        source=event.source or settings.get("source") or stanza.name,
        sourcetype=event.sourcetype or settings.get("sourcetype") or stanza.name.partition("://")[0],
    )


def indexed_fields(stanza: Stanza) -> dict[str, str]:
    """Return the indexed fields that `_meta` of an input's stanza adds to its events: `name::value`, blanks between."""
    pairs = (word.partition("::") for word in stanza.settings.get("_meta", "").split())
    return {name: value for name, separator, value in pairs if separator}
