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

from cluster import flags, processes
from cluster.actors import Actor, Client, Credential, Endpoint, kubeconfig
from cluster.aggregation import SAMPLE_API, registration
from cluster.certificates import KeyPair
from cluster.kwok import node_document, write_configuration

SUPER_ADMIN = Actor("kubernetes-super-admin", ("system:masters",))
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
    aggregated: bool = False


class Cluster:
    """One cluster, running between enter and exit."""

    def __init__(self, binaries: Path, folder: Path, options: Options) -> None:
        self._binaries = binaries
        self._folder = folder
        self._options = options
        self._stack = ExitStack()
        self.children: list[processes.Child] = []
        self._ports = iter(free_ports(options.address, 7))
        self.audit_log = folder / "audit" / "audit.log"

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            undo.callback(self._stop)
            self._prepare_folders()
            self._keys = flags.issue_keys(self._folder / "certificates", self._options.address)
            self._start_etcd()
            self._start_api_server()
            self.admin = self._stack.enter_context(self.sign_in(SUPER_ADMIN))
            if self._options.controllers:
                self._start_controllers()
            self._start_nodes()
            if self._options.aggregated:
                self._start_aggregated()
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def sign_in(self, actor: Actor) -> Client:
        """Give an actor a client certificate and its tools."""
        name = f"actor-{_file_name(actor.user)}"
        return self._client(actor, Credential(self._keys.authority.client(name, actor.user, actor.groups)))

    def sign_in_with_token(self, actor: Actor, token: str | None) -> Client:
        """Give an actor a bearer token that it already has, or nothing, and its tools."""
        return self._client(actor, Credential(token=token))

    def sign_in_service_account(self, namespace: str, name: str, actor: Actor) -> Client:
        """Have a token issued for a service account and give its bearer the tools."""
        token = self.admin.kubectl("create", "token", name, "--namespace", namespace, "--duration", "1h")
        return self.sign_in_with_token(actor, token.output.strip())

    def serving_certificate(self, name: str, address: str) -> KeyPair:
        """Issue a certificate for a server that the API server calls."""
        return self._keys.authority.serving(name, name, [address])

    @property
    def authority(self) -> Path:
        """The certificate that everything in this cluster is signed by."""
        return self._keys.authority.files.certificate

    def metrics(self) -> str:
        """Read the API server's own counters."""
        return self.admin.request("GET", "/metrics").output

    def _client(self, actor: Actor, credential: Credential) -> Client:
        return Client(actor, credential, self._endpoint, self._folder / "actors" / _file_name(actor.user))

    def _prepare_folders(self) -> None:
        for name in ("certificates", "audit", "logs", "actors"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)

    def _start_etcd(self) -> None:
        self._etcd_url = f"https://127.0.0.1:{next(self._ports)}"
        peer_url = f"http://127.0.0.1:{next(self._ports)}"
        self._start("etcd", *flags.etcd_flags(self._folder / "etcd", self._etcd_url, peer_url, self._keys))

    def _start_api_server(self) -> None:
        address, port = self._options.address, next(self._ports)
        self._endpoint = Endpoint(address, port, self.authority, self._binaries / "kubectl")
        audit = flags.AuditFlags(self._options.policy, self.audit_log, self._options.webhook_kubeconfig)
        basic = flags.api_server_flags(address, port, self._etcd_url, self._keys, audit)
        self._start("kube-apiserver", *basic, *self._options.api_server_flags)
        probe = requests.Session()
        probe.trust_env = False
        probe.verify = str(self.authority)
        probe.cert = self._keys.authority.client("probe", "probe", ("system:masters",)).paths
        with probe:
            self._wait(lambda: _answers(probe, f"https://{address}:{port}/readyz"), "the API server")

    def _start_controllers(self) -> None:
        manager = self._component_kubeconfig("system:kube-controller-manager")
        manager_flags = flags.manager_flags(manager, next(self._ports), self._keys)
        self._start("kube-controller-manager", *manager_flags, *self._options.controller_flags)
        scheduler = self._component_kubeconfig("system:kube-scheduler")
        self._start("kube-scheduler", *flags.controller_flags(scheduler, next(self._ports)))

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
            "--node-lease-duration-seconds=40",
            f"--node-ip={address}",
            f"--node-port={port}",
            f"--server-address={address}:{port}",
            f"--cidr={flags.POD_NETWORK}",
        ]
        log = self._folder / "logs" / "kwok.log"
        self.children.append(processes.start("kwok", command, log, unprivileged=True))
        self._wait(self._nodes_are_ready, "the nodes")

    def _start_aggregated(self) -> None:
        """Start the sample API server, with cluster-admin, and have the first one ask it for its group."""
        port = next(self._ports)
        config = self._component_kubeconfig("sample-apiserver", ("system:masters",))
        self._start("sample-apiserver", *flags.aggregated_flags(port, self._etcd_url, config, self._keys))
        for path, document in registration(port):
            self.admin.request("POST", path, document)
        self._wait(lambda: self.admin.request("GET", SAMPLE_API).code == requests.codes.ok, "the aggregated API")

    def _kwok_kubeconfig(self, folder: Path) -> Path:
        authority = folder / "ca.crt"
        authority.write_bytes(self.authority.read_bytes())
        issued = self._keys.authority.client("kwok", "kwok", ("system:masters",))
        files = KeyPair(*(Path(shutil.copy(path, folder)) for path in issued))
        path = folder / "kubeconfig"
        url = f"https://{self._endpoint.host}:{self._endpoint.port}"
        path.write_text(kubeconfig(url, authority, Credential(files), "kwok"))
        return path

    def _nodes_are_ready(self) -> bool:
        nodes = json.loads(self.admin.request("GET", "/api/v1/nodes?limit=500").output)["items"]
        ready = [node for node in nodes if _is_ready(node)]
        return len(ready) >= self._options.nodes

    def _component_kubeconfig(self, user: str, groups: tuple[str, ...] = ()) -> Path:
        path = self._folder / "certificates" / f"{_file_name(user)}.kubeconfig"
        credential = Credential(self._keys.authority.client(_file_name(user), user, groups))
        url = f"https://{self._endpoint.host}:{self._endpoint.port}"
        path.write_text(kubeconfig(url, self.authority, credential, user))
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
