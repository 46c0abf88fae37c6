"""datamodel and from over a small model, each case with the page or the recording that says what comes.

The recording is splunkd's own answer about a model of its tests (build 167502): the search that it writes for a
dataset, as `commands.datasets` quotes it. It is older than the pages, which agree where they speak of the same.
"""

import json
import re

import pytest

from standin.hostile import Hostility
from standin.knowledge.users import User
from standin.language.errors import SearchError, UnknownName, Unsupported
from standin.language.search import run
from standin.values.multivalue import as_text
from unit.standin.doors import MODEL, as_handed_out, doors, evaluated, field, files, with_object
from unit.standin.laboratory import Lab, MakeApp, MakeLab
from unit.standin.searching import MemoryEnvironment, Texts, texts

DATAMODEL = "Search Reference, datamodel: "
FROM = "Search Reference, from: "
MANUAL = "Knowledge Manager Manual, design data models: "
RECORDED = "recorded data model of splunkd: "
VECTORS: list[tuple[str, Texts, str]] = [
    ("| datamodel Doors Access search | table Access.who Access.door", [
        {"Access.who": "ann", "Access.door": "1-c"}, {"Access.who": "eve", "Access.door": "2-b"},
        {"Access.who": "bob", "Access.door": "2-b"}, {"Access.who": "ann", "Access.door": "1-a"},
    ], DATAMODEL + "search gives fields with their dataset in front; constraints, macros and required fields filter"),
    ("| datamodel Doors Denied search | table Access.who Access.Denied.reason", [
        {"Access.who": "eve", "Access.Denied.reason": "force"}, {"Access.who": "bob", "Access.Denied.reason": "none"},
    ], RECORDED + "fields have the lineage of their owner in front; constraints of the parents hold too"),
    ("| datamodel Doors Denied search | search Access.who=bob | stats count", [{"count": "1"}],
     DATAMODEL + "example 5, a criterion on a field with its dataset in front"),
    ("| datamodel Doors Forced search | stats count", [{"count": "1"}], MANUAL + "constraints add up down the tree"),
    ("| datamodel Doors Granted search | stats count", [{"count": "1"}],
     RECORDED + "what the root requires filters the rows of its children"),
    ("| datamodel Doors Denied flat | table who reason", [
        {"who": "eve", "reason": "force"}, {"who": "bob", "reason": "none"},
    ], DATAMODEL + "flat gives the same rows with plain names"),
    ("| datamodel Doors Access flat | where result=\"unknown\" | table who result floor team", [
        {"who": "ann", "result": "unknown", "floor": "1", "team": "red"}
    ], MANUAL + "calculations by eval, regular expression and lookup"),
    ("| datamodel Doors Access flat | search who=eve | table who team", [{"who": "eve"}],
     MANUAL + "a lookup without a match leaves the field away"),
    ("| datamodel Doors Access search | stats count by Access.is_Denied Access.is_not_Denied", [
        {"Access.is_Denied": "0", "Access.is_not_Denied": "1", "count": "2"},
        {"Access.is_Denied": "1", "Access.is_not_Denied": "0", "count": "2"},
    ], RECORDED + "a dataset says of each of its rows whether the datasets right below it take it"),
    ("| datamodel Doors Access search | stats count(Access.Denied.is_Forced) as c", [{"c": "0"}],
     RECORDED + "it says so of the datasets right below it only"),
    ("| datamodel Doors Access search | head 1 | table host source sourcetype", [
        {"host": "gate", "source": "/log/doors", "sourcetype": "door"}
    ], RECORDED + "_time, host, source and sourcetype have nothing in front"),
    ("| datamodel Doors Denied flat | table is_Forced who", [
        {"is_Forced": "1", "who": "eve"}, {"is_Forced": "0", "who": "bob"},
    ], RECORDED + "the same by plain names"),
    ("| datamodel Doors Access flat | stats count(eventtype) as e count(index) as i count(_raw) as r", [
        {"e": "0", "i": "0", "r": "4"}
    ], RECORDED + "fields keeps those of the dataset; internal ones stay"),
    ("| datamodel Doors Access flat strict_fields=false | stats count(eventtype) as e count(who) as w", [
        {"e": "4", "w": "4"}
    ], DATAMODEL + "strict_fields=false keeps all fields"),
    ("| datamodel Doors Access flat | stats values(tag) as t", [{"t": "access"}], MANUAL + "tag is a field like others"),
    ("| datamodel Doors Shifts search | stats count by Shifts.shift", [
        {"Shifts.shift": "early", "count": "3"}, {"Shifts.shift": "late", "count": "2"},
    ], MANUAL + "a root search is any search"),
    ("| datamodel Doors Access search allow_old_summaries=true | stats count", [{"count": "4"}],
     DATAMODEL + "allow_old_summaries is about accelerated models only"),
    ("| datamodel Doors summariesonly=true Access search | stats count", [{"count": "4"}],
     DATAMODEL + "summariesonly is about accelerated models only"),
    ("| datamodel Doors | spath path=modelName output=m | table m", [{"m": "Doors"}],
     DATAMODEL + "with a model alone its JSON"),
    ("| datamodel | spath path=modelName output=m | table m", [{"m": "Doors"}], DATAMODEL + "example 1, all models"),
    ("| datamodel Doors Denied | spath path=lineage output=l | spath path=parentName output=p | table l p", [
        {"l": "Access.Denied", "p": "Access"}
    ], DATAMODEL + "example 3, the JSON of one dataset"),
    ("| datamodel Doors Denied | spath path=constraints{}.owner output=o | table o", [{"o": "Access\nAccess.Denied"}],
     RECORDED + "what is inherited is listed with its owner"),
    ('| from datamodel:Doors.Denied | table who reason', [
        {"who": "eve", "reason": "force"}, {"who": "bob", "reason": "none"},
    ], FROM + "example 1; its fields have nothing in front (searches of Enterprise Security)"),
    ('| from datamodel:"Doors"."Denied" | stats count', [{"count": "2"}], FROM + "names in quotes"),
    ('| from datamodel "Doors.Denied" | stats count', [{"count": "2"}], FROM + "a blank for the colon"),
    ("| from datamodel:Doors.Access | stats count(eventtype) as e", [{"e": "0"}], FROM + "fields are filtered by default"),
    ("| from lookup:people | where group=\"red\"", [{"name": "ann", "group": "red"}], FROM + "a lookup definition"),
    ("| from lookup people.csv | stats count", [{"count": "2"}], FROM + "example 2, a lookup file"),
    ('| from savedsearch "Top doors" | where count>1', [{"door": "2-b", "count": "2"}],
     FROM + "example 5, a saved search with blanks in its name"),
    ("| makeresults | append [| from datamodel:Doors.Denied] | stats count", [{"count": "3"}],
     FROM + "it may stand inside append"),
]  # fmt: skip


