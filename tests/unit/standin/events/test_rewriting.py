"""SEDCMD, TRANSFORMS and INGEST_EVAL."""

import pytest

from standin.conf.errors import ConfError
from standin.environment import Row
from unit.standin.laboratory import MakeLab

PROPS = "[some:type]\nSHOULD_LINEMERGE = false\n"


def indexed(lab: MakeLab, props: str, transforms: str, text: str) -> list[Row]:
    """Index a text under these settings; return the rows."""
    return lab(props=f"{PROPS}KV_MODE = none\n{props}\n", transforms=transforms).rows(text)


@pytest.mark.parametrize(
    ("script", "text", "expected"),
    [
        pytest.param("s/a/b/", "aa", "ba", id="first"),
        pytest.param("s/a/b/g", "aa", "bb", id="all"),
        pytest.param("s/a/b/2", "aaa", "aba", id="second"),
        pytest.param(r"s/(\w)(\w)/\2\1/", "ab", "ba", id="groups"),
        pytest.param(r"s/x\/y/z/", "x/y", "z", id="escaped-delimiter"),
        pytest.param("s#x/y#z#", "x/y", "z", id="other-delimiter"),
        pytest.param("y/abc/xyz/", "aabbcc", "xxyyzz", id="transliterate"),
        pytest.param("s/a/b/ y/b/c/", "ab", "cc", id="two-commands"),
        pytest.param("s/nothing/x/g", "ab", "ab", id="no-match"),
    ],
)
def test_sed(lab: MakeLab, script: str, text: str, expected: str) -> None:
    """Sed scripts rewrite the event's text."""
    assert indexed(lab, f"SEDCMD-a = {script}", "", text)[0]["_raw"] == expected


@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param("s/a/b", "not a sed script", id="unfinished"),
        pytest.param("s/a/b/q", "unknown flag", id="flag"),
        pytest.param("y/ab/c/", "not of equal length", id="lengths"),
        pytest.param("s/(/b/", "missing closing parenthesis", id="regex"),
    ],
)
def test_wrong_sed(lab: MakeLab, script: str, message: str) -> None:
    """A script that is none is an error."""
    with pytest.raises(ConfError, match=message):
        indexed(lab, f"SEDCMD-a = {script}", "", "a")


@pytest.mark.parametrize(
    ("transform", "text", "expected"),
    [
        pytest.param("REGEX = drop\nDEST_KEY = queue\nFORMAT = nullQueue", "keep\ndrop\n", {"_raw": ["keep"]}, id="null-queue"),
        pytest.param("REGEX = .\nDEST_KEY = MetaData:Sourcetype\nFORMAT = sourcetype::other", "a", {"sourcetype": ["other"]}, id="sourcetype"),
        pytest.param("REGEX = ^(.)\nDEST_KEY = MetaData:Host\nFORMAT = host::$1", "web1", {"host": ["w"]}, id="host"),
        pytest.param("REGEX = .\nDEST_KEY = _MetaData:Index\nFORMAT = summary", "a", {"index": ["summary"]}, id="index"),
        pytest.param("REGEX = z=(\\w+)\nFORMAT = zone::$1\nWRITE_META = true", "z=dmz", {"zone": ["dmz"]}, id="indexed-field"),
        pytest.param("REGEX = (\\w)=(\\w)\nFORMAT = $1::$2\nWRITE_META = true\nREPEAT_MATCH = true", "a=1 b=2", {"a": ["1"], "b": ["2"]}, id="repeat"),
        pytest.param("REGEX = b\nDEST_KEY = _raw\nFORMAT = [$0]", "ab", {"_raw": ["[ab]"]}, id="dollar-zero"),
        pytest.param("REGEX = some\nSOURCE_KEY = MetaData:Host\nFORMAT = from::host\nWRITE_META = true", "a", {"from": ["host"]}, id="source-key"),
        pytest.param("REGEX = x\nFORMAT = a::1\nWRITE_META = true\nDEFAULT_VALUE = a::2", "y", {"a": ["2"]}, id="default-value"),
        pytest.param("INGEST_EVAL = size=len(_raw), double=size*2", "abc", {"size": ["3"], "double": ["6"]}, id="ingest-eval"),
        pytest.param('INGEST_EVAL = a="x", a:="y"', "abc", {"a": ["y"]}, id="ingest-eval-replaces"),
        pytest.param('INGEST_EVAL = a="x", a="y"', "abc", {"a": [["x", "y"]]}, id="ingest-eval-appends"),
        pytest.param('INGEST_EVAL = queue=if(match(_raw,"b"),"nullQueue",null())', "a\nb\n", {"_raw": ["a"]}, id="ingest-eval-queue"),
        pytest.param("INGEST_EVAL = _time=5", "2026-01-15T10:00:00Z", {"_time": [5.0]}, id="ingest-eval-time"),
    ],
)  # fmt: skip
def test_transforms(lab: MakeLab, transform: str, text: str, expected: dict[str, list[object]]) -> None:
    """Index-time transforms rewrite, route, drop and add indexed fields."""
    rows = indexed(lab, "TRANSFORMS-a = some", f"[some]\n{transform}\n", text)

    assert {name: [row.get(name) for row in rows] for name in expected} == expected


