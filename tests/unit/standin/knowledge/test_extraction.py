"""EXTRACT, REPORT and KV_MODE: fields out of text."""

import json

import pytest

from standin.conf.errors import ConfError
from standin.environment import Value
from standin.knowledge.keyvalue import Limits, json_fields, pairs
from standin.language.errors import SearchError, Unsupported
from unit.standin.laboratory import MakeLab

PROPS = "[some:type]\nSHOULD_LINEMERGE = false\n"
SHIPPED = Limits(10_240, 100, 5_000)
NOT_EXTRACTED = {"_raw", "_time", "_indextime", "host", "index", "linecount", "punct", "source", "sourcetype", "splunk_server"}  # fmt: skip


def fields(lab: MakeLab, props: str, text: str, transforms: str = "") -> dict[str, Value]:
    """Return what search time finds in one line under these props."""
    row = lab(props=f"{PROPS}{props}\n", transforms=transforms).rows(text)[0]
    return {name: value for name, value in row.items() if name not in NOT_EXTRACTED}


@pytest.mark.parametrize(
    ("props", "text", "expected"),
    [
        pytest.param(r"EXTRACT-a = user=(?<user>\w+)", "user=alice", {"user": "alice"}, id="named-group"),
        pytest.param(
            r"EXTRACT-a = user=(?<user>\w+)(?: role=(?<role>\w+))?",
            "user=a",
            {"user": "a"},
            id="group-that-took-no-part",
        ),
        pytest.param(r"EXTRACT-a = user=(?<user>\w*)", "user= x", {}, id="empty-value"),
        pytest.param(
            r"EXTRACT-a = (?<first>\w)(?<b>.*)" + "\n" + r"EXTRACT-b = (?<c>\w)$ in b",
            "xyz",
            {"first": "x", "b": "yz", "c": "z"},
            id="in-an-earlier-field",
        ),
        pytest.param(
            "EXTRACT-b = (?<b>x)\n" + r"EXTRACT-a = (?<c>x) in b", "xx", {"b": "x"}, id="a-later-class-is-not-there-yet"
        ),
        pytest.param("EXTRACT-a = (?<v>x)\nEXTRACT-b = (?<v>y)", "xy", {"v": "x"}, id="first-class-wins"),
        pytest.param(r"EXTRACT-a = ^(?<v>\w)\.$", "a.", {"v": "a"}, id="multi-line-anchors"),
        pytest.param(r"EXTRACT-a = (?<host>x)", "x", {}, id="a-fixed-field-stays"),
    ],
)
def test_extract(lab: MakeLab, props: str, text: str, expected: dict[str, Value]) -> None:
    """Named groups become fields, in the order of classes."""
    assert fields(lab, "KV_MODE = none\n" + props, text) == expected


def test_extract_reads_several_lines(lab: MakeLab) -> None:
    """A pattern gets (?ms): a dot crosses lines and ^ finds every line."""
    props = "[some:type]\nSHOULD_LINEMERGE = true\nKV_MODE = none\nEXTRACT-a = ^b(?<v>.*)d$\n"

    row = lab(props=props).rows("a\nb1\nc\n2d\ne")[0]

    assert row["v"] == "1\nc\n2"


@pytest.mark.parametrize(
    ("limits", "found"),
    [pytest.param("MATCH_LIMIT = 100", False, id="low"), pytest.param("MATCH_LIMIT = 10000000", True, id="high")],
)
def test_match_limit(lab: MakeLab, limits: str, found: bool) -> None:
    """A match that takes more steps than MATCH_LIMIT leaves no field."""
    props = f"KV_MODE = none\n{limits}\nEXTRACT-a = (?:a+)+b|(?<v>a)"

    assert ("v" in fields(lab, props, "a" * 16 + "c")) is found


def test_wrong_extract_is_an_error(lab: MakeLab) -> None:
    """A pattern that does not compile says so in PCRE2's words, with its line."""
    with pytest.raises((ConfError, SearchError), match="3: regex: missing closing parenthesis"):
        fields(lab, "EXTRACT-a = (?<v>x", "x")


