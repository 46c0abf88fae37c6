"""Where a stream of text becomes events."""

import pytest

from standin.conf.errors import UnsupportedConf
from unit.standin.laboratory import MakeLab

DATED = "2026-01-15T10:00:0{}Z"


def raws(lab: MakeLab, props: str, text: str) -> list[str]:
    """Index a text under a sourcetype with these props; return the events' texts."""
    return [str(row["_raw"]) for row in lab(props=f"[some:type]\n{props}\n").rows(text)]


@pytest.mark.parametrize(
    ("props", "text", "expected"),
    [
        pytest.param("", "a\r\n\r\nb\n", ["a", "b"], id="default-breaks-at-newlines"),
        pytest.param("LINE_BREAKER = (;)", "a;b;", ["a", "b"], id="group-is-dropped"),
        pytest.param(r"LINE_BREAKER = }(\s*){", "{1}\n {2}", ["{1}", "{2}"], id="text-around-the-group-stays"),
        pytest.param(r"LINE_BREAKER = (?:x)(y)|z(w)", "axybzwc", ["ax", "bz", "c"], id="first-group-that-took-part"),
        pytest.param("LINE_BREAKER = (,)|begin", "a,bbeginc", ["a", "b", "beginc"], id="no-group-breaks-before"),
        pytest.param("LINE_BREAKER = ---", "a\n---\nb", ["a", "---", "b"], id="without-any-group-newlines-break"),
        pytest.param("TRUNCATE = 3", "abcdef\nab\n", ["abc", "ab"], id="truncate-counts-bytes"),
        pytest.param("TRUNCATE = 5", "abcde\nabcdef\n", ["abcde", "abcde"], id="truncate-at-its-bound"),
        pytest.param("TRUNCATE = 4", "äöü\n", ["äö"], id="truncate-keeps-whole-characters"),
        pytest.param("TRUNCATE = 0", "x" * 20_000 + "\n", ["x" * 20_000], id="truncate-off"),
    ],
)
def test_lines(lab: MakeLab, props: str, text: str, expected: list[str]) -> None:
    """LINE_BREAKER drops its group, TRUNCATE cuts bytes."""
    assert raws(lab, "SHOULD_LINEMERGE = false\n" + props, text) == expected


@pytest.mark.parametrize(
    ("props", "text", "expected"),
    [
        pytest.param("", "2026-01-15 10:00:00 a\n b\n2026-01-15 10:00:01 c\n", 2, id="a-date-begins-an-event"),
        pytest.param("BREAK_ONLY_BEFORE_DATE = false", "a\nb\nc\n", 3, id="without-a-rule-every-line"),
        pytest.param("BREAK_ONLY_BEFORE_DATE = false\nBREAK_ONLY_BEFORE = ^<", "<a\nb\n<c\n", 2, id="only-before"),
        pytest.param("DATETIME_CONFIG = NONE\nBREAK_ONLY_BEFORE = ^<", "<a\n2026-01-15 10:00:00\n<c", 2, id="no-dates"),
        pytest.param("MUST_BREAK_AFTER = ;$", "a\nb;\nc\n", 2, id="must-break-after"),
        pytest.param("MAX_EVENTS = 2", "a\nb\nc\nd\n", 2, id="max-events-is-one-more"),
    ],
)
def test_merging(lab: MakeLab, props: str, text: str, expected: int) -> None:
    """SHOULD_LINEMERGE puts lines together until a rule begins the next event."""
    assert len(raws(lab, "SHOULD_LINEMERGE = true\n" + props, text)) == expected


def test_default_truncation_marks_the_event(lab: MakeLab) -> None:
    """A line over the shipped 10,000 bytes is cut and carries meta=truncated."""
    rows = lab(props="[some:type]\nSHOULD_LINEMERGE = false\n").rows("x" * 10_001 + "\nshort\n")

    assert [(len(str(row["_raw"])), row.get("meta")) for row in rows] == [(10_000, "truncated"), (5, None)]


def test_refuses_rules_that_no_source_orders(lab: MakeLab) -> None:
    """BREAK_ONLY_BEFORE beside BREAK_ONLY_BEFORE_DATE is refused by name."""
    with pytest.raises(UnsupportedConf, match="BREAK_ONLY_BEFORE beside BREAK_ONLY_BEFORE_DATE"):
        raws(lab, "BREAK_ONLY_BEFORE = ^<", "a")
