"""The JSON that the datamodel command shows: every dataset with what it inherits, and who each part belongs to.

Recorded from splunkd: `owner` is a lineage or BaseEvent, a dataset has a field that counts its rows, and a calculation
`is_CHILD` and `is_not_CHILD` for each dataset right below it. The searches that splunkd adds are left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from standin.datasets import BASE_EVENT, BASE_FIELDS, COUNTS, DataModel, Dataset
from standin.knowledge.located import Located
from standin.values import jsontext

Json = jsontext.Json
Objects = Mapping[str, Located]


def described(model: DataModel, objects: Objects) -> DataModel:
    """Return a model with the JSON of itself and of each dataset."""
    listed = {name: _object(model, one, objects) for name, one in model.datasets.items()}
    datasets = {name: replace(one, description=jsontext.dump(listed[name])) for name, one in model.datasets.items()}
    top: dict[str, Json] = {
        "modelName": model.name,
        "objectNameList": list(listed),
        "objectSummary": {
            "Event-Based": sum(model.line(one)[0].parent == BASE_EVENT for one in model.datasets.values()),
            "Transaction-Based": 0,
            "Search-Based": sum(model.line(one)[0].parent != BASE_EVENT for one in model.datasets.values()),
        },
        "objects": list(listed.values()),
    }
    return replace(model, datasets=datasets, description=jsontext.dump(top))


def _object(model: DataModel, dataset: Dataset, objects: Objects) -> dict[str, Json]:
    line = model.line(dataset)
    own = objects[dataset.name]
    return {
        "objectName": dataset.name,
        "displayName": str(own.get("displayName", dataset.name)),
        "parentName": dataset.parent,
        "comment": own.get("comment", ""),
        "lineage": dataset.lineage,
        "children": [child.name for child in model.children(dataset)],
        "fields": [*_fields(line, objects), _field(dataset.name, dataset.lineage, "objectCount")],
        "calculations": [*_inherited(line, objects, "calculations"), *_children(model, dataset)],
        "constraints": list(_inherited(line, objects, "constraints")),
    }


def _fields(line: list[Dataset], objects: Objects) -> Iterator[Json]:
    own = list(_inherited(line, objects, "fields"))
    named = [each.get("fieldName") for each in own]
    for name in BASE_FIELDS:
        if name not in named:
            yield _field(name, BASE_EVENT, "timestamp" if name == "_time" else "string")
    yield from own


def _inherited(line: list[Dataset], objects: Objects, key: str) -> Iterator[dict[str, Json]]:
    for dataset in line:
        for each in objects[dataset.name].get(key, []):
            if each.get("owner") in (None, dataset.name, dataset.lineage) and not _is_count(each):
                yield {**each, "owner": dataset.lineage}


def _is_count(entry: Located) -> bool:
    """Tell whether splunkd added a field or a calculation."""
    outputs = entry.get("outputFields") or [entry]
    return all(each.get("type", "") in COUNTS for each in outputs)


def _children(model: DataModel, dataset: Dataset) -> Iterator[Json]:
    for child in model.children(dataset):
        for name, condition in (("is_", f"  {child.search} "), ("is_not_", f"NOT(  {child.search} )")):
            text = condition.replace("\\", "\\\\").replace('"', '\\"')
            yield {
                "owner": dataset.lineage,
                "calculationType": "Eval",
                "expression": f'if(searchmatch("{text}"),1,0)',
                "outputFields": [_field(name + child.name, dataset.lineage, "childCount")],
            }


def _field(name: str, owner: str, kind: str) -> dict[str, Json]:
    return {
        "fieldName": name,
        "displayName": name,
        "owner": owner,
        "type": kind,
        "required": False,
        "multivalue": False,
        "hidden": False,
    }