@pytest.mark.parametrize(
    ("transform", "text", "expected"),
    [
        pytest.param(r"REGEX = u=(\w+) r=(\w+)" + "\nFORMAT = user::$1 role::$2", "u=a r=b", {"user": "a", "role": "b"}, id="format"),
        pytest.param(r"REGEX = (\w)=(\w)" + "\nFORMAT = $1::$2", "a=1 b=2 a=3", {"a": "1", "b": "2"}, id="names-from-the-text"),
        pytest.param(r"REGEX = (\w)=(\w)" + "\nFORMAT = $1::$2\nMV_ADD = true", "a=1 a=2", {"a": ["1", "2"]}, id="mv-add"),
        pytest.param(r"REGEX = to=(?<to>\w+)", "to=a to=b", {"to": "a"}, id="named-group-first"),
        pytest.param(r"REGEX = to=(?<to>\w+)" + "\nMV_ADD = true", "to=a to=b", {"to": ["a", "b"]}, id="named-group-mv-add"),
        pytest.param(r"REGEX = (?<_KEY_1>\w)=(?<_VAL_1>\w)", "a=1 b=2", {"a": "1", "b": "2"}, id="key-and-val"),
        pytest.param('DELIMS = ";", "="', "a=1;b=2", {"a": "1", "b": "2"}, id="delims"),
        pytest.param('DELIMS = ","\nFIELDS = one, "two three"', "a,b", {"one": "a", "two_three": "b"}, id="columns"),
        pytest.param('DELIMS = ","', "a,1,b,2", {"a": "1", "b": "2"}, id="names-and-values-in-turn"),
        pytest.param('DELIMS = "\\t"\nFIELDS = x, y', "a\tb", {"x": "a", "y": "b"}, id="tab"),
        pytest.param("REGEX = (x)\nFORMAT = a.b-c::$1\nCLEAN_KEYS = false", "x", {"a.b-c": "x"}, id="keys-as-they-are"),
        pytest.param("REGEX = (x)\nFORMAT = 1_a.b::$1", "x", {"a_b": "x"}, id="keys-cleaned"),
        pytest.param("REGEX = (z)\nSOURCE_KEY = source\nFORMAT = a::$1", "z", {}, id="source-key"),
        pytest.param("REGEX = (x)\nFORMAT = a::fixed", "x", {"a": "fixed"}, id="fixed-value"),
    ],
)  # fmt: skip
def test_report(lab: MakeLab, transform: str, text: str, expected: dict[str, Value]) -> None:
    """Search-time transforms find fields by regex or by delimiters."""
    assert fields(lab, "KV_MODE = none\nREPORT-a = some", text, f"[some]\n{transform}\n") == expected


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        pytest.param("MV_ADD = true", "neither REGEX nor DELIMS", id="nothing-to-find"),
        pytest.param("REGEX = (x)\nFORMAT = a::$1.$1", "exists at index time only", id="joined-value"),
        pytest.param("REGEX = (x)\nFORMAT = a", "not name::value pairs", id="format"),
    ],
)
def test_wrong_report(lab: MakeLab, transform: str, message: str) -> None:
    """A transform that cannot work is an error by name."""
    with pytest.raises((ConfError, SearchError), match=message):
        fields(lab, "REPORT-a = some", "x", f"[some]\n{transform}\n")


def test_missing_report(lab: MakeLab) -> None:
    """A REPORT that names no transform is an error at its line."""
    with pytest.raises(
        (ConfError, SearchError), match=r"props.conf:3: transform: no transform \[missing\] in transforms.conf"
    ):
        fields(lab, "REPORT-a = missing", "x")


