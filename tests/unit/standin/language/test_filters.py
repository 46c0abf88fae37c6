"""The expression of the search command: precedence, wildcards, case, CIDR, terms against _raw."""

import pytest

from standin.environment import Row
from standin.language.errors import MalformedSearch
from standin.language.filters import compile_filter

SEARCH_PAGE = "Search Reference, search"
ROW: Row = {
    "_raw": '{"verb":"create","user":{"username":"bob@example.com"},"sourceIPs":["10.1.2.3"]}',
    "verb": "Create",
    "one": "1",
    "src": "10.1.2.3",
    "mv": ["alpha", "beta"],
}

MATCHES = [
    ("verb=create", True, f"{SEARCH_PAGE}: values are case-insensitive"),
    ("VERB=create", False, f"{SEARCH_PAGE}: field names are case-sensitive"),
    ("verb=cre*", True, f"{SEARCH_PAGE}: wildcards"),
    ('verb="*EAT*"', True, f"{SEARCH_PAGE}: wildcards"),
    ("one=1.0", False, "spl 2b"),
    ("one<1.5", True, "spl 2b"),
    ("verb!=create", False, SEARCH_PAGE),
    ("missing!=x", False, f"{SEARCH_PAGE}: != needs the field"),
    ("NOT missing=x", True, f"{SEARCH_PAGE}: NOT does not"),
    ("verb!=*", False, "spl 2b"),
    ("NOT missing=*", True, "spl 2b"),
    ("src=10.0.0.0/8", True, f"{SEARCH_PAGE}: CIDR"),
    ("src=11.0.0.0/8", False, f"{SEARCH_PAGE}: CIDR"),
    ("mv=BETA", True, SEARCH_PAGE),
    ('verb IN ("get", create)', True, f"{SEARCH_PAGE}: IN"),
    ("create", True, SEARCH_PAGE),
    ("reat", False, f"{SEARCH_PAGE}: terms are whole"),
    ("*reat*", True, SEARCH_PAGE),
    ('"\\"verb\\":\\"create\\""', True, SEARCH_PAGE),
    ("example", True, "segmenters.conf: . and @ are minor breakers"),
    ("TERM(bob@example.com)", True, f"{SEARCH_PAGE}: TERM"),
    ("TERM(example)", False, f"{SEARCH_PAGE}: TERM ignores minor breakers"),
    ("CASE(Create)", False, f"{SEARCH_PAGE}: CASE"),
    ("verb=CASE(Create)", True, "Search Manual, use CASE() and TERM(): field values"),
    ("verb=CASE(create)", False, "Search Manual, use CASE() and TERM(): host=CASE(LOCALHOST)"),
    ("verb=CASE(Cre*) one=1", True, "Search Manual, use CASE() and TERM(): CASE takes wildcards"),
    ("verb!=CASE(CREATE)", True, "Search Manual, use CASE() and TERM()"),
    ("verb=TERM(CREATE)", True, "course notes: field=TERM(value)"),
    ("missing=1 one=1 OR one=2", False, f"{SEARCH_PAGE}: OR before AND"),
    ("one=2 OR one=1 verb=create", True, f"{SEARCH_PAGE}: OR before AND"),
    ("NOT one=2 OR one=3", True, f"{SEARCH_PAGE}: NOT before OR"),
    ("NOT (one=1 OR one=3)", False, f"{SEARCH_PAGE}: parentheses first"),
    ("one=2 OR(one=1)", True, f"{SEARCH_PAGE}: parentheses"),
    ("NOT(one=1)", False, f"{SEARCH_PAGE}: parentheses"),
    ('NOT"nowhere"', True, f"{SEARCH_PAGE}: quotes"),
    ("verb::create", True, f"{SEARCH_PAGE}: indexed field"),
    ("", True, SEARCH_PAGE),
]

MALFORMED = ["(one=1", "one=1)", "one=", "AND one=1", "one=1 OR", "NOT", "one IN (", '"x', "=1"]


@pytest.mark.parametrize(("text", "expected", "source"), MATCHES, ids=[vector[0] for vector in MATCHES])
def test_match(text: str, expected: bool, source: str) -> None:
    """A row matches as its source says."""
    assert compile_filter(text).matches(ROW) is expected, source


@pytest.mark.parametrize("text", MALFORMED)
def test_malformed(text: str) -> None:
    """Text that is no search expression is refused with a position inside it."""
    with pytest.raises(MalformedSearch) as error:
        compile_filter(text)

    assert error.value.position is not None
    assert 0 <= error.value.position <= len(text)


def test_hints_for_the_scan() -> None:
    """Indexes, time terms and raw texts are told to the store, raw texts only where every event must hold them."""
    compiled = compile_filter('index=a earliest=-1d "Exec" (one OR two) NOT three')

    assert compiled.indexes == ("a",)
    assert [(term.name, term.value) for term in compiled.time_terms] == [("earliest", "-1d")]
    assert compiled.substrings == ("exec",)


def test_times_as_the_addon_suite_writes_them() -> None:
    """The bounds that pytest-splunk-addon puts into a saved search are bounds, not fields."""
    compiled = compile_filter("index=a earliest_time = 0 latest_time = now")

    assert [(term.name, term.value) for term in compiled.time_terms] == [("earliest", "0"), ("latest", "now")]
    assert compiled.matches({"index": "a"})
