"""A whole cluster on loopback: etcd, kube-apiserver, controller manager, scheduler, and kwok as every node.

    with Cluster(binaries, folder, Options(policy=...)) as cluster:
        with cluster.sign_in(Actor("alice", ("developers",), "127.0.0.5")) as alice:
            alice.kubectl("get", "pods")
        cluster.audit_log

Every cluster has its own authority, keys and ports; several run side by side. Leaving the block stops everything in
the order that lets the API server write its last events; a laboratory that is killed takes its children along.
"""

import json
import random
import shutil
import socket
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import requests

from cluster import processes
from cluster.actors import Actor, Client, Credential, Endpoint, kubeconfig
from cluster.certificates import Authority, KeyPair, service_account_key
from cluster.kwok import node_document, write_configuration

SUPER_ADMIN = Actor("kubernetes-super-admin", ("system:masters",))
SERVICE_NETWORK = "10.96.0.0/16"
POD_NETWORK = "10.244.0.0/16"
# Below the range that client sockets are given, which once took etcd's port.
PORTS = range(20000, 32000)
START_LIMIT_S = 60
STOP_LIMIT_S = 10


class Options(NamedTuple):
    """How a cluster is started."""

    policy: Path
    address: str = "127.0.0.1"
    nodes: int = 3
    node_address: str = "127.0.0.1"
    controllers: bool = True
    webhook_kubeconfig: Path | None = None
    api_server_flags: tuple[str, ...] = ()
    controller_flags: tuple[str, ...] = ()
    lease_seconds: int = 40


