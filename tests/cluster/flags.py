"""The flags that each server of a cluster is started with."""

from pathlib import Path
from typing import NamedTuple

from cluster.certificates import Authority, KeyPair, service_account_key

SERVICE_NETWORK = "10.96.0.0/16"
POD_NETWORK = "10.244.0.0/16"
SERVICE_NAMES = ("localhost", "127.0.0.1", "10.96.0.1", "kubernetes", "kubernetes.default", "kubernetes.default.svc")


FRONT_PROXY = "front-proxy-client"


class Keys(NamedTuple):
    """What one cluster's servers prove themselves with."""

    authority: Authority
    serving: KeyPair
    etcd: KeyPair
    service_accounts: KeyPair
    front_proxy: KeyPair


class AuditFlags(NamedTuple):
    """Where audit events go, by which policy."""

    policy: Path
    log: Path
    webhook_kubeconfig: Path | None


def issue_keys(folder: Path, address: str) -> Keys:
    """Make a cluster's authority and the certificates of its servers."""
    authority = Authority(folder)
    return Keys(
        authority,
        authority.serving("kube-apiserver", "kube-apiserver", [*SERVICE_NAMES, address]),
        authority.serving("etcd", "etcd", ["localhost", "127.0.0.1"]),
        service_account_key(folder),
        authority.client("front-proxy", FRONT_PROXY),
    )


def etcd_flags(folder: Path, url: str, peer_url: str, keys: Keys) -> list[str]:
    """Start one etcd that talks to the API server by mutual TLS."""
    return [
        f"--data-dir={folder}",
        f"--listen-client-urls={url}",
        f"--advertise-client-urls={url}",
        f"--listen-peer-urls={peer_url}",
        f"--initial-advertise-peer-urls={peer_url}",
        f"--initial-cluster=default={peer_url}",
        f"--cert-file={keys.etcd.certificate}",
        f"--key-file={keys.etcd.key}",
        f"--trusted-ca-file={keys.authority.files.certificate}",
        "--client-cert-auth",
        # A laboratory's data need not survive a power cut.
        "--unsafe-no-fsync",
    ]


def api_server_flags(address: str, port: int, etcd_url: str, keys: Keys, audit: AuditFlags) -> list[str]:
    """Start an API server with RBAC, Node authorization and NodeRestriction, and an audit log in one file."""
    authority = keys.authority.files.certificate
    flags = [
        f"--secure-port={port}",
        f"--bind-address={address}",
        f"--advertise-address={address}",
        "--endpoint-reconciler-type=none",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
        f"--etcd-servers={etcd_url}",
        f"--etcd-cafile={authority}",
        f"--etcd-certfile={keys.etcd.certificate}",
        f"--etcd-keyfile={keys.etcd.key}",
        f"--client-ca-file={authority}",
        f"--tls-cert-file={keys.serving.certificate}",
        f"--tls-private-key-file={keys.serving.key}",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={keys.service_accounts.certificate}",
        f"--service-account-signing-key-file={keys.service_accounts.key}",
        "--enable-bootstrap-token-auth",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--allow-privileged",
        # An aggregated API server learns who asks from headers, and believes this client alone.
        f"--requestheader-client-ca-file={authority}",
        f"--requestheader-allowed-names={FRONT_PROXY}",
        "--requestheader-username-headers=X-Remote-User",
        "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={keys.front_proxy.certificate}",
        f"--proxy-client-key-file={keys.front_proxy.key}",
        # Node names resolve nowhere.
        "--kubelet-preferred-address-types=InternalIP",
        f"--audit-policy-file={audit.policy}",
        f"--audit-log-path={audit.log}",
        # One file for a whole recording: rotation is another test's subject.
        "--audit-log-maxsize=2000",
    ]
    webhook = audit.webhook_kubeconfig
    return [*flags, f"--audit-webhook-config-file={webhook}"] if webhook else flags


def manager_flags(kubeconfig: Path, port: int, keys: Keys) -> list[str]:
    """Start all controllers, each with a service account of its own, and the signer of certificates."""
    signer = keys.authority.files
    return [
        *controller_flags(kubeconfig, port),
        "--use-service-account-credentials",
        f"--service-account-private-key-file={keys.service_accounts.key}",
        f"--root-ca-file={signer.certificate}",
        f"--cluster-signing-cert-file={signer.certificate}",
        f"--cluster-signing-key-file={signer.key}",
        "--controllers=*,bootstrapsigner,tokencleaner",
        f"--cluster-cidr={POD_NETWORK}",
        f"--service-cluster-ip-range={SERVICE_NETWORK}",
    ]


def controller_flags(kubeconfig: Path, port: int) -> list[str]:
    """Start a program that watches the API server; all that the scheduler needs."""
    return [
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
    ]


def aggregated_flags(port: int, etcd_url: str, kubeconfig: Path, keys: Keys) -> list[str]:
    """Start an API server that extends the first one and keeps its objects in the same etcd."""
    return [
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--etcd-servers={etcd_url}",
        f"--etcd-cafile={keys.authority.files.certificate}",
        f"--etcd-certfile={keys.etcd.certificate}",
        f"--etcd-keyfile={keys.etcd.key}",
        f"--kubeconfig={kubeconfig}",
        f"--authentication-kubeconfig={kubeconfig}",
        f"--authorization-kubeconfig={kubeconfig}",
        f"--tls-cert-file={keys.serving.certificate}",
        f"--tls-private-key-file={keys.serving.key}",
    ]
