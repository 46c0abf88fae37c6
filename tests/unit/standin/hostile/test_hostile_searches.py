"""Hostile searches: what documentation determines stays, what it leaves open differs by the seed.

Each search names the page that makes its result, as a set of rows, independent of what is disturbed; or that leaves it
open.
"""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standin.environment import Row
from standin.hostile import Hostility
from standin.language.errors import SearchError
from unit.standin.laboratory import ORIGIN, Lab, MakeLab

PROPS = """[some:type]
SHOULD_LINEMERGE = false
TIME_FORMAT = %s
TIME_PREFIX = ^
EVAL-twice = x*2
LOOKUP-team = teams g OUTPUT team
"""
FILES = {"lookups/teams.csv": "g,team\na,red\nb,blue\n"}
TRANSFORMS = "[teams]\nfilename = teams.csv\n[stored]\nexternal_type = kvstore\ncollection = kept\nfields_list = g, team\n[sent]\nexternal_type = kvstore\ncollection = spread\nfields_list = g, team\n"
COLLECTIONS = "[kept]\n[spread]\nreplicate = true\n"

DETERMINED = [
    ("index=main x>3 | eval y=x+1 | where y>5 | table _time x y g", "Search Reference, Command types: streaming"),
    ("index=main | stats count sum(x) AS s min(x) max(x) dc(g) values(g) AS v BY h", "Search Reference, stats"),
    (
        "index=main | stats values(x) AS v",
        "Search Reference, multivalue functions: values() is in lexicographical order",
    ),
    ("index=main | stats earliest_time(x) latest_time(x) BY h", "Search Reference, time functions"),
    ("index=main | eventstats max(x) AS m BY g | where x=m | stats count BY g", "Search Reference, eventstats"),
    ("index=main | sort 0 _time, x, g, h | streamstats sum(x) AS run | table x run", "Search Reference, streamstats"),
    (
        "index=main | sort 0 - x, g, h | head 3 | table x g h",
        "Search Reference, sort: by the fields in the order given",
    ),
    ("index=main | dedup g h | stats count", "Search Reference, dedup: one event for each combination"),
    ("index=main | dedup h sortby - x, g | table h x g", "Search Reference, dedup: sortby"),
    ("index=main | top limit=0 g", "Search Reference, top: ties go to the last in lexicographical order"),
    ("index=main | timechart span=1m sum(x) BY g", "Search Reference, timechart"),
    ("index=main | chart count OVER g BY h", "Search Reference, chart"),
    ("index=main | bin span=1m _time | stats count BY _time g", "Search Reference, bin: streaming with span"),
    ("index=main | lookup teams g OUTPUT team AS t | stats count BY t", "Search Reference, lookup"),
    ("index=main | stats count BY team twice", "props.conf.spec: LOOKUP and EVAL are worked out on each event"),
    ('index=main | rex "h=(?<letter>.)" | stats dc(letter)', "Search Reference, rex"),
    ("index=main | fillnull value=none missing | stats count BY missing", "Search Reference, fillnull"),
    ("index=main | append [search index=main | stats count AS n] | stats sum(n) count", "Search Reference, append"),
    ("index=main [search index=main | stats max(x) AS x] | stats count BY x", "Search Manual, About subsearches"),
    (
        'index=main | stats count BY g | appendpipe [stats sum(count) AS count | eval g="all"]',
        "Search Reference, appendpipe",
    ),
    ("| tstats count WHERE index=main BY sourcetype", "Search Reference, tstats"),
    ("index=main | fields x g | fields - _raw _time | table *", "Search Reference, table: wildcards"),
    ('index=main | rename x AS y | makemv delim="1" y | mvexpand y | stats count BY y', "Search Reference, mvexpand"),
]
OPEN = [
    ("index=main | stats first(x) AS v", "Search Reference, event order functions: not necessarily chronological"),
    ("index=main | stats list(x) AS v", "Search Reference, multivalue functions: list() is in the order of the events"),
    ("index=main | stats latest(x) AS v", "Search Reference, time functions: nothing about equal times"),
    ("index=main | head 1 | table x", "Search Reference, head: in the order of the search, which is by time only"),
    ("index=main | dedup h | table x", "Search Reference, dedup: the first event found"),
    ("index=main | sort 0 h | head 1 | table x", "Search Reference, sort: nothing about equal rows"),
    ("index=main | streamstats count AS n | where x=5 | table n", "Search Reference, streamstats: in the order seen"),
    ("index=main | table x | mvcombine h | transpose 1", "Search Reference, transpose: in the order of the rows"),
]
EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 9), st.sampled_from("abc"), st.sampled_from("pq")),
    min_size=1,
    max_size=25,
)
Events = list[tuple[int, int, str, str]]


@pytest.fixture
def ours(lab: MakeLab) -> Lab:
    """Return a search head over an app with a calculated field, an automatic lookup and two collections."""
    return lab(props=PROPS, transforms=TRANSFORMS, collections=COLLECTIONS, files=FILES)


def index(ours: Lab, events: Events) -> None:
    """Index events of (minute, x, g, h) and nothing else."""
    ours.store.empty("main")
    ours.index("".join(f"{1_785_000_000 + minute * 60} x={x} g={g} h={h}\n" for minute, x, g, h in events))


def answer(ours: Lab, spl: str, seed: int | None) -> list[Row]:
    """Return what a search gives, under a seed or in order."""
    ours.head.hostility = None if seed is None else Hostility(seed)
    return ours.search(spl)


