"""Opens the three ports of an instance and serves them until it is told to stop: loopback only."""

import asyncio
import errno
import os
import signal
import socket
import ssl
import threading
from collections.abc import Callable
from typing import NamedTuple

from aiohttp import web

from standin.hec import routes as hec
from standin.instance import Addresses, Instance
from standin.rest import web as web_port
from standin.rest.router import add_routes
from standin.rest.tables import ROUTES
from standin.rest.tls import make_certificates

LOOPBACK = "127.0.0.1"
GRACE_S = 1.0
# The process has to end within five seconds.
LAST_RESORT_S = 4.0


class Ports(NamedTuple):
    """The ports that were asked for, 0 for a free one."""

    management: int = 0
    hec: int = 0
    web: int = 0


class PortTakenError(Exception):
    """A port that was asked for is in use."""


def bind(port: int, name: str) -> socket.socket:
    """Return a listening socket."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTakenError(f"{name}: port {port} is taken or not allowed; choose another, or 0") from error
        raise
    return listener


class Server:
    """The three sites of one instance."""

    def __init__(self, instance: Instance, ports: Ports, page_config: str = "{}") -> None:
        self._instance = instance
        self._page_config = page_config
        self._runners: list[web.AppRunner] = []
        names = ("--management-port", "--hec-port", "--web-port")
        self._sockets: list[socket.socket] = []
        try:
            for port, name in zip(ports, names, strict=True):
                self._sockets.append(bind(port, name))
        except PortTakenError:
            self._close_sockets()
            raise
        self.ca_file, self._tls = make_certificates(instance.settings.state / "etc" / "auth")
        management, hec_port, web_number = (one.getsockname()[1] for one in self._sockets)
        instance.addresses = Addresses(
            f"https://{LOOPBACK}:{management}", f"https://{LOOPBACK}:{hec_port}", f"http://{LOOPBACK}:{web_number}"
        )

    def _close_sockets(self) -> None:
        for one in self._sockets:
            one.close()

    async def start(self) -> None:
        """Answer on all three ports."""
        management = web.Application(client_max_size=1 << 28)
        add_routes(management, self._instance, ROUTES)
        applications: list[tuple[web.Application, ssl.SSLContext | None]] = [
            (management, self._tls),
            (hec.make_application(self._instance), self._tls),
            (web_port.make_application(self._instance, self._page_config), None),
        ]
        for (application, tls), listener in zip(applications, self._sockets, strict=True):
            # HEC unpacks gzip itself: a body may hold several members, and a broken one has a code of its own.
            runner = web.AppRunner(application, access_log=None, auto_decompress=False, shutdown_timeout=GRACE_S)
            await runner.setup()
            self._runners.append(runner)
            await web.SockSite(runner, listener, ssl_context=tls).start()

    async def stop(self) -> None:
        """Close the ports."""
        await asyncio.gather(*(runner.cleanup() for runner in self._runners))


async def serve(server: Server, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; a search or an action that still runs then is left behind."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await server.start()
    ready()
    await stopping.wait()
    last_resort = threading.Timer(LAST_RESORT_S, os._exit, [0])
    last_resort.daemon = True
    last_resort.start()
    await server.stop()
