"""Saved searches that belong to one user: what somebody saves in Splunk Web and shares with nobody.

    FOLDER/USER/APP/local/savedsearches.conf      the file of one user in one app

Their owner alone sees them, besides who may administer all objects; an app's own of the same name is hidden from the
owner. Source: REST API tutorials, "Managing knowledge objects". Private objects of other kinds are refused.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from standin.conf.configuration import Configuration
from standin.conf.text import read_entries, write_stanzas

CONF = "savedsearches"


class Place(NamedTuple):
    """Whose object it is, and in which app."""

    user: str
    app: str


class PrivateSearches:
    """The private saved searches of all users of an instance."""

    def __init__(self, folder: Path, configuration: Configuration) -> None:
        self._folder = folder
        self._configuration = configuration

    def names(self, place: Place) -> list[str]:
        """Name what a user keeps in an app."""
        return list(self._read(place))

    def settings(self, place: Place, name: str) -> dict[str, str]:
        """Return one search over the defaults that its app sees; KeyError where there is none."""
        default = self._configuration.default(CONF)
        return {**{key: one.value for key, one in default.items()}, **self._read(place)[name]}

    def own(self, place: Place, name: str) -> dict[str, str]:
        """Return what the file itself says of one search; KeyError where there is none."""
        return self._read(place)[name]

    def write(self, place: Place, name: str, values: Mapping[str, str]) -> None:
        """Write settings; raises ConfError for keys that do not exist."""
        file = self._file(place)
        self._configuration.check_settings(CONF, name, values, file)
        kept = self._read(place)
        kept.setdefault(name, {}).update(values)
        write_stanzas(file, kept)

    def remove(self, place: Place, name: str) -> None:
        """Forget one search."""
        kept = self._read(place)
        del kept[name]
        write_stanzas(self._file(place), kept)

    def places(self) -> Iterator[Place]:
        """Name every user and app that has some, of the apps that are installed."""
        for file in sorted(self._folder.glob(f"*/*/local/{CONF}.conf")):
            user, app = (unquote(part) for part in file.parts[-4:-2])
            if app in self._configuration.apps:
                yield Place(user, app)

    def _read(self, place: Place) -> dict[str, dict[str, str]]:
        file = self._file(place)
        stanzas: dict[str, dict[str, str]] = {}
        for entry in read_entries(file) if file.is_file() else ():
            stanza = stanzas.setdefault(entry.stanza, {})
            if entry.key is not None:
                stanza[entry.key] = entry.setting.value
        return stanzas

    def _file(self, place: Place) -> Path:
        # Names come from requests: quoted, they cannot leave the folder.
        user, app = (quote(part, safe="").replace(".", "%2E") for part in place)
        return self._folder / user / app / "local" / f"{CONF}.conf"
