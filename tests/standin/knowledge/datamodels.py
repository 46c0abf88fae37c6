"""The data models that an app and some roles see: files of `data/models`, settings of datamodels.conf.

A file in `local` stands in for the one in `default`. The permissions of a model are those of its datasets; metadata
names them `[datamodels/NAME]`. A model with a problem in its file is not there for searches: they end with the problem.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from standin.conf.configuration import App, Configuration
from standin.conf.errors import Problem, UnknownConf, error_for
from standin.conf.text import Setting, is_true
from standin.datasets import DataModel
from standin.knowledge.datamodel_file import read_model_file
from standin.knowledge.datamodel_listing import described

CONF = "datamodels"
FOLDERS = ("default", "local")


def model_files(app: App) -> dict[str, Path]:
    """Return the files of an app's own data models by name, those of its local folder before all."""
    return {
        file.stem: file for folder in FOLDERS for file in sorted((app.path / folder / "data/models").glob("*.json"))
    }


class DataModels:
    """The data models of one view, each read when it is first asked for."""

    def __init__(self, configuration: Configuration, app: str | None, roles: frozenset[str] | None) -> None:
        self._configuration = configuration
        self._view = app, roles
        self._read: dict[str, DataModel] = {}

    def names(self) -> list[str]:
        """Name the models, A to Z."""
        return sorted(self._files)

    def find(self, name: str) -> DataModel | None:
        """Return one model, None where the view has none; raises ConfError where its file is wrong."""
        if name not in self._read and name in self._files:
            self._read[name] = self._load(name)
        return self._read.get(name)

    def __iter__(self) -> Iterator[DataModel]:
        for name in self.names():
            model = self.find(name)
            if model is not None:
                yield model

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        app, roles = self._view
        found: dict[str, Path] = {}
        for each in sorted(self._configuration.apps.values(), key=lambda one: (one.name == app, one.name)):
            for name, file in model_files(each).items():
                access = each.metadata.access(CONF, name)
                if app is None or ((each.name == app or access.exported) and access.may_read(roles)):
                    found[name] = file
        return found

    def _load(self, name: str) -> DataModel:
        read = read_model_file(self._files[name])
        if read.problems or read.model is None:
            raise error_for(read.problems[0])
        settings = self._settings(name)
        return replace(
            described(read.model, read.objects),
            is_strict=_flag(settings, "strict_fields", default=True),
            is_accelerated=_flag(settings, "acceleration", default=False),
        )

    def _settings(self, name: str) -> Mapping[str, Setting]:
        try:
            return self._configuration.stanza(CONF, name, *self._view)
        except KeyError:
            return self._configuration.default(CONF)


def _flag(settings: Mapping[str, Setting], key: str, *, default: bool) -> bool:
    return is_true(settings[key].value) if key in settings else default


def find_saved_search(
    configuration: Configuration, name: str, view: tuple[str | None, frozenset[str] | None]
) -> str | None:
    """Return the text of a saved search, None where the view has none of that name."""
    try:
        settings = configuration.stanza("savedsearches", name, *view)
    except KeyError:
        return None
    if "search" not in settings:
        place = next(iter(settings.values()))
        raise UnknownConf(Problem(place.file, place.line, "search", f"[{name}] has no search"))
    return settings["search"].value
