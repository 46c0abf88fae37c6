"""Any text as conf or as a data model: an error that says where, never a traceback."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from standin.checking import check_apps
from standin.conf import ConfError
from standin.conf.known import Known
from standin.environment import Macro, Row
from standin.knowledge.datamodel_file import ModelFile, read_model_file
from standin.knowledge.datamodel_keys import CALCULATION_KEYS, FIELD_KEYS, MODEL_KEYS, OBJECT_KEYS
from standin.knowledge.datamodel_listing import described
from standin.language.errors import SearchError
from standin.language.search import run
from unit.standin.doors import MODEL
from unit.standin.laboratory import MakeApp, MakeLab
from unit.standin.properties import properties
from unit.standin.searching import MemoryEnvironment

PROPS = sorted(
    key.replace("*", "x") for key in Known.load().keys("props", "some:type") if "REGEX" not in key and key != "EVAL-*"
)
TRANSFORMS = ["REGEX", "FORMAT", "DELIMS", "FIELDS", "MV_ADD", "INGEST_EVAL", "LOOKAHEAD", "DEST_KEY", "max_matches"]
VALUES = st.one_of(
    st.sampled_from(
        ["", "1", "-1", "abc", "true", "(", "s/a/b/", "a AS b", "%Y", "some", "$1::$2", "a=1, b", '"', "\\1"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
)
SMALL = json.dumps({**MODEL, "objects": MODEL["objects"][:2]})
ROWS: list[Row] = [{"_raw": "x", "_time": 1, "index": "doors", "tag": "access", "who": "ann", "door": "1-a"}]
MACROS = {("doors_indexes", 0): Macro("index=doors")}
QUESTIONS = (
    "| datamodel Doors Access search",
    "| tstats count from datamodel=Doors.Access by Access.who",
    "| datamodel",
)


def stanza(name: str, keys: dict[str, str]) -> str:
    """Return the text of one stanza."""
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())


@properties()
@given(
    props=st.dictionaries(st.sampled_from(PROPS), VALUES, max_size=4),
    transforms=st.dictionaries(st.sampled_from(TRANSFORMS), VALUES, max_size=4),
    event=st.text(max_size=60),
)
def test_any_setting(lab: MakeLab, props: dict[str, str], transforms: dict[str, str], event: str) -> None:
    """Known keys with any value either work or are refused by name."""
    named = {**props, "REPORT-y": "some", "TRANSFORMS-y": "some"} if transforms else props
    try:
        ours = lab(props=stanza("some:type", named), transforms=stanza("some", transforms))
        for row in ours.rows(event):
            dict(row)
    except (ConfError, SearchError) as error:
        assert str(error)


@properties()
@given(text=st.text(max_size=200))
def test_any_file(make_app: MakeApp, text: str) -> None:
    """Any text as a conf file gives problems with lines."""
    app = make_app({"default/props.conf": text, "default/macros.conf": text, "metadata/default.meta": text})

    for problem in check_apps([app]):
        assert problem.line >= 0


KEYS = sorted({*MODEL_KEYS, *OBJECT_KEYS, *FIELD_KEYS, *CALCULATION_KEYS, "search", "nonsense"})
WORDS = st.sampled_from(
    ["Doors", "Access", "Denied", "BaseEvent", "BaseSearch", "Eval", "Rex", "Lookup", "who", "people"]
)
LEAVES = st.none() | st.booleans() | st.integers() | WORDS | VALUES
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@properties()
@given(place=st.tuples(st.integers(0, 2), st.sampled_from(KEYS)), value=JSON, asked=st.sampled_from(QUESTIONS))
def test_any_model(tmp_path: Path, place: tuple[int, str], value: object, asked: str) -> None:
    """A data model with any value anywhere is refused with lines, or a search of it runs or ends with an error."""
    content = json.loads(SMALL)
    inside = content if place[0] == 2 else content["objects"][place[0]]
    inside[place[1]] = value
    read = read_model(tmp_path, json.dumps(content))
    if read.problems or read.model is None:
        return
    environment = MemoryEnvironment(ROWS, MACROS, models={"Doors": described(read.model, read.objects)})
    try:
        run(asked, environment)
    except SearchError as error:
        assert str(error)


@properties()
@given(text=st.text(max_size=200) | JSON.map(json.dumps))
def test_any_model_file(tmp_path: Path, text: str) -> None:
    """Any text as a data model gives problems with lines."""
    read_model(tmp_path, text)


def read_model(folder: Path, text: str) -> ModelFile:
    """Read a text as a data model; what is wrong with it has a line."""
    file = folder / "Doors.json"
    file.write_text(text, encoding="utf-8", errors="replace")
    read = read_model_file(file)
    assert read.model is not None or read.problems
    assert all(problem.line >= 1 and problem.message for problem in read.problems)
    return read
