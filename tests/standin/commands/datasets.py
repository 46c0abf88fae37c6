"""Rows of the datasets of a data model, as the search that splunkd writes for one makes them (recorded):

    search (constraint) | search required=* | calculations | search (constraint of the child) | its calculations
    | eval is_CHILD=if(searchmatch("constraint"),1,0) | ... | rename field AS Root.Child.field | fields ...

Calculations run one after the other and see each other. A dataset has the `is_` fields of the datasets right below it.
For tstats every row of a root says in `nodename` which datasets it belongs to, and has the fields of each of them;
that the calculations of a child are made for its rows only is a reading (`language.unverified`).
"""

from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from standin.commands.needed import needed_calculations
from standin.commands.selecting import build_fields
from standin.commands.stream import Search, Step, Stream, run_steps
from standin.commands.subsearch import MAX_DEPTH, quote
from standin.datasets import BASE_FIELDS, BASE_SEARCH, Calculation, DataModel, Dataset
from standin.environment import Row
from standin.language.errors import MalformedSearch, SearchError, UnknownName
from standin.language.filters import compile_filter
from standin.language.macros import expand
from standin.language.pipeline import Call, split_pipeline

NODE_NAME = "nodename"
# What the summaries of a model and the buckets that they lie in say of an event besides the fields of the model
OF_EVENT = (*BASE_FIELDS, "index")