class Cluster:
    """One cluster, running between enter and exit."""

    def __init__(self, binaries: Path, folder: Path, options: Options) -> None:
        self._binaries = binaries
        self._folder = folder
        self._options = options
        self._stack = ExitStack()
        self.children: list[processes.Child] = []
        self._ports = iter(free_ports(options.address, 6))
        self.audit_log = folder / "audit" / "audit.log"

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._stop)
            self._prepare_folders()
            self._issue_certificates()
            self._start_etcd()
            self._start_api_server()
            self.admin = self._stack.enter_context(self.sign_in(SUPER_ADMIN))
            if self._options.controllers:
                self._start_controllers()
            self._start_nodes()
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def sign_in(self, actor: Actor) -> Client:
        """Give an actor a client certificate and its tools."""
        name = f"actor-{_file_name(actor.user)}"
        return self._client(actor, Credential(self._authority.client(name, actor.user, actor.groups)))

    def sign_in_with_token(self, actor: Actor, token: str | None) -> Client:
        """Give an actor a bearer token that it already has, or nothing, and its tools."""
        return self._client(actor, Credential(token=token))

    def sign_in_service_account(self, namespace: str, name: str, actor: Actor) -> Client:
        """Have a token issued for a service account and give its bearer the tools."""
        token = self.admin.kubectl("create", "token", name, "--namespace", namespace, "--duration", "1h")
        return self.sign_in_with_token(actor, token.output.strip())

    def metrics(self) -> str:
        """Read the API server's own counters."""
        return self.admin.request("GET", "/metrics").output

    def _client(self, actor: Actor, credential: Credential) -> Client:
        return Client(actor, credential, self._endpoint, self._folder / "actors" / _file_name(actor.user))

    def _prepare_folders(self) -> None:
        for name in ("certificates", "audit", "logs", "actors"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)

    def _issue_certificates(self) -> None:
        folder = self._folder / "certificates"
        self._authority = Authority(folder)
        self._service_account_key = service_account_key(folder)
        names = ["localhost", "127.0.0.1", "10.96.0.1", "kubernetes", "kubernetes.default", "kubernetes.default.svc"]
        self._serving = self._authority.serving("kube-apiserver", "kube-apiserver", [*names, self._options.address])
        self._etcd = self._authority.serving("etcd", "etcd", ["localhost", "127.0.0.1"])

    def _start_etcd(self) -> None:
        client, peer = next(self._ports), next(self._ports)
        self._etcd_url = f"https://127.0.0.1:{client}"
        peer_url = f"http://127.0.0.1:{peer}"
        authority = self._authority.files.certificate
        self._start(
            "etcd",
            f"--data-dir={self._folder / 'etcd'}",
            f"--listen-client-urls={self._etcd_url}",
            f"--advertise-client-urls={self._etcd_url}",
            f"--listen-peer-urls={peer_url}",
            f"--initial-advertise-peer-urls={peer_url}",
            f"--initial-cluster=default={peer_url}",
            f"--cert-file={self._etcd.certificate}",
            f"--key-file={self._etcd.key}",
            f"--trusted-ca-file={authority}",
            "--client-cert-auth",
            # A laboratory's data need not survive a power cut.
            "--unsafe-no-fsync",
        )

    def _start_api_server(self) -> None:
        port = next(self._ports)
        authority = self._authority.files.certificate
        self._endpoint = Endpoint(self._options.address, port, authority, self._binaries / "kubectl")
        self._start("kube-apiserver", *self._api_server_flags(port))
        probe = requests.Session()
        probe.trust_env = False
        probe.verify = str(authority)
        probe.cert = self._authority.client("probe", "probe", ("system:masters",)).paths
        probe.headers["User-Agent"] = "kube-probe/1.37"
        with probe:
            self._wait(lambda: _answers(probe, f"https://{self._options.address}:{port}/readyz"), "the API server")

    def _api_server_flags(self, port: int) -> list[str]:
        address, keys = self._options.address, self._service_account_key
        flags = [
            f"--secure-port={port}",
            f"--bind-address={address}",
            f"--advertise-address={address}",
            "--endpoint-reconciler-type=none",
            f"--service-cluster-ip-range={SERVICE_NETWORK}",
            f"--etcd-servers={self._etcd_url}",
            f"--etcd-cafile={self._authority.files.certificate}",
            f"--etcd-certfile={self._etcd.certificate}",
            f"--etcd-keyfile={self._etcd.key}",
            f"--client-ca-file={self._authority.files.certificate}",
            f"--tls-cert-file={self._serving.certificate}",
            f"--tls-private-key-file={self._serving.key}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={keys.certificate}",
            f"--service-account-signing-key-file={keys.key}",
            "--enable-bootstrap-token-auth",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged",
            # Node names resolve nowhere.
            "--kubelet-preferred-address-types=InternalIP",
            f"--audit-policy-file={self._options.policy}",
            f"--audit-log-path={self.audit_log}",
            # One file for a whole recording: rotation is another test's subject.
            "--audit-log-maxsize=2000",
        ]
        if self._options.webhook_kubeconfig:
            flags.append(f"--audit-webhook-config-file={self._options.webhook_kubeconfig}")
        return [*flags, *self._options.api_server_flags]

    def _start_controllers(self) -> None:
        network = (f"--cluster-cidr={POD_NETWORK}", f"--service-cluster-ip-range={SERVICE_NETWORK}")
        signer, keys = self._authority.files, self._service_account_key
        manager = self._component_kubeconfig("system:kube-controller-manager")
        self._start(
            "kube-controller-manager",
            f"--kubeconfig={manager}",
            f"--authentication-kubeconfig={manager}",
            f"--authorization-kubeconfig={manager}",
            "--bind-address=127.0.0.1",
            f"--secure-port={next(self._ports)}",
            "--use-service-account-credentials",
            f"--service-account-private-key-file={keys.key}",
            f"--root-ca-file={signer.certificate}",
            f"--cluster-signing-cert-file={signer.certificate}",
            f"--cluster-signing-key-file={signer.key}",
            "--controllers=*,bootstrapsigner,tokencleaner",
            *network,
            *self._options.controller_flags,
        )
        scheduler = self._component_kubeconfig("system:kube-scheduler")
        self._start(
            "kube-scheduler",
            f"--kubeconfig={scheduler}",
            f"--authentication-kubeconfig={scheduler}",
            f"--authorization-kubeconfig={scheduler}",
            "--bind-address=127.0.0.1",
            f"--secure-port={next(self._ports)}",
        )

    def _start_nodes(self) -> None:
        """Make the nodes and have kwok play their kubelets, without root: exec runs a real process as kwok's user."""
        address, port = self._options.node_address, next(self._ports)
        # A folder of its own: the cluster's is closed to kwok's user.
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="kube-audit-kwok-")))
        configuration = write_configuration(folder, sorted((self._binaries / "kwok-stages").glob("*.yaml")))
        kubeconfig_file = self._kwok_kubeconfig(folder)
        processes.hand_over(folder)
        for index in range(1, self._options.nodes + 1):
            self.admin.request("POST", "/api/v1/nodes", node_document(f"node-{index}", address, port))
        command = [
            str(self._binaries / "kwok"),
            f"--config={configuration}",
            f"--kubeconfig={kubeconfig_file}",
            "--manage-all-nodes=true",
            f"--node-lease-duration-seconds={self._options.lease_seconds}",
            f"--node-ip={address}",
            f"--node-port={port}",
            f"--server-address={address}:{port}",
            f"--cidr={POD_NETWORK}",
        ]
        log = self._folder / "logs" / "kwok.log"
        self.children.append(processes.start("kwok", command, log, unprivileged=True))
        self._wait(self._nodes_are_ready, "the nodes")

    def _kwok_kubeconfig(self, folder: Path) -> Path:
        authority = folder / "ca.crt"
        authority.write_bytes(self._authority.files.certificate.read_bytes())
        issued = self._authority.client("kwok", "kwok", ("system:masters",))
        files = KeyPair(*(Path(shutil.copy(path, folder)) for path in issued))
        path = folder / "kubeconfig"
        url = f"https://{self._endpoint.host}:{self._endpoint.port}"
        path.write_text(kubeconfig(url, authority, Credential(files), "kwok"))
        return path

    def _nodes_are_ready(self) -> bool:
        nodes = json.loads(self.admin.request("GET", "/api/v1/nodes?limit=500").output)["items"]
        ready = [node for node in nodes if _is_ready(node)]
        return len(ready) >= self._options.nodes

    def _component_kubeconfig(self, user: str) -> Path:
        path = self._folder / "certificates" / f"{_file_name(user)}.kubeconfig"
        credential = Credential(self._authority.client(_file_name(user), user))
        url = f"https://{self._endpoint.host}:{self._endpoint.port}"
        path.write_text(kubeconfig(url, self._authority.files.certificate, credential, user))
        return path

    def _start(self, name: str, *flags: str) -> None:
        command = [str(self._binaries / name), *flags]
        self.children.append(processes.start(name, command, self._folder / "logs" / f"{name}.log"))

    def _wait(self, ready: Callable[[], bool], what: str) -> None:
        processes.wait_until(ready, what, self.children, START_LIMIT_S)

    def _stop(self) -> None:
        processes.stop(list(reversed(self.children)), STOP_LIMIT_S)
        self.children.clear()
        self._stack.close()


def free_ports(address: str, count: int) -> list[int]:
    """Find ports that nobody listens on, by binding each once."""
    found: list[int] = []
    # From a random place on, so that clusters that start at the same moment do not meet.
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as candidate:
            try:
                candidate.bind((address, port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            break
    return found


def _answers(session: requests.Session, url: str) -> bool:
    try:
        return session.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def _is_ready(node: dict[str, dict[str, Sequence[dict[str, str]]]]) -> bool:
    conditions = node["status"].get("conditions", ())
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def _file_name(user: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in user)
