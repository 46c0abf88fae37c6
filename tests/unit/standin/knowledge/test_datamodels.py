"""Files of data models: what they may say, and what is wrong with them at which line.

Keys are those of Splunk's own models (Splunk_SA_CIM), of recorded answers of splunkd and of the classes of its SDK.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from standin.datasets import DataModel
from standin.knowledge.datamodel_file import read_model_file
from unit.standin.doors import MODEL, as_handed_out, evaluated, field, model, with_object

Json = dict[str, Any]


def read(tmp_path: Path, content: object, name: str = "Doors") -> tuple[DataModel | None, list[str]]:
    """Return the model of a file and its problems without the folder."""
    file = tmp_path / f"{name}.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    found = read_model_file(file)
    return found.model, [str(problem).removeprefix(f"{tmp_path}/") for problem in found.problems]


def test_a_good_file(tmp_path: Path) -> None:
    """Every dataset has its lineage, its fields in order, what it requires and its calculations as commands."""
    found, problems = read(tmp_path, MODEL)

    assert problems == []
    assert found is not None
    assert [one.lineage for one in found.datasets.values()] == [
        "Access", "Access.Denied", "Access.Denied.Forced", "Access.Granted", "Shifts",
    ]  # fmt: skip
    access = found.datasets["Access"]
    assert access.fields == ("who", "door", "tag", "result", "floor", "team")
    assert access.required == ("door",)
    assert access.calculations[1:] == (
        (r'rex field="door" max_match=1 "^(?<floor>\\d+)-"', ("floor",)),
        ('lookup "people" "name" AS "who" OUTPUT "group" AS "team"', ("team",)),
    )


def test_what_splunkd_adds_changes_nothing(tmp_path: Path) -> None:
    """A model that was saved from splunkd's answer means the same as the file that it came from."""
    plain, _ = read(tmp_path, MODEL)
    handed, problems = read(tmp_path, as_handed_out(MODEL))

    assert problems == []
    assert handed == plain


def denied(**changes: object) -> Json:
    """Return the model with a change in its second object."""
    return with_object("Denied", **changes)


