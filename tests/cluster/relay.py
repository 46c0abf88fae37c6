"""A TCP relay that gives a client the source address of its actor.

kubectl cannot choose the address that it connects from; a relay can, and passes TLS through untouched:

    kubectl ──▶ 127.0.0.1:port ──relay, bound to the actor's address──▶ API server

The audit event's `sourceIPs` is then what the API server really saw.
"""

import selectors
import socket
import socketserver
import threading
from types import TracebackType
from typing import Self

CHUNK_BYTES = 65536


class Relay:
    """A listener on loopback that forwards every connection from one source address."""

    def __init__(self, target: tuple[str, int], source_address: str) -> None:
        handler = type("Handler", (_Connection,), {"target": target, "source_address": source_address})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


class _Connection(socketserver.BaseRequestHandler):
    target: tuple[str, int]
    source_address: str

    def handle(self) -> None:
        """Copy bytes both ways until either side is done."""
        try:
            with socket.create_connection(self.target, timeout=10, source_address=(self.source_address, 0)) as server:
                server.settimeout(None)
                _copy_both_ways(self.request, server)
        except OSError:
            # One side went away: the other sees its connection end, as it would without a relay.
            return


def _copy_both_ways(client: socket.socket, server: socket.socket) -> None:
    peers = {client: server, server: client}
    with selectors.DefaultSelector() as selector:
        for peer in peers:
            selector.register(peer, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                source = key.fileobj
                assert isinstance(source, socket.socket)
                data = source.recv(CHUNK_BYTES)
                if data:
                    peers[source].sendall(data)
                else:
                    selector.unregister(source)
                    peers[source].shutdown(socket.SHUT_WR)
