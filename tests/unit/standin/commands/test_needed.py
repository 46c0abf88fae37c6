"""Which calculations a tstats runs, and that leaving the others out changes nothing."""

import pytest

from standin.commands.needed import needed_calculations
from standin.datasets import BASE_EVENT, Calculation, DataModel, Dataset
from standin.environment import Macro
from standin.values.multivalue import as_text
from unit.standin.doors import doors
from unit.standin.laboratory import MakeLab
from unit.standin.searching import MemoryEnvironment


def model(*calculations: tuple[str, str], constraint: str = "kind=x", required: tuple[str, ...] = ()) -> DataModel:
    """Return a model of a root with these calculations (field, expression) and one child."""
    made = tuple(Calculation(f'eval "{name}"={expression}', (name,)) for name, expression in calculations)
    fields = tuple(name for name, _ in calculations)
    root = Dataset("R", BASE_EVENT, "R", "*", fields, required, made)
    return DataModel("M", {"R": root, "C": Dataset("C", "R", "R.C", constraint)})


@pytest.mark.parametrize(
    ("of", "wanted", "expected"),
    [
        pytest.param(model(("a", "1"), ("b", "2")), {"R.a"}, ["a"], id="wanted"),
        pytest.param(model(("a", "1"), ("b", "a.c")), {"R.b"}, ["a", "b"], id="read-by-a-wanted-one"),
        pytest.param(model(("a", "1"), ("b", "a"), ("c", "b")), {"R.c"}, ["a", "b", "c"], id="read-by-a-reader"),
        pytest.param(model(("a", "1"), ("b", 'searchmatch("a=1")')), {"R.b"}, ["a", "b"], id="read-in-quotes"),
        pytest.param(model(("kind", "1"), ("b", "2")), set(), ["kind"], id="read-by-a-constraint"),
        pytest.param(model(("a", "1"), ("b", "2"), constraint="`m`"), set(), ["b"], id="read-by-a-macro"),
        pytest.param(model(("a", "1"), ("b", "2"), required=("b",)), set(), ["b"], id="required"),
        pytest.param(model(("a.b", "1"), ("_raw", "2"), ("c", "3")), set(), ["_raw", "a.b"], id="not-to-be-told"),
        pytest.param(model(("host", "1"), ("c", "3")), {"host"}, ["host"], id="default-field"),
        pytest.param(model(("a", "1")), {"a"}, [], id="another-name"),
    ],
)
def test_needed(of: DataModel, wanted: set[str], expected: list[str]) -> None:
    """Wanted fields are calculated, with all that their calculations, constraints and required fields name."""
    environment = MemoryEnvironment(macros={("m", 0): Macro("b=2")})

    found = needed_calculations(of, of.datasets["R"], wanted, environment)

    assert sorted(output for each in found for output in each.outputs) == expected


@pytest.mark.parametrize("dataset", ["Access", "Access.Denied", "Access.Denied.Forced", "Access.Granted"])
def test_tstats_and_datamodel_agree(lab: MakeLab, dataset: str) -> None:
    """For every field of a dataset tstats counts what stats counts over the rows of the datamodel command."""
    laboratory = doors(lab)
    name = dataset.rpartition(".")[2]
    fields = laboratory.head.search(f"| datamodel Doors {name} search", user=laboratory.user, app=laboratory.app).fields

    for field in [each for each in fields if not each.startswith("_")]:
        by_model = laboratory.search(f'| datamodel Doors {name} search | stats count by "{field}"')
        by_index = laboratory.search(
            f'| tstats count from datamodel=Doors.Access where nodename={dataset} by "{field}"'
        )
        assert [[as_text(value) for value in row.values()] for row in by_index] == [
            [as_text(value) for value in row.values()] for row in by_model
        ], field
