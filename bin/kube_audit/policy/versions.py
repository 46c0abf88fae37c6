"""Kubernetes minor versions, and what of the audit policy changed between them.

1.24 (the first without audit.k8s.io/v1beta1) to 1.37 are known. Read from the sources of k8s.io/apiserver 0.24 to 0.37:

    1.26    unknown fields and duplicate keys are warned of; before, they vanish without a word
    1.36    group "*" means every group; before, the API server refuses it
    1.36    --audit-log-maxsize, -maxage and -maxbackup have defaults (100 MB, 366 days, 100 files)
"""

import re
from typing import NamedTuple

from kube_audit.errors import WrongUsage


class Version(NamedTuple):
    """A Kubernetes minor version; compares by number."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST = Version(1, 24)
NEWEST = Version(1, 37)
STRICT_WARNINGS = Version(1, 26)
GROUP_WILDCARD = Version(1, 36)
LOG_ROTATION_DEFAULTS = Version(1, 36)

_FORM = re.compile(r"v?(\d+)\.(\d+)(?:\.\d+)?(?:[-+].*)?")


def parse_version(text: str) -> Version:
    """Read "1.36", "v1.36.3" or "1.36.3+k3s1"; a version outside of what is known is wrong usage."""
    form = _FORM.fullmatch(text.strip())
    if form is None:
        raise WrongUsage(f"target version {text!r} is no Kubernetes version; write it like 1.36")
    version = Version(int(form.group(1)), int(form.group(2)))
    if not OLDEST <= version <= NEWEST:
        raise WrongUsage(f"target version {text!r} is not known; known are {OLDEST} to {NEWEST}")
    return version
