"""What a search would cost a real index: the terms that it asks for, and the events and slices that hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.conf.errors import UnsupportedConf
from standin.cost import Cost
from standin.environment import TimeBounds
from standin.events import Origin
from unit.standin.laboratory import ORIGIN, Lab, MakeLab
from unit.standin.properties import properties

FIELDS = """
[zone]
INDEXED = true
[hidden]
INDEXED_VALUE = false
[coded]
INDEXED_VALUE = s/foo/bar/g
[path]
INDEXED_VALUE = source::*<VALUE>*
"""
PROPS = """
[some:type]
SHOULD_LINEMERGE = false
EVAL-user = lower(login)
FIELDALIAS-a = status AS code
LOOKUP-owner = owners host OUTPUT owner
[source::.../web/*.log]
EVAL-user = "web"
"""
EVENTTYPES = "[failure]\nsearch = status=500 OR failed\n[circle]\nsearch = eventtype=circle x\n"
TAGS = "[status=500]\nbroken = enabled\n[host=web-1]\nweb = enabled\n[eventtype=failure]\nbad = enabled\n"
MACROS = "[base]\ndefinition = index=main sourcetype=some:type\n"
NOTES = "course notes, lispy expressions"
SPEC = "fields.conf.spec"
RECORDED = "splunkd's message `base lispy`, recorded in public tests of SDKs"
BOOK = "Implementing Splunk, using wildcards efficiently"
# (search, expression, source)
LISPY = [
    ("index=web clientip=76.169.7.252", "[ AND 169 252 7 76 index::web ]", NOTES),
    ('index=security "failed password"', "[ AND failed index::security password ]", NOTES),
    ("index=web clientip=TERM(76.169.7.252)", "[ AND 76.169.7.252 index::web ]", NOTES),
    ("TERM(EventType=8)", "[ AND eventtype=8 ]", NOTES),
    ("index=security NOT password", "[ AND index::security [ NOT password ] ]", NOTES),
    ("index=web NOT 192.168.1.1", "[ AND index::web ]", NOTES),
    ("index=web NOT TERM(192.168.1.1)", "[ AND index::web [ NOT 192.168.1.1 ] ]", f"{NOTES}: a good place for TERM"),
    ("code!=500 size>3 size<=4", "[ AND ]", f"{NOTES}: only = gives terms"),
    ("src_ip!=10.0.0.0/8", "[ AND ]", NOTES),
    ("slid*do", "[ AND slid*do ]", f"{NOTES}: a star inside is no harm without breakers"),
    ("slid*.do", "[ AND do slid* ]", NOTES),
    ("*fail", "[ AND ]", f"{NOTES}: a star in front gives no token"),
    ("bob* *by *ob*", "[ AND bob* ]", BOOK),
    ("*", "[ AND ]", RECORDED),
    ("index=_internal source=*/metrics.log", "[ AND index::_internal source::*/metrics.log ]", RECORDED),
    (
        "index=oidemo sourcetype=access_custom addtolibrary* sync",
        "[ AND addtolibrary* index::oidemo sourcetype::access_custom sync ]",
        RECORDED,
    ),
    ("more_coffee", "[ AND coffee more ]", "Splunk Answers 48191"),
    ("TERM(more_coffee)", "[ AND more_coffee ]", "Splunk Answers 48191"),
    ("TERM(average=0.9*)", "[ AND average=0.9* ]", "Search Manual, use CASE() and TERM()"),
    ("CASE(Error) host=CASE(LOCALHOST)", "[ AND error host::localhost ]", "Search Manual, use CASE() and TERM()"),
    ("status=500", "[ AND 500 ]", f"{SPEC}: INDEXED_VALUE true expands key=value into value AND key=value"),
    ("code=500", "[ AND 500 ]", f"{SPEC}: an alias's value is in the raw text too"),
    ("status=5*", "[ AND 5* ]", SPEC),
    ("status=*", "[ AND ]", SPEC),
    ("hidden=500", "[ AND ]", f"{SPEC}: INDEXED_VALUE false, the value is not in the raw text"),
    ("coded=foofoo", "[ AND barbar ]", f"{SPEC}: INDEXED_VALUE s/foo/bar/g"),
    ("path=myvalue", "[ AND source::*myvalue* ]", f"{SPEC}: INDEXED_VALUE source::*<VALUE>*"),
    ("zone=DMZ", "[ AND zone::dmz ]", f"{SPEC}: INDEXED true, created at index time"),
    ("zone::DMZ other::x", "[ AND other::x zone::dmz ]", "Search Manual, field::value is for indexed fields"),
    ("linecount=2", "[ AND linecount::2 ]", "shipped fields.conf"),
    ("punct=x date_hour=3", "[ AND ]", "shipped fields.conf; what the index holds of them is not known here"),
    ("user=bob", "[ AND [ OR bob source::*/web/*.log sourcetype::some:type ] ]", "props.conf.spec, EVAL"),
    (
        "sourcetype=some:type owner=me",
        "[ AND sourcetype::some:type [ OR me sourcetype::some:type ] ]",
        "props.conf.spec, LOOKUP",
    ),
    ("status IN (500, 503)", "[ AND [ OR 500 503 ] ]", "Search Reference, search: IN is OR"),
    ("failed OR (denied NOT x)", "[ AND [ OR failed [ AND denied [ NOT x ] ] ] ]", "Search Reference, search"),
    ("failed OR size>3", "[ AND ]", "Search Reference, search"),
    ("eventtype=fail*", "[ AND [ OR 500 failed ] ]", "Knowledge Manager Manual, event types"),
    ("eventtype=circle", "[ AND x ]", "Knowledge Manager Manual, event types"),
    ("eventtype=nothing", "[ AND [ OR ] ]", "Knowledge Manager Manual, event types"),
    ("tag=broken", "[ AND 500 ]", "Knowledge Manager Manual, tags"),
    ("tag=bad", "[ AND [ OR 500 failed ] ]", "Knowledge Manager Manual, tags"),
    ("tag::host=web", "[ AND host::web-1 ]", "Knowledge Manager Manual, tags"),
    ("tag::status=web", "[ AND [ OR ] ]", "Knowledge Manager Manual, tags"),
    ("`base` earliest=-5m failed", "[ AND failed index::main sourcetype::some:type ]", "Search Manual, macros"),
]


