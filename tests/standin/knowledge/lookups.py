"""Lookups by name: definitions of transforms.conf over CSV files and KV-store collections, and CSV files themselves.

A CSV file is read again when it changes. Where the apps must not be written to (a search from the command line), what
`outputlookup` writes is kept in memory for the life of the process.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from standin.conf.configuration import Configuration
from standin.conf.errors import Problem, UnknownConf, UnsupportedConf
from standin.conf.text import Setting, is_true, whole_number
from standin.environment import Lookup, Row, Value
from standin.knowledge.collections import CollectionId, Collections, Document
from standin.knowledge.matching import Matcher, MatchRules, Table, read_match_types
from standin.knowledge.schema import Schema, TypeMismatch
from standin.language.errors import SearchError
from standin.values.multivalue import as_text

Contents = tuple[list[str], Table]


class LookupFiles:
    """The CSV files of all apps, and what was written over them."""

    def __init__(self, *, writes_to_disk: bool) -> None:
        self._writes_to_disk = writes_to_disk
        self._cache: dict[Path, tuple[int, Contents]] = {}
        self._in_memory: dict[Path, Contents] = {}
        self._matchers: dict[tuple[Path, str], tuple[Table, Matcher]] = {}
        self.version = 0

    def exists(self, file: Path) -> bool:
        """Tell whether a file was shipped or written."""
        return file in self._in_memory or file.is_file()

    def read(self, file: Path) -> Contents:
        """Return the header and the rows of a file."""
        if file in self._in_memory:
            return self._in_memory[file]
        stamp = file.stat().st_mtime_ns
        cached = self._cache.get(file)
        if cached is None or cached[0] != stamp:
            cached = self._cache[file] = stamp, _parse(file.read_text(encoding="utf-8-sig"))
        return cached[1]

    def matcher(self, file: Path, rules: MatchRules) -> Matcher:
        """Return the file ready to be asked, until it changes."""
        names, table = self.read(file)
        key = file, repr(rules)
        known = self._matchers.get(key)
        if known is None or known[0] is not table:
            known = self._matchers[key] = table, Matcher(table, names, rules)
        return known[1]

    def write(self, file: Path, names: list[str], table: Table) -> None:
        """Replace a file's header and rows."""
        self.version += 1
        if not self._writes_to_disk:
            self._in_memory[file] = names, table
            return
        out = io.StringIO()
        writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
        file.parent.mkdir(parents=True, exist_ok=True)
        staged = file.with_name(file.name + ".new")
        staged.write_text(out.getvalue(), encoding="utf-8")
        staged.replace(file)


def _parse(text: str) -> Contents:
    reader = csv.reader(io.StringIO(text))
    names = [name.strip() for name in next(reader, [])]
    return names, [dict(zip(names, cells, strict=False)) for cells in reader if cells]


class CsvLookup:
    """A CSV file, alone or behind a definition."""

    def __init__(self, files: LookupFiles, file: Path, rules: MatchRules) -> None:
        self.fields: Sequence[str] = files.read(file)[0] if files.exists(file) else ()
        self._files = files
        self._file = file
        self._rules = rules

    def match(self, inputs: Mapping[str, str]) -> Sequence[Row]:
        """Return the rows that match, as `MatchRules` say."""
        return self._files.matcher(self._file, self._rules).match(inputs)

    def rows(self) -> Iterable[Row]:
        """Yield every row; an empty cell is no value."""
        if self._files.exists(self._file):
            for row in self._files.read(self._file)[1]:
                yield {name: value for name, value in row.items() if value != ""}

    def write(self, rows: Sequence[Row], *, append: bool, key_field: str | None) -> None:
        """Replace the file, or append, or replace rows with the same key."""
        old_names, old = self._files.read(self._file) if self._files.exists(self._file) else ([], [])
        new = [_as_cells(row) for row in rows]
        names = old_names if append and old_names else list(dict.fromkeys(name for row in new for name in row))
        if key_field is not None:
            keys = {row.get(key_field) for row in new}
            old = [row for row in old if row.get(key_field) not in keys]
        kept = list(old) if append or key_field is not None else []
        names = names or old_names
        self._files.write(self._file, names, [{name: row.get(name, "") for name in names} for row in [*kept, *new]])


def _as_cells(row: Row) -> dict[str, str]:
    return {name: as_text(value) for name, value in row.items() if not name.startswith("_") or name == "_time"}


