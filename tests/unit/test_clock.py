"""Timestamps keep their digits."""

from datetime import datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube_audit.clock import epoch_text, iso_utc


@pytest.mark.parametrize(
    ("stamp", "text"),
    [
        ("2026-11-23T23:19:31.123456Z", "1795475971.123456"),
        ("2026-11-23T23:19:31.100000Z", "1795475971.100000"),
        ("2026-11-23T23:19:31Z", "1795475971"),
        ("2026-11-23T23:19:31.123456789Z", "1795475971.123456789"),
        ("2026-11-24T01:19:31.5+02:00", "1795475971.5"),
        ("2026-11-23T17:49:31.5-05:30", "1795475971.5"),
        ("2016-12-31T23:59:60.5Z", "1483228800.5"),
        ("1969-12-31T23:59:59.500000Z", "-0.500000"),
        ("1969-12-31T23:59:58.25Z", "-1.75"),
        ("2106-02-07T06:28:16.000001Z", "4294967296.000001"),
        ("0001-01-01T00:00:00Z", "-62135596800"),
    ],
    ids=lambda value: value,
)
def test_epoch_text_keeps_every_digit(stamp: str, text: str) -> None:
    """No float is involved."""
    assert epoch_text(stamp) == text


@pytest.mark.parametrize(
    "stamp",
    [
        "",
        "now",
        "2026-11-23",
        "2026-13-23T23:19:31Z",
        "2026-11-23T24:19:31Z",
        "2026-11-23T23:19:61Z",
        "2026-11-23 23:19:31Z",
        "2026-11-23T23:19:31",
        "2026-11-23T23:19:31.1234567890Z",
        "2026-11-23T23:19:31Z\n",
        "\u0968\u0966\u0968\u096c-11-23T23:19:31Z",
    ],
    ids=repr,
)
def test_what_is_no_timestamp_gives_none(stamp: str) -> None:
    """Nothing is guessed."""
    assert epoch_text(stamp) is None


@given(
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),
    st.integers(-14 * 60, 14 * 60),
    st.integers(0, 9),
)
def test_epoch_text_is_exact(moment: datetime, offset_minutes: int, digits: int) -> None:
    """For any time, offset and number of digits the text is the exact number."""
    sign = "-" if offset_minutes < 0 else "+"
    offset = f"{sign}{abs(offset_minutes) // 60:02d}:{abs(offset_minutes) % 60:02d}"
    decimals = f"{moment.microsecond:06d}000"[:digits]
    whole = moment.replace(microsecond=0)
    stamp = whole.isoformat() + (f".{decimals}" if decimals else "") + offset
    utc = (
        whole.replace(tzinfo=timezone.utc)
        - datetime(1970, 1, 1, tzinfo=timezone.utc)
        - timedelta(minutes=offset_minutes)
    )

    text = epoch_text(stamp)

    assert text is not None
    assert Fraction(text) == utc // timedelta(seconds=1) + Fraction(int(decimals or 0), 10**digits)


def test_iso_utc_has_milliseconds() -> None:
    """Records are stamped like Kubernetes stamps."""
    assert iso_utc(1795475971.1234) == "2026-11-23T23:19:31.123Z"
