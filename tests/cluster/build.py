"""Build the laboratory's binaries from their Go modules into the cache.

A component is built when its binary is missing or was made from other sources or flags, and moved into place when it
is whole, so that an interrupted build leaves nothing half-written. Builds run one after the other at low priority.
"""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cluster.errors import LaboratoryError
from cluster.versions import Component, cache_folder, components, peers

# Without the second every user agent reads `kubectl/v0.0.0 (linux/amd64) kubernetes/$Format`.
VERSION_PACKAGES = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
PARALLEL_COMPILERS = 2
STAGES = ("node/fast", "node/heartbeat-with-lease", "pod/fast")


def build(kubernetes: str, say: Callable[[str], None]) -> Path:
    """Build what is not built yet of one Kubernetes version and tell how long each part took."""
    folder = _build_all(components(kubernetes), cache_folder(kubernetes), say)
    _copy_stages(folder)
    return folder


def build_peers(say: Callable[[str], None]) -> Path:
    """Build what the product is compared with and driven by."""
    return _build_all(peers(), cache_folder("peers"), say)


def _build_all(parts: Sequence[Component], folder: Path, say: Callable[[str], None]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for component in parts:
        started = time.monotonic()
        state = "built" if _build_component(component, folder) else "cached"
        size_mb = (folder / component.name).stat().st_size / 1e6
        seconds = time.monotonic() - started
        say(f"{component.name:24} {component.version:8} {state:7} {seconds:6.1f} s {size_mb:6.1f} MB")
    return folder


def _build_component(component: Component, folder: Path) -> bool:
    target, stamp = folder / component.name, folder / f".{component.name}.sha256"
    digest = _digest(component)
    if target.exists() and stamp.exists() and stamp.read_text() == digest:
        return False
    partial = folder / f".{component.name}.partial"
    command = ["go", "build", "-mod=readonly", "-p", str(PARALLEL_COMPILERS), "-trimpath"]
    command += ["-ldflags", _linker_flags(component), "-o", str(partial), "."]
    if shutil.which("nice"):
        command = ["nice", "-n", "10", *command]
    # Without a version control stamp the binary is the same from every clone.
    environment = {**os.environ, "GOFLAGS": "-buildvcs=false", "CGO_ENABLED": "0"}
    result = subprocess.run(command, cwd=component.module, env=environment, check=False, capture_output=True, text=True)
    if result.returncode:
        raise LaboratoryError(f"{component.module}: go build failed: {result.stderr.strip()[-2000:]}")
    partial.replace(target)
    stamp.write_text(digest)
    return True


def _digest(component: Component) -> str:
    """Sum up what a binary is made from; times of files say nothing in a fresh clone."""
    parts = [(component.module / name).read_bytes() for name in ("go.mod", "go.sum", "main.go")]
    return hashlib.sha256(b"\0".join([*parts, _linker_flags(component).encode()])).hexdigest()


def _linker_flags(component: Component) -> str:
    # A module does not say which commit it was made from: a hash of the version stands in for it in user agents.
    commit = hashlib.sha256(f"kubernetes v{component.says}".encode()).hexdigest()[:40]
    values = {"gitVersion": f"v{component.says}", "gitCommit": commit}
    settings = [f"-X {package}.{name}={value}" for package in VERSION_PACKAGES for name, value in values.items()]
    return " ".join(["-s", "-w", *settings])


def _copy_stages(folder: Path) -> None:
    target = folder / "kwok-stages"
    if target.exists():
        return
    kwok = next(component for component in components("any") if component.name == "kwok")
    listed = subprocess.run(
        ["go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"],
        cwd=kwok.module,
        check=True,
        capture_output=True,
        text=True,
    )
    partial = folder / ".kwok-stages.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for stage in STAGES:
        for source in sorted((Path(listed.stdout.strip()) / "kustomize" / "stage" / stage).glob("*.yaml")):
            if source.name != "kustomization.yaml":
                (partial / source.name).write_bytes(source.read_bytes())
    partial.rename(target)