class KvLookup:
    """A KV-store collection behind a definition; always case-sensitive."""

    def __init__(
        self,
        collections: Collections,
        collection: CollectionId,
        fields: Sequence[str],
        rules: MatchRules,
        declared: Mapping[str, Setting],
    ) -> None:
        self.fields = fields
        self.is_replicated = "replicate" in declared and is_true(declared["replicate"].value)  # to indexers
        self._schema = Schema(declared)
        self._collections = collections
        self._collection = collection
        self._rules = rules

    def match(self, inputs: Mapping[str, str]) -> Sequence[Row]:
        """Return the rows that match, as `MatchRules` say."""
        table = [{name: as_text(value) for name, value in row.items()} for row in self.rows()]
        return Matcher(table, self.fields, self._rules).match(inputs)

    def rows(self) -> Iterable[Row]:
        """Yield every document, narrowed to the definition's fields."""
        for document in self._collections.documents(self._collection):
            row = {name: _as_value(document.get(name)) for name in self.fields}
            yield {name: value for name, value in row.items() if value is not None}

    def write(self, rows: Sequence[Row], *, append: bool, key_field: str | None) -> None:
        """Replace the collection, or append; a key field replaces documents with the same `_key` or value."""
        if not append and key_field is None:
            self._collections.clear(self._collection)
        known = self._known_keys(key_field)
        documents: list[Document] = []
        for row in rows:
            document: Document = {name: row[name] for name in self.fields if name in row}
            if key_field is not None and key_field in row:
                document["_key"] = known.get(as_text(row[key_field]), document.get("_key"))
            documents.append(self._typed({name: value for name, value in document.items() if value is not None}))
        self._collections.save(self._collection, documents)

    def _typed(self, document: Document) -> Document:
        try:
            return self._schema.applied(document)
        except TypeMismatch as error:
            raise SearchError(f"Error in 'outputlookup' command: {error}.") from error

    def _known_keys(self, key_field: str | None) -> dict[str, str]:
        if key_field is None:
            return {}
        documents = self._collections.documents(self._collection)
        return {str(each.get(key_field)): str(each["_key"]) for each in documents if key_field in each}


def _as_value(value: object) -> Value | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return [str(each) for each in value] if len(value) > 1 else (str(value[0]) if value else None)
    return value if isinstance(value, (int, float, str)) else str(value)


class Lookups:
    """The lookups that one app's view holds."""

    def __init__(
        self,
        configuration: Configuration,
        files: LookupFiles,
        collections: Collections,
        view: tuple[str | None, frozenset[str] | None],
    ) -> None:
        self._configuration = configuration
        self._files = files
        self._collections = collections
        self._app, self._roles = view

    def find(self, name: str) -> Lookup | None:
        """Return the lookup of that name, a definition before a file, None where the view has neither."""
        return self._defined(name) or self._file(name)

    def new_file(self, name: str) -> Lookup | None:
        """Return a CSV file that `outputlookup` may create in the view's own app."""
        app = self._configuration.apps.get(self._app or "")
        return (
            CsvLookup(self._files, app.path / "lookups" / name, MatchRules()) if app and name.endswith(".csv") else None
        )

    def _defined(self, name: str) -> Lookup | None:
        try:
            settings = self._configuration.stanza("transforms", name, self._app, self._roles)
        except KeyError:
            return None
        if "external_type" in settings and settings["external_type"].value == "kvstore":
            return self._kv(name, settings)
        if "filename" not in settings or not settings["filename"].value:
            return None
        found = self._path(settings["filename"].value.rpartition("/")[2])
        return CsvLookup(self._files, found, match_rules(settings)) if found is not None else None

    def _kv(self, name: str, settings: Mapping[str, Setting]) -> Lookup:
        collection = settings["collection"].value if "collection" in settings else name
        home = self._configuration.home("collections", collection, self._app)
        if home is None:
            place = settings["external_type"]
            message = f"[{name}] reads collection {collection!r}, which no collections.conf defines"
            raise UnknownConf(Problem(place.file, place.line, "collection", message))
        fields = (
            [field.strip() for field in settings["fields_list"].value.split(",")] if "fields_list" in settings else []
        )
        rules = match_rules(settings)._replace(case_sensitive=True)
        declared = self._configuration.stanza("collections", collection, self._app)
        return KvLookup(self._collections, CollectionId(home, collection), fields, rules, declared)

    def _file(self, name: str) -> Lookup | None:
        found = self._path(name)
        return CsvLookup(self._files, found, MatchRules()) if found is not None else None

    def _path(self, name: str) -> Path | None:
        apps = sorted(self._configuration.apps.values(), key=lambda app: (app.name != self._app, app.name))
        for app in apps:
            access = app.metadata.access("lookups", name)
            seen = self._app is None or app.name == self._app or access.exported
            file = app.path / "lookups" / name
            if seen and access.may_read(self._roles) and self._files.exists(file):
                return file
        return None


def match_rules(settings: Mapping[str, Setting]) -> MatchRules:
    """Read the matching settings of a definition; raises ConfError for what is not supported."""

    def given(key: str, default: str) -> str:
        return settings[key].value if key in settings and settings[key].value else default

    if given("time_field", ""):
        raise _refused(settings["time_field"], "time-bounded lookups are not supported here")
    if "external_cmd" in settings and settings["external_cmd"].value:
        raise _refused(settings["external_cmd"], "external lookups are not supported here")
    try:
        kinds = read_match_types(given("match_type", ""))
    except ValueError as error:
        setting = settings["match_type"]
        raise UnknownConf(Problem(setting.file, setting.line, "value", f"not a match type: {error}")) from None
    return MatchRules(
        whole_number(settings, "max_matches", 100),
        whole_number(settings, "min_matches"),
        given("default_match", ""),
        is_true(given("case_sensitive_match", "true")),
        kinds,
    )


def _refused(setting: Setting, message: str) -> UnsupportedConf:
    return UnsupportedConf(Problem(setting.file, setting.line, "unsupported", message, unsupported=True))