@pytest.fixture
def small(lab: MakeLab) -> Lab:
    """Return a search head over an app with one of everything that the index is asked for."""
    return lab(
        {"lookups/owners.csv": "host,owner\nsome-host,me\n"},
        fields=FIELDS,
        props=PROPS,
        eventtypes=EVENTTYPES,
        tags=TAGS,
        macros=MACROS,
        transforms="[owners]\nfilename = owners.csv\n",
    )


def cost(ours: Lab, spl: str, bounds: TimeBounds = TimeBounds()) -> Cost:  # noqa: B008 - a NamedTuple cannot change
    """Run a search and return what it costs."""
    result = ours.head.search(spl, user=ours.user, app=ours.app, bounds=bounds)
    return ours.head.cost(result, user=ours.user, app=ours.app)


@pytest.mark.parametrize(("spl", "expression", "source"), LISPY, ids=[each[0] for each in LISPY])
def test_what_the_index_is_asked_for(small: Lab, spl: str, expression: str, source: str) -> None:
    """A search asks the index for the terms that its source says."""
    assert cost(small, f"{spl} index=*").terms == (expression,), source


@pytest.mark.parametrize(
    ("spl", "read", "found", "missed"),
    [
        pytest.param("failed", 2, 2, 0, id="a-word"),
        pytest.param("failed status=500", 1, 1, 0, id="two-words"),
        pytest.param("status=500", 2, 1, 0, id="the-value-elsewhere-is-read-too"),
        pytest.param("status=50*", 3, 2, 0, id="prefix"),
        pytest.param("failed OR status=404", 3, 3, 0, id="union"),
        pytest.param("NOT failed", 3, 3, 0, id="not-a-word"),
        pytest.param("NOT status=500", 5, 4, 0, id="not-a-field-reads-all"),
        pytest.param("user=bob", 5, 1, 0, id="a-calculated-field-reads-all"),
        pytest.param("login=BOB", 1, 1, 0, id="the-field-that-it-is-made-of"),
        pytest.param("zone=DMZ", 0, 0, 0, id="an-indexed-field"),
        pytest.param("part=abc", 0, 1, 1, id="a-part-of-a-word-is-not-found"),
        pytest.param("| makeresults", 0, 0, 0, id="no-events"),
        pytest.param("failed | append [search status=404]", 3, 3, 0, id="subsearches-add-up"),
        pytest.param("index=nowhere failed", 0, 0, 0, id="no-index"),
    ],
)
def test_events_that_are_read(lab: MakeLab, spl: str, read: int, found: int, missed: int) -> None:
    """Read is every event that holds the terms; missed is what matches here without holding them."""
    ours = lab(
        fields=FIELDS,
        props=PROPS.replace("LOOKUP-owner = owners host OUTPUT owner", "EXTRACT-part = id=(?<part>...)"),
    )
    ours.index("login=BOB status=200 failed\nlogin=ann status=500 failed\nsize=500 status=404\nstatus=503\nid=abcdef\n")

    said = cost(ours, spl)

    assert (said.read, said.found, said.missed) == (read, found, missed)


