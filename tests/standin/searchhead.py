"""Running searches: a user, in an app, over the store, with the knowledge that both may see.

A search head keeps one view for each app and set of roles, and in it the finished rows of the events that were asked
for, until a conf or a lookup file changes. At most MAX_ROWS rows are kept. Conf that is wrong shows as SearchError.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from standin.conf.configuration import Configuration
from standin.conf.errors import ConfError
from standin.conf.text import is_true
from standin.cost import Cost, cost_of, total
from standin.datasets import DataModel
from standin.environment import External, Lookup, Macro, Row, TimeBounds
from standin.events.collected import collected
from standin.events.event import Event, Origin
from standin.events.pipeline import Pipeline
from standin.events.segmenters import Segmenters
from standin.events.store import Store, covers
from standin.external.conversation import Caller, Command
from standin.external.definition import definition_of
from standin.external.host import Alone, Host
from standin.hostile import Hostility
from standin.knowledge.collections import Collections
from standin.knowledge.datamodels import DataModels, find_saved_search
from standin.knowledge.lookups import LookupFiles, Lookups
from standin.knowledge.macros import find_macro
from standin.knowledge.required import Required
from standin.knowledge.rows import LazyRow
from standin.knowledge.users import User
from standin.knowledge.view import SERVER, EventFields, View
from standin.language.errors import SearchError, Unsupported
from standin.language.filters import compile_filter
from standin.language.lispy import either, every
from standin.language.search import Read, Result, run
from standin.language.terms import term_test

Clock = Callable[[], float]
MAX_ROWS = 250_000
BUILT_IN_APPS = frozenset({"search", "launcher", "system"})
UNBOUNDED = TimeBounds()
Test = Callable[[Row], bool]

__all__ = ["SearchHead", "User"]


class Rows:
    """The rows of one view; what was worked out for an event serves every later search, in any thread."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._kept: dict[int, tuple[Event, EventFields]] = {}

    def row(self, event: Event) -> LazyRow:
        """Return the event as a row of the caller's own."""
        kept = self._kept.get(id(event))
        if kept is None or kept[0] is not event:
            if len(self._kept) >= MAX_ROWS:
                self._kept.clear()
            kept = self._kept[id(event)] = event, self._view.fields(event)
        return LazyRow(kept[1])


