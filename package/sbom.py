"""The bill of materials beside the package: CycloneDX 1.5 JSON.

The same inputs give the same bytes: it has no date and no serial number.
"""

import json
from collections.abc import Iterable

from vendor import Component


def render(app_version: str, components: Iterable[Component]) -> str:
    """Return the document for an app of that version with these libraries."""
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": _application(app_version)},
        "components": [_library(component) for component in components],
    }
    return json.dumps(document, indent=2) + "\n"


def _application(version: str) -> dict[str, object]:
    return {
        "type": "application",
        "bom-ref": f"kube_audit@{version}",
        "name": "kube_audit",
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


def _library(component: Component) -> dict[str, object]:
    purl = f"pkg:pypi/{component.name}@{component.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": component.name,
        "version": component.version,
        "purl": purl,
        "licenses": [{"license": {"name": component.license}}],
        "hashes": [{"alg": "SHA-256", "content": component.sha256}],
        "properties": [{"name": "kube_audit:file", "value": component.file}],
    }
