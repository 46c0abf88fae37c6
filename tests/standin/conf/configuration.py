"""The conf files of a set of apps as one: layered, exported or kept, checked against what exists.

Layers, the later wins:
  seen from an app    shipped defaults, other apps that export (A to Z), the app itself; in each app default, then local
  seen from nowhere   (index time) shipped defaults, every app's default (Z to A), every app's local (Z to A)
Every stanza starts from the [default] stanza of its conf.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from standin.conf.errors import Problem, error_for
from standin.conf.known import Known, shipped_defaults
from standin.conf.metadata import Access, Metadata, set_metadata
from standin.conf.outer import OUTER, is_other_input
from standin.conf.support import is_supported
from standin.conf.text import DEFAULT, Entry, Setting, entries_of, write_stanzas

Stanza = dict[str, Setting]
Conf = dict[str, Stanza]
Layer = dict[str, Conf]
SHIPPED = Path("system/default")


class App:
    """One installed app: its two layers of confs and its metadata."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.resolve().name
        self.problems: list[Problem] = []
        self.default = self._read_layer("default")
        self.local = self._read_layer("local")
        self.metadata, problems = Metadata.read(path)
        self.problems += problems

    def _read_layer(self, folder: str) -> Layer:
        return {file.stem: self._read_conf(file) for file in sorted((self.path / folder).glob("*.conf"))}

    def _read_conf(self, file: Path) -> Conf:
        conf: Conf = {}
        for entry in entries_of(file, self.problems):
            stanza = conf.setdefault(entry.stanza, {})
            if entry.key is None:
                continue
            if entry.key in stanza and stanza[entry.key].file == file:
                self.problems.append(_duplicate(entry, stanza[entry.key]))
            stanza[entry.key] = entry.setting
        return conf

    def layers(self) -> tuple[Layer, Layer]:
        """Return the app's layers, the stronger last."""
        return self.default, self.local


