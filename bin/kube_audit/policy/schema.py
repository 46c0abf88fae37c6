"""The Go types that a policy is decoded into, and decoding in their words.

The first wrong type, in the order of the value, is the error; unknown and repeated fields are collected as the
strict decoder does and are warnings since 1.26. Field names are case-sensitive.
"""

import datetime
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

from kube_audit.policy.go_text import go_quote
from kube_audit.policy.values import Object, Value

Path = Tuple[Union[str, int], ...]


class Plain(NamedTuple):
    """A string, bool or int64, under the Go name that errors print."""

    go_name: str
    kind: str


class Listed(NamedTuple):
    """A list of one type."""

    element: "Type"

    @property
    def go_name(self) -> str:
        """The Go name of the list."""
        return f"[]{self.element.go_name}"


class Texts(NamedTuple):
    """A map from string to string."""

    go_name: str = "map[string]string"


class Time(NamedTuple):
    """A time in RFC 3339."""

    go_name: str = "v1.Time"


class Struct(NamedTuple):
    """A struct with its fields by their JSON names."""

    go_name: str
    fields: Dict[str, "Type"]


Type = Union[Plain, Listed, Texts, Time, Struct]

STRING = Plain("string", "string")
BOOL = Plain("bool", "bool")
INT64 = Plain("int64", "number")
STRINGS = Listed(STRING)
STAGE_LIST = Listed(Plain("v1.Stage", "string"))
ANY_OBJECT = Struct("v1.FieldsV1", {})

GROUP_RESOURCES = Struct("v1.GroupResources", {"group": STRING, "resources": STRINGS, "resourceNames": STRINGS})
RULE = Struct(
    "v1.PolicyRule",
    {
        "level": Plain("v1.Level", "string"),
        "users": STRINGS,
        "userGroups": STRINGS,
        "verbs": STRINGS,
        "resources": Listed(GROUP_RESOURCES),
        "namespaces": STRINGS,
        "nonResourceURLs": STRINGS,
        "omitStages": STAGE_LIST,
        "omitManagedFields": BOOL,
    },
)
OWNER = Struct(
    "v1.OwnerReference",
    {
        "apiVersion": STRING,
        "kind": STRING,
        "name": STRING,
        "uid": Plain("types.UID", "string"),
        "controller": BOOL,
        "blockOwnerDeletion": BOOL,
    },
)
MANAGED_FIELDS = Struct(
    "v1.ManagedFieldsEntry",
    {
        "manager": STRING,
        "operation": Plain("v1.ManagedFieldsOperationType", "string"),
        "apiVersion": STRING,
        "time": Time(),
        "fieldsType": STRING,
        "fieldsV1": ANY_OBJECT,
        "subresource": STRING,
    },
)
METADATA = Struct(
    "v1.ObjectMeta",
    {
        **dict.fromkeys(("name", "generateName", "namespace", "selfLink", "resourceVersion"), STRING),
        "uid": Plain("types.UID", "string"),
        "generation": INT64,
        "creationTimestamp": Time(),
        "deletionTimestamp": Time(),
        "deletionGracePeriodSeconds": INT64,
        "labels": Texts(),
        "annotations": Texts(),
        "ownerReferences": Listed(OWNER),
        "finalizers": STRINGS,
        "managedFields": Listed(MANAGED_FIELDS),
    },
)
POLICY = Struct(
    "v1.Policy",
    {
        "kind": STRING,
        "apiVersion": STRING,
        "metadata": METADATA,
        "rules": Listed(RULE),
        "omitStages": STAGE_LIST,
        "omitManagedFields": BOOL,
    },
)


class TypeFault(NamedTuple):
    """A value of the wrong type."""

    reason: str
    path: Path


class StrictFault(NamedTuple):
    """A field that the type does not have, or (in JSON) one that stands twice."""

    warning: str
    path: Path
    is_duplicate: bool
    struct: str


class Decoded(NamedTuple):
    """What decoding found; the value itself is read with `values.Object.get`."""

    fault: Optional[TypeFault]
    strict: Tuple[StrictFault, ...]


def decode(value: Value, kind: Struct) -> Decoded:
    """Check a value against a struct as the API server's strict decoder does."""
    walk = _Walk()
    walk.check(value, kind, (), (kind.go_name, ()))
    return Decoded(walk.fault, tuple(walk.strict))


def json_kind(value: Value) -> str:
    """Name the kind of a JSON value as Go's decoder does."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


_Context = Tuple[str, Tuple[str, ...]]


class _Walk:
    """One pass over a value; keeps the first wrong type and every strict fault."""

    def __init__(self) -> None:
        self.fault: Optional[TypeFault] = None
        self.strict: List[StrictFault] = []

    def check(self, value: Value, kind: Type, path: Path, context: _Context) -> None:
        if value is None:
            return
        if isinstance(kind, Struct) and isinstance(value, Object):
            self._check_struct(value, kind, path, context[1])
        elif isinstance(kind, Listed) and isinstance(value, list):
            for index, item in enumerate(value):
                self.check(item, kind.element, (*path, index), context)
        elif isinstance(kind, Texts) and isinstance(value, Object):
            for key, item in value.members:
                self.check(item, STRING, (*path, key), context)
        elif isinstance(kind, Time) and isinstance(value, str):
            self._check_time(value, path)
        elif not (isinstance(kind, Plain) and self._fits(value, kind)):
            self._report(value, kind, path, context)

    def _check_struct(self, value: Object, kind: Struct, path: Path, fields: Tuple[str, ...]) -> None:
        seen = set()
        for name, member in value.members:
            here = (*path, name)
            if name not in kind.fields:
                if kind is not ANY_OBJECT:
                    self._warn("unknown", here, kind)
                continue
            if name in seen:
                self._warn("duplicate", here, kind)
            seen.add(name)
            self.check(member, kind.fields[name], here, (kind.go_name, (*fields, name)))

    def _fits(self, value: Value, kind: Plain) -> bool:
        if kind.kind == "number":
            return json_kind(value) == "number" and isinstance(value, int) and -(2**63) <= value < 2**63
        return json_kind(value) == kind.kind

    def _check_time(self, value: str, path: Path) -> None:
        try:
            datetime.datetime.strptime(value.replace("Z", "+00:00"), "%Y-%m-%dT%H:%M:%S%z")
        except ValueError:
            reason = f'parsing time "{value}" as "2006-01-02T15:04:05Z07:00": cannot parse "{value}" as "2006"'
            self.fault = self.fault or TypeFault(reason, path)

    def _report(self, value: Value, kind: Type, path: Path, context: _Context) -> None:
        struct, fields = context
        found = json_kind(value)
        if found == "number" and isinstance(kind, Plain) and kind.kind == "number":
            found = f"number {value}"
        field = f"{struct[3:]}.{'.'.join(fields)}"
        reason = f"json: cannot unmarshal {found} into Go struct field {field} of type {kind.go_name}"
        self.fault = self.fault or TypeFault(reason, path)

    def _warn(self, word: str, path: Path, kind: Struct) -> None:
        warning = f"{word} field {go_quote(path_text(path))}"
        self.strict.append(StrictFault(warning, path, word == "duplicate", kind.go_name[3:]))


def path_text(path: Path) -> str:
    """Write a path as the API server does: rules[2].resources[4].group."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