def test_a_condition_stops_later_transforms(lab: MakeLab) -> None:
    """STOP_PROCESSING_IF leaves out the transforms that follow."""
    transforms = '[first]\nSTOP_PROCESSING_IF = match(_raw, "a")\n[second]\nINGEST_EVAL = seen="yes"\n'

    rows = indexed(lab, "TRANSFORMS-a = first, second", transforms, "a\nb\n")

    assert [row.get("seen") for row in rows] == [None, "yes"]


def test_a_transform_reads_an_indexed_field(lab: MakeLab) -> None:
    """SOURCE_KEY = field:NAME looks at a field that is indexed already (transforms.conf.spec)."""
    transforms = (
        '[first]\nINGEST_EVAL = price="about 5"\n'
        "[second]\nREGEX = (\\d)\nSOURCE_KEY = field:price\nFORMAT = digit::$1\nWRITE_META = true\n"
    )

    rows = indexed(lab, "TRANSFORMS-a = first, second", transforms, "7")

    assert rows[0]["digit"] == "5"


def test_classes_run_in_order(lab: MakeLab) -> None:
    """SEDCMD runs before TRANSFORMS, classes in ASCII order, names as they are listed."""
    transforms = "".join(
        f"[{name}]\nREGEX = (.*)\nDEST_KEY = _raw\nFORMAT = $1{name}\n" for name in ("one", "two", "three")
    )

    rows = indexed(lab, "TRANSFORMS-b = three\nTRANSFORMS-a = two, one\nSEDCMD-z = s/$/sed/", transforms, "x")

    assert rows[0]["_raw"] == "xsedtwoonethree"


@pytest.mark.parametrize(
    ("props", "transforms", "message"),
    [
        pytest.param("TRANSFORMS-a = missing", "", "no transform .missing. in transforms.conf", id="missing"),
        pytest.param("TRANSFORMS-a = some", "[some]\nFORMAT = x\n", "has no REGEX", id="no-regex"),
        pytest.param(
            "TRANSFORMS-a = some", "[some]\nREGEX = x\nDEST_KEY = _TCP_ROUTING\n", "not supported here", id="routing"
        ),
        pytest.param(
            "TRANSFORMS-a = some",
            "[some]\nREGEX = x\nSOURCE_KEY = fields:a,b\nWRITE_META = true\n",
            "reads SOURCE_KEY fields:a,b, which is not supported here",
            id="several-fields",
        ),
        pytest.param("TRANSFORMS-a = some", "[some]\nINGEST_EVAL = 1\n", "not assignments", id="ingest-eval"),
        pytest.param("TRANSFORMS-a = some", "[some]\nREGEX = (\n", "missing closing parenthesis", id="regex"),
    ],
)
def test_wrong_transforms(lab: MakeLab, props: str, transforms: str, message: str) -> None:
    """A transform that does not exist or is not supported is an error by name."""
    with pytest.raises(ConfError, match=message):
        indexed(lab, props, transforms, "a")
