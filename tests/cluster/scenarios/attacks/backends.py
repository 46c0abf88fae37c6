"""What the API server's proxies reach: a web server that answers, and one that promises a body and breaks off.

The second is what makes the API server panic while it proxies.
"""

import socketserver
import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Self

GOOD_PORT = 8098
BROKEN_PORT = 8099
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: "
ANSWERS = {GOOD_PORT: HEAD + b"3\r\n\r\nok\n", BROKEN_PORT: HEAD + b"1000000\r\n\r\nonly this"}


class Backends:
    """Both servers, listening between enter and exit."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for port in ANSWERS:
            server = self._stack.enter_context(_Server((self._address, port), _Answer))
            self._stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Answer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """Answer any request with what the port stands for."""
        self.request.recv(65536)
        self.request.sendall(ANSWERS[self.request.getsockname()[1]])
