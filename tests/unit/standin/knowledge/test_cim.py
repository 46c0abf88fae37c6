"""The Common Information Model 8.5.0 in the stand-in: its models are built from a table of facts beside the repository.

The table has a row for each field: model, dataset, parent, constraint, base search, expression. It says nothing of the
names of lookups, so fields from lookups are left out, nor of datasets without fields of their own: four are added.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from standin.checking import check_apps
from standin.events import Origin
from standin.values.multivalue import as_text
from unit.standin.doors import evaluated, field
from unit.standin.laboratory import Lab, MakeApp

TABLE = "cim-8.5.0.csv"
BASE = ("_time", "host", "source", "sourcetype")
CONFS = {
    "default/props.conf": "[change]\nKV_MODE = json\n",
    "default/eventtypes.conf": "[changes]\nsearch = sourcetype=change\n[accounts]\nsearch = sourcetype=change kind=user\n"
    "[logins]\nsearch = sourcetype=login\n",
    "default/tags.conf": "[eventtype=changes]\nchange = enabled\n[eventtype=accounts]\naccount = enabled\n"
    "[eventtype=logins]\nauthentication = enabled\n",
}
WITHOUT_FIELDS = {
    "Accounts_Created": ("Change", "Account_Management", 'action="created"'),
    "Endpoint_Changes": ("Change_Analysis", "All_Changes", "tag=endpoint"),
    "Failed_Authentication": ("Authentication", "Authentication", 'action="failure" OR result="failure"'),
    "Successful_Authentication": ("Authentication", "Authentication", 'action="success" OR result="success"'),
}
Row = dict[str, str]


def model_files(table: Path) -> dict[str, str]:
    """Return the files of an app with every model of the table."""
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = sorted({row["model"] for row in rows})
    macros = "".join(f"[cim_{name}_indexes]\ndefinition = index=main\n" for name in names)
    models = {
        f"default/data/models/{name}.json": json.dumps(
            {"modelName": name, "displayName": name, "objects": list(objects(rows, name))}
        )
        for name in names
    }
    return {**CONFS, **models, "default/macros.conf": macros + "[cim_datamodelinfo]\ndefinition = makeresults\n"}


def objects(rows: list[Row], model: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of one model, each from the rows of its fields."""
    ours = [row for row in rows if row["model"] == model]
    for name in dict.fromkeys(row["object_name"] for row in ours):
        fields = [row for row in ours if row["object_name"] == name and row["field_name"] not in BASE]
        head = next(row for row in ours if row["object_name"] == name)
        yield {
            "objectName": name,
            "displayName": name,
            "parentName": head["parentName"],
            "fields": [field(row["field_name"], type=row["type"]) for row in fields if not row["calculation_type"]],
            "calculations": [calculation(row) for row in fields if row["calculation_type"] in ("Eval", "Rex")],
            **(
                {"baseSearch": head["base_search"]}
                if head["parentName"] == "BaseSearch"
                else {"constraints": [{"search": head["constraints"]}]}
            ),
        }
    for name, (of_model, parent, constraint) in WITHOUT_FIELDS.items():
        if of_model == model:
            yield {"objectName": name, "parentName": parent, "constraints": [{"search": constraint}]}


def calculation(row: Row) -> dict[str, Any]:
    """Return the calculation of one field."""
    made = evaluated(row["field_name"], row["expression"])
    return made if row["calculation_type"] == "Eval" else {**made, "calculationType": "Rex", "inputField": "_raw"}


@pytest.fixture
def cim(make_app: MakeApp, shared_data: Path) -> Path:
    """Return an app with all models."""
    if not (shared_data / TABLE).is_file():
        pytest.skip(f"no {TABLE} in {shared_data}")
    return make_app(model_files(shared_data / TABLE))


def test_every_model_compiles(cim: Path) -> None:
    """All searches, constraints and calculations of the 27 models compile, but one command that is not supported."""
    found = [problem for problem in check_apps([cim]) if problem.file.suffix == ".json"]

    assert len(list(cim.glob("default/data/models/*.json"))) == 27
    assert [(problem.file.stem, problem.kind, problem.message) for problem in found] == [
        ("Malware", "unsupported", "not supported by this stand-in: command tags")
    ]


CHANGES = [
    {"kind": "user", "user": "bob", "action": "created", "src_user": "ann", "object": "bob"},
    {"kind": "user", "user": "eve", "action": "deleted", "object": "eve"},
    {"kind": "host", "user": "ann", "action": "modified", "object": "h1", "dest": "d"},
]
LOGINS = [{"user": "bob", "action": "failure", "src": "1.2.3.4"}, {"user": "ann", "action": "success"}]


@pytest.mark.parametrize(
    ("spl", "expected"),
    [
        ("| tstats count from datamodel=Change.All_Changes by All_Changes.dest", [("d", "1"), ("unknown", "2")]),
        ("| tstats count from datamodel=Change where nodename=All_Changes.Account_Management"
         " by All_Changes.Account_Management.src_user", [("ann", "1"), ("unknown", "1")]),
        ("| tstats count from datamodel=Change.All_Changes where nodename=All_Changes.Account_Management.Accounts_Created"
         " by All_Changes.user", [("bob", "1")]),
        ('| from datamodel:"Authentication"."Failed_Authentication" | stats count by src', [("1.2.3.4", "1")]),
        ("| datamodel Authentication Authentication search | stats count by Authentication.app", [("login", "2")]),
        ("| tstats count from datamodel=Authentication.Authentication where Authentication.is_Successful_Authentication=1"
         " by Authentication.user", [("ann", "1")]),
    ],
)  # fmt: skip
def test_searches_of_change_and_authentication(cim: Path, spl: str, expected: list[tuple[str, str]]) -> None:
    """Events with the tags of a model are its rows, and missing fields are `unknown`, as the expressions say."""
    laboratory = Lab(cim)
    for sourcetype, events in (("change", CHANGES), ("login", LOGINS)):
        for event in events:
            laboratory.head.pipeline.index_hec_event(json.dumps(event), Origin("main", "h", "s", sourcetype), 1.0, {})

    assert [tuple(as_text(value) for value in row.values()) for row in laboratory.search(spl)] == expected


@pytest.mark.parametrize(("model", "root"), [("Change", "All_Changes"), ("Authentication", "Authentication")])
def test_tstats_and_datamodel_agree(cim: Path, model: str, root: str) -> None:
    """For every field tstats counts what stats counts over the rows of the datamodel command."""
    laboratory = Lab(cim)
    for sourcetype, events in (("change", CHANGES), ("login", LOGINS)):
        for event in events:
            laboratory.head.pipeline.index_hec_event(json.dumps(event), Origin("main", "h", "s", sourcetype), 1.0, {})
    rows = f"| datamodel {model} {root} search"
    fields = laboratory.head.search(rows, user=laboratory.user, app=laboratory.app).fields

    for name in [each for each in fields if each.startswith(root)]:
        expected = laboratory.search(f"{rows} | stats count by {name}")
        found = laboratory.search(f"| tstats count from datamodel={model}.{root} by {name}")
        assert [list(map(as_text, row.values())) for row in found] == [
            list(map(as_text, row.values())) for row in expected
        ], name