LOOKUP = {"calculationType": "Lookup", "lookupName": "x", "outputFields": [field("y")]}
CASES = [
    pytest.param("{", "1: syntax: no JSON: ", id="no-json"),
    pytest.param("[" * 100_000, "1: syntax: no JSON that can be read", id="deep"),
    pytest.param("[]", "1: model: a data model is a JSON object", id="list"),
    pytest.param(model(nonsense=1), "model: a data model has no key 'nonsense'", id="key"),
    pytest.param(model(modelName="Other"), "2: model: modelName 'Other' is not the name of the file", id="name"),
    pytest.param(model(objects=[1]), "5: model: objects is a list of objects", id="objects"),
    pytest.param('{"modelName": "Doors",\n "modelName": "Doors"}', "1: model: 'modelName' stands twice", id="twice"),
    pytest.param(denied(nonsense=1), "model: an object has no key 'nonsense'", id="object-key"),
    pytest.param(denied(objectName="a b"), "model: objectName 'a b' is not made of letters", id="object-name"),
    pytest.param(denied(objectName="Access"), "model: object 'Access' stands twice", id="object-twice"),
    pytest.param(denied(parentName="Nothing"), "model: no object 'Nothing', which 'Denied' has as its parent", id="parent"),
    pytest.param(denied(parentName="Forced"), "model: object 'Denied' is its own ancestor", id="circle"),
    pytest.param(denied(parentName=1), "model: parentName is a text", id="parent-type"),
    pytest.param(denied(parentName="BaseTransaction"), "unsupported: parentName BaseTransaction is right", id="transaction"),
    pytest.param(denied(groupByFields=["a"]), "unsupported: groupByFields is right", id="transaction-key"),
    pytest.param(denied(lineage="Denied"), "model: lineage 'Denied' is not 'Access.Denied'", id="lineage"),
    pytest.param(denied(baseSearch="x"), "model: baseSearch belongs to a BaseSearch only", id="base-search"),
    pytest.param(with_object("Shifts", baseSearch=" "), "model: object 'Shifts' has no baseSearch", id="no-base-search"),
    pytest.param(with_object("Shifts", constraints=[{"search": "x"}]), "unsupported: constraints of a BaseSearch", id="both"),
    pytest.param(denied(constraints=[{"find": "x", "search": ""}]), "model: a constraint has no key 'find'", id="constraint"),
    pytest.param(denied(constraints=[{}]), "model: search is missing", id="no-search"),
    pytest.param(denied(fields=[field("x", nonsense=1)]), "model: a field has no key 'nonsense'", id="field-key"),
    pytest.param(denied(fields=[field("a b")]), "model: fieldName 'a b' is empty or holds blanks", id="field-name"),
    pytest.param(denied(fields=[field("x", type="int")]), "model: no type 'int'", id="type"),
    pytest.param(denied(fields=[field("x", required="yes")]), "model: required is true or false", id="flag"),
    pytest.param(denied(fields=[field("x", fieldSearch="x>1")]), "unsupported: fieldSearch other than FIELD=*", id="field-search"),
    pytest.param(denied(fields=[field("x", constraints=["y"])]), "unsupported: constraints of a field", id="field-constraint"),
    pytest.param(denied(fields=[field("x", owner="Shifts")]), "model: owner 'Shifts' is neither 'Denied' nor an ancestor", id="owner"),
    pytest.param(denied(fields=[field("x", owner="BaseEvent")]), "model: owner 'BaseEvent' is neither 'Denied' nor an", id="base-owner"),
    pytest.param(denied(fields=[field("who")]), "unsupported: field 'who' of 'Denied', which its ancestor 'Access' has", id="again"),
    pytest.param(denied(calculations=[{"x": 1}]), "model: a calculation has no key 'x'", id="calculation-key"),
    pytest.param(denied(calculations=[{"calculationType": "Sum"}]), "model: no calculationType 'Sum'", id="calculation-type"),
    pytest.param(denied(calculations=[{"calculationType": "GeoIP"}]), "unsupported: calculationType GeoIP is right", id="geo-ip"),
    pytest.param(denied(calculations=[{"calculationType": "Rex"}]), "model: a calculation of type Rex has 0 outputFields", id="outputs"),
    pytest.param(denied(calculations=[{**evaluated("x", "1"), "outputFields": []}]), "type Eval has 0 outputFields", id="no-output"),
    pytest.param(
        denied(calculations=[{**evaluated("x", "1"), "outputFields": [field("x"), field("y")]}]),
        "model: a calculation of type Eval has 2 outputFields",
        id="two-outputs",
    ),
    pytest.param(
        denied(calculations=[{**evaluated("x", "1"), "outputFields": [field("x", required=True)]}]),
        "unsupported: a calculated field that is required",
        id="required-output",
    ),
    pytest.param(
        denied(calculations=[{**LOOKUP, "lookupInputs": [{"lookupField": "a", "inputField": "b", "c": 1}]}]),
        "model: an input of a lookup has no key 'c'",
        id="lookup-input",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), CASES)
def test_each_fault_is_named(tmp_path: Path, content: object, expected: str) -> None:
    """What is wrong is a problem with its file, its line and its name."""
    _, problems = read(tmp_path, content)

    assert [problem for problem in problems if problem.startswith("Doors.json:") and expected in problem]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(with_object("Access", constraints=[{"search": ""}]), id="empty-constraint"),
        pytest.param(with_object("Forced", constraints=[{"search": "x", "owner": "Denied"}]), id="owner-by-name"),
    ],
)
def test_what_is_no_fault(tmp_path: Path, content: object) -> None:
    """An empty constraint holds for all; an ancestor may be named by its name alone."""
    found, problems = read(tmp_path, content)

    assert problems == []
    assert found is not None
    assert "" in {one.search for one in found.datasets.values()}


def test_the_line_is_that_of_the_fault(tmp_path: Path) -> None:
    """A problem points at the key inside the object that it is about, not at the first of that name."""
    text = json.dumps(denied(fields=[field("x"), field("y", type="int")]), indent=1)
    wanted = next(number for number, line in enumerate(text.splitlines(), 1) if '"int"' in line)

    assert read(tmp_path, text)[1] == [f"Doors.json:{wanted}: model: no type 'int'"]


def test_other_encodings_are_problems(tmp_path: Path) -> None:
    """A file that is not UTF-8 is a problem, not a traceback."""
    file = tmp_path / "Doors.json"
    file.write_bytes(b'{"modelName": "\xff"}')

    assert [problem.kind for problem in read_model_file(file).problems] == ["encoding"]
