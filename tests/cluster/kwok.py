"""What kwok is told: its stages, what answers exec, attach, logs and port-forward, and the nodes that it plays."""

import json
from collections.abc import Sequence
from pathlib import Path

LABELS = {"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
CAPACITY = {"cpu": "8", "memory": "32Gi", "pods": "110"}


def write_configuration(folder: Path, stages: Sequence[Path]) -> Path:
    """Write kwok's configuration: its own stages, and a kubelet endpoint that runs real commands."""
    log = folder / "container.log"
    log.write_text("".join(f"2026-01-01T00:00:{second:02d}Z stdout F request served\n" for second in range(60)))
    log.chmod(0o644)
    documents = [stage.read_text() for stage in stages]
    # No KwokConfiguration among them: it would cancel kwok's own defaults.
    documents += [
        _document("ClusterExec", {"execs": [{"local": {}}]}),
        _document("ClusterAttach", {"attaches": [{"logsFile": str(log)}]}),
        _document("ClusterLogs", {"logs": [{"logsFile": str(log)}]}),
        _document("ClusterPortForward", {"forwards": [{"target": {"address": "127.0.0.1", "port": 9}}]}),
    ]
    path = folder / "kwok.yaml"
    path.write_text("\n---\n".join(documents))
    return path


def _document(kind: str, spec: object) -> str:
    metadata = {"name": kind.lower()}
    return json.dumps({"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec})


def node_document(name: str, address: str, port: int) -> dict[str, object]:
    """Describe a node whose kubelet is kwok's endpoint."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {**LABELS, "kubernetes.io/hostname": name}},
        "status": {
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
            "allocatable": CAPACITY,
            "capacity": CAPACITY,
            "nodeInfo": {
                "kernelVersion": "6.1.0",
                "osImage": "Debian GNU/Linux 12 (bookworm)",
                "containerRuntimeVersion": "containerd://2.1.4",
                "kubeletVersion": "v1.37.2",
                "kubeProxyVersion": "v1.37.2",
                "operatingSystem": "linux",
                "architecture": "amd64",
                "bootID": "b0f9c1de-0000-4000-8000-000000000001",
                "machineID": "3f1e",
                "systemUUID": "3f1e",
            },
        },
    }
