"""Time modifiers: offsets, snaps, absolute times, and what is none."""

import pytest

from standin.values.timeformat import format_time, parse_time
from standin.values.timemodifier import resolve_time
from standin.values.timespan import floor_time, next_start, read_span

NOW = 1_722_470_461.5  # Thursday 2024-08-01T00:01:01.500Z

RESOLVED = [
    ("now", "2024-08-01 00:01:01"),
    ("now()", "2024-08-01 00:01:01"),
    ("0", "1970-01-01 00:00:00"),
    ("-7m@m", "2024-07-31 23:54:00"),
    ("-m", "2024-08-01 00:00:01"),
    ("+1h", "2024-08-01 01:01:01"),
    ("@d", "2024-08-01 00:00:00"),
    ("-1d@d", "2024-07-31 00:00:00"),
    ("@w0", "2024-07-28 00:00:00"),
    ("@w", "2024-07-28 00:00:00"),
    ("@w7", "2024-07-28 00:00:00"),
    ("@w1", "2024-07-29 00:00:00"),
    ("@w5", "2024-07-26 00:00:00"),
    ("-1mon@mon", "2024-07-01 00:00:00"),
    ("@q", "2024-07-01 00:00:00"),
    ("-1q@qtr", "2024-04-01 00:00:00"),
    ("@y", "2024-01-01 00:00:00"),
    ("-1year", "2023-08-01 00:01:01"),
    ("@d-2h", "2024-07-31 22:00:00"),
    ("-1d@d+3h", "2024-07-31 03:00:00"),
    ("10/19/2024:20:00:00", "2024-10-19 20:00:00"),
    ("2024-10-19T20:00:00.000Z", "2024-10-19 20:00:00"),
    ("2024-10-19T20:00:00+02:00", "2024-10-19 18:00:00"),
    ("-1w@w", "2024-07-21 00:00:00"),
    ("-2w", "2024-07-18 00:01:01"),
    ("-3mon", "2024-05-01 00:01:01"),
    ("@q+1d", "2024-07-02 00:00:00"),
    ("+7975y", "9999-08-01 00:01:01"),
    ("-2023y", "0001-08-01 00:01:01"),
    ("-24283mon", "0001-01-01 00:01:01"),
]
NO_TIMES = [
    "",
    "-30x",
    "yesterday",
    "@",
    "-",
    "@w8",
    "@d1",
    "rt",
    "rt-5m",
    "-rt5m",
    "1x",
    "10/19/2024",
    "-9999999y",
    "+7976y",
    "-2024y",
    "-24284mon",
    "--1d",
]
SPANS = [
    ("5m", 300.0),
    ("1h", 3600.0),
    ("30", 30.0),
    ("2d", 172800.0),
    ("1w", 604800.0),
    ("100ms", 0.1),
    ("1mon", None),
]
PARSED = [
    ("2024-08-01T00:01:01.250Z", "%Y-%m-%dT%H:%M:%S.%3N%Z", 1_722_470_461.25),
    ("2024-08-01T00:01:01.123456Z", "%Y-%m-%dT%H:%M:%S.%6N%Z", 1_722_470_461.123456),
    ("01/Aug/2024:02:01:01 +0200", "%d/%b/%Y:%H:%M:%S %z", 1_722_470_461.0),
    ("Aug 1 2024 12:01:01 AM", "%b %d %Y %I:%M:%S %p", 1_722_470_461.0),
    ("Aug 1 2024 12:01:01 PM", "%b %d %Y %I:%M:%S %p", 1_722_513_661.0),
    ("Aug 1 2024 01:01:01 pm", "%b %d %Y %I:%M:%S %p", 1_722_517_261.0),
    ("Aug 1 2024 11:01:01 AM", "%b %d %Y %I:%M:%S %p", 1_722_510_061.0),
    ("Aug 1 2024 01:01:01", "%b %d %Y %I:%M:%S", 1_722_474_061.0),
    ("Aug 1 2024 13:01:01 PM", "%b %d %Y %I:%M:%S %p", None),
    ("Aug 1 2024 00:01:01 AM", "%b %d %Y %I:%M:%S %p", None),
    ("1722470461", "%s", 1_722_470_461.0),
    ("5.25", "%s.%2N", 5.25),
    ("01 Feb 2024", "%d %b %Y", 1_706_745_600.0),
    ("01 February 2024", "%d %B %Y", 1_706_745_600.0),
    ("01 Foo 2024", "%d %b %Y", None),
    ("01 Febr 2024", "%d %b %Y", None),
    ("2024-214", "%Y-%j", 1_722_470_400.0),
    ("2024-13-01", "%Y-%m-%d", None),
    ("x", "%Y", None),
    ("2024-08-01 PST", "%Y-%m-%d %Z", None),
    ("2024", "%Y %!", None),
]


