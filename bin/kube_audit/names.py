"""Names that Splunk and the library share, and how a name of the user's must look."""

import re

from kube_audit.errors import BadInput

SOURCETYPE = "kube:apiserver:audit"
_CLUSTER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def check_cluster(name: str, option: str) -> str:
    """Return the name of a cluster; raises BadInput that names the option it came by."""
    if not _CLUSTER.fullmatch(name):
        raise BadInput(f"{option}: {name!r} is no name; use letters, digits and . _ - (100 at most)")
    return name
