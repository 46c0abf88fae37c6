"""Types of collections.conf."""

from pathlib import Path

import pytest

from standin.conf.text import Setting
from standin.knowledge.schema import Schema, TypeMismatch
from standin.language.errors import SearchError
from unit.standin.laboratory import MakeLab


def schema(**values: str) -> Schema:
    """Return the schema of some settings; `__` stands for the dot."""
    return Schema({key.replace("__", "."): Setting(value, Path("x"), 1) for key, value in values.items()})


# splunk-sdk-python, tests/test_kvstore_data.py: "5" in a number field comes back as 5; collections.conf.spec, field.
@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("number", "5", 5),
        ("number", 2.5, 2.5),
        ("number", "x", None),
        ("number", True, None),
        ("time", 1700000000, 1700000000),
        ("bool", "true", True),
        ("bool", 0, False),
        ("bool", "x", None),
        ("string", 5, "5"),
        ("string", True, "true"),
        ("string", {"a": 1}, None),
        ("number", ["1", 2], [1, 2]),
        ("number", ["1", "x"], None),
        ("number", None, None),
    ],
)
def test_values_take_the_type_of_their_field(kind: str, value: object, kept: object) -> None:
    """What reads as the type is turned into it; what does not is dropped, and null stays."""
    document = schema(field__a=kind).applied({"a": value, "other": "5"})

    assert document["other"] == "5"
    assert document.get("a") == kept and ("a" in document) == (kept is not None or value is None)


def test_enforced_types_refuse_the_document() -> None:
    """collections.conf.spec, enforceTypes: invalid insert operations fail."""
    with pytest.raises(TypeMismatch, match="field 'a' is no number"):
        schema(field__a="number", enforceTypes="true").applied({"a": "x"})


CONFS = {
    "collections": "[some]\nfield.n = number\nfield.flag = bool\nenforceTypes = false\nreplicate = true\n",
    "transforms": "[some_kv]\nexternal_type = kvstore\ncollection = some\nfields_list = _key, n, flag, t\n",
}


def test_what_outputlookup_writes_is_typed(lab: MakeLab) -> None:
    """A value that is not of its field's type is dropped, the row stays; enforced types end the search."""
    some = lab(**CONFS)
    some.search('| makeresults | eval n="5", flag="x", t=1 | outputlookup some_kv')

    assert some.search("| inputlookup some_kv | table n flag t") == [{"n": 5, "t": "1"}]
    strict = lab(
        **{**CONFS, "collections": CONFS["collections"].replace("enforceTypes = false", "enforceTypes = true")}
    )
    with pytest.raises(SearchError, match="field 'n' is no number"):
        strict.search('| makeresults | eval n="many" | outputlookup some_kv')