@pytest.mark.parametrize(
    ("mode", "text", "expected"),
    [
        pytest.param("auto", "a=1 b.c=x,d=y", {"a": "1", "b_c": "x", "d": "y"}, id="pairs"),
        pytest.param("auto", 'a=" b " c=""', {"a": "b"}, id="quoted-values"),
        pytest.param("auto", '{"a":"x=1","b":2}', {"a": "x=1", "b": "2", "x": "1"}, id="json-beside-pairs"),
        pytest.param("auto\nAUTO_KV_JSON = false", '{"a":1}', {}, id="pairs-alone"),
        pytest.param("auto\nKV_TRIM_SPACES = false", 'a=" b "', {"a": " b "}, id="blanks-kept"),
        pytest.param("auto", "1=x =y a=b", {"a": "b"}, id="odd-equals"),
        pytest.param("json", '{"a":{"b":[1,2]}} ', {"a.b{}": ["1", "2"]}, id="json"),
        pytest.param("json", "a=1", {}, id="json-alone"),
        pytest.param("none", '{"a":1} b=2', {}, id="none"),
        pytest.param("xml", '<a x="1"><b>2</b><b>3</b></a>', {"a{@x}": "1", "a.b": ["2", "3"]}, id="xml"),
        pytest.param("xml", "<a>", {}, id="no-xml"),
        pytest.param("multi", "a b", {}, id="a-table-of-one-line"),
    ],
)
def test_kv_mode(lab: MakeLab, mode: str, text: str, expected: dict[str, Value]) -> None:
    """Automatic extraction finds what its mode says."""
    assert fields(lab, f"KV_MODE = {mode}", text) == expected


def test_tables_of_several_lines_are_refused(lab: MakeLab) -> None:
    """KV_MODE = multi on a real table is refused by name."""
    with pytest.raises(Unsupported, match="KV_MODE = multi"):
        lab(props="[some:type]\nKV_MODE = multi\n").rows("a b\n1 2\n")[0].get("a")


def test_a_field_that_is_there_wins(lab: MakeLab) -> None:
    """EXTRACT beats REPORT, and both beat automatic extraction."""
    props = "EXTRACT-a = (?<a>E)\nREPORT-a = some\nKV_MODE = auto"

    found = fields(lab, props, "E R a=1 b=2", "[some]\nREGEX = (?<a>E) (?<b>R)\n")

    assert found == {"a": "E", "b": "R"}


def test_json_beside_an_indexed_field_doubles(lab: MakeLab) -> None:
    """INDEXED_EXTRACTIONS = JSON with KV_MODE = json gives every value twice."""
    assert fields(lab, "INDEXED_EXTRACTIONS = JSON\nKV_MODE = json", '{"a":1}') == {"a": ["1", "1"]}


def test_json_stops_at_the_cutoff() -> None:
    """Only the first 5,000 bytes of JSON are read, a value that is cut is none."""
    text = json.dumps({"first": "x", "long": "y" * 5_000, "last": "z"})

    assert json_fields(text, SHIPPED) == {"first": "x"}
    assert json_fields(text, SHIPPED._replace(json_bytes=0))["last"] == "z"


def test_pairs_stop_at_the_limits(lab: MakeLab) -> None:
    """Pairs are sought in the first 10,240 characters, and 100 fields come out of an event at most."""
    assert pairs("x" * 10_240 + " a=1", SHIPPED) == {}
    many = " ".join(f"k{letter}{number}=1" for letter in "ab" for number in range(100))
    assert len(fields(lab, "KV_MODE = auto", many)) == 100


def test_a_limit_of_nothing_is_none(lab: MakeLab) -> None:
    """[kv] limit = 0 leaves the number of fields without a limit (limits.conf.spec)."""
    many = " ".join(f"k{letter}{number}=1" for letter in "ab" for number in range(100))
    ours = lab(props=PROPS, limits="[kv]\nlimit = 0\n")

    assert sum(name.startswith("k") for name in ours.rows(many)[0]) == 200


def test_limits_conf_moves_the_limits(lab: MakeLab) -> None:
    """[kv] and [spath] of limits.conf are obeyed."""
    text = '{"a":1,"b":2}'
    ours = lab(props=PROPS + "KV_MODE = json\n", limits="[kv]\nlimit = 1\n[spath]\nextraction_cutoff = 0\n")

    row = ours.rows(text)[0]

    assert ("a" in row, "b" in row) == (True, False)
