"""Alerts that were triggered and are tracked, until they expire (`alert.expires`)."""

from typing import NamedTuple


class FiredAlert(NamedTuple):
    """One triggered alert, as alerts/fired_alerts shows it."""

    savedsearch_name: str
    app: str
    owner: str
    sid: str
    trigger_time: float
    expires_at: float
    severity: int
    actions: str
    triggered_alerts: int
    is_digest: bool


class FiredAlerts:
    """All tracked alerts of an instance."""

    def __init__(self) -> None:
        self._alerts: list[FiredAlert] = []

    def add(self, alert: FiredAlert) -> None:
        """Track one more."""
        self._alerts.append(alert)

    def current(self, now: float) -> list[FiredAlert]:
        """Return what has not expired, the oldest first."""
        self._alerts = [one for one in self._alerts if one.expires_at > now]
        return list(self._alerts)

    def remove(self, sid: str) -> None:
        """Forget one alert."""
        self._alerts = [one for one in self._alerts if one.sid != sid]
