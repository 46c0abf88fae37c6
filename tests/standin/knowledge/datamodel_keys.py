"""The keys that may stand in the file of a data model, and the values that some of them take.

They are those of Splunk's own models (Splunk_SA_CIM), of recorded answers of splunkd, and of the classes of its SDK for
Java; no page lists them.
"""

from standin.datasets import COUNTS

MODEL_KEYS = frozenset(
    {"modelName", "displayName", "description", "editable", "objects", "objectNameList", "objectSummary"}
)
WORKED_OUT = frozenset(
    {"objectSearch", "objectSearchNoFields", "previewSearch", "autoextractSearch", "tsidxNamespace", "rootParent"}
)
TRANSACTION_KEYS = frozenset({"objectsToGroup", "groupByFields", "transactionMaxPause", "transactionMaxTimeSpan"})
OBJECT_KEYS = frozenset(
    {"objectName", "displayName", "parentName", "comment", "description", "editable", "fields", "calculations"}
    | {"constraints", "children", "lineage", "baseSearch"} | WORKED_OUT | TRANSACTION_KEYS
)  # fmt: skip
FIELD_KEYS = frozenset(
    {"fieldName", "displayName", "owner", "type", "fieldSearch", "required", "multivalue", "hidden", "editable"}
    | {"comment", "constraints"}
)  # fmt: skip
OUTPUT_KEYS = FIELD_KEYS | {"lookupOutputFieldName"}
CALCULATION_KEYS = frozenset(
    {"calculationID", "calculationType", "owner", "editable", "comment", "outputFields", "expression", "inputField"}
    | {"lookupName", "lookupField", "lookupInputs"}
)  # fmt: skip
CONSTRAINT_KEYS = frozenset({"search", "owner"})
INPUT_KEYS = frozenset({"inputField", "lookupField"})
TYPES = frozenset({"string", "number", "boolean", "timestamp", "ipv4"}) | COUNTS
OTHER_ROOTS = frozenset({"BaseTransaction", "BaseInterface", "BaseImplements"})