@pytest.mark.parametrize(("text", "expected"), RESOLVED)
def test_resolve(text: str, expected: str) -> None:
    """A modifier means what the page on time modifiers says, in UTC."""
    assert format_time(resolve_time(text, NOW), "%Y-%m-%d %H:%M:%S") == expected


@pytest.mark.parametrize("text", NO_TIMES)
def test_no_modifier(text: str) -> None:
    """What is no modifier, or one of real-time searches, is an error."""
    with pytest.raises(ValueError, match=r"time|modifier|unit"):
        resolve_time(text, NOW)


@pytest.mark.parametrize(("text", "seconds"), SPANS)
def test_span(text: str, seconds: float | None) -> None:
    """A span has seconds, unless it counts months."""
    span = read_span(text)

    assert span is not None
    assert span.seconds == seconds


@pytest.mark.parametrize("text", ["", "x", "0", "0m", "5x", "-5m"])
def test_no_span(text: str) -> None:
    """What is no span gives none."""
    assert read_span(text) is None


@pytest.mark.parametrize(
    ("text", "start", "after"),
    [
        ("5m", "2024-08-01 00:00:00", "2024-08-01 00:05:00"),
        ("1d", "2024-08-01 00:00:00", "2024-08-02 00:00:00"),
        ("1w", "2024-07-28 00:00:00", "2024-08-04 00:00:00"),
        ("1mon", "2024-08-01 00:00:00", "2024-09-01 00:00:00"),
        ("3mon", "2024-07-01 00:00:00", "2024-10-01 00:00:00"),
        ("1y", "2024-01-01 00:00:00", "2025-01-01 00:00:00"),
    ],
)
def test_floor(text: str, start: str, after: str) -> None:
    """A time lies in one span, and the next one starts where it ends."""
    span = read_span(text)
    assert span is not None

    begins = floor_time(NOW, span)

    assert format_time(begins, "%F %T") == start
    assert format_time(next_start(begins, span), "%F %T") == after


@pytest.mark.parametrize(("text", "template", "expected"), PARSED)
def test_parse(text: str, template: str, expected: float | None) -> None:
    """A text that fits its template is a time, any other is none."""
    assert parse_time(text, template, NOW) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("%Y-%m-%dT%H:%M:%S.%Q%:z", "2024-08-01T00:01:01.500+00:00"),
        ("%s.%6N", "1722470461.500000"),
        ("%a %A %b %B %j %e", "Thu Thursday Aug August 214  1"),
        ("%I:%M %p|%k|%l", "12:01 AM| 0|12"),
        ("%F|%T|%D|%Z|%z", "2024-08-01|00:01:01|08/01/24|UTC|+0000"),
        ("100%%", "100%"),
    ],
)
def test_format(template: str, expected: str) -> None:
    """The variables are those of the page on date and time format variables."""
    assert format_time(NOW, template) == expected


def test_times_outside_the_calendar_have_no_text() -> None:
    """A time that no calendar holds gives nothing."""
    assert format_time(1e15, "%Y") is None
