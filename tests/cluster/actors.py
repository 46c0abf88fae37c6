"""Who talks to the API server, and how: an identity, a source address, and a client of the real kind.

An actor is a person or a program with a client certificate, or a service account with an issued token. Every step
of a scenario runs as an actor of its own, so that what an event means follows from its user and its time.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import requests

from cluster.certificates import KeyPair
from cluster.errors import LaboratoryError
from cluster.relay import Relay

TIMEOUT_S = 90
TESTS = Path(__file__).parent.parent
# An environment of its own, made by `make record`: the client brings forty packages that nothing else needs.
PYTHON_CLIENT = TESTS.parent / "build" / "laboratory" / "bin" / "python"
BROKEN_OFF = 0
AUDIT_ID = re.compile(r"Audit-Id: (\S+)")


class Actor(NamedTuple):
    """An identity: a user with groups, where it connects from, and the program that it names itself as."""

    user: str
    groups: tuple[str, ...] = ()
    address: str = "127.0.0.1"
    user_agent: str = "python-requests/2.32"


class Credential(NamedTuple):
    """What proves an identity: a client certificate or a bearer token, or nothing at all."""

    certificate: KeyPair | None = None
    token: str | None = None


class Endpoint(NamedTuple):
    """Where the API server is, what it is signed by, and the kubectl that fits it."""

    host: str
    port: int
    authority: Path
    kubectl: Path


class Outcome(NamedTuple):
    """What a client saw: kubectl's exit code or an HTTP status, and its output."""

    code: int
    output: str
    errors: str = ""


class Client:
    """The tools of one actor, kubectl and HTTP, connecting from the actor's address."""

    def __init__(self, actor: Actor, credential: Credential, endpoint: Endpoint, folder: Path) -> None:
        self.actor = actor
        self._credential = credential
        self._endpoint = endpoint
        self._folder = folder
        self._stack = ExitStack()
        self._session = requests.Session()
        self.audit_ids: list[str] = []

    def __enter__(self) -> Self:
        relay = self._stack.enter_context(Relay((self._endpoint.host, self._endpoint.port), self.actor.address))
        self._url = f"https://127.0.0.1:{relay.port}"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.kubeconfig = self._folder / "kubeconfig"
        text = kubeconfig(self._url, self._endpoint.authority, self._credential, self.actor.user)
        self.kubeconfig.write_text(text)
        self._prepare_session()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()
        self._stack.close()

    def _prepare_session(self) -> None:
        # REQUESTS_CA_BUNDLE silently overrides a session's authority unless the environment is not trusted.
        self._session.trust_env = False
        self._session.verify = str(self._endpoint.authority)
        self._session.headers["User-Agent"] = self.actor.user_agent
        if self._credential.certificate:
            self._session.cert = self._credential.certificate.paths
        if self._credential.token is not None:
            self._session.headers["Authorization"] = f"Bearer {self._credential.token}"

    def kubectl(
        self, *arguments: str, document: object = None, environment: Mapping[str, str] | None = None, check: bool = True
    ) -> Outcome:
        """Run kubectl; a document goes to its standard input as JSON; a failure that is not expected is an error."""
        # At this verbosity kubectl prints the headers of answers, the audit id among them.
        command = [*self._kubectl_command(arguments[:1]), "--v=8", *arguments[1:]]
        outcome = _run(command, document, environment or {}, self._folder)
        self.audit_ids += AUDIT_ID.findall(outcome.errors)
        if check and outcome.code:
            raise LaboratoryError(f"kubectl {' '.join(arguments)} as {self.actor.user}: {_last_line(outcome.errors)}")
        return outcome

    def python(self, program: str, *arguments: str, check: bool = True) -> Outcome:
        """Run one of our programs on the Python client of Kubernetes."""
        command = [str(PYTHON_CLIENT), "-m", f"cluster.programs.{program}", str(self.kubeconfig), *arguments]
        outcome = _run(command, None, {"PYTHONPATH": str(TESTS)}, self._folder)
        self.audit_ids += AUDIT_ID.findall(outcome.errors)
        if check and outcome.code:
            raise LaboratoryError(f"{program}.py as {self.actor.user}: {_last_line(outcome.errors)}")
        return outcome

    def start_kubectl(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a kubectl that goes on until it is terminated, such as a watch or a port-forward."""
        return subprocess.Popen(
            self._kubectl_command(arguments),
            env=_environment({}, self._folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _kubectl_command(self, arguments: Sequence[str]) -> list[str]:
        return [str(self._endpoint.kubectl), "--kubeconfig", str(self.kubeconfig), *arguments]

    def request(
        self, method: str, path: str, document: object = None, headers: Mapping[str, str] | None = None, text: str = ""
    ) -> Outcome:
        """Send a document, or a raw text, and return the answer's status and text, or that the connection broke off."""
        body = {"data": text} if document is None else {"json": document}
        try:
            reply = self._session.request(
                method, self._url + path, headers=dict(headers or {}), timeout=TIMEOUT_S, **body
            )
        except requests.ConnectionError as error:
            return Outcome(BROKEN_OFF, "", str(error))
        self.audit_ids.append(reply.headers.get("Audit-Id", ""))
        return Outcome(reply.status_code, reply.text)

    def watch(self, path: str, seconds: int) -> Outcome:
        """Hold a watch open until the server ends it."""
        separator = "&" if "?" in path else "?"
        return self.request("GET", f"{path}{separator}watch=1&timeoutSeconds={seconds}")


def _environment(extra: Mapping[str, str], folder: Path) -> dict[str, str]:
    # kubectl keeps its discovery cache under HOME: one for each actor, as people have.
    return {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), **extra}


def _run(command: Sequence[str], document: object, environment: Mapping[str, str], folder: Path) -> Outcome:
    result = subprocess.run(
        command,
        input=None if document is None else json.dumps(document),
        stdin=subprocess.DEVNULL if document is None else None,
        env=_environment(environment, folder),
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    return Outcome(result.returncode, result.stdout, result.stderr)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "(no word)"


def kubeconfig(url: str, authority: Path, credential: Credential, user: str) -> str:
    """Write a kubeconfig (JSON is YAML) for one user of one cluster."""
    secret: dict[str, str] = {}
    if credential.certificate:
        secret["client-certificate"] = str(credential.certificate.certificate)
        secret["client-key"] = str(credential.certificate.key)
    if credential.token is not None:
        secret["token"] = credential.token
    context = {"cluster": "laboratory", "user": user}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": "laboratory", "cluster": {"server": url, "certificate-authority": str(authority)}},
            ],
            "users": [{"name": user, "user": secret}],
            "contexts": [{"name": "laboratory", "context": context}],
            "current-context": "laboratory",
        },
        indent=1,
    )
