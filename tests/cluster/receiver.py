"""An audit webhook on loopback that asks for a client certificate and keeps what it was sent."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cluster.actors import Credential, kubeconfig
from cluster.certificates import Authority


class Receiver:
    """The webhook, listening between enter and exit; `kubeconfig` is what the API server is given."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
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

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

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
