"""Which conf files, stanzas and keys exist: Splunk's table, extended by what apps define in README/*.conf.spec.

A name that no spec defines is an error by name. A name that a spec defines is executed, or only stored, or refused as
not supported (`standin.conf.support`).
"""

import difflib
import fnmatch
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from standin.conf.derive_known import read_spec

TABLE = Path(__file__).with_name("known.json")
Stanzas = Mapping[str, frozenset[str]]
Confs = dict[str, dict[str, frozenset[str]]]
NOTHING: Mapping[str, Stanzas] = {}
# A modular input's own stanzas take what every scripted input takes beside its own parameters.
GENERIC_INPUT = "script://*"


@cache
def _table() -> dict[str, dict[str, dict[str, list[str]]]]:
    table: dict[str, dict[str, dict[str, list[str]]]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


@cache
def shipped_defaults() -> dict[str, dict[str, dict[str, str]]]:
    """Return the values that Splunk ships, by conf, stanza and key."""
    defaults: dict[str, dict[str, dict[str, str]]] = json.loads(TABLE.read_text(encoding="utf-8"))["defaults"]
    return defaults


class Known:
    """The names that exist for one set of apps."""

    def __init__(self, confs: Mapping[str, Stanzas], own: Mapping[str, Stanzas] = NOTHING) -> None:
        self._confs = confs
        self._own = own

    @classmethod
    def load(cls, app_dirs: Iterable[Path] = ()) -> "Known":
        """Read Splunk's table and the specs of these apps."""
        confs = {
            conf: {stanza: frozenset(keys) for stanza, keys in stanzas.items()}
            for conf, stanzas in _table()["confs"].items()
        }
        apps = list(app_dirs)
        own: dict[str, dict[str, frozenset[str]]] = {}
        for spec in (file for app in apps for file in sorted((app / "README").glob("*.conf.spec"))):
            _extend(confs, own, spec)
        capabilities = {name for app in apps for name in _own_capabilities(app)}
        confs["authorize"]["role_*"] |= capabilities
        return cls(confs, own)

    def conf(self, conf: str) -> str | None:
        """Return what is wrong with the name of a conf file, None if it exists."""
        return None if conf in self._confs else f"no spec defines {conf}.conf{_hint(conf, self._confs)}"

    def stanza(self, conf: str, stanza: str) -> str | None:
        """Return what is wrong with a stanza's name, None if it exists."""
        stanzas = self._confs[conf]
        if stanza == "default" or any(_is_kind(stanza, known) for known in stanzas):
            return None
        return f"no spec defines a stanza [{stanza}] in {conf}.conf{_hint(stanza, stanzas)}"

    def key(self, conf: str, stanza: str, key: str) -> str | None:
        """Return what is wrong with a key, None if it exists in such a stanza."""
        keys = self.keys(conf, stanza)
        if key in keys or any("*" in known and _matches(key, known) for known in keys):
            return None
        return f"no spec defines {key} in {conf}.conf [{stanza}]{_hint(key, keys)}"

    def own_stanzas(self, conf: str) -> frozenset[str]:
        """Return the stanzas, or kinds of them, that the apps' own specs define in a conf."""
        return frozenset(self._own.get(conf, {}))

    def is_own(self, conf: str, stanza: str, key: str) -> bool:
        """Tell whether an app's own spec defines a key in such a stanza."""
        kinds = self._own.get(conf, {}).items()
        return any(_matches(key, one) for kind, keys in kinds if not kind or _is_kind(stanza, kind) for one in keys)

    def keys(self, conf: str, stanza: str) -> frozenset[str]:
        """Return the patterns of the keys that may stand in a stanza."""
        stanzas = self._confs[conf]
        if stanza == "default":
            return frozenset().union(*stanzas.values())
        return frozenset().union(*(keys for known, keys in stanzas.items() if not known or _is_kind(stanza, known)))


def _own_capabilities(app: Path) -> Iterable[str]:
    """Name the capabilities that an app defines by `[capability::NAME]`."""
    for file in (app / "default" / "authorize.conf", app / "local" / "authorize.conf"):
        if file.is_file():
            yield from re.findall(r"(?m)^\[capability::([\w-]+)\]", file.read_text(encoding="utf-8", errors="replace"))


def _extend(confs: Confs, own: Confs, spec: Path) -> None:
    conf = spec.name.removesuffix(".conf.spec")
    known = confs.setdefault(conf, {})
    for stanza, keys in read_spec(spec.read_text(encoding="utf-8"), any_stanza=False).items():
        generic = known.get(GENERIC_INPUT, frozenset()) if conf == "inputs" and "://" in stanza else frozenset()
        known[stanza] = known.get(stanza, frozenset()) | keys | generic
        of_conf = own.setdefault(conf, {})
        of_conf[stanza] = of_conf.get(stanza, frozenset()) | keys


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(pattern.replace("[", "[[]")), re.DOTALL)


def _is_kind(stanza: str, known: str) -> bool:
    """Tell whether a stanza is of a kind; `[scheme]` holds what all `[scheme://name]` take."""
    return bool(known) and (_matches(stanza, known) or known == f"{stanza}://*")


def _matches(name: str, pattern: str) -> bool:
    return bool(_compiled(pattern).match(name))


def _hint(name: str, candidates: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, [each for each in candidates if each.strip("*")], n=1)
    return f"; did you mean {close[0]}?" if close else ""
