"""tstats over a data model, and its prestats, each case with its sentence of the Search Reference's page (10.0).

Names of fields are those that public searches of Enterprise Security write, such as
`BY All_Changes.user, All_Changes.Account_Management.src_user`.
"""

import pytest

from standin.events import Origin
from standin.language.errors import SearchError, UnknownName, Unsupported
from standin.language.search import compile_search
from unit.standin.doors import doors, model
from unit.standin.laboratory import Lab, MakeLab
from unit.standin.searching import Texts, texts

PAGE = "Search Reference, tstats: "
RECORDED = "recorded data model of splunkd: "
FROM = "from datamodel=Doors.Access"
VECTORS: list[tuple[str, Texts, str]] = [
    (f"| tstats count {FROM}", [{"count": "4"}], PAGE + "unaccelerated data models are searched too"),
    (f"| tstats count {FROM} where Access.who=ann", [{"count": "2"}], PAGE + "WHERE filters as search does"),
    (f"| tstats count {FROM} where Access.door=2* Access.who IN (bob, ann)", [{"count": "1"}],
     PAGE + "WHERE takes wildcards and IN"),
    (f"| tstats count {FROM} where who=ann", [{"count": "0"}],
     PAGE + "WHERE holds indexed fields only; those of a model have its dataset in front"),
    (f"| tstats count {FROM} where nodename=Access.Denied", [{"count": "2"}], PAGE + "nodename selects a child dataset"),
    (f"| tstats count {FROM} where nodename=Access.Denied.Forced", [{"count": "1"}],
     PAGE + "nodename is the way from the root"),
    (f"| tstats count {FROM} where nodename=Access", [{"count": "4"}], PAGE + "the root is a node as well"),
    (f"| tstats count {FROM} where nodename=Access.Denied NOT Access.who=bob", [{"count": "1"}],
     PAGE + "nodename beside other terms"),
    (f"| tstats count {FROM} where [| from datamodel:Doors.Denied | rename who as Access.who | fields Access.who]",
     [{"count": "2"}], PAGE + "WHERE takes a search, also one that a subsearch gives"),
    (f"| tstats count {FROM} by Access.who", [
        {"Access.who": "ann", "count": "2"}, {"Access.who": "bob", "count": "1"}, {"Access.who": "eve", "count": "1"},
    ], PAGE + "BY splits by fields"),
    (f"| tstats count {FROM} by Access.result", [
        {"Access.result": "denied", "count": "2"}, {"Access.result": "granted", "count": "1"},
        {"Access.result": "unknown", "count": "1"},
    ], RECORDED + "calculated fields are fields of their dataset"),
    (f"| tstats count {FROM} by Access.team", [
        {"Access.team": "blue", "count": "1"}, {"Access.team": "red", "count": "2"},
    ], PAGE + "rows with a null value among BY are left out"),
    (f"| tstats fillnull_value=none count {FROM} by Access.team", [
        {"Access.team": "blue", "count": "1"}, {"Access.team": "none", "count": "1"},
        {"Access.team": "red", "count": "2"},
    ], PAGE + "fillnull_value stands for null among BY"),
    (f'| tstats count {FROM} by Access.team fillnull_value="N/A" | search Access.team="N/A"', [
        {"Access.team": "N/A", "count": "1"},
    ], PAGE + "example 9, fillnull_value behind BY"),
    (f"| tstats count {FROM} where nodename=Access.Denied by Access.who, Access.Denied.reason", [
        {"Access.who": "bob", "Access.Denied.reason": "none", "count": "1"},
        {"Access.who": "eve", "Access.Denied.reason": "force", "count": "1"},
    ], RECORDED + "fields of a child have the whole lineage in front"),
    (f"| tstats count {FROM} where Access.is_Denied=1", [{"count": "2"}], RECORDED + "a child is a flag of its parent"),
    (f"| tstats count {FROM} by Access.is_not_Granted", [
        {"Access.is_not_Granted": "0", "count": "1"}, {"Access.is_not_Granted": "1", "count": "3"},
    ], RECORDED + "the flag of a child, and its opposite"),
    (f"| tstats count {FROM} where nodename=Access.Denied by Access.Denied.is_Forced", [
        {"Access.Denied.is_Forced": "0", "count": "1"}, {"Access.Denied.is_Forced": "1", "count": "1"},
    ], RECORDED + "a child has flags of its own children"),
    (f"| tstats dc(Access.who) as people values(Access.door) as doors {FROM}", [
        {"people": "3", "doors": "1-a\n1-c\n2-b"}
    ], PAGE + "functions on fields of the model, AS"),
    (f"| tstats min(_time) as first max(_time) as last {FROM}", [{"first": "1785600000", "last": "1785603600"}],
     PAGE + "example 5, the range of time of a model"),
    (f"| tstats count {FROM} by _time span=1h", [
        {"_time": "1785600000", "count": "3"}, {"_time": "1785603600", "count": "1"},
    ], PAGE + "grouping by _time with a span"),
    (f"| tstats count {FROM} by host sourcetype", [{"host": "gate", "sourcetype": "door", "count": "4"}],
     PAGE + "example 7, the default fields of a model are not prefixed"),
    (f"| tstats count {FROM} where index=doors", [{"count": "4"}], "public searches name the index beside a data model"),
    (f"| tstats count {FROM} where index=main", [{"count": "0"}], "public searches name the index beside a data model"),
    (f"| tstats count {FROM} where earliest=1785600060 latest=1785600121", [{"count": "2"}],
     PAGE + "WHERE supports the same time arguments as search"),
    ("| tstats count from datamodel=Doors.Shifts by Shifts.shift", [
        {"Shifts.shift": "early", "count": "3"}, {"Shifts.shift": "late", "count": "2"},
    ], PAGE + "Tokyo of the hierarchy in Selecting data is a root search"),
    ('| tstats count from datamodel="Doors"."Access" where nodename="Access.Granted"', [{"count": "1"}],
     PAGE + "names in quotes"),
    (f"| tstats allow_old_summaries=t count {FROM}", [{"count": "4"}], PAGE + "allow_old_summaries is about summaries"),
    (f"| tstats summariesonly=t count {FROM}", [{"count": "0"}],
     PAGE + "with summariesonly it does not run over unaccelerated data models"),
    (f"| tstats summariesonly=t count {FROM} by Access.who", [], PAGE + "summariesonly"),
    (f"| tstats count {FROM} by Access.who | stats sum(count) as n", [{"n": "4"}], PAGE + "its rows go on"),
    (f"| tstats prestats=t count {FROM} | stats count", [{"count": "4"}], PAGE + "prestats is read by stats"),
    (f"| tstats prestats=t count {FROM} by Access.who | stats count by Access.who | head 1", [
        {"Access.who": "ann", "count": "2"},
    ], PAGE + "prestats is read by stats"),
    (f"| tstats prestats=t count {FROM} by Access.team | stats count", [{"count": "3"}],
     PAGE + "rows with a null value among BY are left out"),
    (f"| tstats prestats=t count {FROM} by _time span=1h | timechart span=1d count", [
        {"_time": "1785542400", "count": "4"},
    ], PAGE + "example 4, a timechart of prestats"),
    (f"| tstats prestats=t dc(Access.who) {FROM} by Access.result | chart dc(Access.who) by Access.result", [
        {"Access.result": "denied", "dc(Access.who)": "2"}, {"Access.result": "granted", "dc(Access.who)": "1"},
        {"Access.result": "unknown", "dc(Access.who)": "1"},
    ], PAGE + "prestats is read by chart"),
    (f"| tstats prestats=t count {FROM} where Access.who=ann"
     f" | tstats prestats=t append=t count {FROM} where Access.who=eve | stats count", [{"count": "3"}],
     PAGE + "multiple time ranges: append=true adds the prestats of another tstats"),
    ("| tstats prestats=t count where index=doors by host | stats count by host", [{"host": "gate", "count": "6"}],
     PAGE + "prestats over indexed fields"),
]  # fmt: skip