@dataclass(frozen=True)
class Level:
    """One dataset, compiled: which rows of its parent it takes, and what it adds to them."""

    dataset: Dataset
    matches: Callable[[Row], bool]
    calculations: list[Step]
    children: "list[Level]"

    def takes(self, row: Row) -> bool:
        """Tell whether a row of the parent has every field that the dataset requires, and fulfils its constraint."""
        return self.matches(row) and all(name in row for name in self.dataset.required)

    def taken(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows of the parent that the dataset takes."""
        return (row for row in rows if self.takes(row))

    def calculated(self, stream: Stream) -> Stream:
        """Return rows with the fields that the dataset calculates."""
        return run_steps(self.calculations, stream)

    def calculated_row(self, row: Row) -> Row:
        """Return one row with these fields, and leave the one of the parent as it is."""
        if not self.calculations:
            return row
        (calculated,) = self.calculated(Stream([row.copy()])).rows
        return calculated


def find_model(call: Call, search: Search, name: str, position: int) -> DataModel:
    """Return a data model, or say that there is none."""
    model = search.environment.data_model(name)
    if model is None:
        raise UnknownName(f"Error in '{call.name}' command: Data model '{name}' was not found.", position)
    return model


def find_dataset(call: Call, model: DataModel, name: str, position: int) -> Dataset:
    """Return a dataset of a model, or say that there is none."""
    dataset = model.datasets.get(name)
    if dataset is None:
        text = f"Error in '{call.name}' command: Dataset '{name}' was not found in data model '{model.name}'."
        raise UnknownName(text, position)
    return dataset


def compile_text(call: Call, search: Search, text: str, place: str) -> Step:
    """Compile a search that the knowledge of the app holds; its errors point to the command that asked for it."""
    inner = _inner(call, search)
    with _errors_at(call, place):
        return search.pipeline(expand(text, search.environment).text, 0, inner)


def _inner(call: Call, search: Search) -> Search:
    if search.depth >= MAX_DEPTH:
        raise MalformedSearch(f"Searches name each other more than {MAX_DEPTH} deep.", call.position)
    return replace(search, depth=search.depth + 1, doubts=[])  # what it doubts is said where it is written


@contextmanager
def _errors_at(call: Call, place: str) -> Iterator[None]:
    try:
        yield
    except SearchError as error:
        error.position, error.hint = call.position, error.hint or f"in {place}"
        raise


class Compiler:
    """Compiles the datasets of one model for one command."""

    def __init__(
        self, call: Call, search: Search, model: DataModel, needed: Container[Calculation] | None = None
    ) -> None:
        self._call = call
        self._search = search
        self._model = model
        self._needed = needed

    def level(self, dataset: Dataset, *, with_children: bool) -> Level:
        """Compile one dataset, and those below it where they are asked for."""
        place = f"data model {self._model.name}, dataset {dataset.name}"
        with _errors_at(self._call, place):
            text = "" if dataset.is_root else expand(dataset.search, self._search.environment).text
            matches = compile_filter(text or "*").matches
            calculations = [self._calculation(one.command) for one in dataset.calculations if self._is_needed(one)]
        children = self._model.children(dataset) if with_children else []
        return Level(dataset, matches, calculations, [self.level(one, with_children=True) for one in children])

    def _is_needed(self, calculation: Calculation) -> bool:
        return self._search.is_dry or self._needed is None or calculation in self._needed

    def _calculation(self, text: str) -> Step:
        expanded = "| " + expand(text, self._search.environment).text
        if len(split_pipeline(expanded)) != 1:
            raise SearchError(f"Error in '{self._call.name}' command: The calculation {text!r} is no single command.")
        return self._search.pipeline(expanded, 0, _inner(self._call, self._search), goes_on=True)

    def source(self, root: Dataset) -> Step:
        """Compile the search of a root dataset."""
        text = root.search if root.parent == BASE_SEARCH else f"search {root.search or '*'}"
        return compile_text(self._call, self._search, text, f"data model {self._model.name}, dataset {root.name}")

    def rows_of(self, dataset: Dataset) -> Step:
        """Return the step that gives a dataset's rows, their fields by plain names."""
        line = self._model.line(dataset)
        source = self.source(line[0])
        levels = [self.level(one, with_children=False) for one in line]
        children = [self.level(one, with_children=False) for one in self._model.children(dataset)]

        def step(stream: Stream) -> Stream:
            stream = source(stream)
            for level in levels:
                stream = level.calculated(stream.with_rows(level.taken(self._search.guard(stream.rows))))
            return stream.with_rows(_with_children(children, stream.rows))

        return step


def _with_children(children: list[Level], rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        for child in children:
            matches = child.matches(row)
            row[f"is_{child.dataset.name}"] = int(matches)
            row[f"is_not_{child.dataset.name}"] = int(not matches)
        yield row


def fields_of_dataset(model: DataModel, dataset: Dataset) -> dict[str, str]:
    """Return the plain name of every field of a dataset, with its name among all fields of the model."""
    names = {name: name for name in BASE_FIELDS}
    for one in model.line(dataset):
        names.update({field: one.qualified(field) for field in one.fields})
    for child in model.children(dataset):
        names.update({name: dataset.qualified(name) for name in child_flags(child)})
    return names


def child_flags(child: Dataset) -> tuple[str, str]:
    """Return the fields of the parent that say whether a row belongs to a dataset."""
    return f"is_{child.name}", f"is_not_{child.name}"


class Form(NamedTuple):
    """How a dataset is shown: only with its own fields, and by their plain names."""

    is_strict: bool
    is_flat: bool


def dataset_step(call: Call, search: Search, model: DataModel, dataset: Dataset, form: Form) -> Step:
    """Return the step that gives a dataset's rows as the datamodel and from commands show them."""
    rows_of = Compiler(call, search, model).rows_of(dataset)
    names = fields_of_dataset(model, dataset)
    renamed = {} if form.is_flat else {plain: name for plain, name in names.items() if plain != name}
    shown = ", ".join(quote(renamed.get(name, name)) for name in names)
    narrow = build_fields(call._replace(name="fields", arguments=shown), search) if form.is_strict else None

    def step(stream: Stream) -> Stream:
        stream = rows_of(stream)
        stream = replace(stream, rows=_renamed(renamed, stream.rows), order=None, declared=frozenset())
        return stream if narrow is None else narrow(stream)

    return step


def _renamed(names: dict[str, str], rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        for old, new in names.items():
            value = row.pop(old, None)
            if value is not None:
                row[new] = value
        yield row


def tree_rows(
    call: Call, search: Search, model: DataModel, root: Dataset, wanted: Container[str]
) -> Callable[[], Iterator[Row]]:
    """Return what gives the rows of a root with the wanted fields of all its datasets and their names in `nodename`."""
    with _errors_at(call, f"data model {model.name}"):
        compiler = Compiler(call, search, model, needed_calculations(model, root, wanted, search.environment))
    source, level = compiler.source(root), compiler.level(root, with_children=True)
    tree = _Tree.of(level, wanted)
    of_event = [name for name in OF_EVENT if name in wanted]

    def rows() -> Iterator[Row]:
        stream = source(Stream([]))
        for row in level.calculated(stream.with_rows(level.taken(search.guard(stream.rows)))).rows:
            whole: Row = {name: row[name] for name in of_event if name in row}
            nodes = list(tree.visited(row, whole))
            whole[NODE_NAME] = nodes if len(nodes) > 1 else nodes[0]
            yield whole

    return rows


@dataclass(frozen=True)
class _Tree:
    """A level with what is wanted of it: its fields, and for each child its flags and whether it is looked into."""

    level: Level
    fields: list[tuple[str, str]]
    children: "list[tuple[_Tree, tuple[str, str], bool]]"

    @classmethod
    def of(cls, level: Level, wanted: Container[str]) -> "_Tree":
        """Return the part of a tree that gives the wanted fields."""
        dataset = level.dataset
        fields = [(name, dataset.qualified(name)) for name in dataset.fields if dataset.qualified(name) in wanted]
        children = []
        for each in level.children:
            tree = cls.of(each, wanted)
            is_flag, is_not_flag = map(dataset.qualified, child_flags(each.dataset))
            is_flagged = is_flag in wanted or is_not_flag in wanted
            if tree.fields or tree.children or is_flagged or NODE_NAME in wanted:
                children.append((tree, (is_flag, is_not_flag), is_flagged))
        return cls(level, fields, children)

    def visited(self, row: Row, whole: Row) -> Iterator[str]:
        """Write the fields of a dataset and of those below it that take the row, and yield their lineages."""
        yield self.level.dataset.lineage
        for name, qualified in self.fields:
            value = row.get(name)
            if value is not None:
                whole[qualified] = value
        for child, (is_flag, is_not_flag), is_flagged in self.children:
            if is_flagged:
                matches = child.level.matches(row)
                whole[is_flag], whole[is_not_flag] = int(matches), int(not matches)
            if child.level.takes(row):
                yield from child.visited(child.level.calculated_row(row), whole)


def tree_fields(model: DataModel, root: Dataset) -> set[str]:
    """Return the names of the fields that rows of a root may have."""
    names = {*OF_EVENT, NODE_NAME}
    for dataset in model.below(root):
        names.update(dataset.qualified(field) for field in dataset.fields)
        names.update(dataset.qualified(name) for child in model.children(dataset) for name in child_flags(child))
    return names
