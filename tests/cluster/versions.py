"""Which versions the laboratory has, and where their binaries are kept.

Cache, outside the repository, one folder per Kubernetes version and Go version:

    ${KUBE_AUDIT_CLUSTER_CACHE:-${XDG_CACHE_HOME:-~/.cache}/kube-audit/cluster}/<version>-<go version>/
        kube-apiserver  kube-controller-manager  kube-scheduler  kubectl  etcd  kwok  sample-apiserver
        kwok-stages/    the state machines that kwok's own module ships
    …/peers-<go version>/
        otelcol         an OpenTelemetry collector with Splunk HEC in and out
        audit-backends  the API server's audit backends without an API server
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cluster.errors import NotRun

NEWEST = "1.37.2"
OLDEST = "1.30.14"
VERSIONS = (NEWEST, OLDEST)
ETCD = "3.6.8"
KWOK = "0.8.0"
SAMPLE_API_SERVER = "0.37.2"
MODULES = Path(__file__).parent / "modules"
KUBERNETES_COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")


PEERS = (("otelcol", "0.157.0"), ("audit-backends", "0.37.2"))


class Component(NamedTuple):
    """One binary, the Go module that makes it, and the version that it says it is."""

    name: str
    module: Path
    version: str
    says: str


def components(kubernetes: str) -> list[Component]:
    """List what one cluster of a Kubernetes version is made of, the slowest to build first."""
    table = [(name, kubernetes) for name in KUBERNETES_COMPONENTS] + [("etcd", ETCD), ("kwok", KWOK)]
    table += [("sample-apiserver", SAMPLE_API_SERVER)] if kubernetes == NEWEST else []
    # Published as 0.37.2, it refuses to be older than the API that it serves.
    says = {"sample-apiserver": NEWEST}
    return [_component(name, version, says.get(name, version)) for name, version in table]


def peers() -> list[Component]:
    """List what the product is compared with and driven by: a collector, and the API server's own audit backends."""
    return [_component(name, version, version) for name, version in PEERS]


def _component(name: str, version: str, says: str) -> Component:
    return Component(name, MODULES / f"{name}-{version}", version, says)


def go_version() -> str:
    """Name the Go toolchain that is there, such as `go1.26.8`."""
    if shutil.which("go") is None:
        raise NotRun("no Go toolchain found; install Go 1.26 or newer to build and run the laboratory")
    # Outside any module, so that no toolchain line is followed and nothing is fetched.
    version = subprocess.run(["go", "env", "GOVERSION"], cwd="/", check=True, capture_output=True, text=True)
    return version.stdout.strip()


def cache_folder(kubernetes: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Find the folder that holds, or will hold, one version's binaries."""
    base = environ.get("KUBE_AUDIT_CLUSTER_CACHE") or str(
        Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kube-audit" / "cluster"
    )
    return Path(base) / f"{kubernetes}-{go_version()}"


def built_binaries(kubernetes: str) -> Path:
    """Find the binaries of a version, or say that they are not built."""
    return _built(cache_folder(kubernetes), components(kubernetes), "make cluster")


def built_peers() -> Path:
    """Find the peers, or say that they are not built."""
    return _built(cache_folder("peers"), peers(), "make peers")


def _built(folder: Path, parts: list[Component], command: str) -> Path:
    missing = [component.name for component in parts if not (folder / component.name).exists()]
    if missing:
        raise NotRun(f"{folder}: no {', '.join(missing)}; run {command} first")
    return folder
