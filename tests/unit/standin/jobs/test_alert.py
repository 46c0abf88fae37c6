"""Alert conditions and suppression."""

from collections.abc import Sequence

import pytest

from standin.environment import Row
from standin.jobs.alert import MAX_PER_RESULT_ALERTS, Suppression, is_triggered
from standin.jobs.saved import SavedSearch, SavedSearchError

ROWS: list[Row] = [{"host": "a", "user": "u"}, {"host": "b", "user": "u"}, {"host": "b", "user": "v"}]


def saved(**settings: str) -> SavedSearch:
    """Return a saved search with settings; `_` in names stands for `.`, two for `_`."""
    named = {key.replace("__", "\0").replace("_", ".").replace("\0", "_"): value for key, value in settings.items()}
    return SavedSearch("s", "app", "nobody", named)


def no_condition(search: str, rows: Sequence[Row]) -> bool:
    """Fail the test: no custom condition is expected."""
    raise AssertionError(search)


@pytest.mark.parametrize(
    ("counttype", "relation", "quantity", "previous", "expected"),
    [
        ("always", "", "", None, True),
        ("number of events", "greater than", "2", None, True),
        ("number of events", "greater than", "3", None, False),
        ("number of events", "less than", "4", None, True),
        ("number of events", "equal to", "3", None, True),
        ("number of events", "not equal to", "3", None, False),
        ("number of hosts", "equal to", "2", None, True),
        ("number of sources", "equal to", "0", None, True),
        ("number of events", "rises by", "1", 1, True),
        ("number of events", "rises by", "2", 1, False),
        ("number of events", "rises by", "2", None, False),
        ("number of events", "drops by", "50%", 7, True),
        ("number of events", "drops by", "50%", 6, False),
    ],
)
def test_conditions(counttype: str, relation: str, quantity: str, previous: int | None, expected: bool) -> None:
    """Counts are compared as savedsearches.conf says; rises and drops need a run before."""
    search = saved(counttype=counttype, relation=relation, quantity=quantity)

    assert is_triggered(search, ROWS, previous, no_condition) is expected


def test_custom_condition_is_a_search_over_the_rows() -> None:
    """`counttype = custom` asks the search of alert_condition."""
    search = saved(counttype="custom", alert__condition="search x")
    asked: list[tuple[str, int]] = []

    def condition(text: str, rows: Sequence[Row]) -> bool:
        asked.append((text, len(rows)))
        return True

    assert is_triggered(search, ROWS, None, condition)
    assert asked == [("search x", 3)]


@pytest.mark.parametrize(
    "settings",
    [
        {"counttype": "number of moons", "relation": "equal to", "quantity": "1"},
        {"counttype": "number of events", "relation": "about", "quantity": "1"},
        {"counttype": "number of events", "relation": "equal to", "quantity": "one"},
    ],
)
def test_a_condition_that_cannot_be_read_is_an_error(settings: dict[str, str]) -> None:
    """Nothing is guessed."""
    with pytest.raises(SavedSearchError):
        is_triggered(saved(**settings), ROWS, None, no_condition)


def test_digest_speaks_once_and_per_result_for_each_row() -> None:
    """digest_mode decides how many alerts there are; five hundred are the most."""
    many = ROWS * 200

    assert len(Suppression().pass_alerts(saved(), many, 0.0)) == 1
    assert len(Suppression().pass_alerts(saved(alert_digest__mode="0"), many, 0.0)) == MAX_PER_RESULT_ALERTS


def test_suppression_by_fields_keeps_other_values_speaking() -> None:
    """Within the period one alert for each user; after it, again."""
    suppression = Suppression()
    search = saved(
        alert_digest__mode="0", alert_suppress="1", alert_suppress_period="10m", alert_suppress_fields="user"
    )

    first = suppression.pass_alerts(search, ROWS, 0.0)
    assert [alert[0]["user"] for alert in first] == ["u", "v"]
    assert suppression.pass_alerts(search, ROWS, 599.0) == []
    assert len(suppression.pass_alerts(search, ROWS, 600.0)) == 2


def test_a_suppression_group_is_shared_by_its_owner() -> None:
    """Two searches of one group and owner silence each other."""
    suppression = Suppression()
    settings = {"alert.suppress": "1", "alert.suppress.period": "60", "alert.suppress.group_name": "g"}
    one, two = (SavedSearch(name, "app", "me", settings) for name in ("one", "two"))
    other = SavedSearch("one", "app", "you", settings)

    assert len(suppression.pass_alerts(one, ROWS, 0.0)) == 1
    assert suppression.pass_alerts(two, ROWS, 1.0) == []
    assert len(suppression.pass_alerts(other, ROWS, 1.0)) == 1
