"""Any text as a search gives a result or a SearchError: never a traceback, never a hang."""

from hypothesis import given
from hypothesis import strategies as st

from standin.datasets import BASE_EVENT, BASE_SEARCH, Calculation, DataModel, Dataset
from standin.environment import Macro, Row
from standin.language.analyse import analyse
from standin.language.errors import SearchError
from standin.language.evaluate import compile_expression
from standin.language.filters import compile_filter
from standin.language.functions import FUNCTIONS
from standin.language.known import COMMANDS
from standin.language.search import run
from unit.standin.properties import properties
from unit.standin.searching import NOW, MemoryEnvironment

EVENTS: list[Row] = [
    {"_raw": '{"a":1,"b":["x",null]}', "_time": NOW, "a": "1", "b": ["x", "y"], "user": "bob"},
    {"_raw": "plain text", "_time": NOW - 61.5, "a": "-2.50", "c d": "", "user": "eve"},
    {"_raw": "", "a": "word"},
]
MACROS = {("m", 0): Macro("a=1"), ("f", 1): Macro("b=$x$", ("x",))}
COMMAND_WORDS = sorted(COMMANDS)
WORDS = [
    "a", "b", "user", "_time", "_raw", "'c d'", '"c d"', "*", "a*", "1", "-1", "0", "2.5", "1e308", "true", "count", "by",
    "as", "over", "AND", "OR", "NOT", "IN", "=", "==", "!=", "<", ">=", "+", "-", "/", "%", ".", ",", "(", ")", "[", "]", "|",
    '"', '""', '"x"', '"(?<q>.)"', '"s/a/b/g"', "`m`", "`f(1)`", "`", "span=1m", "limit=0", "window=2", "current=f",
    "time_window=1m", "max_match=0", "mode=sed", "field=a", "path=a{}", "count=2", "earliest=-1d", "sum(a)", "count(eval(a>1))",
    "p50(a)", "eval(", "if(", "values(b)", "append=t", "<<FIELD>>", "$a$", "10.0.0.0/8", "output", "where", "\\", "\x00", "é",
]  # fmt: skip
CALLS = [f"{name}(" for name in sorted(FUNCTIONS)]
PIECES = st.sampled_from([*WORDS, *CALLS]) | st.text(max_size=6)
EXPRESSIONS = st.lists(PIECES, max_size=14).map(" ".join)
STAGES = st.tuples(st.sampled_from([*COMMAND_WORDS, "eval x=", "where", "stats", "search"]), EXPRESSIONS).map(" ".join)
SEARCHES = st.lists(STAGES, max_size=4).map(lambda stages: "search * | " + " | ".join(stages)) | EXPRESSIONS | st.text()


FIELDS = st.sampled_from(["a", "b", "user", "_time", "missing", "x"])
TEMPLATES = [
    "table {0} {1}", "fields {0} {1}", "fields - {0}", "eval {0}={1}", "eval x={0}.{1}", "eval x=mvappend({0}, {1})",
    "eval {0}=null()", 'eval x=split({0}, ",")', "where {0}>{1}", "where isnull({0})", "search {0}!=1", "rename {0} as {1}",
    "stats count by {0}", "stats sum({0}) as x values({1}) by user", "stats values(*) as *", "eventstats dc({0}) as x by {1}",
    "streamstats window=2 sum({0}) as x by {1}", "streamstats current=f last({0}) as x", "streamstats reset_on_change=t count by {0}",
    "sort 0 -{0} {1}", "sort 0 _time", "streamstats time_window=1m count as x", "dedup {0} keepevents=t", "top 2 {0} by {1}",
    "timechart count by {0}", "chart sum({0}) by {1}", "bin {0}", "bin span=3 {0}", "mvexpand {0}", 'makemv delim="1" {0}', "nomv {0}",
    "mvcombine {0}", "fillnull {0}", "fillnull", "filldown", "spath input={0}", 'rex field={0} "(?<x>.)" max_match=0', "convert num({0})",
    "tojson", "transpose", "untable {0} x {1}", "xyseries {0} {1} user", "foreach {0} {1} [eval <<FIELD>>=1]", "append [search {0}=*]",
    "appendpipe [stats count by {0}]", "join {0} [search a=*]", "head 2", "tail 2", "reverse", "uniq", "addtotals", "accum {0} as x",
    "delta {0}", "format", "return 2 {0} ${1}", "strcat {0} {1} x", "addinfo", "collect index={0}",
]  # fmt: skip
WELL_FORMED = st.lists(
    st.builds(lambda template, one, other: template.format(one, other), st.sampled_from(TEMPLATES), FIELDS, FIELDS),
    min_size=1,
    max_size=5,
).map(lambda stages: "search * | " + " | ".join(stages))


