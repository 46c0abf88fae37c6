"""One data model as an app ships it: `data/models/NAME.json`, read and checked.

    {"modelName": NAME, "objects": [
      {"objectName", "parentName": BaseEvent | BaseSearch | another object, "constraints": [{"search"}], "baseSearch",
       "fields": [{"fieldName", "type", "required", ...}],
       "calculations": [{"calculationType": Eval | Rex | Lookup, "outputFields": [...], ...}]}]}

A key that no data model of Splunk's has is a problem, so are a parent that is not there and an owner that is no
ancestor. What splunkd adds to the models it hands out (inherited entries with their owner, counts of objects, the
searches) may stand in a file and is worked out anew. Not supported, by name: transactions, Geo IP, filters of single
fields other than `required`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from standin.conf.errors import Problem
from standin.datasets import BASE_FIELDS, BASE_SEARCH, COUNTS, ROOTS, Calculation, DataModel, Dataset
from standin.knowledge.datamodel_keys import (
    CALCULATION_KEYS,
    CONSTRAINT_KEYS,
    FIELD_KEYS,
    INPUT_KEYS,
    MODEL_KEYS,
    OBJECT_KEYS,
    OTHER_ROOTS,
    OUTPUT_KEYS,
    TRANSACTION_KEYS,
    TYPES,
)
from standin.knowledge.located import Located, Page

OBJECT_NAME = re.compile(r"[^\W_][\w-]*")
FIELD_NAME = re.compile(r"[^\s{}\"'*]+")


class Piece(NamedTuple):
    """A part of a dataset that has to compile, and its line; `kind` is constraint, search or calculation."""

    kind: str
    text: str
    line: int


class ModelFile(NamedTuple):
    """What a file says; the model is None where it cannot be told."""

    model: DataModel | None
    problems: list[Problem]
    pieces: list[Piece]
    objects: Mapping[str, Located]


def read_model_file(file: Path) -> ModelFile:
    """Read one data model with everything that is wrong with it."""
    page = Page(file)
    top, problems = page.read()
    if top is None:
        return ModelFile(None, problems, [], {})
    reading = _Reading(page)
    datasets = reading.datasets(top)
    return ModelFile(DataModel(file.stem, datasets), reading.problems, reading.pieces, reading.objects)


class _Reading:
    """The reading of one file; it goes on behind a problem."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.problems: list[Problem] = []
        self.pieces: list[Piece] = []
        self.objects: dict[str, Located] = {}
        self._lineages: dict[str, list[str]] = {}

    def datasets(self, top: Located) -> dict[str, Dataset]:
        self._keys(top, MODEL_KEYS, "a data model")
        name = self._text(top, "modelName")
        if name != self._page.file.stem:
            self._wrong(top, f"modelName {name!r} is not the name of the file", "modelName")
        for one in self._items(top, "objects"):
            self._enter(one)
        for one in self.objects.values():
            self._check_parent(one)
        self._lineages = {name: lineage for name in self.objects if (lineage := self._lineage(name))}
        return {name: self._dataset(name, self.objects[name]) for name in self._lineages}

    def _enter(self, one: Located) -> None:
        self._keys(one, OBJECT_KEYS, "an object")
        name = self._text(one, "objectName")
        if not OBJECT_NAME.fullmatch(name):
            self._wrong(one, f"objectName {name!r} is not made of letters, digits, _ and -", "objectName")
        elif name in self.objects:
            self._wrong(one, f"object {name!r} stands twice", "objectName")
        else:
            self.objects[name] = one

    def _check_parent(self, one: Located) -> None:
        parent = self._text(one, "parentName")
        if parent in OTHER_ROOTS:
            self._unsupported(one, f"parentName {parent}", "parentName")
        elif parent not in ROOTS and parent not in self.objects:
            self._wrong(one, f"no object {parent!r}, which {one['objectName']!r} has as its parent", "parentName")
        for key in TRANSACTION_KEYS & one.keys():
            if one[key]:
                self._unsupported(one, key, key)

    def _lineage(self, name: str) -> list[str]:
        """Return the names from the root to an object, none where the way up does not end at a root."""
        names = [name]
        while (parent := _word(self.objects[names[0]], "parentName")) not in ROOTS:
            if parent in names:
                self._wrong(self.objects[name], f"object {name!r} is its own ancestor", "parentName")
                return []
            if parent not in self.objects:
                return []
            names.insert(0, parent)
        return names

    def _dataset(self, name: str, one: Located) -> Dataset:
        lineage = ".".join(self._lineages[name])
        if one.get("lineage", lineage) != lineage:
            self._wrong(one, f"lineage {one['lineage']!r} is not {lineage!r}", "lineage")
        fields = [field for field in self._own(one, "fields", name) if _word(field, "type") not in COUNTS]
        names = [self._field(field, FIELD_KEYS) for field in fields]
        required = [str(field.get("fieldName")) for field in fields if field.get("required") is True]
        calculations = self._calculations(one, name)
        outputs = [output for each in calculations for output in each.outputs]
        self._check_new(one, name, names, outputs)
        return Dataset(
            name, str(one["parentName"]), lineage, self._search(one, name), tuple(dict.fromkeys([*names, *outputs])),
            tuple(required), tuple(calculations),
        )  # fmt: skip

    def _check_new(self, one: Located, name: str, names: list[str], outputs: list[str]) -> None:
        """Refuse a field that an ancestor has: which of the two a search would show is not known."""
        for field in dict.fromkeys([*names, *outputs]):
            for ancestor in self._lineages[name][:-1]:
                if field not in BASE_FIELDS and field in self._given(self.objects[ancestor]):
                    self._unsupported(one, f"field {field!r} of {name!r}, which its ancestor {ancestor!r} has", field)

    def _given(self, one: Located) -> set[str]:
        outputs = [
            each for calculation in _objects(one, "calculations") for each in _objects(calculation, "outputFields")
        ]
        return {str(field.get("fieldName")) for field in [*_objects(one, "fields"), *outputs]}

    def _search(self, one: Located, name: str) -> str:
        constraints = list(self._own(one, "constraints", name))
        texts = [self._constraint(each) for each in constraints]
        if one["parentName"] != BASE_SEARCH:
            if one.get("baseSearch"):
                self._wrong(one, f"baseSearch belongs to a {BASE_SEARCH} only", "baseSearch")
            return " ".join(f"({text})" for text in texts if text.strip())
        base = self._text(one, "baseSearch")
        if not base.strip():
            self._wrong(one, f"object {name!r} has no baseSearch")
        if constraints:
            self._unsupported(one, f"constraints of a {BASE_SEARCH}", "constraints")
        self.pieces.append(Piece("search", base, self._page.line(one, "baseSearch")))
        return base

    def _constraint(self, one: Located) -> str:
        self._keys(one, CONSTRAINT_KEYS, "a constraint")
        text = self._text(one, "search")
        self.pieces.append(Piece("constraint", text, self._page.line(one, "search")))
        return text

    def _field(self, one: Located, allowed: frozenset[str]) -> str:
        self._keys(one, allowed, "a field")
        name = self._text(one, "fieldName")
        if not FIELD_NAME.fullmatch(name):
            self._wrong(one, f"fieldName {name!r} is empty or holds blanks, quotes, braces or stars", "fieldName")
        if _word(one, "type", "string") not in TYPES:
            self._wrong(one, f"no type {one['type']!r}", "type")
        for key in ("required", "multivalue", "hidden", "editable"):
            if not isinstance(one.get(key, False), bool):
                self._wrong(one, f"{key} is true or false", key)
        if str(one.get("fieldSearch") or "").strip() not in ("", f"{name}=*"):
            self._unsupported(one, "fieldSearch other than FIELD=*", "fieldSearch")
        if one.get("constraints"):
            self._unsupported(one, "constraints of a field", "constraints")
        return name

    def _calculations(self, one: Located, name: str) -> list[Calculation]:
        found = []
        for each in self._own(one, "calculations", name):
            self._keys(each, CALCULATION_KEYS, "a calculation")
            fields = self._items(each, "outputFields")
            if fields and all(_word(field, "type") in COUNTS for field in fields):
                continue
            names = [self._field(field, OUTPUT_KEYS) for field in fields]
            for field in fields:
                if field.get("required") is True:
                    self._unsupported(field, "a calculated field that is required", "required")
            text = self._command(each, fields, names)
            if text is not None:
                self.pieces.append(Piece("calculation", text, self._page.line(each)))
                found.append(Calculation(text, tuple(names)))
        return found

    def _command(self, one: Located, fields: list[Located], names: list[str]) -> str | None:
        kind = self._text(one, "calculationType")
        if kind == "GeoIP":
            self._unsupported(one, "calculationType GeoIP", "calculationType")
        elif kind not in ("Eval", "Rex", "Lookup"):
            self._wrong(one, f"no calculationType {kind!r}", "calculationType")
        elif not names or (kind == "Eval" and len(names) > 1):
            self._wrong(one, f"a calculation of type {kind} has {len(names)} outputFields", "outputFields")
        elif kind == "Eval":
            return f"eval {_quoted(names[0])}={self._text(one, 'expression')}"
        elif kind == "Rex":
            field, pattern = self._text(one, "inputField"), self._text(one, "expression")
            return f"rex field={_quoted(field)} max_match=1 {_quoted(pattern)}"
        else:
            return self._lookup(one, fields, names)
        return None

    def _lookup(self, one: Located, fields: list[Located], names: list[str]) -> str:
        inputs = self._items(one, "lookupInputs") or [one]
        for each in inputs:
            if each is not one:
                self._keys(each, INPUT_KEYS, "an input of a lookup")
        pairs = [(self._text(each, "lookupField"), self._text(each, "inputField")) for each in inputs]
        written = [
            (str(field.get("lookupOutputFieldName") or name), name) for field, name in zip(fields, names, strict=True)
        ]
        return f"lookup {_quoted(self._text(one, 'lookupName'))} {_as(pairs)} OUTPUT {_as(written)}"

    def _own(self, one: Located, key: str, name: str) -> Iterator[Located]:
        """Yield what the object adds itself; an entry of an ancestor's is what splunkd writes down for readers."""
        line = self._lineages[name]
        lineages = {".".join(line[:count]) for count in range(1, len(line))}
        for each in self._items(one, key):
            owner = _word(each, "owner", name)
            if owner in (name, ".".join(line)):
                yield each
            elif owner in ROOTS and _word(each, "fieldName", BASE_FIELDS[0]) in BASE_FIELDS:
                continue
            elif owner not in lineages and owner not in line:
                self._wrong(each, f"owner {owner!r} is neither {name!r} nor an ancestor of it", "owner")

    def _keys(self, place: Located, allowed: frozenset[str], what: str) -> None:
        for key in place.keys() - allowed:
            self._wrong(place, f"{what} has no key {key!r}", key)
        if place.twice is not None:
            self._wrong(place, f"{place.twice!r} stands twice", place.twice)

    def _text(self, place: Located, key: str) -> str:
        value = place.get(key, "")
        if isinstance(value, str) and (value or key in place):
            return value
        self._wrong(place, f"{key} is missing" if key not in place else f"{key} is a text", key)
        return ""

    def _items(self, place: Located, key: str) -> list[Located]:
        value = place.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, Located) for each in value):
            self._wrong(place, f"{key} is a list of objects", key)
        return _objects(place, key)

    def _wrong(self, place: Located, message: str, key: str | None = None) -> None:
        self._add(self._page.problem(place, message, key))

    def _unsupported(self, place: Located, construct: str, key: str) -> None:
        message = f"{construct} is right in Splunk but not supported here"
        self._add(self._page.problem(place, message, key, unsupported=True))

    def _add(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _objects(place: Located, key: str) -> list[Located]:
    value = place.get(key)
    return [each for each in value if isinstance(each, Located)] if isinstance(value, list) else []


def _word(place: Located, key: str, default: str = "") -> str:
    """Return a text, the default where it is not there, and nothing where it is no text."""
    value = place.get(key, default)
    return value if isinstance(value, str) else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _as(pairs: list[tuple[str, str]]) -> str:
    return ", ".join(f"{_quoted(left)} AS {_quoted(right)}" for left, right in pairs)
