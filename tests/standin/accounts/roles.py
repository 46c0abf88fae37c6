"""What a user may do, out of authorize.conf: roles with what they import, capabilities, indexes.

[role_NAME]  importRoles = a;b   srchIndexesAllowed = x;y*   srchIndexesDefault = x   CAPABILITY = enabled
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from standin.conf.configuration import Configuration

PREFIX = "role_"
# Keys of a role that are no capabilities although they hold a word.
_NO_CAPABILITIES = frozenset({"srchFilterSelecting"})


class Role(NamedTuple):
    """One role with what it says itself, imports aside."""

    name: str
    imports: tuple[str, ...]
    capabilities: frozenset[str]
    allowed_indexes: tuple[str, ...]
    default_indexes: tuple[str, ...]
    search_filter: str


def role_names(configuration: Configuration) -> list[str]:
    """Name all roles."""
    names = configuration.stanzas("authorize")
    return sorted(name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX))


def read_role(configuration: Configuration, name: str) -> Role | None:
    """Read one role, None where it does not exist."""
    if PREFIX + name not in configuration.stanzas("authorize"):
        return None
    stanza = configuration.stanza("authorize", PREFIX + name)
    values = {key: setting.value for key, setting in stanza.items()}
    return Role(
        name=name,
        imports=_list(values, "importRoles"),
        capabilities=frozenset(
            key for key, value in values.items() if value.strip() == "enabled" and key not in _NO_CAPABILITIES
        ),
        allowed_indexes=_list(values, "srchIndexesAllowed"),
        default_indexes=_list(values, "srchIndexesDefault"),
        search_filter=values.get("srchFilter", "").strip(),
    )


def _list(values: Mapping[str, str], key: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in values.get(key, "").split(";") if part.strip())


def with_imports(configuration: Configuration, names: Iterable[str]) -> list[Role]:
    """Return these roles and all that they import, each once; what does not exist is left out."""
    found: dict[str, Role] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        role = None if name in found else read_role(configuration, name)
        if role is not None:
            found[name] = role
            waiting += role.imports
    return list(found.values())
