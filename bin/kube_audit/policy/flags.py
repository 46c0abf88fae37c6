"""The audit flags of kube-apiserver: their defaults by version, and reading them from where people keep them.

A static-pod manifest, a unit file, a shell script, `ps` output and k3s's `kube-apiserver-arg` list all hold the same
words: `--audit-log-path=/x`, `--audit-log-path /x`, `audit-log-path=/x`.
"""

import re
from typing import Dict, NamedTuple, Optional

from kube_audit.policy.positions import Lines, Mark
from kube_audit.policy.versions import LOG_ROTATION_DEFAULTS, Version

_FLAG = re.compile(
    r"(?:(?<=[\s\"'\[,])|(?<![^\n]))(?:--)?(audit-[a-z-]+)(?:\s*[= ]\s*[\"']?([^\s\"',\]\\]*))?",
)
# Before 1.36 nothing limits age and number of files; size is lumberjack's own 100 MB.
_ROTATION = {"audit-log-maxsize": ("0", "100"), "audit-log-maxage": ("0", "366"), "audit-log-maxbackup": ("0", "100")}
DEFAULTS = {
    "audit-log-format": "json",
    "audit-log-mode": "blocking",
    "audit-log-compress": "false",
    "audit-log-truncate-enabled": "false",
    "audit-webhook-mode": "batch",
    "audit-webhook-truncate-enabled": "false",
    "audit-webhook-batch-buffer-size": "10000",
    "audit-webhook-batch-max-size": "400",
    "audit-webhook-batch-max-wait": "30s",
    "audit-webhook-batch-throttle-qps": "10",
    "audit-webhook-initial-backoff": "10s",
}


class Flag(NamedTuple):
    """One flag as it was given."""

    name: str
    value: str
    mark: Mark


class Flags:
    """The audit flags of one API server."""

    def __init__(self, given: Dict[str, Flag], source: str = "flags") -> None:
        self.given = given
        self.source = source

    def value(self, name: str, version: Version) -> Optional[str]:
        """Give a flag's value, or its default in that version."""
        if name in self.given:
            return self.given[name].value
        if name in _ROTATION:
            return _ROTATION[name][version >= LOG_ROTATION_DEFAULTS]
        return DEFAULTS.get(name)

    def is_true(self, name: str, version: Version) -> bool:
        """Tell whether a switch is on; naming it is enough."""
        return self.value(name, version) in ("true", "True", "1", "")

    def number(self, name: str, version: Version) -> int:
        """Give a flag's number; what is none counts as 0."""
        found = re.match(r"\d+", self.value(name, version) or "")
        return int(found.group()) if found else 0

    def place(self, name: str) -> str:
        """Say where a flag stands, or that it does not."""
        flag = self.given.get(name)
        return f"{self.source}:{flag.mark.line}" if flag else self.source


def read_flags(text: str, source: str = "flags") -> Flags:
    """Find audit flags in any text."""
    lines = Lines(text)
    given = {}
    for found in _FLAG.finditer(text):
        line_start = text.rfind("\n", 0, found.start()) + 1
        if text[line_start : found.start()].lstrip().startswith("#"):
            continue
        name = found.group(1)
        given[name] = Flag(name, found.group(2) or "", lines.mark(found.start()))
    return Flags(given, source)
