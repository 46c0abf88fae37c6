"""The laboratory's parts: source addresses, certificates, the cache's place, what begins a recording."""

import json
import socketserver
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from socket import create_connection

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from cluster.certificates import Authority
from cluster.errors import NotRun
from cluster.kwok import node_document, write_configuration
from cluster.record import since
from cluster.relay import Relay
from cluster.scenarios.attacks.admission import respond
from cluster.versions import OLDEST, VERSIONS, built_binaries, cache_folder, components, peers


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer with the client's address and what it sent."""
        data = self.request.recv(100)
        self.request.sendall(self.client_address[0].encode() + b" " + data)


@pytest.fixture
def echo() -> Iterator[tuple[str, int]]:
    """Run a server that says where its client comes from."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield "127.0.0.1", server.server_address[1]
        server.shutdown()


def test_a_relay_gives_the_client_its_actors_address(echo: tuple[str, int]) -> None:
    """What is sent through a relay arrives whole, from the address that the relay stands for."""
    with Relay(echo, "127.0.0.9") as relay, create_connection(("127.0.0.1", relay.port), timeout=5) as client:
        client.sendall(b"hello")
        answer = b""
        while data := client.recv(100):
            answer += data

    assert answer == b"127.0.0.9 hello"


def test_a_client_certificate_names_the_user_and_groups(tmp_path: Path) -> None:
    """The common name is the user, each organisation a group, and the authority signed it."""
    authority = Authority(tmp_path)

    files = authority.client("alice", "alice@example.com", ("developers", "on-call"))

    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    issuer = x509.load_pem_x509_certificate(authority.files.certificate.read_bytes())
    names = [part.value for part in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    groups = [part.value for part in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    assert (names, groups) == (["alice@example.com"], ["developers", "on-call"])
    certificate.verify_directly_issued_by(issuer)
    assert files.key.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        pytest.param({"KUBE_AUDIT_CLUSTER_CACHE": "/here", "XDG_CACHE_HOME": "/there"}, "/here", id="named"),
        pytest.param({"XDG_CACHE_HOME": "/there"}, "/there/kube-audit/cluster", id="where caches are"),
    ],
)
def test_binaries_are_kept_by_version_of_kubernetes_and_go(environment: dict[str, str], expected: str) -> None:
    """The folder is the named one, else the user's cache, and inside it one for both versions."""
    try:
        folder = cache_folder(OLDEST, environment)
    except NotRun as reason:
        pytest.skip(f"not run: {reason}")

    assert folder.parent == Path(expected)
    assert folder.name.startswith(f"{OLDEST}-go")


def test_without_go_nothing_is_built_or_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One line says what is missing."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotRun, match="no Go toolchain found"):
        built_binaries(OLDEST)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_component_has_a_module_that_is_pinned(version: str) -> None:
    """Each binary's folder holds its main, its module and the sums of all sources."""
    for component in [*components(version), *peers()]:
        for name in ("main.go", "go.mod", "go.sum"):
            assert (component.module / name).is_file(), component.module / name


def test_a_recording_begins_with_the_first_request_after_its_beginning() -> None:
    """Requests that were received before are left out, their later stages too."""
    lines = [json.dumps({"requestReceivedTimestamp": f"2026-11-24T17:00:0{second}.000000Z"}) for second in range(4)]

    assert since(datetime(2026, 11, 24, 17, 0, 2, tzinfo=UTC), lines) == lines[2:]


def test_kwok_is_given_its_stages_and_real_commands(tmp_path: Path) -> None:
    """The configuration holds the stages as they are and what answers the kubelet's paths, no defaults of kwok."""
    stage = tmp_path / "stage.yaml"
    stage.write_text("kind: Stage")

    text = write_configuration(tmp_path, [stage]).read_text()

    assert text.startswith("kind: Stage\n---\n")
    assert '"execs": [{"local": {}}]' in text
    assert "KwokConfiguration" not in text
    assert '"address": "10.0.0.7"' in json.dumps(node_document("node-1", "10.0.0.7", 10250))


@pytest.mark.parametrize(
    ("wish", "allowed", "patched"),
    [("change", True, True), ("refuse", False, False), ("nothing", True, False)],
)
def test_the_admission_webhook_does_what_the_label_wishes(wish: str, allowed: bool, patched: bool) -> None:
    """It patches, refuses with a message, or lets through."""
    answer = respond({"uid": "1", "object": {"metadata": {"labels": {"admission": wish}}}})

    assert answer["allowed"] is allowed
    assert ("patch" in answer) is patched
