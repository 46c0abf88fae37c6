"""What commands refuse, in Splunk's words where they were measured, and what only Splunk has."""

import pytest

from standin.environment import Row
from standin.language.errors import SearchError, UnknownName, Unsupported
from standin.language.search import compile_search, run
from unit.standin.searching import NOW, MemoryEnvironment, TableLookup

EVENTS: list[Row] = [{"_raw": "e", "_time": NOW, "a": "1", "g": "x"}]
LOOKUPS = {"teams": TableLookup(["user", "team"], [])}

BARE_ERRORS = ["sort", "table", "eval", "dedup", "top", "rename", "rex", "regex", "timechart", "bin", "mvexpand"]
BARE_FINE = ["stats", "where", "fields", "head", "tail"]

WORDS = [
    ("* | nope", "Unknown search command 'nope'.", "splunk-measured 4"),
    ("* | eval v=1==1", "Fields cannot be assigned a boolean result", "splunk-measured 6 E"),
    ("* | eval v=nope(1)", "Error in 'EvalCommand': The 'nope' function is unsupported or undefined.", "splunk-measured 6 SP"),
    ("* | where nope(1)=1", "Error in 'where' command: The 'nope' function is unsupported", "splunk-measured 6 SP"),
    ("* | eval v=len(123)", "The arguments to the 'len' function are invalid.", "splunk-measured 6 L"),
    ("* | eval v=", "The expression is malformed.", "splunk-measured 6 SP"),
    ('* | rex "(?<a>"', "Error in 'rex' command: Encountered the following error while compiling the regex '(?<a>': "
     "Regex: missing closing parenthesis.", "splunk-measured 6 RX"),
    ('* | regex "(a"', "Error in 'SearchOperator:regex': The regex '(a' is invalid. Regex: missing closing parenthesis.",
     "splunk-measured 6 RX"),
    ('* | eval v=if(match(a, "(a"), 1, 2)', "Error in 'EvalCommand': Regex: missing closing parenthesis.", "splunk-measured 6 RX"),
    ("* | stats nope(a)", "The argument 'nope(a)' is invalid.", "splunk-measured 6 ST"),
    ("* | stats count nope=1", "The argument 'nope=1' is invalid.", "splunk-measured 6 ST"),
    ("* | streamstats count nope=1", "The argument 'nope=1' is invalid.", "splunk-measured 6 ST"),
    ("* | eventstats count nope=1", "The argument 'nope=1' is invalid.", "splunk-measured 6 ST"),
    ("* | bin a y=1", "is invalid", "splunk-measured 6 PC"),
    ("* | mvexpand a g", "Invalid argument: 'g'", "splunk-measured 6 PC"),
    ("* | mvexpand", "A field name is expected.", "splunk-measured 6 PC"),
    ("| makeresults count=1.5", "Invalid option value. Expecting a", "splunk-measured 6 E"),
    ("| makeresults annotate=maybe", "Expecting a 'boolean' for option 'annotate'", "splunk-measured 6 E"),
    ("| makeresults count=1 count=2", "count", "splunk-measured 6 E: an option twice"),
    ('| makeresults format=csv data="a" count=1', "format and data", "splunk-measured 6 E"),
    ('| makeresults format=json data="{}"', "array of objects", "splunk-measured 6 E"),
    ("* | streamstats current=maybe count", "Error in 'SearchProcessor': Invalid option value. Expecting a 'boolean' for option",
     "splunk-measured 6 SP"),
    ("| makeresults count=2 | streamstats time_window=1m count", "in order of time", "splunk-measured 6 ST"),
    ("* | stats latest(_time) as _time by a | streamstats time_window=1m count", "in order of time", "splunk-measured 6 ST"),
    ("* | rename _time as t | streamstats time_window=1m count", "in order of time", "splunk-measured 6 ST"),
    ("earliest=-30x", "Invalid value \"-30x\" for time term 'earliest'", "splunk-measured 4 T"),
    ("earliest=2 latest=1", "Invalid time bounds in search: start=2 > end=1", "splunk-measured 4 T"),
    ("* | makeresults", "must be the first command", "Search Reference, makeresults"),
    ("* | inputlookup teams", "must be the first command", "Search Reference, inputlookup"),
]  # fmt: skip

MISSING = [
    ("* | lookup nope user OUTPUT team", UnknownName, "Could not construct lookup 'nope'"),
    ("| inputlookup nope", UnknownName, "requires a .csv or KV store lookup definition"),
    ("* | outputlookup nope", UnknownName, "requires a .csv or KV store lookup definition"),
    ("* | lookup teams nope OUTPUT team", SearchError, "Could not find all of the specified lookup fields"),
    ("`nope`", UnknownName, "that cannot be found"),
]

ONLY_IN_SPLUNK = [
    ("* | kmeans a", "command kmeans"),
    ("| mstats count(x)", "command mstats"),
    ("* | eval v=toobject(a)", "eval function toobject"),
    ("* | stats sparkline(a)", "stats aggregate sparkline"),
    ("* | stats count allnum=t", "stats option allnum"),
    ("* | streamstats avg", "streamstats aggregate avg without a field"),
    ("* | chart sep=x count by a", "chart option sep"),
    ("* | bin span=2log10 a", "bin logarithmic span 2log10"),
    ("* | timechart count by g where max in top5", "timechart WHERE clause"),
    ("* | join usetime=t g [search a=1]", "join option usetime"),
    ("* | collect index=x file=y", "collect option file"),
    ("savedsearch=x", "savedsearch= in a search"),
    ("starttime=1", "time term starttime"),
    ("a=1 OR earliest=-1d", "earliest inside OR or NOT"),
    ("* | search earliest=-1d", "search term earliest after the first command"),
]


def search(spl: str) -> None:
    """Run a search over one event."""
    run(spl, MemoryEnvironment(EVENTS, lookups=LOOKUPS))


@pytest.mark.parametrize("command", BARE_ERRORS)
def test_bare_command_is_an_error(command: str) -> None:
    """A command without its arguments is refused (spl 2b, measured)."""
    with pytest.raises(SearchError):
        search(f"* | {command}")


@pytest.mark.parametrize("command", BARE_FINE)
def test_bare_command_is_fine(command: str) -> None:
    """A command that needs no arguments runs (spl 2b, measured)."""
    search(f"* | {command}")


@pytest.mark.parametrize(("spl", "words", "source"), WORDS, ids=[vector[0] for vector in WORDS])
def test_error_words(spl: str, words: str, source: str) -> None:
    """An error is told in the words of its source, and is no matter of missing support."""
    with pytest.raises(SearchError) as error:
        search(spl)

    assert words in error.value.message, source
    assert not isinstance(error.value, Unsupported)


@pytest.mark.parametrize(("spl", "kind", "words"), MISSING, ids=[vector[0] for vector in MISSING])
def test_names_that_do_not_exist(spl: str, kind: type[SearchError], words: str) -> None:
    """A lookup, a field or a macro that does not exist is an error that names it."""
    with pytest.raises(kind) as error:
        search(spl)

    assert words in error.value.message


@pytest.mark.parametrize(("spl", "construct"), ONLY_IN_SPLUNK, ids=[vector[0] for vector in ONLY_IN_SPLUNK])
def test_unsupported_is_named(spl: str, construct: str) -> None:
    """What Splunk has and the stand-in has not is refused by name, before anything runs."""
    with pytest.raises(Unsupported) as error:
        compile_search(spl, MemoryEnvironment(lookups=LOOKUPS))

    assert construct in error.value.construct
