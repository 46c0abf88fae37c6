"""Who may see an app's objects: metadata/default.meta overlaid by metadata/local.meta.

    []                             the whole app
    [props]                        all of one kind
    [props/some%20name]            one object, its name URL-encoded
    access = read : [ * ], write : [ admin ]
    export = system                seen from every app; else only from its own

The most specific stanza that sets a key decides that key. Without any, everybody reads, admin and power write, and
nothing is exported.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from standin.conf.errors import Problem
from standin.conf.text import entries_of, read_entries, write_stanzas

KEYS = frozenset({"access", "export", "owner", "version", "modtime"})
GRANT = re.compile(r"(read|write)\s*:\s*\[([^\]]*)\]")


class Access(NamedTuple):
    """What the metadata says of one object."""

    read: frozenset[str] = frozenset({"*"})
    write: frozenset[str] = frozenset({"admin", "power"})
    exported: bool = False
    owner: str = "nobody"

    def may_read(self, roles: frozenset[str] | None) -> bool:
        """Tell whether one of the roles may read; None stands for splunkd itself."""
        return roles is None or "*" in self.read or bool(self.read & roles)

    def may_write(self, roles: frozenset[str] | None) -> bool:
        """Tell whether one of the roles may change; None stands for splunkd itself."""
        return roles is None or "*" in self.write or bool(self.write & roles)


class Metadata:
    """The metadata of one app."""

    def __init__(self, stanzas: Mapping[str, Mapping[str, str]]) -> None:
        self._stanzas = stanzas
        self._answers: dict[tuple[str, str], Access] = {}

    @classmethod
    def read(cls, app_dir: Path) -> tuple["Metadata", list[Problem]]:
        """Read both files of an app; keys that no spec defines are problems."""
        stanzas: dict[str, dict[str, str]] = {}
        problems: list[Problem] = []
        for file in (app_dir / "metadata" / "default.meta", app_dir / "metadata" / "local.meta"):
            for entry in entries_of(file, problems) if file.is_file() else ():
                stanza = stanzas.setdefault(_canonical(entry.stanza), {})
                if entry.key is None:
                    continue
                stanza[entry.key] = entry.setting.value
                if entry.key not in KEYS:
                    message = f"no spec defines {entry.key} in {file.name}"
                    problems.append(Problem(file, entry.setting.line, "key", message))
        return cls(stanzas), problems

    def access(self, kind: str, name: str) -> Access:
        """Return what holds for one object, for example kind `macros` and the macro's name."""
        answer = self._answers.get((kind, name))
        if answer is None:
            answer = self._answers[kind, name] = self._decide(kind, name)
        return answer

    def _decide(self, kind: str, name: str) -> Access:
        grants: dict[str, frozenset[str]] = {}
        export = owner = None
        for stanza in self._from_specific(kind, name):
            for verb, roles in GRANT.findall(stanza.get("access", "")):
                grants.setdefault(verb, frozenset(role.strip() for role in roles.split(",") if role.strip()))
            export = export or stanza.get("export")
            owner = owner or stanza.get("owner")
        default = Access()
        return Access(
            grants.get("read", default.read), grants.get("write", default.write), export == "system", owner or "nobody"
        )

    def _from_specific(self, kind: str, name: str) -> Iterator[Mapping[str, str]]:
        for place in (f"{kind}/{name}", kind, ""):
            if place in self._stanzas:
                yield self._stanzas[place]


def _canonical(stanza: str) -> str:
    kind, slash, name = stanza.partition("/")
    return "" if stanza == "default" else f"{kind}{slash}{unquote(name)}"


def set_metadata(app_dir: Path, kind: str, name: str, values: Mapping[str, str]) -> None:
    """Write keys of one object's stanza into the app's local.meta."""
    file = app_dir / "metadata" / "local.meta"
    stanzas: dict[str, dict[str, str]] = {}
    for entry in read_entries(file) if file.is_file() else ():
        stanza = stanzas.setdefault(entry.stanza, {})
        if entry.key is not None:
            stanza[entry.key] = entry.setting.value
    stanzas.setdefault(f"{kind}/{quote(name, safe='')}", {}).update(values)
    write_stanzas(file, stanzas)
