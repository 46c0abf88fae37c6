"""Which calculations of a data model a tstats needs: those of the fields that it asks for, and what these read.

A calculation reads what its text names, in quotes or not, so none is left out that might be read. Constraints and
required fields of the datasets below the root read as well.
"""

import re
from collections.abc import Container, Iterator

from standin.datasets import Calculation, DataModel, Dataset
from standin.environment import Environment
from standin.language.macros import expand

WORD = re.compile(r"\w+")


def needed_calculations(
    model: DataModel, root: Dataset, wanted: Container[str], environment: Environment
) -> frozenset[Calculation]:
    """Return the calculations without which a wanted field or the place of a row in the tree might differ."""
    read = set(_read_by_all(model, root, wanted, environment))
    left = {each for dataset in model.below(root) for each in dataset.calculations}
    found: set[Calculation] = set()
    while more := {each for each in left if any(_is_read(output, read) for output in each.outputs)}:
        left -= more
        found |= more
        for each in more:
            read.update(WORD.findall(expand(each.command, environment).text))
    return frozenset(found)


def _is_read(name: str, read: set[str]) -> bool:
    return name in read or name.startswith("_") or WORD.fullmatch(name) is None


def _read_by_all(model: DataModel, root: Dataset, wanted: Container[str], environment: Environment) -> Iterator[str]:
    for dataset in model.below(root):
        yield from dataset.required
        yield from (name for name in dataset.fields if dataset.qualified(name) in wanted)
        if dataset is not root:
            yield from WORD.findall(expand(dataset.search, environment).text)