@pytest.fixture
def events(lab: MakeLab) -> Lab:
    """Return a search head over the doors."""
    return doors(lab)


@pytest.mark.parametrize(("spl", "expected", "source"), VECTORS, ids=[vector[0] for vector in VECTORS])
def test_documented(events: Lab, spl: str, expected: Texts, source: str) -> None:
    """The rows are those that the source says."""
    assert texts(events.search(spl)) == expected, source


@pytest.mark.parametrize(
    ("spl", "kind", "words"),
    [
        ("| datamodel Nothing", UnknownName, "Data model 'Nothing' was not found."),
        ("| datamodel Doors Nothing search", UnknownName, "Dataset 'Nothing' was not found in data model 'Doors'."),
        ("| datamodel Doors Access nothing", SearchError, "The mode 'nothing' is invalid."),
        ("| datamodel Doors Access search more", SearchError, "The argument 'more' is invalid."),
        ("| datamodel Doors Access search strict_fields=maybe", SearchError, "Expecting a 'boolean'"),
        ("| datamodel Doors Access search nothing=1", SearchError, "The argument 'nothing=1' is invalid."),
        ("* | datamodel Doors", SearchError, "must be the first command"),
        ("| datamodel Doors Access acceleration_search", Unsupported, "mode acceleration_search"),
        ("| datamodel Doors Access flat_string", Unsupported, "mode flat_string"),
        ("| datamodel Doors search", Unsupported, "mode search without a dataset"),
        ("| from", SearchError, "A dataset is expected"),
        ("| from nothing:x", SearchError, "A dataset is expected"),
        ("| from lookups:people", SearchError, "A dataset is expected"),
        ("| from datamodel:", SearchError, "The name of a dataset is expected."),
        ("| from datamodel:Doors", Unsupported, "datamodel without a dataset"),
        ("| from datamodel:Doors.Nothing", UnknownName, "Dataset 'Nothing' was not found"),
        ("| from lookup:nothing", UnknownName, "requires a .csv or KV store lookup definition"),
        ("| from savedsearch:nothing", UnknownName, "Saved search 'nothing' was not found."),
        ("| from savedsearch:x y", SearchError, "The argument 'y' is invalid."),
        ("* | from lookup:people", SearchError, "must be the first command"),
    ],
)
def test_refused(events: Lab, spl: str, kind: type[SearchError], words: str) -> None:
    """What is not there is an error with its name, what is not supported another."""
    with pytest.raises(SearchError) as caught:
        events.search(spl)

    assert type(caught.value) is kind
    assert words in caught.value.message


