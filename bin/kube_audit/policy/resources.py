"""Which resources the API groups of Kubernetes have, 1.24 to 1.37, read from its own discovery documents.

`resources.json` is written by tests/recorded/policy/read_discovery.py. Groups that it does not hold are custom
resources or aggregated APIs; nothing is said about those.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from kube_audit.policy.versions import Version

# Gone before 1.24: extensions in 1.22, settings.k8s.io in 1.20, auditregistration.k8s.io in 1.19.
DEAD_GROUPS = {"extensions": "1.22", "settings.k8s.io": "1.20", "auditregistration.k8s.io": "1.19"}
# Kinds of files and calls that no API server serves as resources.
UNSERVED_GROUPS = (
    "audit.k8s.io",
    "admission.k8s.io",
    "apiserver.config.k8s.io",
    "client.authentication.k8s.io",
    "kubeadm.k8s.io",
    "kubelet.config.k8s.io",
    "kubescheduler.config.k8s.io",
    "kubeproxy.config.k8s.io",
)
# Named in policies as if they were resources; kind of the request, not its path.
MISNAMED = {
    ("authentication.k8s.io", "tokenrequests"): ("", "serviceaccounts/token"),
    ("", "tokenrequests"): ("", "serviceaccounts/token"),
    ("", "exec"): ("", "pods/exec"),
    ("", "attach"): ("", "pods/attach"),
    ("", "portforward"): ("", "pods/portforward"),
    ("", "scale"): ("apps", "deployments/scale"),
}


class Resource(NamedTuple):
    """One resource of one group; `last` is the last version that has it, if the newest does not."""

    group: str
    name: str
    kind: str
    singular: str
    short: Tuple[str, ...]
    subresources: Tuple[str, ...]
    is_namespaced: bool
    last: Optional[Version]


class ResourceTable:
    """The resources of all built-in groups."""

    def __init__(self, groups: Mapping[str, Mapping[str, Resource]]) -> None:
        self.groups = groups

    def has(self, group: str) -> bool:
        """Tell whether the group is built in."""
        return group in self.groups

    def find(self, group: str, name: str) -> Optional[Resource]:
        """Find a resource by its plural name."""
        return self.groups.get(group, {}).get(name)

    def groups_with(self, name: str) -> List[str]:
        """List the groups that have a resource of that name."""
        return [group for group, resources in self.groups.items() if name in resources]

    def by_other_name(self, group: str, name: str) -> Optional[Resource]:
        """Find what a kind, singular, short or wrongly cased name means, in this group before others."""
        lowered = name.lower()
        matches = [
            resource
            for resources in self.groups.values()
            for resource in resources.values()
            if lowered in (resource.kind.lower(), resource.singular, resource.name, *resource.short)
        ]
        return min(matches, key=lambda resource: resource.group != group, default=None)

    def subresources(self) -> List[str]:
        """List every subresource name there is."""
        return sorted(
            {
                subresource
                for resources in self.groups.values()
                for resource in resources.values()
                for subresource in resource.subresources
            }
        )


@lru_cache(maxsize=1)
def resource_table() -> ResourceTable:
    """Read the table once."""
    content = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    groups: Dict[str, Dict[str, Resource]] = {}
    for group, resources in content["groups"].items():
        groups[group] = {name: _resource(group, name, facts) for name, facts in resources.items()}
    return ResourceTable(groups)


def _resource(group: str, name: str, facts: Mapping[str, object]) -> Resource:
    last = facts.get("last")
    major, _dot, minor = str(last or "0.0").partition(".")
    return Resource(
        group,
        name,
        str(facts["kind"]),
        str(facts["singular"]),
        _texts(facts.get("short")),
        _texts(facts["sub"]),
        bool(facts.get("namespaced")),
        Version(int(major), int(minor)) if last else None,
    )


def _texts(value: object) -> Tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
