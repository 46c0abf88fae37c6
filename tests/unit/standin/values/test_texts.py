"""Wildcards, subnets, regular expressions, JSON: what matches and what does not."""

import pytest

from standin.values import cidr, jsontext, regex, wildcard
from standin.values.multivalue import as_text, as_texts, from_texts, unique


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a*", "ABC", True),
        ("*b*", "abc", True),
        ("a*c", "abc", True),
        ("a*c", "abcd", False),
        ("*", "", True),
        ("a.c", "abc", False),
        ("a**c", "a\nc", True),
        ("exact", "EXACT", True),
    ],
)
def test_wildcard(pattern: str, text: str, expected: bool) -> None:
    """A star is any text, everything else is itself, whatever its case."""
    assert wildcard.matcher(pattern)(text) is expected


def test_wildcard_with_case() -> None:
    """Names of fields match by case."""
    assert not wildcard.matcher("a*", case_sensitive=True)("ABC")
    assert wildcard.select(["b*", "x", "a"], ["a", "b1", "b2"]) == ["b1", "b2", "x", "a"]
    assert wildcard.captures("a*_*", "ab_c") == ("b", "c")
    assert wildcard.captures("a*", "b") is None


@pytest.mark.parametrize(
    ("subnet", "text", "expected"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.5/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.0.0.0", False),
        ("10.0.0.0/8", "10.1.0.0/16", True),
        ("10.0.0.0/8", "text", False),
        ("fe80::/10", "fe80::1", True),
        ("fe80::/10", "10.0.0.1", False),
        ("fe80::/10", "10.0.0.0/8", False),
    ],
)
def test_subnet(subnet: str, text: str, expected: bool) -> None:
    """A subnet holds addresses and smaller subnets of its own family."""
    test = cidr.matcher(subnet)

    assert test is not None
    assert test(text) is expected


@pytest.mark.parametrize("text", ["10.0.0.1", "10.0.0.0/33", "a/b", ""])
def test_no_subnet(text: str) -> None:
    """What is no subnet gives no test."""
    assert cidr.matcher(text) is None


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"(?<a>\d+)", "x12", "12"),
        (r"foo\Kbar", "foobar", "bar"),
        (r"(?>a+)b", "aab", "aab"),
        (r"\Ab", "a\nb", None),
        (r"(?i)ABC", "abc", "abc"),
        ("é", "\ud800é", "é"),
    ],
)
def test_regex(pattern: str, text: str, expected: str | None) -> None:
    """Regular expressions are PCRE2's."""
    match = regex.compile(pattern).search(text)

    assert (match.group(0) if match else None) == expected


@pytest.mark.parametrize("broken", ["", "\ud800"], ids=["text", "half a surrogate"])
def test_matches_go_on_where_the_fast_engine_gives_up(broken: str) -> None:
    """The compiled form has a small stack; what it cannot match is matched without it, from where it was."""
    deep = "a" + "b" * 5_000
    pattern = regex.compile(r"x|a((b)|c)*|", match_limit=10_000_000, depth_limit=1_000_000)

    found = [match.group(0) for match in pattern.finditer("x" + deep + "-x" + broken)]

    assert found == ["x", deep, "", "x", ""] + [""] * len(broken)


def test_regex_error_has_pcre2_words_and_a_position() -> None:
    """A pattern that does not compile is told in PCRE2's words."""
    with pytest.raises(regex.RegexError) as error:
        regex.compile("(abc")

    assert error.value.reason == "missing closing parenthesis"
    assert error.value.position == 4


def test_regex_gives_up_at_the_match_limit() -> None:
    """A pattern that backtracks without end is given up, soon."""
    with pytest.raises(regex.RegexLimit):
        regex.compile("(a+)+$").search("a" * 60 + "b")


def test_regex_without_the_fast_stack() -> None:
    """A match too deep for compiled code is tried again without it, and then given up by depth."""
    with pytest.raises(regex.RegexLimit):
        regex.compile(r"(?s)\A(?:.|x)*y\z").search("a" * 1_000_000 + "yb")


def test_empty_matches_move_on() -> None:
    """A pattern that matches nothing matches between all characters once."""
    assert [match.start() for match in regex.compile("x*").finditer("aa")] == [0, 1, 2]


def test_json_paths() -> None:
    """Paths go through keys, elements and all elements."""
    document = jsontext.parse('{"a":[{"b":1},{"b":2}],"c":{"d":null}}')

    assert jsontext.find(document, jsontext.read_path("a{}.b")) == [1, 2]
    assert jsontext.find(document, jsontext.read_path("a{1}.b")) == [2]
    assert jsontext.find(document, jsontext.read_path("a{9}.b")) == []
    assert jsontext.find(document, jsontext.read_path("c.d")) == [None]
    assert jsontext.find(document, jsontext.read_path("")) == []
    assert jsontext.find(jsontext.parse('{"":1}'), jsontext.read_path("")) == [1]
    assert jsontext.find(jsontext.parse("[1,2]"), jsontext.read_path("{}")) == [1, 2]


@pytest.mark.parametrize("text", ["", "{", "nope", "NaN", '{"a":1}x', "[" * 100_000])
def test_no_json(text: str) -> None:
    """What is no JSON is refused, however deep."""
    with pytest.raises(jsontext.NotJson):
        jsontext.parse(text)


def test_json_leaves() -> None:
    """Leaves are named by their path; null is the text null."""
    assert jsontext.flatten(jsontext.parse('{"a":[1,{"b":true}],"c":null}')) == [
        ("a{}", "1"),
        ("a{}.b", "true"),
        ("c", "null"),
    ]


def test_json_leaves_of_a_cut_text() -> None:
    """Of a text that was cut, the leaves before the cut are read."""
    assert jsontext.flatten_prefix('{"a":"x","b":[1,2,{"c":"y"},3') == [
        ("a", "x"),
        ("b{}", "1"),
        ("b{}", "2"),
        ("b{}.c", "y"),
    ]
    assert jsontext.flatten_prefix("no json") == []
    assert jsontext.flatten_prefix('{"a":[1,2],"b":{"c":3},"d":[],"e":{},"f":4,') == [
        *(("a{}", "1"), ("a{}", "2"), ("b.c", "3"), ("f", "4")),
    ]


def test_multivalues() -> None:
    """None is no value, one text is itself, several are a list."""
    assert from_texts([]) is None
    assert from_texts(["a"]) == "a"
    assert from_texts(["a", "b"]) == ["a", "b"]
    assert as_texts(5) == ["5"]
    assert as_text(["a", "b"]) == "a\nb"
    assert as_text(True) == "True"
    assert unique(["b", "a", "b"]) == ["b", "a"]