@pytest.fixture
def events(lab: MakeLab) -> Lab:
    """Return a search head over the doors."""
    return doors(lab)


@pytest.mark.parametrize(("spl", "expected", "source"), VECTORS, ids=[vector[0] for vector in VECTORS])
def test_documented(events: Lab, spl: str, expected: Texts, source: str) -> None:
    """The model answers as the source says."""
    assert texts(events.search(spl)) == expected, source


@pytest.mark.parametrize(
    ("spl", "kind", "words"),
    [
        ("| tstats count from datamodel=Nothing", UnknownName, "Data model 'Nothing' was not found."),
        ("| tstats count from datamodel=Doors.Nothing", UnknownName, "Dataset 'Nothing' was not found"),
        ("| tstats count from datamodel=", SearchError, "The name of a dataset is expected."),
        ("| tstats count from datamodel=Doors", Unsupported, "several roots"),
        ("| tstats count from datamodel=Doors.Denied", Unsupported, "no root"),
        ("| tstats count from sid=1", Unsupported, "FROM anything but datamodel="),
        ("| tstats count from namespace", Unsupported, "FROM anything but datamodel="),
        (f"| tstats count {FROM} where word", Unsupported, "term 'word'"),
        (f"| tstats count {FROM} where NOT (Access.who=x OR word)", Unsupported, "term 'word'"),
        (f"| tstats count {FROM} by PREFIX(x=)", Unsupported, "PREFIX()"),
        (f"| tstats count {FROM} by _time span=auto", Unsupported, "span"),
        (f"| tstats count(eval(Access.who)) {FROM}", SearchError, "Eval expressions are not allowed"),
        (f"| tstats count {FROM} by Access.w*", SearchError, "Wildcards are not allowed"),
        (f"| tstats append=t count {FROM}", SearchError, "prestats mode only"),
        (f"| tstats prestats=t count {FROM}", Unsupported, "without stats, chart or timechart"),
        (f"| tstats prestats=t count {FROM} | table count", Unsupported, "table on what prestats=t gives"),
        (f"| tstats prestats=t count {FROM} | stats sum(Access.floor)", Unsupported, "did not compute"),
        (f"| tstats prestats=t latest(Access.who) {FROM} | stats latest(Access.who)", Unsupported, "aggregate latest"),
        (f"| tstats prestats=t count {FROM} | tstats prestats=t count {FROM} | stats count", Unsupported, "append=t"),
        (f"| tstats prestats=t count {FROM} | tstats prestats=t append=t dc(host) {FROM} | stats count", Unsupported,
         "other aggregates"),
        (f"* | tstats count {FROM}", SearchError, "must be the first command"),
    ],
)  # fmt: skip
def test_refused(events: Lab, spl: str, kind: type[SearchError], words: str) -> None:
    """What is not there is an error with its name, what is not supported another."""
    with pytest.raises(SearchError) as caught:
        events.search(spl)

    assert type(caught.value) is kind
    assert words in caught.value.message