class SearchHead:
    """Everything that searches need, for one instance."""

    def __init__(
        self,
        configuration: Configuration,
        store: Store,
        clock: Clock,
        *,
        collections: Collections | None = None,
        writes_lookups: bool = False,
    ) -> None:
        self.configuration = configuration
        self.store = store
        self.clock = clock
        self.collections = collections or Collections()
        self.hostility: Hostility | None = None
        self.pipeline = Pipeline(configuration, store, clock)
        self.host: Host = Alone(lambda: [app.path for app in self.configuration.apps.values()])
        self._number = count(1)
        self.files = LookupFiles(writes_to_disk=writes_lookups)
        self._rows: dict[tuple[str | None, frozenset[str]], Rows] = {}
        self._version = (-1, -1)
        self._models: dict[tuple[str | None, frozenset[str]], tuple[int, DataModels]] = {}

    def search(  # noqa: PLR0913 - all but the search are named, and most are rare
        self,
        spl: str,
        *,
        user: User,
        app: str = "search",
        bounds: TimeBounds = UNBOUNDED,
        now: float | None = None,
        sid: str = "",
    ) -> Result:
        """Run one search; raises SearchError. `now` is the time that the search believes it is, `sid` its job's."""
        environment = self.environment(user=user, app=app, bounds=bounds, now=now, sid=sid)
        return run(spl, environment) if self.hostility is None else self.hostility.run(spl, environment)

    def cost(
        self, result: Result, *, user: User, app: str = "search", bounds: TimeBounds = UNBOUNDED, counts: bool = True
    ) -> Cost:
        """Return what a search that was run would cost a real index; `counts` says what is found and missed, too."""
        environment = self.environment(user=user, app=app, bounds=bounds)
        return total(environment.cost(read, counts=counts) for read in result.reads)

    def environment(
        self,
        *,
        user: User,
        app: str = "search",
        bounds: TimeBounds = UNBOUNDED,
        now: float | None = None,
        sid: str = "",
    ) -> "SearchEnvironment":
        """Return what one search may ask for."""
        if app not in self.configuration.apps and app not in BUILT_IN_APPS:
            raise SearchError(f"no app {app!r}")
        time = self.clock() if now is None else now
        return SearchEnvironment(self, Caller(user.name, app, sid, bounds), user, time)

    def new_sid(self) -> str:
        """Return the id of a search that is no job."""
        return f"{self.clock():.0f}.{next(self._number)}"

    def lookups(self, user: User, app: str) -> Lookups:
        """Return the lookups that a user sees from an app."""
        return Lookups(self.configuration, self.files, self.collections, (app, user.roles))

    def data_models(self, user: User, app: str) -> DataModels:
        """Return the data models that a user sees from an app."""
        kept = self._models.get((app, user.roles))
        if kept is None or kept[0] != self.configuration.version:
            models = DataModels(self.configuration, app, user.roles)
            kept = self._models[app, user.roles] = self.configuration.version, models
        return kept[1]

    def is_declared(self, field: str, app: str, user: User) -> bool:
        """Tell whether fields.conf, as seen from an app, says that a field is indexed."""
        if field not in self.configuration.stanzas("fields", app, user.roles):
            return False
        return is_true(self.configuration.stanza("fields", field, app, user.roles)["INDEXED"].value)

    def rows(self, user: User, app: str) -> Rows:
        """Return the finished events as a user sees them from an app."""
        version = self.configuration.version, self.files.version
        if version != self._version:
            self._rows, self._version = {}, version
        key = app, user.roles
        if key not in self._rows:
            view = View(self.configuration, self.lookups(user, app), app, user.roles)
            self._rows[key] = Rows(view)
        return self._rows[key]


