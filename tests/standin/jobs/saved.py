"""A saved search, read from its stanza of savedsearches.conf, with the values that Splunk ships for what it omits.

REST clients use other names for three keys: alert_type, alert_comparator, alert_threshold are counttype, relation,
quantity. `is_scheduled` is enableSched, `actions` is the list of all `action.NAME = 1`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from standin.conf.configuration import Configuration
from standin.conf.private import Place, PrivateSearches

REST_NAMES = {
    "alert_type": "counttype",
    "alert_comparator": "relation",
    "alert_threshold": "quantity",
    "is_scheduled": "enableSched",
}
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_ACTION_SWITCH = re.compile(r"action\.([^.]+)")


class SavedSearchError(Exception):
    """A key of a saved search holds a value that Splunk would refuse."""


def is_true(text: str) -> bool:
    """Read a boolean as Splunk's conf files write it."""
    return text.strip().lower() in ("1", "true", "t", "yes", "y", "enabled")


def seconds(text: str) -> float:
    """Read a span such as 60, 5m, 24h."""
    match = re.fullmatch(r"(\d+)([smhdw]?)", text.strip())
    if match is None:
        raise SavedSearchError(f"{text!r} is no span of time; write a number and one of s, m, h, d, w")
    return float(int(match[1]) * _SECONDS[match[2]])


@dataclass(frozen=True)
class SavedSearch:
    """One stanza with its place; every question is answered from its settings."""

    name: str
    app: str
    owner: str
    settings: Mapping[str, str]
    is_private: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Tell it apart from every other: private ones of several users may share a name."""
        return f"{self.owner}/{self.app}" if self.is_private else self.app, self.name

    def text(self, key: str, default: str = "") -> str:
        """Return a setting, the default where it is absent or empty."""
        return self.settings.get(key) or default

    def flag(self, key: str, default: str = "0") -> bool:
        """Return a boolean setting."""
        return is_true(self.text(key, default))

    @property
    def is_due(self) -> bool:
        """Tell whether the scheduler runs it: switched on, scheduled, with a cron expression."""
        return not self.flag("disabled") and self.flag("enableSched") and bool(self.text("cron_schedule").strip())

    @property
    def is_continuous(self) -> bool:
        """Tell whether it runs every period, however late, or only the newest when the scheduler falls behind.

        Summary indexing makes it so by itself (savedsearches.conf.spec, force_realtime_schedule).
        """
        if self.flag("action.summary_index") and not self.flag("action.summary_index.force_realtime_schedule"):
            return True
        return not self.flag("realtime_schedule", "1")

    @property
    def is_digest(self) -> bool:
        """Tell whether an alert speaks once for all rows."""
        return self.flag("alert.digest_mode", "1")

    @property
    def actions(self) -> tuple[str, ...]:
        """Name the alert actions that are switched on."""
        switches = ((_ACTION_SWITCH.fullmatch(key), value) for key, value in self.settings.items())
        return tuple(sorted(match[1] for match, value in switches if match and is_true(value)))

    def action_settings(self, action: str) -> dict[str, str]:
        """Return the settings that override those of the action in alert_actions.conf."""
        prefix = f"action.{action}."
        return {key[len(prefix) :]: value for key, value in self.settings.items() if key.startswith(prefix)}

    @property
    def suppression_s(self) -> float:
        """Return for how long an alert keeps silent after it fired, 0 without suppression."""
        return seconds(self.text("alert.suppress.period", "0")) if self.flag("alert.suppress") else 0.0

    @property
    def suppression_fields(self) -> tuple[str, ...]:
        """Name the fields whose values keep apart what is suppressed."""
        return tuple(name.strip() for name in self.text("alert.suppress.fields").split(",") if name.strip())


def action_setting(configuration: Configuration, saved: SavedSearch, action: str, key: str) -> str:
    """Return a setting of an alert action: the saved search's own, else that of alert_actions.conf."""
    own = saved.text(f"action.{action}.{key}")
    return own or configuration.value("alert_actions", action, key, saved.app) or ""


def read_saved_search(configuration: Configuration, name: str, app: str) -> SavedSearch:
    """Return one saved search as its app sees it; KeyError where it does not exist."""
    stanza = configuration.stanza("savedsearches", name, app)
    home = configuration.home("savedsearches", name, app) or app
    owner = configuration.access("savedsearches", name, home).owner
    return SavedSearch(name, home, owner, {key: setting.value for key, setting in stanza.items()})


def read_private_search(private: PrivateSearches, name: str, place: Place) -> SavedSearch:
    """Return a user's own saved search; KeyError where it does not exist."""
    return SavedSearch(name, place.app, place.user, private.settings(place, name), is_private=True)


def read_private_searches(private: PrivateSearches) -> list[SavedSearch]:
    """Return the private saved searches of all users."""
    return [read_private_search(private, name, place) for place in private.places() for name in private.names(place)]


def read_saved_searches(configuration: Configuration) -> list[SavedSearch]:
    """Return every saved search of every app."""
    return [
        read_saved_search(configuration, name, app)
        for app in configuration.apps
        for name in configuration.stanzas("savedsearches", app)
        if configuration.home("savedsearches", name, app) == app
    ]
