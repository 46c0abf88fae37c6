"""Expressions of eval and where, each with the source that says what they give."""

import pytest

from standin.environment import Row, Value
from standin.language.errors import SearchError, UnknownName, Unsupported
from standin.language.evaluate import compile_expression
from standin.values.multivalue import as_text

EVAL_PAGE = "Search Reference, eval"
MEASURED = "splunk-measured 6 E"

ROW: Row = {
    "one": "1",
    "word": "x",
    "mv": ["a", "b", "c"],
    "size": "8.250",
    "_raw": '{"verb":"create","annotations":{"a.b/c":"allow"},"list":[1,2,{"k":"v"}],"none":null,"yes":true}',
}
Vector = tuple[str, Value | None, str]

TEXTS: list[Vector] = [
    ("8.250 * 0.2", "2", EVAL_PAGE),
    ("size * 0.2", "2", EVAL_PAGE),
    ("0.1 + 0.2", "0.3", "spl 2b"),
    ("pow(2.5, 2)", "6.3", "spl 2b"),
    ("exact(pow(2.5, 2))", "6.25", "spl 2b"),
    ("exact(1 + pow(2.5, 2))", "7.25", "spl 2b"),
    ("pow(2, 0.5)", "1", MEASURED),
    ("round(2.555, 2)", "2.56", "spl 2b"),
    ("round(10, 2)", "10.00", "spl 2b"),
    ("word + 1", None, "spl 2b"),
    ("one + 1", "2", "spl 2b"),
    ('one + "2"', "12", "spl 2b"),
    ("word + word", "xx", f"{EVAL_PAGE}: + joins two texts"),
    ("word + one", None, f"{EVAL_PAGE}: + takes two numbers or two texts"),
    ("-one", "-1", f"{EVAL_PAGE}: unary minus"),
    ("-(-one)", "1", f"{EVAL_PAGE}: unary minus"),
    ("-word", None, f"{EVAL_PAGE}: unary minus"),
    ("pow(one, 2)", "1", "Search Reference, mathematical functions: pow"),
    ("substr(word, missing)", None, MEASURED),
    ('json_set("{\\"a\\":[1]}", "a.b.c", 2)', '{"a":[1]}', "Search Reference, JSON functions: json_set, no such path"),
    ("tonumber(word)", None, "spl 2b"),
    ("tostring(missing)", "Null", "spl 2b"),
    ('printf("%s", missing)', "Null", MEASURED),
    ("typeof(one)", "Number", "spl 2b"),
    ("typeof(word)", "String", "spl 2b"),
    ("typeof(mv)", "Multivalue", "spl 2b"),
    ("typeof(missing)", "Invalid", "spl 2b"),
    ("upper(missing)", None, MEASURED),
    ("sqrt(-1)", None, MEASURED),
    ("ln(0)", None, MEASURED),
    ("1 / 0", None, MEASURED),
    ("trim(5)", "5", MEASURED),
    ("mvindex(mv, 5)", None, MEASURED),
    ("mvindex(mv, -1)", "c", "Search Reference, multivalue eval functions: mvindex"),
    ('strptime("x", "%Y")', None, MEASURED),
    ('strptime("2024-01-01", "%Y-%m-%d")', "1704067200.000000", MEASURED),
    ('json_extract(_raw, "verb")', "create", "Search Reference, JSON functions: json_extract"),
    ('json_extract(_raw, "none")', None, "spl 2b"),
    ('json_extract(_raw, "list{}")', '[1,2,{"k":"v"}]', "spl 2b"),
    ('json_extract(_raw, "annotations.a.b/c")', None, "spl 2b"),
    ('json_extract_exact(json_extract(_raw, "annotations"), "a.b/c")', "allow", "spl 2b"),
]

REFUSED = [
    ('"1" + 1', "spl 2b"),
    ('"a" - "b"', "spl 2b"),
    ("upper(null())", "spl 2b"),
    ("min()", "spl 2b"),
    ("mvcount(null())", MEASURED),
    ('"x" . null()', MEASURED),
    ('null() == ""', MEASURED),
    ('sqrt("x")', MEASURED),
    ("len(123)", MEASURED),
    ("upper(1)", MEASURED),
    ("md5(1)", MEASURED),
    ('tonumber("seven")', "spl 2b"),
    ('mvfilter(one == "1" AND word == "x")', MEASURED),
]


@pytest.mark.parametrize(("text", "expected", "source"), TEXTS, ids=[vector[0] for vector in TEXTS])
def test_value(text: str, expected: Value | None, source: str) -> None:
    """An expression gives what its source says."""
    value = compile_expression(text).evaluate(ROW)

    assert (None if value is None else as_text(value)) == expected, source


@pytest.mark.parametrize(("text", "source"), REFUSED, ids=[vector[0] for vector in REFUSED])
def test_refused_before_running(text: str, source: str) -> None:
    """What can never work is an error before the search runs."""
    with pytest.raises(SearchError):
        compile_expression(text)


def test_unknown_function_is_told_in_splunks_words() -> None:
    """A function that Splunk does not have is unknown, at its position."""
    with pytest.raises(UnknownName, match="The 'nope' function is unsupported or undefined") as error:
        compile_expression("1 + nope(2)")

    assert error.value.position == 4


def test_function_that_only_splunk_has_is_refused_by_name() -> None:
    """A function that is missing here is not called unknown."""
    with pytest.raises(Unsupported) as error:
        compile_expression("toobject(x)")

    assert error.value.construct == "eval function toobject"