class SearchEnvironment:
    """One search's window on its search head: `standin.environment.Environment`."""

    def __init__(self, head: SearchHead, caller: Caller, user: User, now: float) -> None:
        self.now = now
        self.bounds = caller.bounds
        self.user = user
        self.app = caller.app
        self._caller = caller
        self._head = head
        with conf_errors():
            self._lookups = head.lookups(user, self.app)

    def macro(self, name: str, argument_count: int) -> Macro | None:
        """Return the macro of that name and arity, None where the app cannot see one."""
        with conf_errors():
            return find_macro(self._head.configuration, name, argument_count, (self.app, self.user.roles))

    def lookup(self, name: str) -> Lookup | None:
        """Return the lookup of that name, None where the app cannot see one."""
        with conf_errors():
            return self._lookups.find(name)

    def data_model(self, name: str) -> DataModel | None:
        """Return the data model of that name, None where the app cannot see one."""
        with conf_errors():
            return self._head.data_models(self.user, self.app).find(name)

    def data_models(self) -> Iterable[DataModel]:
        """Yield every data model that the app can see, A to Z."""
        with conf_errors():
            yield from self._head.data_models(self.user, self.app)

    def saved_search(self, name: str) -> str | None:
        """Return the text of the saved search of that name, None where the app cannot see one."""
        with conf_errors():
            return find_saved_search(self._head.configuration, name, (self.app, self.user.roles))

    def scan(self, indexes: Sequence[str] | None, bounds: TimeBounds, substrings: Sequence[str]) -> Iterable[Row]:
        """Yield events with all their search-time fields, newest first."""
        names = self._searchable(indexes)
        with conf_errors():
            rows = self._head.rows(self.user, self.app)
            visible = self._filter()
            for event in self._head.store.scan(names, bounds, substrings):
                row = rows.row(event)
                if visible is None or visible(row):
                    yield row

    def finds(self, row: Row, field: str, value: str) -> bool:
        """Tell whether the index leads from `field=value` to this event (fields.conf.spec, INDEXED)."""
        source = row.source if isinstance(row, LazyRow) else None
        if not isinstance(source, EventFields) or not source.is_indexed_only(field):
            return True
        return self._head.is_declared(field, self.app, self.user) or term_test(value, "")(str(row["_raw"]))

    def indexed(self, row: Row) -> Row:
        """Return what the index itself holds of an event."""
        source = row.source if isinstance(row, LazyRow) else None
        return source.indexed() if isinstance(source, EventFields) else dict(row)

    def cost(self, read: Read, *, counts: bool) -> Cost:
        """Return what one read of events would cost a real index."""
        names = self._searchable(read.filter.indexes)
        with conf_errors():
            required = Required(self._head.configuration, self._lookups, self.app, self.user.roles)
            filters = [compile_filter(text).clause for text in self.user.filters]
            wanted = every([required.of(read.filter.clause), *([either(map(required.of, filters))] if filters else [])])
            indexes = self._head.store.term_indexes(names, Segmenters(self._head.configuration))
            found = self._found(read) if counts else frozenset()
            finds = (lambda event: id(event) in found) if counts else None
            return total(cost_of(index, wanted, read.bounds, finds) for index in indexes)

    def _found(self, read: Read) -> frozenset[int]:
        """Return the identities of the events that a search finds."""
        compiled = read.filter
        sources = (
            row.source
            for row in self.scan(compiled.indexes, read.bounds, compiled.substrings)
            if isinstance(row, LazyRow)
            and compiled.matches(row)
            and all(self.finds(row, field, value) for field, value in compiled.equalities)
        )
        return frozenset(id(source.event) for source in sources if isinstance(source, EventFields))

    def collect(self, rows: Sequence[Row], options: Mapping[str, str]) -> None:
        """Index rows as the `collect` command does."""
        if "run_collect" not in self.user.capabilities:
            raise SearchError("Error in 'collect' command: you lack the capability run_collect")
        origin = Origin(
            options.get("index", "summary"),
            options.get("host", SERVER),
            options.get("source", "search"),
            options.get("sourcetype", "stash"),
        )
        for row in rows:
            event = collected(row, options, self.now, self.bounds)
            self._head.pipeline.index_summary(event.raw, origin, event.time)

    def external(self, name: str) -> External | None:
        """Return the custom command of that name, None where the app cannot see one."""
        configuration, view = self._head.configuration, (self.app, self.user.roles)
        stanza = next((one for one in configuration.stanzas("commands", *view) if one.lower() == name), None)
        if stanza is None:
            return None
        definition = definition_of(stanza, configuration.stanza("commands", stanza, *view))
        if definition is None:
            return None
        if "run_custom_command" not in self.user.capabilities:
            raise SearchError(f"Error in '{name}' command: you lack the capability run_custom_command")
        sid = self._caller.sid or self._head.new_sid()
        with conf_errors():
            return Command(definition, self._head.host, self._caller._replace(sid=sid))

    def _searchable(self, indexes: Sequence[str] | None) -> list[str]:
        wanted = self.user.default_indexes if indexes is None else indexes
        existing = [name for name in self._head.store.indexes if any(covers(pattern, name) for pattern in wanted)]
        return [name for name in existing if self.user.may_search(name)]

    def _filter(self) -> Test | None:
        tests = [compile_filter(text).matches for text in self.user.filters]
        return (lambda row: any(test(row) for test in tests)) if tests else None


@contextmanager
def conf_errors() -> Iterator[None]:
    """Turn what is wrong with conf into what is wrong with the search."""
    try:
        yield
    except ConfError as error:
        problem = error.problem
        if problem.unsupported:
            raise Unsupported(str(problem)) from error
        raise SearchError(str(problem)) from error


def app_name(app_dir: Path) -> str:
    """Return the name that an app's folder gives it."""
    return app_dir.resolve().name
