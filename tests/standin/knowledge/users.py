"""Users and what their roles let them see and do, by authorize.conf as shipped and as the apps extend it.

Roles take over capabilities, index lists and search filters of the roles that they import. An index list holds names
and wildcards, separated by `;`; `*` does not cover indexes whose name begins with `_`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from standin.conf.configuration import Configuration
from standin.conf.text import is_true
from standin.events.store import covers

NOT_CAPABILITIES = re.compile(
    r"importRoles|srch.*|.*Quota|deleteIndexesAllowed|grantableRoles|fieldFilter.*|federated.*"
)


@dataclass(frozen=True)
class User:
    """A name, its roles with all that they import, and what these add up to."""

    name: str
    roles: frozenset[str]
    allowed_indexes: tuple[str, ...] = ()
    default_indexes: tuple[str, ...] = ()
    capabilities: frozenset[str] = frozenset()
    filters: tuple[str, ...] = ()

    @classmethod
    def of(cls, configuration: Configuration, name: str, roles: Iterable[str]) -> "User":
        """Add up what the roles give; KeyError for a role that does not exist."""
        every = frozenset(_imported(configuration, roles))
        values = [configuration.stanza("authorize", f"role_{role}") for role in sorted(every)]

        def listed(key: str) -> tuple[str, ...]:
            texts = [each for settings in values if key in settings for each in settings[key].value.split(";")]
            return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))

        enabled = {key for settings in values for key, setting in settings.items() if is_true(setting.value)}
        capabilities = frozenset(key for key in enabled if not NOT_CAPABILITIES.fullmatch(key))
        filters = [settings["srchFilter"].value.strip() for settings in values if "srchFilter" in settings]
        allowed, default = listed("srchIndexesAllowed"), listed("srchIndexesDefault")
        kept = () if "*" in filters else tuple(filter(None, filters))
        return cls(name, every, allowed, default, capabilities, kept)

    def may_search(self, index: str) -> bool:
        """Tell whether an index is among the allowed ones."""
        return any(covers(pattern, index) for pattern in self.allowed_indexes)


def _imported(configuration: Configuration, roles: Iterable[str]) -> Iterator[str]:
    waiting, seen = list(roles), set[str]()
    while waiting:
        role = waiting.pop()
        if role in seen:
            continue
        seen.add(role)
        yield role
        settings = configuration.stanza("authorize", f"role_{role}")
        if "importRoles" in settings:
            waiting += [each.strip() for each in settings["importRoles"].value.split(";") if each.strip()]