class Configuration:
    """All apps and what Splunk ships; thread-safe for many readers and one writer, since layers are replaced whole."""

    def __init__(self, apps: Iterable[App], shipped: Layer, known: Known) -> None:
        self.apps = {app.name: app for app in apps}
        self.version = 0
        self._shipped = shipped
        self._known = known
        self._merged: dict[tuple[str, str | None, frozenset[str] | None], Mapping[str, Mapping[str, Setting]]] = {}
        self._after_change: list[Callable[[], None]] = []

    @classmethod
    def load(cls, app_dirs: Iterable[Path], *, system_defaults: bool = True, refuse: bool = True) -> "Configuration":
        """Read these apps; with `refuse` the first problem that `standin check` would print is raised as ConfError."""
        paths = [Path(each) for each in app_dirs]
        configuration = cls(
            [App(path) for path in paths], _shipped_layer() if system_defaults else {}, Known.load(paths)
        )
        if refuse:
            for problem in configuration.problems():
                if problem.kind != "duplicate":
                    raise error_for(problem)
        return configuration

    def problems(self) -> list[Problem]:
        """Return every name that does not exist and every key that is not supported, in order of file and line."""
        found = [problem for app in self.apps.values() for problem in [*app.problems, *self._unknown_names(app)]]
        return sorted(found, key=lambda problem: (str(problem.file), problem.line))

    def stanzas(self, conf: str, app: str | None = None, roles: frozenset[str] | None = None) -> list[str]:
        """Name the stanzas that are seen from an app by some role (None: by splunkd), [default] aside."""
        return [name for name in self._merge(conf, app, roles) if name != DEFAULT]

    def stanza(
        self, conf: str, name: str, app: str | None = None, roles: frozenset[str] | None = None
    ) -> Mapping[str, Setting]:
        """Return one stanza over its [default]; KeyError if no visible layer has it."""
        merged = self._merge(conf, app, roles)
        return MappingProxyType({**merged.get(DEFAULT, {}), **merged[name]})

    def own(
        self, conf: str, name: str, app: str | None = None, roles: frozenset[str] | None = None
    ) -> Mapping[str, Setting]:
        """Return one stanza without what it takes from [default]."""
        return self._merge(conf, app, roles)[name]

    def default(self, conf: str) -> Mapping[str, Setting]:
        """Return the [default] stanza of a conf as splunkd sees it."""
        return self._merge(conf, None, None).get(DEFAULT, {})

    def value(self, conf: str, name: str, key: str, app: str | None = None) -> str | None:
        """Return one value, None where neither stanza nor key is there."""
        merged = self._merge(conf, app, None)
        setting = merged.get(name, {}).get(key) or merged.get(DEFAULT, {}).get(key)
        return setting.value if setting else None

    def home(self, conf: str, name: str, app: str | None = None) -> str | None:
        """Return the app that a stanza comes from, the viewing app before all others; None for what Splunk ships."""
        for each in reversed(self._in_view(app)):
            if any(name in layer.get(conf, {}) for layer in each.layers()):
                return each.name
        return None

    def access(self, conf: str, name: str, app: str) -> Access:
        """Return the permissions of one object of an app; `conf` is the kind that metadata names."""
        return self.apps[app].metadata.access(conf, name) if app in self.apps else Access(exported=True)

    def set(self, app: str, conf: str, stanza: str, values: Mapping[str, str]) -> None:
        """Write settings into the app's local folder; raises ConfError for names that do not exist."""
        file = self.apps[app].path / "local" / f"{conf}.conf"
        self.check_settings(conf, stanza, values, file)
        kept = {name: {key: each.value for key, each in keys.items()} for name, keys in self._local(app, conf).items()}
        kept.setdefault(stanza, {}).update(values)
        write_stanzas(file, kept)
        self.reload(app)

    def set_access(self, app: str, conf: str, stanza: str, access: Access) -> None:
        """Write into the app's local metadata who owns, reads, writes and sees one object."""
        grants = (
            f"{verb} : [ {', '.join(sorted(roles))} ]"
            for verb, roles in (("read", access.read), ("write", access.write))
        )
        values = {"access": ", ".join(grants), "export": "system" if access.exported else "none", "owner": access.owner}
        set_metadata(self.apps[app].path, conf, stanza, values)
        self.reload(app)

    def check_settings(self, conf: str, stanza: str, values: Mapping[str, str], file: Path) -> None:
        """Raise ConfError for the first name that does not exist, as if the values stood in a file."""
        for key, value in values.items():
            if problem := self._name_problem(conf, Entry(stanza, key, Setting(value, file, 0))):
                raise error_for(problem)

    def remove(self, app: str, conf: str, stanza: str) -> None:
        """Take one stanza out of the app's local folder."""
        kept = {name: {key: each.value for key, each in keys.items()} for name, keys in self._local(app, conf).items()}
        kept.pop(stanza, None)
        write_stanzas(self.apps[app].path / "local" / f"{conf}.conf", kept)
        self.reload(app)

    def install(self, path: Path) -> None:
        """Add an app, or replace it; raises ConfError and changes nothing where the app is wrong."""
        added = App(path)
        others = [app for app in self.apps.values() if app.name != added.name]
        known = Known.load([*(app.path for app in others), path])
        candidate = Configuration([*others, added], self._shipped, known)
        for problem in candidate.problems():
            if problem.kind != "duplicate":
                raise error_for(problem)
        self.apps, self._known = candidate.apps, known
        self._changed()

    def reload(self, app: str) -> None:
        """Read one app's files again."""
        self.apps = {**self.apps, app: App(self.apps[app].path)}
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        self._merged = {}

    def _local(self, app: str, conf: str) -> Conf:
        return self.apps[app].local.get(conf, {})

    def _in_view(self, app: str | None) -> list[App]:
        """Return the apps from the weakest to the strongest."""
        if app is None:
            return sorted(self.apps.values(), key=lambda each: each.name, reverse=True)
        return sorted(self.apps.values(), key=lambda each: (each.name == app, each.name))

    def _merge(self, conf: str, app: str | None, roles: frozenset[str] | None) -> Mapping[str, Mapping[str, Setting]]:
        key = conf, app, roles
        merged = self._merged.get(key)
        if merged is None:
            merged = self._merged[key] = self._layered(conf, app, roles)
        return merged

    def _layered(self, conf: str, app: str | None, roles: frozenset[str] | None) -> Conf:
        merged: Conf = {name: dict(keys) for name, keys in self._shipped.get(conf, {}).items()}
        for each, layer in self._layers(app):
            for name, keys in layer.get(conf, {}).items():
                access = each.metadata.access(conf, name)
                if app is None or ((each.name == app or access.exported) and access.may_read(roles)):
                    merged.setdefault(name, {}).update(keys)
        return merged

    def _layers(self, app: str | None) -> Iterator[tuple[App, Layer]]:
        apps = self._in_view(app)
        if app is None:
            yield from ((each, each.default) for each in apps)
            yield from ((each, each.local) for each in apps)
            return
        yield from ((each, layer) for each in apps for layer in each.layers())

    def _unknown_names(self, app: App) -> Iterator[Problem]:
        for layer in app.layers():
            for conf, stanzas in layer.items():
                for name, keys in stanzas.items():
                    for key, setting in keys.items():
                        if problem := self._name_problem(conf, Entry(name, key, setting)):
                            yield problem

    def _name_problem(self, conf: str, entry: Entry) -> Problem | None:
        setting = entry.setting
        for kind, message in self._wrong_names(conf, entry.stanza, entry.key or ""):
            return Problem(setting.file, setting.line, kind, message)
        if self._is_supported(conf, entry):
            return None
        what = f"[{entry.stanza}]" if self._is_other_input(conf, entry.stanza) else entry.key
        message = f"{what} in {conf}.conf is right in Splunk but not supported here"
        return Problem(setting.file, setting.line, "unsupported", message, unsupported=True)

    def _is_supported(self, conf: str, entry: Entry) -> bool:
        stanza, key = entry.stanza, entry.key or ""
        if self._is_other_input(conf, stanza):
            return False
        if conf in OUTER and self._known.is_own(conf, stanza, key):
            return True
        of_conf = self._shipped.get(conf, {})
        shipped = of_conf.get(stanza, {}).get(key) or of_conf.get(DEFAULT, {}).get(key)
        return is_supported(conf, stanza, key, entry.setting.value, shipped.value if shipped else None)

    def _is_other_input(self, conf: str, stanza: str) -> bool:
        return conf == "inputs" and is_other_input(stanza, self._known.own_stanzas(conf))

    def _wrong_names(self, conf: str, stanza: str, key: str) -> Iterator[tuple[str, str]]:
        if message := self._known.conf(conf):
            yield "conf", message
        elif message := self._known.stanza(conf, stanza):
            yield "stanza", message
        elif message := self._known.key(conf, stanza, key):
            yield "key", message


def _duplicate(entry: Entry, first: Setting) -> Problem:
    message = f"{entry.key} stands twice in [{entry.stanza}], first in line {first.line}"
    return Problem(entry.setting.file, entry.setting.line, "duplicate", message)


def _shipped_layer() -> Layer:
    files = {conf: SHIPPED / f"{conf}.conf" for conf in shipped_defaults()}
    return {
        conf: {
            name: {key: Setting(value, files[conf], 0) for key, value in keys.items()} for name, keys in stanzas.items()
        }
        for conf, stanzas in shipped_defaults().items()
    }
