"""What `collect` writes."""

import pytest

from standin.environment import Row, TimeBounds
from standin.events.collected import collected

NOW = 1_785_693_600.0


@pytest.mark.parametrize(
    ("row", "options", "raw", "time"),
    [
        pytest.param({"_raw": "x", "_time": 5.0}, {}, "x", 5.0, id="raw-with-time-field"),
        pytest.param({"_raw": '{"time":"2026-01-15T10:00:00.5Z"}', "_time": 5}, {}, '{"time":"2026-01-15T10:00:00.5Z"}', 1768471200.5, id="time-in-raw"),
        pytest.param({"_raw": "x" * 200 + "2026-01-15T10:00:00Z"}, {}, "x" * 200 + "2026-01-15T10:00:00Z", NOW, id="time-too-far"),
        pytest.param({"_time": "5", "a": "b"}, {"addinfo": "f"}, '01/01/1970 00:00:05 +0000, a="b"', 5.0, id="fields"),
        pytest.param({"info_min_time": "7", "_time": 5}, {"addinfo": "f"}, '01/01/1970 00:00:07 +0000, info_min_time="7"', 7.0, id="info-min-time"),
        pytest.param({"a": ["b", 'c"']}, {"addtime": "f", "addinfo": "f"}, 'a="b", a="c\\""', NOW, id="multivalue-and-quotes"),
        pytest.param({"_raw": "x"}, {"marker": "m=1"}, "x, m=1", NOW, id="marker"),
    ],
)  # fmt: skip
def test_collected(row: Row, options: dict[str, str], raw: str, time: float) -> None:
    """A row becomes text and time in a fixed order of precedence."""
    assert collected(row, options, NOW) == (raw, time)


@pytest.mark.parametrize(
    ("row", "options", "bounds", "raw", "time"),
    [
        pytest.param({"a": "b"}, {}, TimeBounds(10.0, 20.5), "01/01/1970 00:00:10 +0000, info_min_time=10.000, info_max_time=20.500, info_search_time=30.000, a=\"b\"", 10.0, id="by-default"),
        pytest.param({"a": "b"}, {"addinfo": "false"}, TimeBounds(10.0, 20.5), "01/01/1970 00:00:10 +0000, a=\"b\"", 10.0, id="addinfo-false"),
        pytest.param({"a": "b"}, {}, TimeBounds(), "01/01/1970 00:00:30 +0000, info_search_time=30.000, a=\"b\"", 30.0, id="open-bounds"),
        pytest.param({"a": "b", "_time": 15.0}, {"addinfo": "f"}, TimeBounds(10.0, 20.5), "01/01/1970 00:00:15 +0000, a=\"b\"", 15.0, id="time-of-the-row"),
        pytest.param({"info_min_time": "12"}, {}, TimeBounds(10.0), "01/01/1970 00:00:12 +0000, info_min_time=10.000, info_search_time=30.000", 12.0, id="said-once"),
        pytest.param({"a": "b"}, {"name": 'x "y"', "addinfo": "f"}, TimeBounds(10.0), '01/01/1970 00:00:10 +0000, search_name="x \\"y\\"", search_now=30.000, a="b"', 10.0, id="of-a-saved-search"),
        pytest.param({"_raw": "x", "_time": 5.0}, {}, TimeBounds(10.0, 20.5), "x", 5.0, id="text-stays"),
    ],
)  # fmt: skip
def test_what_an_event_says_of_its_search(
    row: Row, options: dict[str, str], bounds: TimeBounds, raw: str, time: float
) -> None:
    """addinfo writes the bounds and the time of the search, true by default (Search Reference, collect); three decimals
    and no quotes as in events of real summary indexes."""
    assert collected(row, options, 30.0, bounds) == (raw, time)