@pytest.mark.parametrize(
    ("spl", "said"),
    [
        (f"| tstats summariesonly=t count {FROM}", "summariesonly=true finds nothing"),
        (f"| tstats count {FROM} by who", "data model Doors has no field who below Access"),
        (f"| tstats count {FROM} where Access.wo=x", "data model Doors has no field Access.wo below Access"),
        (f"| tstats dc(Access.reason) {FROM}", "data model Doors has no field Access.reason below Access"),
    ],
)
def test_messages(events: Lab, spl: str, said: str) -> None:
    """What cannot find anything is said, since Splunk only shows nothing."""
    result = events.head.search(spl, user=events.user, app=events.app)

    assert [(message.level, message.text.startswith(said)) for message in result.messages] == [("WARN", True)]


def test_a_doubt_points_at_the_field(events: Lab) -> None:
    """A doubt of a search that is only checked has the position of the field in the text."""
    spl = f"| tstats count {FROM} by Access.who Access.gone"

    (doubt,) = compile_search(spl, events.head.environment(user=events.user, app=events.app))

    assert doubt.position == spl.index("Access.gone")


def test_a_model_of_one_root(lab: MakeLab) -> None:
    """A model that has one root dataset needs not name it (Search Reference, tstats: examples 5 to 8)."""
    content = model()
    content["objects"] = [one for one in content["objects"] if one["objectName"] != "Shifts"]

    assert texts(doors(lab, content).search("| tstats count from datamodel=Doors")) == [{"count": "4"}]


def test_hint_of_a_child(events: Lab) -> None:
    """A child after FROM is refused with the words that select it."""
    with pytest.raises(Unsupported) as caught:
        events.search("| tstats count from datamodel=Doors.Forced")

    assert caught.value.hint == "write FROM datamodel=Doors.Access WHERE nodename=Access.Denied.Forced"


def test_prestats_counts_each_group_of_a_multivalue(lab: MakeLab) -> None:
    """A row is in one group of prestats for each of its values, as in stats."""
    laboratory = lab()
    laboratory.head.pipeline.index_hec_event("x", Origin("main", "h", "s", "t"), 1.0, {"zone": ["a", "b"]})

    assert texts(laboratory.search("| tstats prestats=t count by zone | stats count")) == [{"count": "2"}]
