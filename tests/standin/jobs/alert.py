"""Does a run trigger its alert, and which of its rows reach the actions: pure but for the memory of suppression.

Digest mode: one alert for all rows. Per result: one alert a row, at most 500 (`max_per_result_alerts`). Suppression by
fields holds back rows whose values were alerted on within the period; rows held back reach no action.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from standin.environment import Row
from standin.jobs.saved import SavedSearch, SavedSearchError

MAX_PER_RESULT_ALERTS = 500
Rows = Sequence[Row]


def is_triggered(saved: SavedSearch, rows: Rows, previous: int | None, condition: Callable[[str, Rows], bool]) -> bool:
    """Evaluate the alert condition; `previous` is the count of the run before, `condition` runs a custom search."""
    kind = saved.text("counttype", "always")
    if kind == "always":
        return True
    if kind == "custom":
        return condition(saved.text("alert_condition"), rows)
    if kind not in _COUNTS:
        raise SavedSearchError(f"counttype {kind!r} is unknown")
    return _compare(saved, _COUNTS[kind](rows), previous)


def _compare(saved: SavedSearch, count: int, previous: int | None) -> bool:
    relation = saved.text("relation")
    quantity = saved.text("quantity", "0").strip()
    if not re.fullmatch(r"\d+%?", quantity):
        raise SavedSearchError(f"quantity {quantity!r} is no whole number")
    if relation in ("rises by", "drops by"):
        return previous is not None and _moves_by(relation, quantity, count, previous)
    if relation not in _RELATIONS:
        raise SavedSearchError(f"relation {relation!r} is unknown")
    return _RELATIONS[relation](count, int(quantity.rstrip("%")))


def _moves_by(relation: str, quantity: str, count: int, previous: int) -> bool:
    change = count - previous if relation == "rises by" else previous - count
    limit = float(quantity.rstrip("%"))
    return change > (previous * limit / 100 if quantity.endswith("%") else limit)


def _distinct(name: str) -> Callable[[Rows], int]:
    return lambda rows: len({str(row[name]) for row in rows if name in row})


_COUNTS: dict[str, Callable[[Rows], int]] = {
    "number of events": len,
    "number of results": len,
    "number of hosts": _distinct("host"),
    "number of sources": _distinct("source"),
}
_RELATIONS: dict[str, Callable[[int, int], bool]] = {
    "greater than": lambda count, quantity: count > quantity,
    "less than": lambda count, quantity: count < quantity,
    "equal to": lambda count, quantity: count == quantity,
    "not equal to": lambda count, quantity: count != quantity,
}


@dataclass
class Suppression:
    """What was alerted on, and until when it stays silent."""

    _silent_until: dict[tuple[str, ...], float] = field(default_factory=dict)

    def pass_alerts(self, saved: SavedSearch, rows: Rows, now: float) -> list[list[Row]]:
        """Return the alerts to raise: each a list of rows; what is suppressed is left out and what is not is noted."""
        alerts = [list(rows)] if saved.is_digest else [[row] for row in rows[:MAX_PER_RESULT_ALERTS]]
        period = saved.suppression_s
        if not period:
            return alerts
        return [alert for alert in alerts if self._passes(saved, alert, now, period)]

    def _passes(self, saved: SavedSearch, alert: list[Row], now: float, period: float) -> bool:
        key = _key(saved, alert)
        if self._silent_until.get(key, now) > now:
            return False
        self._silent_until[key] = now + period
        return True


def _key(saved: SavedSearch, alert: list[Row]) -> tuple[str, ...]:
    group = saved.text("alert.suppress.group_name")
    base = ("group", saved.owner, group) if group else ("search", *saved.key)
    if saved.is_digest:
        return base
    return (*base, *(str(alert[0].get(name, "")) for name in saved.suppression_fields))
