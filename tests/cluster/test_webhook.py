"""The API server sends its audit events to a webhook that asks for its certificate."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cluster.actors import Credential, kubeconfig
from cluster.certificates import Authority
from cluster.control_plane import Cluster, Options
from cluster.errors import NotRun
from cluster.versions import NEWEST, built_binaries

POLICY = Path(__file__).parent / "policies" / "full.yaml"
LIMIT_S = 20


class Receiver:
    """A webhook on loopback that keeps what it was sent."""

    def __init__(self, folder: Path) -> None:
        authority = Authority(folder)
        files = authority.serving("receiver", "receiver", ["127.0.0.1"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        context.load_verify_locations(authority.files.certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        self.lists: list[dict[str, Any]] = []
        handler = type("Handler", (_Handler,), {"lists": self.lists})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.kubeconfig = folder / "webhook.kubeconfig"
        url = f"https://127.0.0.1:{self.server.server_address[1]}/audit"
        credential = Credential(authority.client("api-server", "kube-apiserver"))
        self.kubeconfig.write_text(kubeconfig(url, authority.files.certificate, credential, "kube-apiserver"))

    def uris(self) -> set[str]:
        """List the URIs of all events that arrived."""
        return {event["requestURI"] for events in list(self.lists) for event in events["items"]}


class _Handler(BaseHTTPRequestHandler):
    lists: list[dict[str, Any]]

    def do_POST(self) -> None:
        """Keep one EventList."""
        self.lists.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Run a receiver."""
    folder = tmp_path / "receiver"
    folder.mkdir()
    made = Receiver(folder)
    threading.Thread(target=made.server.serve_forever, args=(0.1,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_events_reach_the_webhook_with_the_api_servers_certificate(receiver: Receiver, tmp_path: Path) -> None:
    """An EventList with the request arrives by mutual TLS; the log has it too."""
    try:
        binaries = built_binaries(NEWEST)
    except NotRun as reason:
        pytest.skip(f"not run: {reason}")
    flags = ("--audit-webhook-batch-max-wait=1s",)
    options = Options(
        POLICY, nodes=1, controllers=False, webhook_kubeconfig=receiver.kubeconfig, api_server_flags=flags
    )

    with Cluster(binaries, tmp_path / "cluster", options) as cluster:
        cluster.admin.request("GET", "/api/v1/namespaces/seen-by-the-webhook")
        deadline = time.monotonic() + LIMIT_S
        while "/api/v1/namespaces/seen-by-the-webhook" not in receiver.uris() and time.monotonic() < deadline:
            time.sleep(0.1)

    assert "/api/v1/namespaces/seen-by-the-webhook" in receiver.uris()
    assert {(events["kind"], events["apiVersion"]) for events in receiver.lists} == {("EventList", "audit.k8s.io/v1")}
    assert "/api/v1/namespaces/seen-by-the-webhook" in cluster.audit_log.read_text()
