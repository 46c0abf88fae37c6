"""What a data model says, as the commands need it: datasets in a tree, each a search, filters and calculations.

A field of a dataset has the name of its owner's lineage in front, `Root.Child.field`; `_time host source sourcetype`
belong to every dataset and have none. `knowledge.datamodels` reads them, `commands.datasets` makes rows of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

BASE_FIELDS = ("_time", "host", "source", "sourcetype")
BASE_EVENT, BASE_SEARCH = "BaseEvent", "BaseSearch"
ROOTS = frozenset({BASE_EVENT, BASE_SEARCH})
COUNTS = frozenset({"objectCount", "childCount"})  # types of the fields that splunkd adds to a model


class Calculation(NamedTuple):
    """A command with its arguments, and the fields that it gives."""

    command: str
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """One dataset: its own share only, without what it inherits."""

    name: str
    parent: str
    lineage: str
    search: str  # the constraint, of a root search the whole search; macros not yet put in
    fields: tuple[str, ...] = ()  # extracted and calculated, in the order of the file
    required: tuple[str, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    description: str = ""  # the JSON that the datamodel command shows

    @property
    def is_root(self) -> bool:
        """Tell whether the dataset has no parent in its model."""
        return self.parent in ROOTS

    def qualified(self, field: str) -> str:
        """Return the name of a field of this dataset as searches of the whole model write it."""
        return field if field in BASE_FIELDS else f"{self.lineage}.{field}"


@dataclass(frozen=True)
class DataModel:
    """One data model: its datasets by name, and what datamodels.conf sets for it."""

    name: str
    datasets: Mapping[str, Dataset]
    is_strict: bool = True
    is_accelerated: bool = False
    description: str = ""

    def roots(self) -> list[Dataset]:
        """Return the datasets without a parent."""
        return [one for one in self.datasets.values() if one.is_root]

    def children(self, dataset: Dataset) -> list[Dataset]:
        """Return the datasets that narrow one dataset, in the order of the file."""
        return [one for one in self.datasets.values() if not one.is_root and one.parent == dataset.name]

    def line(self, dataset: Dataset) -> list[Dataset]:
        """Return the datasets from the root to one dataset."""
        line = [dataset]
        while not line[0].is_root:
            line.insert(0, self.datasets[line[0].parent])
        return line

    def below(self, dataset: Dataset) -> Iterator[Dataset]:
        """Yield a dataset and everything that narrows it."""
        yield dataset
        for child in self.children(dataset):
            yield from self.below(child)
