"""The vocabulary of attacks: what an attack is, who makes it, and the single moves that it is made of."""

from collections.abc import Callable
from typing import NamedTuple

from cluster.actors import Client
from cluster.script import Decides

Move = Callable[[Client], object]

OPERATOR = "operator"  # a person with cluster-admin by RBAC, whose credentials were taken
NOBODY = "nobody"  # a person who is known and has no rights
LIMITED = "limited"  # a person with a few rights that tempt
ANONYMOUS = "anonymous"  # no credentials at all
BAD_TOKEN = "bad token"  # noqa: S105
ACCOUNT = "account"  # a service account with cluster-admin, used from outside
POWERLESS_ACCOUNT = "powerless account"  # a service account without rights
MASTERS = "masters"  # a certificate of system:masters
NODE = "node"  # the certificate of a node
BOOTSTRAP = "bootstrap"  # a bootstrap token

V = "/api/v1/namespaces/victim"
SYSTEM = "/api/v1/namespaces/kube-system"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
APPS = "/apis/apps/v1/namespaces/victim"
BATCH = "/apis/batch/v1/namespaces/victim"
NETWORKING = "/apis/networking.k8s.io/v1/namespaces/victim"
ADMISSION = "/apis/admissionregistration.k8s.io/v1"
CSR = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
PATCHES = {"json": "json-patch+json", "merge": "merge-patch+json", "strategic": "strategic-merge-patch+json"}


class Attack(NamedTuple):
    """One step: which catalogue ids it shows, by which events, and the least level at which they show it."""

    catalogue: str
    name: str
    decides: Decides
    move: Move
    identity: str = OPERATOR
    level: str = "Metadata"
    detection: str = ""
    user: str = ""
    user_agent: str = "python-requests/2.32"


def together(*moves: Move) -> Move:
    """Make several moves, one after the other."""

    def act(client: Client) -> None:
        for move in moves:
            move(client)

    return act


def get(path: str, **headers: str) -> Move:
    """Read something."""
    return lambda client: client.request("GET", path, headers=_headers(headers))


def post(path: str, document: object, **headers: str) -> Move:
    """Create something."""
    return lambda client: client.request("POST", path, document, _headers(headers))


def put(path: str, document: object) -> Move:
    """Replace something."""
    return lambda client: client.request("PUT", path, document)


def patch(path: str, document: object, kind: str = "merge") -> Move:
    """Change a part of something."""
    return lambda client: client.request("PATCH", path, document, {"Content-Type": f"application/{PATCHES[kind]}"})


def delete(path: str, document: object = None) -> Move:
    """Delete something."""
    return lambda client: client.request("DELETE", path, document)


def kubectl(*arguments: str, document: object = None, **environment: str) -> Move:
    """Do it with kubectl, whatever comes of it."""
    return lambda client: client.kubectl(*arguments, document=document, environment=environment, check=False)


def python(program: str, *arguments: str) -> Move:
    """Do it with a program on the Python client, whatever comes of it."""
    return lambda client: client.python(program, *arguments, check=False)


def shell(command: str, pod: str = "web-0", namespace: str = "victim") -> Move:
    """Run a command in a pod."""
    return kubectl("exec", pod, "--namespace", namespace, "--", "sh", "-c", command)


def _headers(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
