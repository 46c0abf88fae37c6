"""A small data model for tests: doors that somebody opened or could not open, and a search over the same events.

Access (events tagged access) ▶ Denied ▶ Forced;  Access ▶ Granted;  Shifts (a search)
"""

import json
from copy import deepcopy
from typing import Any

from standin.events import Origin
from unit.standin.laboratory import Lab, MakeLab

Json = dict[str, Any]
START = 1_785_600_000.0  # 2026-08-01T16:00:00Z
ORIGIN = Origin("doors", "gate", "/log/doors", "door")
EVENTS = [
    (0, {"who": "ann", "door": "1-a", "result": "granted"}),
    (60, {"who": "bob", "door": "2-b", "result": "denied"}),
    (120, {"who": "eve", "door": "2-b", "result": "denied", "reason": "force"}),
    (3600, {"who": "ann", "door": "1-c"}),
    (3660, {"who": "dan", "result": "granted"}),  # no door: the model requires one
    (3720, {"note": "swept"}),  # not tagged
]


def field(name: str, **more: object) -> Json:
    """Return a field as model files write it."""
    given = {"fieldName": name, "displayName": name, "type": "string", "fieldSearch": "", "required": False}
    return {**given, "multivalue": False, "hidden": False, "comment": "", **more}


def evaluated(name: str, expression: str) -> Json:
    """Return a calculation of type Eval."""
    return {
        "calculationID": f"eval_{name}",
        "calculationType": "Eval",
        "outputFields": [field(name)],
        "expression": expression,
    }


MODEL: Json = {
    "modelName": "Doors",
    "displayName": "Doors",
    "description": "who went where",
    "objects": [
        {
            "objectName": "Access",
            "displayName": "Access",
            "parentName": "BaseEvent",
            "comment": {"tags": ["access"]},
            "fields": [field("who"), field("door", required=True), field("tag", multivalue=True)],
            "calculations": [
                evaluated("result", 'if(isnull(result) OR result="", "unknown", result)'),
                {
                    "calculationID": "floor",
                    "calculationType": "Rex",
                    "inputField": "door",
                    "expression": r"^(?<floor>\d+)-",
                    "outputFields": [field("floor", type="number")],
                },
                {
                    "calculationID": "team",
                    "calculationType": "Lookup",
                    "lookupName": "people",
                    "lookupInputs": [{"lookupField": "name", "inputField": "who"}],
                    "outputFields": [field("team", lookupOutputFieldName="group")],
                },
            ],
            "constraints": [{"search": "(`doors_indexes`) tag=access"}],
            "children": [],
        },
        {
            "objectName": "Denied",
            "displayName": "Denied",
            "parentName": "Access",
            "fields": [],
            "calculations": [evaluated("reason", 'coalesce(reason, "none")')],
            "constraints": [{"search": 'result="denied"'}],
        },
        {
            "objectName": "Forced",
            "displayName": "Forced",
            "parentName": "Denied",
            "fields": [],
            "calculations": [],
            "constraints": [{"search": "reason=force"}],
        },
        {
            "objectName": "Granted",
            "displayName": "Granted",
            "parentName": "Access",
            "fields": [],
            "calculations": [],
            "constraints": [{"search": "result=granted"}],
        },
        {
            "objectName": "Shifts",
            "displayName": "Shifts",
            "parentName": "BaseSearch",
            "baseSearch": 'search index=doors who=* | eval shift=if(_time<1785602000, "early", "late")',
            "fields": [field("shift"), field("who")],
            "calculations": [],
        },
    ],
}
FILES = {
    "default/macros.conf": "[doors_indexes]\ndefinition = index=doors\n",
    "default/eventtypes.conf": "[door_access]\nsearch = sourcetype=door who=*\n",
    "default/tags.conf": "[eventtype=door_access]\naccess = enabled\n",
    "default/transforms.conf": "[people]\nfilename = people.csv\n",
    "lookups/people.csv": "name,group\nann,red\nbob,blue\n",
    "default/props.conf": "[door]\nKV_MODE = json\n",
    "default/savedsearches.conf": "[Top doors]\nsearch = index=doors door=* | stats count by door\n",
}
PATH = "default/data/models/Doors.json"


def model(**changes: object) -> Json:
    """Return the model with other values at its top."""
    return {**deepcopy(MODEL), **changes}


def with_object(name: str, **changes: object) -> Json:
    """Return the model with other values in one of its objects."""
    changed = deepcopy(MODEL)
    for one in changed["objects"]:
        if one["objectName"] == name:
            one.update(changes)
    return changed


def as_handed_out(content: Json) -> Json:
    """Return the model as splunkd hands it out: inherited entries with their owner, counts, searches."""
    handed = deepcopy(content)
    base = [field(name, owner="BaseEvent") for name in ("_time", "host", "source", "sourcetype")]
    root, denied = handed["objects"][0], handed["objects"][1]
    for one in root["fields"]:
        one["owner"] = "Access"
    for one in [*root["calculations"], *root["constraints"]]:
        one["owner"] = "Access"
    denied["constraints"][0]["owner"] = "Access.Denied"
    denied["constraints"].insert(0, {"search": root["constraints"][0]["search"], "owner": "Access"})
    denied["fields"] = [*base, *deepcopy(root["fields"]), field("Denied", owner="Access.Denied", type="objectCount")]
    denied["calculations"][:0] = deepcopy(root["calculations"])
    flag = evaluated("is_Denied", 'if(searchmatch("x"),1,0)')
    flag["outputFields"][0]["type"] = "childCount"
    root["calculations"].append(flag)
    root["fields"] = [*base, *root["fields"], field("Access", owner="Access", type="objectCount")]
    root.update(lineage="Access", children=["Denied", "Granted"], objectSearch="x", previewSearch="y")
    denied.update(lineage="Access.Denied", tsidxNamespace="")
    handed.update(objectNameList=["Access"], objectSummary={"Event-Based": 4}, editable=False)
    return handed


def files(content: Json | str = MODEL, **confs: str) -> dict[str, str]:
    """Return the files of an app with this data model."""
    text = content if isinstance(content, str) else json.dumps(content, indent=1)
    return {**FILES, PATH: text, **{f"default/{conf}.conf": body for conf, body in confs.items()}}


def doors(lab: MakeLab, content: Json | str = MODEL, **confs: str) -> Lab:
    """Return a search head over the model and its events."""
    laboratory = lab(files(content, **confs))
    laboratory.store.create_index("doors")
    for offset, event in EVENTS:
        laboratory.head.pipeline.index_hec_event(json.dumps(event), ORIGIN, START + offset, {})
    return laboratory
