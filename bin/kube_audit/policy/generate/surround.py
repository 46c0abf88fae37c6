"""What goes around a policy: flags, the webhook's kubeconfig, and how each distribution takes them.

    plain    flags.txt, one flag a line
    kubeadm  kube-apiserver0+json.yaml for `kubeadm init|upgrade --patches DIR`: flags, mounts and volumes
    k3s      config.yaml.d/kube-audit.yaml: kube-apiserver-arg
    rke2     config.yaml.d/kube-audit.yaml: the same, with the mounts of RKE2's static pod

Flags hold CIS 1.2.16 to 1.2.19. The webhook's are made for a receiver that takes 64 MB: events over 1 MB lose their
bodies, batches hold at most 100 of them; batch mode, so that the API server never waits.
"""

import json
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from kube_audit.errors import WrongUsage

DISTRIBUTIONS = ("plain", "kubeadm", "k3s", "rke2")
# Where each distribution keeps configuration and logs of its API server.
_FOLDERS = {
    "plain": ("/etc/kubernetes/audit", "/var/log/kubernetes/audit"),
    "kubeadm": ("/etc/kubernetes/audit", "/var/log/kubernetes/audit"),
    "k3s": ("/etc/rancher/k3s/audit", "/var/lib/rancher/k3s/server/logs/audit"),
    "rke2": ("/etc/rancher/rke2/audit", "/var/lib/rancher/rke2/server/logs"),
}


class Webhook(NamedTuple):
    """The receiver of the audit webhook; files are paths on the control plane."""

    url: str
    ca_file: Optional[str] = None
    cert_file: Optional[str] = None
    key_file: Optional[str] = None


class Surround(NamedTuple):
    """Files by name, in the order in which they are shown, and the flags among them."""

    files: Dict[str, str]
    flags: Tuple[str, ...]


def surround(distribution: str, webhook: Optional[Webhook]) -> Surround:
    """Write everything around audit-policy.yaml for one distribution."""
    configuration, logs = _FOLDERS[distribution]
    flags = _flags(configuration, logs, webhook)
    files: Dict[str, str] = {}
    if webhook is not None:
        files["audit-webhook.kubeconfig"] = webhook_kubeconfig(webhook)
    files["flags.txt"] = "".join(f"{flag}\n" for flag in flags)
    if distribution == "kubeadm":
        files["patches/kube-apiserver0+json.yaml"] = _kubeadm_patch(flags, configuration, logs)
    if distribution in ("k3s", "rke2"):
        files["config.yaml.d/kube-audit.yaml"] = _rancher(distribution, flags, configuration)
    return Surround(files, flags)


def _flags(configuration: str, logs: str, webhook: Optional[Webhook]) -> Tuple[str, ...]:
    flags = [
        f"--audit-policy-file={configuration}/audit-policy.yaml",
        f"--audit-log-path={logs}/audit.log",
        "--audit-log-maxage=30",
        "--audit-log-maxbackup=10",
        "--audit-log-maxsize=100",
    ]
    if webhook is not None:
        flags += [
            f"--audit-webhook-config-file={configuration}/audit-webhook.kubeconfig",
            "--audit-webhook-mode=batch",
            "--audit-webhook-batch-max-size=100",
            "--audit-webhook-truncate-enabled=true",
            "--audit-webhook-truncate-max-event-size=1048576",
        ]
    return tuple(flags)


def webhook_kubeconfig(webhook: Webhook) -> str:
    """Write the kubeconfig that --audit-webhook-config-file names."""
    if not webhook.url.startswith("https://"):
        raise WrongUsage(f"webhook URL {webhook.url!r} does not start with https://")
    if "?" in webhook.url:
        raise WrongUsage(f"webhook URL {webhook.url!r} has a query, which the API server drops; use the path")
    if (webhook.cert_file is None) != (webhook.key_file is None):
        raise WrongUsage("a client certificate needs both --webhook-cert and --webhook-key")
    lines = ["# Where kube-apiserver sends audit events.", "apiVersion: v1", "kind: Config", "clusters:"]
    lines += ["- name: kube-audit", "  cluster:", f"    server: {json.dumps(webhook.url)}"]
    if webhook.ca_file:
        lines.append(f"    certificate-authority: {json.dumps(webhook.ca_file)}")
    lines += ["users:", "- name: kube-apiserver"]
    if webhook.cert_file:
        lines += ["  user:", f"    client-certificate: {json.dumps(webhook.cert_file)}"]
        lines.append(f"    client-key: {json.dumps(webhook.key_file)}")
    else:
        lines.append("  user: {}")
    lines += ["contexts:", "- name: kube-audit", "  context:", "    cluster: kube-audit", "    user: kube-apiserver"]
    return "\n".join([*lines, "current-context: kube-audit"]) + "\n"


def _kubeadm_patch(flags: Sequence[str], configuration: str, logs: str) -> str:
    operations: List[Tuple[str, object]] = [("/spec/containers/0/command/-", flag) for flag in flags]
    for name, path, read_only in (("audit-policy", configuration, True), ("audit-log", logs, False)):
        mount = {"name": name, "mountPath": path, "readOnly": read_only}
        operations.append(("/spec/containers/0/volumeMounts/-", mount))
        operations.append(("/spec/volumes/-", {"name": name, "hostPath": {"path": path, "type": "DirectoryOrCreate"}}))
    lines = [
        "# JSON patch of the static pod: kubeadm init|join|upgrade --patches THIS_FOLDER, or apply it by hand to",
        "# /etc/kubernetes/manifests/kube-apiserver.yaml. Folders that are missing on the control plane are made.",
    ]
    for path, value in operations:
        lines += ["- op: add", f"  path: {path}", f"  value: {json.dumps(value)}"]
    return "\n".join(lines) + "\n"


def _rancher(distribution: str, flags: Sequence[str], configuration: str) -> str:
    service = "k3s" if distribution == "k3s" else "rke2-server"
    lines = [f"# /etc/rancher/{distribution}/config.yaml.d/kube-audit.yaml; restart {service} after a change."]
    policy = [flag for flag in flags if flag.startswith("--audit-policy-file=")]
    if distribution == "rke2":
        # RKE2 has an option of its own for the policy, which also mounts it.
        lines += [f"audit-policy-file: {json.dumps(flag.partition('=')[2])}" for flag in policy]
        flags = [flag for flag in flags if flag not in policy]
    lines += ["kube-apiserver-arg+:", *(f"- {json.dumps(flag[2:])}" for flag in flags)]
    if distribution == "rke2":
        # RKE2 runs the API server as a static pod and mounts its own log folder, but not this one.
        lines += ["kube-apiserver-extra-mount+:", f"- {json.dumps(f'{configuration}:{configuration}:ro')}"]
    return "\n".join(lines) + "\n"
