"""What `collect` writes."""

import pytest

from standin.environment import Row
from standin.events.collected import collected

NOW = 1_785_693_600.0


@pytest.mark.parametrize(
    ("row", "options", "raw", "time"),
    [
        pytest.param({"_raw": "x", "_time": 5.0}, {}, "x", 5.0, id="raw-with-time-field"),
        pytest.param({"_raw": '{"time":"2026-01-15T10:00:00.5Z"}', "_time": 5}, {}, '{"time":"2026-01-15T10:00:00.5Z"}', 1768471200.5, id="time-in-raw"),
        pytest.param({"_raw": "x" * 200 + "2026-01-15T10:00:00Z"}, {}, "x" * 200 + "2026-01-15T10:00:00Z", NOW, id="time-too-far"),
        pytest.param({"_time": "5", "a": "b"}, {}, '01/01/1970 00:00:05 +0000, a="b"', 5.0, id="fields"),
        pytest.param({"info_min_time": "7", "_time": 5}, {}, '01/01/1970 00:00:07 +0000, info_min_time="7"', 7.0, id="info-min-time"),
        pytest.param({"a": ["b", 'c"']}, {"addtime": "f"}, 'a="b", a="c\\""', NOW, id="multivalue-and-quotes"),
        pytest.param({"_raw": "x"}, {"marker": "m=1"}, "x, m=1", NOW, id="marker"),
    ],
)  # fmt: skip
def test_collected(row: Row, options: dict[str, str], raw: str, time: float) -> None:
    """A row becomes text and time in a fixed order of precedence."""
    assert collected(row, options, NOW) == (raw, time)
