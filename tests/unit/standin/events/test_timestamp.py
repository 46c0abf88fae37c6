"""When an event happened."""

from datetime import UTC, datetime

import pytest

from standin.conf.errors import UnknownConf
from standin.events.timestamp import first_iso_time
from unit.standin.laboratory import NOW, MakeLab


def test_a_line_has_a_date_where_its_prefix_is(lab: MakeLab) -> None:
    """Lines are merged until one has a time, which is looked for behind TIME_PREFIX (props.conf.spec)."""
    props = "[some:type]\nSHOULD_LINEMERGE = true\nBREAK_ONLY_BEFORE_DATE = true\nTIME_PREFIX = t=\n"
    lines = ["t=2026-01-15T10:00:00Z a", "u=2026-01-15T10:00:01Z b", "t=2026-01-15T10:00:02Z c"]

    for lookahead in ("128", "0", "-1"):
        rows = lab(props=f"{props}MAX_TIMESTAMP_LOOKAHEAD = {lookahead}\n").rows("\n".join([*lines, ""]))

        assert [row["_raw"] for row in rows] == ["\n".join(lines[:2]), lines[2]]


def at(text: str) -> float:
    """Return epoch seconds of an ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2026-01-15T10:00:00Z", "2026-01-15T10:00:00", id="zulu"),
        pytest.param("2026-01-15T10:00:00.123456789Z", "2026-01-15T10:00:00.123456", id="nanoseconds"),
        pytest.param("2026-01-15 10:00:00,250 x", "2026-01-15T10:00:00.25", id="blank-and-comma"),
        pytest.param("2026-01-15T10:00Z", "2026-01-15T10:00:00", id="no-seconds"),
        pytest.param("2026-01-15T10:00:00+02:00", "2026-01-15T08:00:00", id="offset"),
        pytest.param("2026-01-15T10:00:00-0530", "2026-01-15T15:30:00", id="offset-without-colon"),
        pytest.param(
            'x{"t":"2026-01-15T10:00:00","u":"2027-01-15T10:00:00"}', "2026-01-15T10:00:00", id="first-counts"
        ),
        pytest.param("2026-13-15T10:00:00Z", None, id="no-such-month"),
        pytest.param("12026-01-15T10:00:00Z", None, id="digits-before"),
        pytest.param("2026-01-15", None, id="date-alone"),
    ],
)
def test_iso_times(text: str, expected: str | None) -> None:
    """The first ISO 8601 time of a text is read, UTC unless it says otherwise."""
    assert first_iso_time(text) == (None if expected is None else at(expected))


@pytest.mark.parametrize(
    ("props", "text", "expected"),
    [
        pytest.param("", "2026-01-15T10:00:00Z", "2026-01-15T10:00:00", id="automatic"),
        pytest.param("", "x" * 130 + " 2026-01-15T10:00:00Z", None, id="beyond-the-lookahead"),
        pytest.param("TIME_PREFIX = b=", "a=2026-01-15T10:00:00Z b=2026-01-15T11:00:00Z", "2026-01-15T11:00:00", id="prefix"),
        pytest.param("MAX_TIMESTAMP_LOOKAHEAD = 0", "x" * 130 + " 2026-01-15T10:00:00Z", "2026-01-15T10:00:00", id="lookahead-0-is-none"),
        pytest.param("MAX_TIMESTAMP_LOOKAHEAD = -1", "x" * 130 + " 2026-01-15T10:00:00Z", "2026-01-15T10:00:00", id="lookahead-below-0-is-none"),
        pytest.param("TIME_PREFIX = c=", "a=2026-01-15T10:00:00Z", None, id="prefix-missing"),
        pytest.param(r"TIME_PREFIX = (?s)\A.*t=", "t=2026-01-15T10:00:00Z t=2026-01-15T11:00:00Z", "2026-01-15T11:00:00", id="greedy"),
        pytest.param("TIME_FORMAT = %d/%b/%Y:%H:%M:%S %z", "15/Jan/2026:10:00:00 +0100", "2026-01-15T09:00:00", id="format"),
        pytest.param("TIME_FORMAT = %Y-%m-%dT%H:%M:%S.%6NZ", "2026-01-15T10:00:00.123456Z", "2026-01-15T10:00:00.123456", id="micro"),
        pytest.param("TIME_FORMAT = %Y-%m-%dT%H:%M:%S.%3NZ", "2026-01-15T10:00:00Z", None, id="format-wants-a-fraction"),
        pytest.param("TIME_FORMAT = %Y-%m-%dT%H:%M:%SZ", "x 2026-01-15T10:00:00Z", None, id="format-begins-at-the-start"),
        pytest.param("TIME_FORMAT = %s", "1768471200 x", "2026-01-15T10:00:00", id="epoch"),
        pytest.param("TZ = America/New_York", "2026-01-15T10:00:00", "2026-01-15T15:00:00", id="zone"),
        pytest.param("TZ = America/New_York", "2026-01-15T10:00:00Z", "2026-01-15T10:00:00", id="zone-in-the-text-wins"),
        pytest.param("TZ = America/New_York\nTIME_FORMAT = %Y-%m-%d %H:%M", "2026-07-15 10:00", "2026-07-15T14:00:00", id="summer"),
        pytest.param("MAX_DAYS_AGO = 10", "2026-01-15T10:00:00Z", None, id="too-old"),
        pytest.param("", "2026-08-04T19:00:00Z", None, id="more-than-two-days-ahead"),
        pytest.param("DATETIME_CONFIG = CURRENT", "2026-01-15T10:00:00Z", None, id="current"),
    ],
)  # fmt: skip
def test_settings(lab: MakeLab, props: str, text: str, expected: str | None) -> None:
    """Prefix, format, lookahead, zone and range are obeyed; without a time it is now."""
    rows = lab(props=f"[some:type]\nSHOULD_LINEMERGE = false\n{props}\n").rows(text)

    assert rows[0]["_time"] == (NOW if expected is None else at(expected))


def test_a_line_without_a_time_takes_the_one_before(lab: MakeLab) -> None:
    """The time of the event before counts where none is found or believed."""
    text = "2026-01-15T10:00:00Z a\nb\n1999-01-15T10:00:00Z c\n"

    rows = lab(props="[some:type]\nSHOULD_LINEMERGE = false\n").rows(text)

    assert [row["_time"] for row in rows] == [at("2026-01-15T10:00:00")] * 3


def test_unknown_zone_is_an_error(lab: MakeLab) -> None:
    """A time zone that does not exist is an error with its line."""
    with pytest.raises(UnknownConf, match="2: value: no time zone 'Mars/Base'"):
        lab(props="[some:type]\nTZ = Mars/Base\n").rows("a")