@properties()
@given(WELL_FORMED)
def test_every_result_keeps_the_form_of_rows(spl: str) -> None:
    """Whatever a pipeline does, its rows hold texts, numbers and multivalues of two texts or more, all in its columns."""
    try:
        result = run(spl, MemoryEnvironment(EVENTS, MACROS))
    except SearchError:
        return
    for row in result.rows:
        assert set(row) <= set(result.fields)
        for value in row.values():
            if isinstance(value, list):
                assert len(value) > 1
                assert all(isinstance(text, str) for text in value)
            else:
                assert type(value) in (str, int) or isinstance(value, float)


@properties()
@given(SEARCHES)
def test_any_search_ends(spl: str) -> None:
    """Running any text ends with a result or with a SearchError whose position lies inside the text."""
    try:
        result = run(spl, MemoryEnvironment(EVENTS, MACROS))
    except SearchError as error:
        assert error.position is None or 0 <= error.position <= len(spl)
    else:
        assert all(value is not None for row in result.rows for value in row.values())


@properties()
@given(EXPRESSIONS)
def test_any_expression_ends(text: str) -> None:
    """Compiling and running any text as an expression, or as a filter, ends."""
    for compile_one in (compile_expression, compile_filter):
        try:
            compiled = compile_one(text)
        except SearchError:
            continue
        for row in EVENTS:
            compiled.evaluate(row) if hasattr(compiled, "evaluate") else compiled.matches(row)


@properties()
@given(SEARCHES)
def test_any_analysis_ends(spl: str) -> None:
    """Analysing any text ends."""
    try:
        analyse(spl, MemoryEnvironment(EVENTS, MACROS))
        analyse(spl)
    except SearchError:
        pass


MODEL = DataModel(
    "M",
    {
        "R": Dataset("R", BASE_EVENT, "R", "a=*", ("a", "x"), ("a",), (Calculation("eval x=upper(user)", ("x",)),)),
        "C": Dataset("C", "R", "R.C", "a=1", ("y",), (), (Calculation("eval y=1", ("y",)),)),
        "S": Dataset("S", BASE_SEARCH, "S", "search * | stats count by user", ("user",)),
    },
)
ASKED = [
    "datamodel",
    "tstats",
    "tstats count from",
    "tstats prestats=t count",
    "from",
    "stats count",
    "timechart count",
]
NAMES = [
    "M", "R", "C", "S", "M.R", "M.C", '"M"."R"', "datamodel=M.R", "datamodel=M", "datamodel:M.R", "datamodel", "search", "flat", "R.a",
    "R.C.y", "R.is_C", "nodename=R.C", "where", "by", "_time", "span=1h", "count", "sum(R.a)", "from", "|", ",", "strict_fields=f",
    "summariesonly=t", "append=t", "prestats=t", "fillnull_value=x", "savedsearch:s", "lookup:l", "[", "]", '"', ":", ".", "=",
]  # fmt: skip
QUESTIONS = st.lists(
    st.tuples(
        st.sampled_from(ASKED), st.lists(st.sampled_from(NAMES) | st.text(max_size=4), max_size=8).map(" ".join)
    ).map(" ".join),
    min_size=1,
    max_size=3,
).map(lambda stages: "| " + " | ".join(stages))


@properties()
@given(QUESTIONS)
def test_any_question_of_a_model_ends(spl: str) -> None:
    """Any arguments of datamodel, from and tstats end with a result or with an error inside the text."""
    environment = MemoryEnvironment(EVENTS, MACROS, models={"M": MODEL}, saved_searches={"s": "| from datamodel:M.S"})
    try:
        run(spl, environment)
    except SearchError as error:
        assert error.position is None or 0 <= error.position <= len(spl)
