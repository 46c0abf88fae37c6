"""What detections need of a policy: read from package/detections/**/*.yml, or the built-in catalogue.

    needs:
      - {group: "", resource: pods, subresource: exec, verbs: [get, create], level: Metadata, stages: [ResponseStarted]}

"*" in group, resource, subresource or verbs stands for everything. Without shipped detections (the library alone),
the catalogue says what CIS 3.2.2 and an investigation need.
"""

from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import yaml

from kube_audit.errors import BadInput
from kube_audit.policy.model import LEVELS, STAGES, Level

SHIPPED = Path(__file__).parents[3] / "package" / "detections"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Need(NamedTuple):
    """Requests that a detection reads, with the least level and the stages that it reads them at."""

    group: str
    resource: str
    subresource: str
    verbs: Tuple[str, ...]
    level: Level
    stages: Tuple[str, ...]

    @property
    def is_everything(self) -> bool:
        """Whether the need is about any request at all."""
        return self.resource == "*" or self.group == "*"

    def __str__(self) -> str:
        if self.is_everything:
            return "every request"
        name = f"{self.resource}/{self.subresource}" if self.subresource else self.resource
        return f"{name}.{self.group}" if self.group else name


class Detection(NamedTuple):
    """One detection with its needs."""

    id: str
    name: str
    stanza: str
    needs: Tuple[Need, ...]


def load_detections(folder: Path) -> List[Detection]:
    """Read every detection of a folder, in the order of their ids."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such directory of detections")
    found = [_detection(path) for path in sorted(folder.rglob("*.yml"))]
    return sorted(found, key=lambda detection: detection.id)


def shipped_detections() -> List[Detection]:
    """Give what is shipped beside the library, else the built-in catalogue."""
    return load_detections(SHIPPED) if SHIPPED.is_dir() else list(CATALOGUE)


def choose(detections: Sequence[Detection], ids: Sequence[str]) -> List[Detection]:
    """Take the detections with these ids; all of them if there are none."""
    known = {detection.id: detection for detection in detections}
    unknown = [name for name in ids if name not in known]
    if unknown:
        raise BadInput(f"there is no detection {unknown[0]!r}; there are {', '.join(known)}")
    return [known[name] for name in ids] if ids else list(detections)


def _detection(path: Path) -> Detection:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 (a safe loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{path}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path}: a detection is a map with id, name and needs")
    needs = content.get("needs") or []
    if not isinstance(needs, list) or not isinstance(content.get("id"), str):
        raise BadInput(f"{path}: a detection has an id, and needs that are a list")
    name = str(content.get("name") or content["id"])
    return Detection(content["id"], name, str(content.get("stanza") or ""), tuple(_need(path, need) for need in needs))


def _need(path: Path, need: object) -> Need:
    if not isinstance(need, dict):
        raise BadInput(f"{path}: a need is a map with group, resource, subresource, verbs, level and stages")
    level = LEVELS.get(str(need.get("level")))
    stages, verbs = _texts(need.get("stages")), _texts(need.get("verbs"))
    if level is None or not verbs or not set(stages) <= set(STAGES):
        raise BadInput(f"{path}: the need {need!r} lacks verbs, or has an unknown level or stage")
    parts = [str(need.get(key) or "") for key in ("group", "resource", "subresource")]
    return Need(parts[0], parts[1], parts[2], verbs, level, stages)


def _texts(value: object) -> Tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


_ANY_STAGE = ("ResponseStarted", "ResponseComplete")
_WRITES = ("create", "update", "patch", "delete", "deletecollection")
_RBAC = "rbac.authorization.k8s.io"


def _catalogue(name: str, title: str, *needs: Tuple[str, str, Sequence[str]]) -> Detection:
    built = []
    for group, resource, verbs in needs:
        base, _slash, sub = resource.partition("/")
        built.append(Need(group, base, sub, tuple(verbs), Level.METADATA, _ANY_STAGE))
    return Detection(name, title, "", tuple(built))


CATALOGUE: Tuple[Detection, ...] = (
    _catalogue(
        "secrets",
        "Secrets, configuration and tokens are read or written (CIS 3.2.2)",
        ("", "secrets", ("get", "list", "watch", *_WRITES)),
        ("", "configmaps", ("get", "list", *_WRITES)),
        ("authentication.k8s.io", "tokenreviews", ("create",)),
        ("", "serviceaccounts/token", ("create",)),
    ),
    _catalogue(
        "sessions",
        "Sessions into pods, nodes and services (CIS 3.2.2)",
        ("", "pods/exec", ("get", "create")),
        ("", "pods/attach", ("get", "create")),
        ("", "pods/portforward", ("get", "create")),
        ("", "pods/proxy", ("get", "create")),
        ("", "services/proxy", ("get", "create")),
        ("", "nodes/proxy", ("get", "create")),
        ("", "pods/ephemeralcontainers", ("patch", "update")),
    ),
    _catalogue(
        "workloads",
        "Workloads are changed (CIS 3.2.2)",
        ("", "pods", _WRITES),
        ("apps", "deployments", _WRITES),
        ("apps", "daemonsets", _WRITES),
        ("apps", "statefulsets", _WRITES),
        ("batch", "jobs", _WRITES),
        ("batch", "cronjobs", _WRITES),
    ),
    _catalogue(
        "permissions",
        "Permissions and identities are changed",
        (_RBAC, "roles", _WRITES),
        (_RBAC, "rolebindings", _WRITES),
        (_RBAC, "clusterroles", _WRITES),
        (_RBAC, "clusterrolebindings", _WRITES),
        ("", "serviceaccounts", _WRITES),
        ("certificates.k8s.io", "certificatesigningrequests", ("create",)),
        ("certificates.k8s.io", "certificatesigningrequests/approval", ("update", "patch")),
    ),
    _catalogue(
        "admission",
        "What decides over requests is changed",
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations", _WRITES),
        ("admissionregistration.k8s.io", "validatingwebhookconfigurations", _WRITES),
        ("apiregistration.k8s.io", "apiservices", _WRITES),
        ("apiextensions.k8s.io", "customresourcedefinitions", _WRITES),
    ),
    Detection(
        "everything",
        "Every request leaves a trace, failed logins too",
        "",
        (Need("*", "*", "*", ("*",), Level.METADATA, _ANY_STAGE),),
    ),
)


def needs_by_id(detections: Sequence[Detection]) -> Dict[str, Tuple[Need, ...]]:
    """Map ids to needs."""
    return {detection.id: detection.needs for detection in detections}


def strongest(detections: Sequence[Detection]) -> Optional[Level]:
    """Give the highest level that any need asks for."""
    return max((need.level for detection in detections for need in detection.needs), default=None)