def test_slices_are_128_kib_of_raw_text(lab: MakeLab) -> None:
    """A slice ends once it holds 131,072 bytes (indexes.conf.spec, rawChunkSizeBytes); one event makes its slice read."""
    ours = lab(props="[some:type]\nSHOULD_LINEMERGE = false\nTRUNCATE = 0\n")
    ours.index("".join(f"rare{number} {'é' * 16_380}\n" for number in range(12)))

    said = cost(ours, "rare5 OR rare6")

    assert (said.slices, said.slices_read, said.read, said.events) == (3, 1, 2, 12)
    assert cost(ours, "rare4 OR rare5").slices_read == 2
    assert said.as_json()["slices_share"] == 0.3333


def test_events_that_come_later_are_counted(lab: MakeLab) -> None:
    """What was looked up for earlier events is kept, and extended."""
    ours = lab()
    ours.index("failed one")
    assert cost(ours, "failed").read == 1

    ours.index("it failed")
    ours.index("nothing")

    assert (cost(ours, "failed").read, cost(ours, "failed").events) == (2, 3)


def test_time_spares_reading_and_index_time_does_not(lab: MakeLab) -> None:
    """Events out of the range of time are not read."""
    ours = lab()
    for moment in (10.0, 20.0, 30.0):
        ours.head.pipeline.index_hec_event("x", ORIGIN, moment)

    assert [cost(ours, "x", bounds).read for bounds in (TimeBounds(20.0), TimeBounds(20.0, 30.0))] == [2, 1]
    assert cost(ours, "x", TimeBounds(index_latest=0.0)).read == 3


def test_a_role_filter_is_asked_for_too(lab: MakeLab) -> None:
    """What a role's srchFilter demands narrows what is read."""
    ours = lab(
        authorize="[role_narrow]\nsrchFilter = failed\nsearch = enabled\nsrchIndexesAllowed = main\nsrchIndexesDefault = main\n"
    )
    ours.index("failed one")
    ours.head.pipeline.index_hec_event("one", Origin("main", "h", "s", "t"), 1.0)
    narrow = ours.user.of(ours.configuration, "u", ["narrow"])

    said = ours.head.cost(ours.head.search("one", user=narrow), user=narrow)

    assert (said.terms, said.read) == (("[ AND failed one ]",), 1)


def test_a_lispy_in_fields_conf_is_refused_by_name(lab: MakeLab) -> None:
    """INDEXED_VALUE that is a LISPY expression is right in Splunk and not supported here."""
    with pytest.raises(UnsupportedConf, match=r"fields.conf:2: unsupported: INDEXED_VALUE"):
        lab(fields="[f]\nINDEXED_VALUE = [OR <VALUE> source::*<VALUE>]\n")


WORDS = st.sampled_from(["get", "a_b", "10.0.0.1", "x%20y", "GET", "b", "/api/v1", "a--b", "é"])
LINES = st.lists(st.lists(st.tuples(st.sampled_from(["verb", "ip"]), WORDS), min_size=1, max_size=3), max_size=6)
CLAUSES = st.recursive(
    st.one_of(
        WORDS,
        st.builds('"{} {}"'.format, WORDS, WORDS),
        st.builds("{}={}".format, st.sampled_from(["verb", "ip", "made", "host"]), WORDS),
        st.builds("{}*".format, WORDS),
        st.builds("TERM({})".format, WORDS),
    ),
    lambda inner: st.one_of(
        st.builds("({} {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT {}".format, inner),
    ),
    max_leaves=5,
)


@properties()
@given(lines=LINES, clause=CLAUSES)
def test_nothing_that_is_found_is_missed(plain: Lab, lines: list[list[tuple[str, str]]], clause: str) -> None:
    """Where every field's value is a whole word of its event, a search reads all events that it finds."""
    plain.store.empty("main")
    text = "".join(" ".join(f"{name}={word}" for name, word in pairs) + "\n" for pairs in lines)
    plain.index(text or "nothing\n")

    said = cost(plain, clause)

    assert said.missed == 0, clause
    assert said.read <= said.events
    assert said.slices_read <= said.slices


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a search head with one calculated field."""
    app = tmp_path_factory.mktemp("apps") / "some_app"
    (app / "default").mkdir(parents=True)
    props = '[some:type]\nSHOULD_LINEMERGE = false\nEVAL-made = verb."x"\n'
    (app / "default" / "props.conf").write_text(props, encoding="utf-8")
    return Lab(app)
