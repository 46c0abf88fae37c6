"""Keys of props, transforms and macros that no other test sets, each with the sentence of its spec file, told anew."""

import pytest

from standin.conf import ConfError
from standin.language.errors import SearchError
from standin.values.multivalue import as_text
from unit.standin.laboratory import NOW, MakeLab

MERGED = "[some:type]\nSHOULD_LINEMERGE = true\nBREAK_ONLY_BEFORE_DATE = false\n"
CSV = "[some:type]\nINDEXED_EXTRACTIONS = csv\nSHOULD_LINEMERGE = false\n"
SPEC = "props.conf.spec, "


@pytest.mark.parametrize(
    ("keys", "text", "expected", "source"),
    [
        ("BREAK_ONLY_BEFORE = ^<\nMUST_NOT_BREAK_BEFORE = ^<skip", "<a\n<skip\n<b\n", ["<a\n<skip", "<b"],
         SPEC + "MUST_NOT_BREAK_BEFORE: no break before a line that matches"),
        ("BREAK_ONLY_BEFORE = ^<\nMUST_NOT_BREAK_AFTER = open$", "<a\n<open\n<b\n<c\n", ["<a", "<open\n<b\n<c"],
         SPEC + "MUST_NOT_BREAK_AFTER: none after such a line until MUST_BREAK_AFTER matches"),
        ("BREAK_ONLY_BEFORE = ^<\nMUST_NOT_BREAK_AFTER = open$\nMUST_BREAK_AFTER = end$", "<open\n<b\n<end\n<c\n",
         ["<open\n<b\n<end", "<c"], SPEC + "MUST_NOT_BREAK_AFTER with MUST_BREAK_AFTER"),
    ],
)  # fmt: skip
def test_merging(lab: MakeLab, keys: str, text: str, expected: list[str], source: str) -> None:
    """Lines are merged into events as the spec says."""
    assert [row["_raw"] for row in lab(props=f"{MERGED}{keys}\n").rows(text)] == expected, source


@pytest.mark.parametrize(
    ("keys", "text", "expected", "source"),
    [
        ("TIME_FORMAT = %Y-%m-%d\nMAX_TIMESTAMP_LOOKAHEAD = 5", "2026-08-01 a\n", NOW,
         SPEC + "MAX_TIMESTAMP_LOOKAHEAD: a time further in is not seen"),
        ("TIME_FORMAT = %Y-%m-%d\nMAX_TIMESTAMP_LOOKAHEAD = 10", "2026-08-01 a\n", 1_785_542_400.0,
         SPEC + "MAX_TIMESTAMP_LOOKAHEAD"),
        ("TIME_FORMAT = %Y-%m-%d\nMAX_DAYS_HENCE = 1", "2026-08-09 a\n", NOW,
         SPEC + "MAX_DAYS_HENCE: a date further ahead is not believed"),
        ("TIME_FORMAT = %Y-%m-%d\nMAX_DAYS_HENCE = 30", "2026-08-09 a\n", 1_786_233_600.0, SPEC + "MAX_DAYS_HENCE"),
    ],
)  # fmt: skip
def test_times(lab: MakeLab, keys: str, text: str, expected: float, source: str) -> None:
    """A time is read, or not believed, as the spec says."""
    (row,) = lab(props=f"[some:type]\nSHOULD_LINEMERGE = false\nTZ = UTC\n{keys}\n").rows(text)

    assert row["_time"] == expected, source


@pytest.mark.parametrize(
    ("keys", "text", "expected", "source"),
    [
        ("FIELD_DELIMITER = |", "a|b\n1|2\n", {"a": "1", "b": "2"}, SPEC + "FIELD_DELIMITER: one character"),
        ("FIELD_NAMES = x,y", "1,2\n", {"x": "1", "y": "2"}, SPEC + "FIELD_NAMES: for files without a header"),
        ("HEADER_FIELD_LINE_NUMBER = 2", "remark\na,b\n1,2\n", {"a": "1", "b": "2"}, SPEC + "HEADER_FIELD_LINE_NUMBER"),
    ],
)  # fmt: skip
def test_columns(lab: MakeLab, keys: str, text: str, expected: dict[str, str], source: str) -> None:
    """The columns of a table get their names as the spec says."""
    (row,) = lab(props=f"{CSV}{keys}\n").rows(text)

    assert {name: as_text(row.get(name, "")) for name in expected} == expected, source


@pytest.mark.parametrize("delimiter", ["whitespace", "||"])
def test_delimiter_that_is_no_character(lab: MakeLab, delimiter: str) -> None:
    """A delimiter of several characters is refused by name, never a traceback."""
    with pytest.raises(ConfError, match="FIELD_DELIMITER"):
        lab(props=f"{CSV}FIELD_DELIMITER = {delimiter}\n").rows("a,b\n1,2\n")


def test_timestamp_fields(lab: MakeLab) -> None:
    """TIMESTAMP_FIELDS names the columns that hold the time (props.conf.spec)."""
    keys = "TIMESTAMP_FIELDS = day\nTIME_FORMAT = %Y-%m-%d\nTZ = UTC\n"

    (row,) = lab(props=CSV + keys).rows("other,day\n2026-07-01,2026-08-01\n")

    assert row["_time"] == 1_785_542_400.0


@pytest.mark.parametrize(("characters", "found"), [(3, False), (6, True)])
def test_lookahead(lab: MakeLab, characters: int, found: bool) -> None:
    """A transform sees the first LOOKAHEAD characters only (transforms.conf.spec)."""
    transforms = f"[t]\nREGEX = c(.)\nFORMAT = seen::$1\nWRITE_META = true\nLOOKAHEAD = {characters}\n"

    (row,) = lab(props="[some:type]\nTRANSFORMS-x = t\n", transforms=transforms).rows("abxxcd\n")

    assert ("seen" in row) is found


@pytest.mark.parametrize("keeps", ["true", "false"])
def test_keep_empty_values(lab: MakeLab, keeps: str) -> None:
    """KEEP_EMPTY_VALS keeps no pair of DELIMS with an empty value: so measured, against transforms.conf.spec."""
    transforms = f'[t]\nDELIMS = ";", "="\nMV_ADD = true\nKEEP_EMPTY_VALS = {keeps}\n'

    (row,) = lab(props="[some:type]\nREPORT-x = t\nKV_MODE = none\n", transforms=transforms).rows("k=;k=1\n")

    assert row["k"] == "1"


@pytest.mark.parametrize(("matters", "found"), [("true", False), ("false", True)])
def test_case_of_a_lookup(lab: MakeLab, matters: str, found: bool) -> None:
    """case_sensitive_match decides whether case counts (transforms.conf.spec)."""
    transforms = f"[t]\nfilename = t.csv\ncase_sensitive_match = {matters}\n"
    laboratory = lab({"lookups/t.csv": "user,team\nBob,red\n"}, transforms=transforms)

    (row,) = laboratory.search('| makeresults | eval user="bob" | lookup t user OUTPUT team')

    assert ("team" in row) is found


def test_message_of_a_macro(lab: MakeLab) -> None:
    """errormsg is what a macro says when its validation fails (macros.conf.spec)."""
    macros = "[m(1)]\nargs = n\ndefinition = head $n$\nvalidation = isnum(n)\nerrormsg = a number please\n"

    with pytest.raises(SearchError, match="a number please"):
        lab(macros=macros).search("search * | `m(x)`")
