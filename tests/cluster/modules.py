"""Make the Go module of one Kubernetes component: `python -m cluster module NAME VERSION`, once for each new version.

Kubernetes itself names its own parts at v0.0.0 and replaces them by folders of its repository, which a module that
only requires it does not inherit: the same parts are replaced by their published versions here.
"""

import json
import re
import subprocess
from pathlib import Path

from cluster.errors import LaboratoryError

SOURCE = "k8s.io/kubernetes"
UNPUBLISHED = re.compile(r"^\s+(k8s\.io/[\w./-]+) v0\.0\.0$", re.MULTILINE)
DIRECTIVES = re.compile(r"^(?:go|godebug) .+$", re.MULTILINE)


def write_module(folder: Path, version: str) -> None:
    """Write go.mod and go.sum beside the folder's main.go."""
    upstream = _upstream_module(version)
    (folder / "go.mod").write_text(module_text(folder.name, version, upstream))
    # Not `go mod tidy`: it wants test dependencies of dependencies, and for 1.30 one of them is not to be had.
    command = ["go", "list", "-mod=mod", "-deps", "-f", "{{.ImportPath}}", "."]
    result = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if result.returncode:
        raise LaboratoryError(f"{folder}: go list failed: {result.stderr.strip()[-1000:]}")


def module_text(name: str, version: str, upstream: str) -> str:
    """Write the go.mod of a component from the one of Kubernetes itself."""
    parts = sorted(set(UNPUBLISHED.findall(upstream)))
    published = f"v0.{version.removeprefix('1.')}"
    replacements = "".join(f"\t{part} => {part} {published}\n" for part in parts)
    directives = "\n\n".join(DIRECTIVES.findall(upstream))
    require = f"require {SOURCE} v{version}"
    return f"module kube-audit.test/cluster/{name}\n\n{directives}\n\n{require}\n\nreplace (\n{replacements})\n"


def _upstream_module(version: str) -> str:
    result = subprocess.run(
        ["go", "mod", "download", "-json", f"{SOURCE}@v{version}"],
        cwd="/",
        check=False,
        capture_output=True,
        text=True,
    )
    if result.returncode:
        raise LaboratoryError(f"{SOURCE} v{version}: go mod download failed: {result.stdout.strip()[-400:]}")
    return Path(json.loads(result.stdout)["GoMod"]).read_text()