def test_accelerated_models_have_no_summaries(lab: MakeLab) -> None:
    """summariesonly reads summaries only, an accelerated model has none here, and the search says so."""
    laboratory = doors(lab, datamodels="[Doors]\nacceleration = true\n")

    result = laboratory.head.search(
        "| datamodel Doors Access search summariesonly=t", user=laboratory.user, app=laboratory.app
    )

    assert result.rows == []
    assert [message.level for message in result.messages] == ["WARN"]
    assert len(laboratory.search("| datamodel Doors Access search")) == 4


def test_strict_fields_of_the_conf(lab: MakeLab) -> None:
    """datamodels.conf sets the default of strict_fields, for datamodel and for from."""
    laboratory = doors(lab, datamodels="[Doors]\nstrict_fields = false\n")

    for spl in ("| datamodel Doors Access flat", "| from datamodel:Doors.Access"):
        assert texts(laboratory.search(f"{spl} | stats count(eventtype) as e")) == [{"e": "4"}]
    strict = "| datamodel Doors Access flat strict_fields=true | stats count(eventtype) as e"
    assert texts(laboratory.search(strict)) == [{"e": "0"}]


def test_local_stands_in_for_default(lab: MakeLab) -> None:
    """A model in the app's local folder is the one that counts."""
    local = with_object("Denied", constraints=[{"search": "result=granted"}])
    laboratory = lab({**files(), "local/data/models/Doors.json": json.dumps(local)})

    (row,) = laboratory.search("| datamodel Doors Denied | spath path=constraints{}.search output=s | table s")

    assert as_text(row["s"]).endswith("result=granted")


def test_the_model_of_the_app_comes_before_others(make_app: MakeApp) -> None:
    """Of two models of one name the one of the app that is searched from counts."""
    other = with_object("Denied", constraints=[{"search": "result=granted"}])
    paths = make_app(files(), "a"), make_app(files(other), "z")

    found = []
    for app in ("a", "z"):
        laboratory = Lab(*paths)
        (row,) = laboratory.head.search("| datamodel Doors Denied", user=laboratory.user, app=app).rows
        found.append("granted" in as_text(row["_raw"]))

    assert found == [False, True]


@pytest.mark.parametrize("spl", ["| datamodel", "| datamodel Doors", "| tstats count from datamodel=Doors.Access"])
def test_a_model_with_a_problem_is_not_searched(lab: MakeLab, spl: str) -> None:
    """What is wrong with the file of a model ends every search of it, with the file and the line."""
    laboratory = doors(lab, with_object("Granted", nonsense=1))

    with pytest.raises(SearchError) as caught:
        laboratory.search(spl)

    assert re.search(r"Doors\.json:\d+: model: an object has no key 'nonsense'", caught.value.message)


def test_an_unsupported_part_of_a_model_is_refused_as_such(lab: MakeLab) -> None:
    """What Splunk has in a model and the stand-in has not ends a search as unsupported."""
    with pytest.raises(Unsupported):
        doors(lab, with_object("Granted", calculations=[{"calculationType": "GeoIP"}])).search("| datamodel Doors")


def test_the_json_of_a_model(lab: MakeLab) -> None:
    """It counts its objects by kind, and lists each with the default fields, its own, and a count of itself (recorded)."""
    listed = with_object("Granted", fields=[field("source", required=True), field("level")])
    (row,) = doors(lab, listed).search("| datamodel Doors")
    shown = json.loads(as_text(row["_raw"]))
    granted = next(one for one in shown["objects"] if one["objectName"] == "Granted")
    access = shown["objects"][0]

    assert shown["objectSummary"] == {"Event-Based": 4, "Transaction-Based": 0, "Search-Based": 1}
    assert [(one["fieldName"], one["owner"], one["type"]) for one in granted["fields"]] == [
        ("_time", "BaseEvent", "timestamp"),
        ("host", "BaseEvent", "string"),
        ("sourcetype", "BaseEvent", "string"),
        ("who", "Access", "string"),
        ("door", "Access", "string"),
        ("tag", "Access", "string"),
        ("source", "Access.Granted", "string"),
        ("level", "Access.Granted", "string"),
        ("Granted", "Access.Granted", "objectCount"),
    ]
    assert [one["outputFields"][0]["fieldName"] for one in access["calculations"]] == [
        "result", "floor", "team", "is_Denied", "is_not_Denied", "is_Granted", "is_not_Granted",
    ]  # fmt: skip


