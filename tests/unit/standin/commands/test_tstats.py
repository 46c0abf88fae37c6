"""tstats over indexed fields, each case with its sentence of the Search Reference's page on tstats (9.4)."""

import pytest

from standin.events import Origin
from standin.language.errors import SearchError, Unsupported
from unit.standin.laboratory import Lab, MakeLab
from unit.standin.searching import texts

START = 1_785_600_000.0  # 2026-08-01T16:00:00Z
PROPS = "[t]\nEVAL-late = 1\n"
EVENTS: list[tuple[str, str, float, dict[str, str | list[str]]]] = [
    ("alpha level=1", "a", START, {"zone": "dmz", "size": "10"}),
    ("beta level=2", "a", START + 60, {"zone": "lan", "size": "20"}),
    ("gamma level=3", "b", START + 3600, {"zone": "lan"}),
]


@pytest.fixture
def events(lab: MakeLab) -> Lab:
    """Return a search head with three events, two indexed fields and one calculated field."""
    laboratory = lab(props=PROPS)
    for raw, host, time, fields in EVENTS:
        laboratory.head.pipeline.index_hec_event(raw, Origin("main", host, "s", "t"), time, fields)
    return laboratory


@pytest.mark.parametrize(
    ("spl", "expected", "source"),
    [
        ("count", [{"count": "3"}], "example 1: the count of all events in an index"),
        ("count where index=nowhere", [{"count": "0"}], "example 1"),
        ("count where index=main zone=lan", [{"count": "2"}], "WHERE takes pairs that are indexed"),
        ("count where host=a* zone IN (dmz, lan)", [{"count": "2"}], "WHERE takes wildcards and IN"),
        ("count where late=1", [{"count": "0"}], "fields extracted at search time are not supported in WHERE"),
        ("count where level=2", [{"count": "0"}], "fields extracted at search time are not supported in WHERE"),
        ("count by late", [], "only indexed fields are there"),
        ("count where beta", [{"count": "1"}], "WHERE takes a search; its words are in the index"),
        ("avg(size) where size>5", [{"avg(size)": "15"}], "example 2: a filter and an average"),
        ("sum(size) as s min(size) max(size)", [{"s": "30", "min(size)": "10", "max(size)": "20"}],
         "aggregate functions, AS"),
        ("dc(host) as hosts values(zone) as zones", [{"hosts": "2", "zones": "dmz\nlan"}], "dc and values"),
        ("min(_time) as first", [{"first": "1785600000"}], "functions take _time"),
        ("count where index=main by host", [{"host": "a", "count": "2"}, {"host": "b", "count": "1"}],
         "example 3: the count split by a field"),
        ("count by size", [{"size": "10", "count": "1"}, {"size": "20", "count": "1"}],
         "BY leaves out events without the field"),
        ("fillnull_value=none count by size", [
            {"size": "10", "count": "1"}, {"size": "20", "count": "1"}, {"size": "none", "count": "1"}
        ], "fillnull_value fills the fields of BY"),
        ("count by _time span=1h", [
            {"_time": "1785600000", "count": "2"}, {"_time": "1785603600", "count": "1"}
        ], "grouping by _time with a span"),
        ("count where earliest=1785600060 latest=1785600061 by host", [{"host": "a", "count": "1"}],
         "WHERE supports the same time arguments as search"),
        ('count where zone="by lan"', [{"count": "0"}], "a text in quotes is no keyword"),
    ],
)  # fmt: skip
def test_documented(events: Lab, spl: str, expected: list[dict[str, str]], source: str) -> None:
    """The index answers as the page says."""
    assert texts(events.search(f"| tstats {spl}")) == expected, source


@pytest.mark.parametrize(
    ("spl", "error"),
    [
        ("count(eval(host))", SearchError),
        ("avg(si*)", SearchError),
        ("count by ho*", SearchError),
        ("nonsense=1 count", SearchError),
        ("by host", SearchError),
        ("count by _time span=x", SearchError),
        ("sum", Unsupported),
        ("prestats=t count", Unsupported),
        ("append=t count", SearchError),
        ("count from datamodel=Web", SearchError),
        ("count by PREFIX(level=)", Unsupported),
        ("count where eventtype=x", Unsupported),
        ("count where tag=x", Unsupported),
        ("count by _time", Unsupported),
        ("count by host span=1h", Unsupported),
    ],
)
def test_refused(events: Lab, spl: str, error: type[SearchError]) -> None:
    """What the page forbids is an error; what Splunk has and the stand-in has not is refused by name."""
    with pytest.raises(SearchError) as caught:
        events.search(f"| tstats {spl}")

    assert type(caught.value) is error or (error is SearchError and not isinstance(caught.value, Unsupported))


def test_prefix_is_pointed_at(events: Lab) -> None:
    """The refusal of PREFIX() has its position."""
    spl = "| tstats count where host=a by PREFIX(level=)"

    with pytest.raises(Unsupported) as caught:
        events.search(spl)

    assert caught.value.position == spl.index("PREFIX")


def test_summaries_are_not_emulated(events: Lab) -> None:
    """`summariesonly=t` reads everything and says so."""
    result = events.head.search("| tstats summariesonly=t count", user=events.user, app=events.app)

    assert texts(result.rows) == [{"count": "3"}]
    assert [message.level for message in result.messages] == ["WARN"]
