"""Text breaks into the terms that segmenters.conf gives it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.conf import ConfError, Configuration
from standin.events.event import Event
from standin.events.segmenters import Segmenters, Wanted
from unit.standin.laboratory import MakeApp
from unit.standin.properties import properties

SHIPPED = Segmenters(Configuration.load([]))
SPEC = "segmenters.conf.spec"
PAGE = "Search Manual, event segmentation and searching"
# (text, terms that the index holds, terms that it does not hold, source)
VECTORS = [
    (
        "91.205.189.15 - - [13/Aug/2022:18:22:16]",
        {"91.205.189.15", "91", "205", "189", "15", "-", "13/aug/2022:18:22:16", "13", "aug", "2022"},
        {"91.205", "205.189", "[13"},
        PAGE,
    ),
    ("x a_b_c_d y", {"a_b_c_d", "a", "b", "c", "d"}, {"b_c", "a_b"}, "Splunk Answers 48191, steveyz"),
    (
        "12/May/2019:09:42:36, Upload:'http//BCG.com/image.gif',User:'angrybird@k.net'",
        {"http//bcg.com/image.gif", "image", "gif", "upload:", "upload", "angrybird@k.net"},
        {"image.gif", "bcg.com"},
        "course notes, TERM: its argument must be bound by major breakers",
    ),
    ("a%20b%2520c--d", {"a", "b", "c", "d"}, {"20", "a%20b", "c--d"}, f"{SPEC}: MAJOR holds %20 %2520 and --"),
    ("a-b", {"a-b", "a", "b"}, set(), f"{SPEC}: MINOR holds -"),
    ('{"verb":"get","code":200}', {"verb", "get", ":200", "200", "code"}, {"verb:get", '"verb"'}, f"{SPEC}: MAJOR"),
    ("/var/log/x\\y", {"/var/log/x\\y", "var", "log", "x", "y"}, {"/var"}, f"{SPEC}: MINOR holds / and \\"),
    ("Straße ÄÖ", {"straße", "äö"}, set(), "Search Reference, search: case does not count"),
]
# (settings of the stanza that SEGMENTATION names, text, all terms, source)
STANZAS = [
    ("INTERMEDIATE_MAJORS = true", "1.2.3.4", {"1.2.3.4", "1", "2", "3", "4", "1.2", "1.2.3"}, SPEC),
    ("MAJOR = \\s\nMINOR = -", "a.b-c d", {"a.b-c", "a.b", "c", "d"}, SPEC),
    ("MAJOR = \\t _\nMINOR =", "a\tb_c d.e", {"a", "b", "c d.e"}, SPEC),
    ("FILTER = msg=(.*?);", "time=1 msg=a b; c", {"a", "b"}, SPEC),
    ("FILTER = msg=(.*?);", "nothing here", set(), SPEC),
    ("LOOKAHEAD = 5", "one two three", {"one", "t"}, SPEC),
    ("LOOKAHEAD = 0", "one two", set(), SPEC),
    ("MAJOR_LEN = 3", "abc abcd a.bc", {"abc", "a", "bc"}, SPEC),
    ("MINOR_LEN = 1", "a.bc", {"a.bc", "a"}, SPEC),
    ("MAJOR_COUNT = 2", "a b c", {"a", "b"}, SPEC),
    ("MINOR_COUNT = 1", "a.b c.d", {"a.b", "c.d", "a"}, SPEC),
]


def event(raw: str, sourcetype: str = "some:type") -> Event:
    """Return an event with this text."""
    return Event(raw, 0.0, 0.0, "main", "some-host", "/var/log/some.log", sourcetype, {"zone": ["DMZ", "b c"]})


@pytest.mark.parametrize(("text", "held", "missing", "source"), VECTORS, ids=[each[0][:30] for each in VECTORS])
def test_shipped_breakers(text: str, held: set[str], missing: set[str], source: str) -> None:
    """The shipped segmenter gives the terms that its source names, and no others of those that look alike."""
    terms = SHIPPED.of(event(text)).terms(text.lower())

    assert held <= terms, source
    assert not missing & terms, source


@pytest.mark.parametrize(
    ("stanza", "text", "terms", "source"), STANZAS, ids=[f"{each[0]}: {each[1]}" for each in STANZAS]
)
def test_keys_of_a_segmenter(make_app: MakeApp, stanza: str, text: str, terms: set[str], source: str) -> None:
    """Each key of segmenters.conf does what its spec says, for the sourcetype whose SEGMENTATION names the stanza."""
    app = make_app(
        {"default/segmenters.conf": f"[ours]\n{stanza}\n", "default/props.conf": "[some:type]\nSEGMENTATION = ours\n"}
    )
    segmenters = Segmenters(Configuration.load([app]))

    assert segmenters.of(event(text)).terms(text) == terms, source
    assert segmenters.of(event(text, "other")).terms("a.b") == {"a.b", "a", "b"}


def test_segmentation_none_gives_no_terms(make_app: MakeApp) -> None:
    """The shipped segmenter `none` disables segmentation (shipped values: LOOKAHEAD = 0)."""
    app = make_app({"default/props.conf": "[source::.../some.log]\nSEGMENTATION = none\n"})

    assert Segmenters(Configuration.load([app])).of(event("a b")).terms("a b") == frozenset()


def test_an_unknown_segmenter_is_an_error(make_app: MakeApp) -> None:
    """SEGMENTATION must name a stanza of segmenters.conf."""
    app = make_app({"default/props.conf": "[some:type]\nSEGMENTATION = nowhere\n"})

    with pytest.raises(ConfError, match=r"props.conf:2: value: SEGMENTATION names no stanza"):
        Segmenters(Configuration.load([app])).of(event("a"))


@pytest.mark.parametrize(
    ("term", "text", "holds"),
    [
        pytest.param("fail*", "it failed.", True, id="prefix-of-a-minor-segment"),
        pytest.param("fail*", "it un-fail", True, id="whole-minor-segment"),
        pytest.param("fail*", "unfailing", False, id="inside-a-segment"),
        pytest.param("slid*do", "SLIDERdo".lower(), True, id="star-inside"),
        pytest.param("average=0.9*", "x average=0.93,", True, id="prefix-of-a-major-segment"),
        pytest.param("average=0.9*", "xaverage=0.93", False, id="not-from-its-start"),
        pytest.param("a b", "a b", False, id="no-term-holds-a-major-breaker"),
        pytest.param("b", "bb ab b", True, id="a-later-occurrence"),
    ],
)
def test_wildcards_look_along_the_terms(term: str, text: str, holds: bool) -> None:
    """A term with a star is a look along the lexicon: some whole term must match it."""
    assert SHIPPED.of(event(text)).holds(text, Wanted.of(term)) is holds


PIECES = st.sampled_from([*'ab1.-_/%:= ,"[\n', "%20", "%2520", "%2", "--", "ab", "é"])
TEXTS = st.lists(PIECES, max_size=14).map("".join)


@properties()
@given(text=TEXTS, term=st.one_of(TEXTS, st.lists(st.one_of(PIECES, st.just("*")), max_size=5).map("".join)))
def test_looking_around_a_term_is_breaking_the_whole_text(text: str, term: str) -> None:
    """Breaking only the surroundings of a term finds it exactly where breaking everything does."""
    segmenter, wanted = SHIPPED.of(event(text)), Wanted.of(term)

    assert segmenter.holds(text, wanted) == any(map(wanted.matches, segmenter.terms(text)))
