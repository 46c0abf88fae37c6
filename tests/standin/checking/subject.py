"""One app under check: its own stanzas, and how errors become problems with a line."""

from collections.abc import Callable, Iterator, Mapping

from standin.conf import App, ConfError, Configuration, Problem, Setting
from standin.events.store import Store
from standin.knowledge.lookups import Lookups
from standin.knowledge.users import User
from standin.language.errors import SearchError, Unsupported
from standin.language.search import check_search
from standin.searchhead import SearchEnvironment, SearchHead
from standin.values.regex import RegexError

Stanza = Mapping[str, Setting]


class Subject:
    """An app, and the configuration that it stands in."""

    def __init__(self, configuration: Configuration, app: App) -> None:
        self.configuration = configuration
        self.app = app
        self._head = SearchHead(configuration, Store(), lambda: 0.0)
        self._user = User.of(configuration, "admin", ["admin"])

    @property
    def lookups(self) -> Lookups:
        """Return the lookups that are seen from the app."""
        return self._head.lookups(self._user, self.app.name)

    @property
    def data_models(self) -> list[str]:
        """Name the data models that are seen from the app."""
        return self._head.data_models(self._user, self.app.name).names()

    @property
    def environment(self) -> SearchEnvironment:
        """Return what a search in the app may ask for."""
        return self._head.environment(user=self._user, app=self.app.name)

    def stanzas(self, conf: str) -> Iterator[tuple[str, Stanza]]:
        """Yield the app's own stanzas, its local folder over its default folder, without what [default] adds."""
        names = dict.fromkeys(name for layer in self.app.layers() for name in layer.get(conf, {}))
        for name in names:
            merged = {
                key: each for layer in self.app.layers() for key, each in layer.get(conf, {}).get(name, {}).items()
            }
            if merged:
                yield name, merged

    def search(self, spl: str, setting: Setting, kind: str = "search") -> Iterator[Problem]:
        """Yield what is wrong with each command of a search that stands in a setting, and its doubts."""
        errors, doubts = check_search(spl, self.environment)
        for error in errors:
            yield search_problem(error, spl, setting, kind)
        for doubt in doubts:
            yield Problem(setting.file, setting.line + spl.count("\n", 0, doubt.position or 0), kind, doubt.text)


def attempt(action: Callable[[], object], setting: Setting) -> Iterator[Problem]:
    """Run an action, and yield the problem that it raises."""
    try:
        action()
    except ConfError as error:
        yield error.problem
    except RegexError as error:
        yield Problem(setting.file, setting.line, "regex", error.reason)
    except SearchError as error:
        yield search_problem(error, setting.value, setting, "search")
    except ValueError as error:
        yield Problem(setting.file, setting.line, "value", str(error))


def search_problem(error: SearchError, spl: str, setting: Setting, kind: str) -> Problem:
    """Return the problem at the line of the search that the error points to."""
    offset = spl.count("\n", 0, error.position) if error.position else 0
    unsupported = isinstance(error, Unsupported)
    hint = f" ({error.hint})" if error.hint else ""
    message = error.message + hint
    return Problem(setting.file, setting.line + offset, "unsupported" if unsupported else kind, message, unsupported)
