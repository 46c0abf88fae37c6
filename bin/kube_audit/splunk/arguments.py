"""What a stanza of the modular input says, checked: also before Splunk Web saves it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional

from kube_audit.errors import BadInput
from kube_audit.names import SOURCETYPE, check_cluster
from kube_audit.receive.find import Finder, has_wildcard


@dataclass(frozen=True)
class Arguments:
    """The settings of one stanza."""

    path: str
    cluster: Optional[str]
    sourcetype: str
    index: str
    host: str


def read_arguments(parameters: Mapping[str, Optional[str]]) -> Arguments:
    """Read a stanza; raises BadInput that names the argument."""
    path = (parameters.get("path") or "").strip()
    if not Path(path).is_absolute():
        raise BadInput(f"path: {path!r} is not absolute; it must be like /var/log/kubernetes/audit/audit*.log")
    _check_readable(path)
    cluster = (parameters.get("cluster") or "").strip() or None
    if cluster is not None:
        check_cluster(cluster, "cluster")
    sourcetype = parameters.get("sourcetype") or SOURCETYPE
    return Arguments(path, cluster, sourcetype, parameters.get("index") or "default", parameters.get("host") or "")


def _check_readable(pattern: str) -> None:
    path = Path(pattern)
    if path.is_dir():
        raise BadInput(f"path: {pattern} is a directory; name the log, or use a pattern like {pattern}/audit*.log")
    if not has_wildcard(str(path.parent)) and not path.parent.is_dir():
        raise BadInput(f"path: there is no directory {path.parent}; correct the path")
    for found in Finder([pattern], _refuse).find():
        if found.asked:
            try:
                found.path.open("rb").close()
            except OSError as error:
                _refuse(f"{found.path}: cannot be read: {error.strerror}; give Splunk's user the right to read it")


def _refuse(reason: str) -> None:
    raise BadInput(f"path: {reason}")
