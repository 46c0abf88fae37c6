"""Saved searches as read from their stanzas."""

import pytest

from standin.jobs.saved import SavedSearch, SavedSearchError, seconds


def saved(settings: dict[str, str]) -> SavedSearch:
    """Return a saved search with settings."""
    return SavedSearch("s", "app", "nobody", settings)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({}, True), ({"disabled": "1"}, False), ({"enableSched": "0"}, False), ({"cron_schedule": ""}, False)],
)
def test_due_needs_all_three_switches(changed: dict[str, str], expected: bool) -> None:
    """A search runs when it is enabled, scheduled and has a cron expression."""
    settings = {"disabled": "0", "enableSched": "1", "cron_schedule": "* * * * *"} | changed

    assert saved(settings).is_due is expected


def test_actions_are_the_switches_that_are_on() -> None:
    """`action.x = 1` is an action, `action.x.param.y = 1` is none."""
    search = saved({"action.b": "1", "action.a": "true", "action.c": "0", "action.a.param.n": "1"})

    assert search.actions == ("a", "b")
    assert search.action_settings("a") == {"param.n": "1"}


@pytest.mark.parametrize(("text", "expected"), [("60", 60), ("5m", 300), ("24h", 86400), ("2d", 172800)])
def test_spans(text: str, expected: int) -> None:
    """A number is seconds, a letter another unit."""
    assert seconds(text) == expected


def test_a_wrong_span_is_named() -> None:
    """The error quotes the text."""
    with pytest.raises(SavedSearchError, match="'soon'"):
        seconds("soon")
