"""The far end of the alert action: an https address on loopback that keeps what is posted to it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standin.rest.tls import make_certificates


class Receiver:
    """What arrived so far, and where it is to be sent."""

    def __init__(self, server: ThreadingHTTPServer, ca: Path) -> None:
        self.address = f"127.0.0.1:{server.server_address[1]}"
        self.url = f"https://{self.address}/alerts"
        self.ca = ca
        self.received: list[dict[str, Any]] = []


@contextmanager
def listen(directory: Path) -> Iterator[Receiver]:
    """Serve on a free port with a certificate of its own authority until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    ca, context = make_certificates(directory)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(server, ca)
    _Handler.receiver = receiver
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        """Keep one JSON document."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.received.append(json.loads(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the demo reports what arrived."""