def test_json_that_was_handed_out_lists_nothing_twice(lab: MakeLab) -> None:
    """A model saved from splunkd's answer is shown as the one that it came from."""
    (plain,) = doors(lab).search("| datamodel Doors Denied")
    (handed,) = doors(lab, as_handed_out(MODEL)).search("| datamodel Doors Denied")

    assert json.loads(as_text(handed["_raw"])) == json.loads(as_text(plain["_raw"]))


@pytest.mark.parametrize(
    ("metadata", "roles", "app", "is_seen"),
    [
        pytest.param("[]\nexport = system\n", ["user"], "other", True, id="exported"),
        pytest.param("[]\nexport = none\n", ["user"], "other", False, id="kept"),
        pytest.param("[]\nexport = none\n", ["user"], "some_app", True, id="at-home"),
        pytest.param("[datamodels]\naccess = read : [ admin ]\n", ["user"], "some_app", False, id="another-role"),
        pytest.param("[datamodels/Doors]\naccess = read : [ user ]\n", ["user"], "some_app", True, id="by-name"),
    ],
)
def test_permissions(make_app: MakeApp, metadata: str, roles: list[str], app: str, is_seen: bool) -> None:
    """A model is seen where its permissions and its export let it be."""
    paths = make_app({**files(), "metadata/default.meta": metadata}), make_app({"default/app.conf": ""}, "other")
    laboratory = Lab(*paths)
    user = User.of(laboratory.configuration, "somebody", roles)

    seen = laboratory.head.search("| datamodel", user=user, app=app).rows

    assert bool(seen) is is_seen


def test_a_role_sees_its_events_only(lab: MakeLab) -> None:
    """The search of a model runs with the rights of whoever asks."""
    laboratory = doors(lab, authorize="[role_narrow]\nsrchIndexesAllowed = main\n")
    narrow = User.of(laboratory.configuration, "somebody", ["narrow"])

    for spl in ("| datamodel Doors Access search", "| tstats count from datamodel=Doors.Access by Access.who"):
        assert laboratory.search(spl)
        assert laboratory.head.search(spl, user=narrow, app=laboratory.app).rows == []


@pytest.mark.parametrize(
    "spl",
    [
        "| tstats count from datamodel=Doors.Access by Access.team",
        "| tstats count from datamodel=Doors.Access where nodename=Access.Denied by Access.Denied.reason",
        "| datamodel Doors Denied search | stats count by Access.floor",
        "| from datamodel:Doors.Shifts | stats count by shift",
        '| from savedsearch:"Top doors" | stats sum(count) as n',
    ],
)
def test_hostile_seeds_change_nothing(events: Lab, spl: str) -> None:
    """Fields that only the model or the saved search names are there, and three indexers give the same rows."""
    expected = texts(events.search(spl))

    for seed in range(3):
        events.head.hostility = Hostility(seed)
        assert texts(events.search(spl)) == expected


def test_a_circle_ends() -> None:
    """Saved searches may name each other eight deep, so one that names itself is an error."""
    chain = {str(number): f"| from savedsearch:{number + 1}" for number in range(8)}

    assert run("| from savedsearch:1", MemoryEnvironment(saved_searches={**chain, "8": "| makeresults"})).rows
    with pytest.raises(SearchError) as caught:
        run("| from savedsearch:0", MemoryEnvironment(saved_searches={**chain, "8": "| makeresults"}))

    assert "name each other" in caught.value.message


@pytest.mark.parametrize(
    ("calculation", "words"),
    [
        pytest.param(evaluated("x", "nonsense(1)"), "'nonsense' function", id="function"),
        pytest.param(evaluated("x", "1 | head 1"), "no single command", id="pipe"),
        pytest.param(
            {"calculationType": "Lookup", "lookupName": "gone", "lookupField": "a", "inputField": "who",
             "outputFields": [field("x")]},
            "Could not construct lookup 'gone'",
            id="lookup",
        ),
    ],
)  # fmt: skip
def test_what_does_not_compile_is_named(lab: MakeLab, calculation: dict[str, object], words: str) -> None:
    """A calculation that is wrong ends the search with its words, at the command, and says whose it is."""
    laboratory = doors(lab, with_object("Denied", calculations=[calculation]))

    with pytest.raises(SearchError) as caught:
        laboratory.search("| datamodel Doors Denied search")

    assert words in caught.value.message
    assert "Doors" in caught.value.hint
    assert laboratory.search("| datamodel Doors Granted search")


def test_the_model_file_of_the_tests_is_whole() -> None:
    """Every object of the tests' model is asked for above."""
    named = " ".join(spl for spl, _, _ in VECTORS)

    assert [one["objectName"] for one in MODEL["objects"] if one["objectName"] not in named] == []
