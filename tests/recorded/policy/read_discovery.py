"""Write bin/kube_audit/policy/resources.json: which resources the API groups of Kubernetes have, by discovery.

The sources of Kubernetes carry the discovery documents of each version (api/discovery/aggregated_v2*.json). This
reads them from the Go module cache: `go mod download k8s.io/kubernetes@vX.Y.Z`, then name the folders, oldest first:

    python tests/recorded/policy/read_discovery.py ~/go/pkg/mod/k8s.io/kubernetes@v1.27.16 ...

A resource that the newest version no longer has carries the last version that was seen to have it.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Dict, List

TARGET = Path(__file__).parents[3] / "bin" / "kube_audit" / "policy" / "resources.json"
# What 1.24 to 1.26 had and no later version: from the deprecation guide of kubernetes.io.
EARLIER: Dict[Any, Dict[str, Any]] = {
    ("policy", "podsecuritypolicies"): {
        "kind": "PodSecurityPolicy",
        "singular": "podsecuritypolicy",
        "short": ["psp"],
        "sub": [],
        "last": "1.24",
    },
}


def read_version(folder: Path) -> str:
    """Take the minor version out of a folder's name."""
    found = re.search(r"@v(1\.\d+)\.", folder.name)
    assert found is not None, f"{folder}: the name has no version"
    return found.group(1)


def read_resources(folder: Path) -> Dict[str, Dict[str, Dict[str, Any]]]:
    """Read what one version serves: group, resource, facts."""
    groups: Dict[str, Dict[str, Dict[str, Any]]] = {}
    paths = [path for path in sorted((folder / "api" / "discovery").glob("api*__*.json")) if "__v" in path.name]
    for path in paths:
        document = json.loads(path.read_text())
        group = document["groupVersion"].rpartition("/")[0]
        for entry in document["resources"]:
            add(groups.setdefault(group, {}), entry)
    return groups


def add(resources: Dict[str, Dict[str, Any]], entry: Dict[str, Any]) -> None:
    """Take over one discovery entry, a resource or a subresource."""
    base, _slash, subresource = entry["name"].partition("/")
    facts = resources.setdefault(base, {"sub": []})
    if subresource:
        facts["sub"] = sorted({*facts["sub"], subresource})
        return
    facts.update(
        kind=entry["kind"],
        singular=entry["singularName"] or entry["kind"].lower(),
        short=entry.get("shortNames", []),
        namespaced=entry["namespaced"],
        verbs=sorted(entry["verbs"]),
    )


def merge(folders: List[Path]) -> Dict[str, Any]:
    """Join the versions; later ones win, what they lack carries the last version that had it."""
    groups: Dict[str, Dict[str, Dict[str, Any]]] = {}
    newest = read_version(folders[-1])
    for folder in folders:
        version = read_version(folder)
        for group, resources in read_resources(folder).items():
            for resource, facts in resources.items():
                groups.setdefault(group, {})[resource] = {**facts, "last": version}
    for (group, resource), facts in EARLIER.items():
        groups[group].setdefault(resource, facts)
    for resources in groups.values():
        for facts in resources.values():
            if facts["last"] == newest:
                del facts["last"]
    return {"seen": [read_version(folder) for folder in folders], "groups": groups}


if __name__ == "__main__":
    table = merge([Path(argument) for argument in sys.argv[1:]])
    TARGET.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n")