def as_set(rows: list[Row]) -> Counter[str]:
    """Return rows without their order."""
    return Counter(json.dumps({name: str(value) for name, value in row.items()}, sort_keys=True) for row in rows)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS, seed=st.integers(0, 10_000))
def test_what_is_determined_stays(ours: Lab, events: Events, seed: int) -> None:
    """The rows are the same, whatever the seed."""
    index(ours, events)

    for spl, source in DETERMINED:
        assert as_set(answer(ours, spl, seed)) == as_set(answer(ours, spl, None)), f"{spl} ({source})"


@pytest.mark.parametrize(("spl", "source"), OPEN, ids=lambda value: str(value)[:40])
def test_what_is_open_differs(ours: Lab, spl: str, source: str) -> None:
    """Ten seeds give more than one answer over events of one time."""
    index(ours, [(0, x, "a", "p") for x in range(10)])

    answers = {json.dumps(answer(ours, spl, seed)) for seed in range(10)}

    assert len(answers) > 1, source


def test_a_seed_does_the_same_every_time(ours: Lab) -> None:
    """The same seed over the same events gives the same rows and the same counts."""
    index(ours, [(0, x, "a", "p") for x in range(10)])

    def once() -> tuple[list[Row], str]:
        rows = answer(ours, "index=main | head 3 | table x", 7)
        assert ours.head.hostility is not None
        return rows, ours.head.hostility.said()

    assert once() == once()


def test_events_come_newest_first_from_three_indexers(ours: Lab) -> None:
    """Each event lies on one of three indexers, and what they send is merged by time."""
    index(ours, [(minute, 0, "a", "p") for minute in (0, 1, 2, 3)] * 20)

    rows = answer(ours, "index=main | table _time splunk_server", 1)

    times = [float(str(row["_time"])) for row in rows]
    assert times == sorted(times, reverse=True)
    assert {row["splunk_server"] for row in rows} == {"indexer-1", "indexer-2", "indexer-3"}


@pytest.mark.parametrize(
    ("spl", "fields"),
    [
        pytest.param("index=main x>3", set(), id="only-a-filter"),
        pytest.param("index=main | eval y=twice", {"y", "twice"}, id="calculated"),
        pytest.param("index=main | fields t*", {"twice", "team"}, id="wildcard"),
        pytest.param("index=main | search *", set(), id="star-for-values"),
        pytest.param("index=main | table *", {"g", "h", "x", "twice", "team"}, id="all"),
        pytest.param('index=main | where searchmatch("g=a")', {"g"}, id="in-quotes"),
    ],
)
def test_fields_that_nobody_names_are_dropped(ours: Lab, spl: str, fields: set[str]) -> None:
    """Without field discovery an event has the index's fields and those that the search names (Search Modes)."""
    index(ours, [(0, 5, "a", "p")])

    (row,) = answer(ours, spl, 1)

    mine = {"g", "h", "x", "twice", "team", "y"}
    assert mine.intersection(row) - ({"x"} if "x>" in spl else set()) == fields


def test_a_field_of_the_index_stays(ours: Lab) -> None:
    """Indexed fields, and those that every event has, are there whether a search names them or not."""
    ours.head.pipeline.index_hec_event("text", ORIGIN, 1_785_000_000.0, {"zone": "dmz"})

    (row,) = answer(ours, "index=main", 1)

    assert {"zone", "host", "source", "sourcetype", "_raw", "_time", "_indextime"} <= set(row)


def test_subsearches_are_cut_sooner(ours: Lab) -> None:
    """A hundredth of the rows that are shipped as the limit, and it is said (limits.conf.spec, subsearch maxout)."""
    index(ours, [(0, 1, "a", "p")] * 250)

    ours.head.hostility = Hostility(1)
    found = ours.head.search("| makeresults | append [search index=main]", user=ours.user, app=ours.app)
    inner = ours.head.search("index=main [search index=main | table _raw]", user=ours.user, app=ours.app)

    assert len(found.rows) == 251
    assert inner.messages[0].text == "[subsearch]: Subsearch produced more than 100 results, truncating to maxout 100."


@pytest.mark.parametrize(
    ("spl", "works"),
    [
        pytest.param("index=main | lookup stored g OUTPUT team", False, id="on-indexers"),
        pytest.param("index=main | lookup local=true stored g OUTPUT team", True, id="local"),
        pytest.param("index=main | stats count BY g | lookup stored g OUTPUT team", True, id="on-the-search-head"),
        pytest.param("index=main | lookup sent g OUTPUT team", True, id="replicated"),
    ],
)
def test_collections_that_no_indexer_has(ours: Lab, spl: str, works: bool) -> None:
    """Lookups of a collection without `replicate` are not available on indexers (collections.conf.spec)."""
    index(ours, [(0, 1, "a", "p")])

    if works:
        assert answer(ours, spl, 1)
    else:
        with pytest.raises(SearchError, match="Could not construct lookup 'stored'"):
            answer(ours, spl, 1)
        assert answer(ours, spl, None)


def test_collect_writes_once(ours: Lab) -> None:
    """What a search collects is written once, although the first part of it runs three times."""
    index(ours, [(0, x, "a", "p") for x in range(10)])

    answer(ours, "index=main | fields x | collect index=summary", 1)

    assert ours.store.count("summary") == 10
