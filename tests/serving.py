"""Runs a stand-in's three ports inside a test, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from standin.hec.tokens import Token
from standin.instance import Instance, Settings
from standin.rest.serving import Ports, Server

NOW = 1_790_000_000 // 3600 * 3600.0
TOKEN = "11111111-1111-4111-8111-111111111111"  # noqa: S105 - of this server only
START_S = 20


class Serving:
    """A running server, and a client that is logged in as its administrator."""

    def __init__(self, instance: Instance, ca_file: Path) -> None:
        self.instance = instance
        self.ca_file = ca_file
        self.management = requests.Session()
        # REQUESTS_CA_BUNDLE would override the session's own choice.
        self.management.trust_env = False
        self.management.verify = str(ca_file)
        self.management.auth = (instance.settings.administrator, instance.settings.password)

    def url(self, path: str) -> str:
        """Return the address of a path of the management port."""
        return self.instance.addresses.management + path

    def get(self, path: str, /, **query: str) -> requests.Response:
        """Read from the management port, as JSON unless another mode is asked for."""
        return self.management.get(self.url(path), params={"output_mode": "json", **query}, timeout=60)

    def post(self, path: str, /, **form: str) -> requests.Response:
        """Write to the management port."""
        return self.management.post(self.url(path), data={"output_mode": "json", **form}, timeout=60)

    def collect(self, path: str, body: bytes | str, /, **headers: str) -> requests.Response:
        """Send a body to HEC with the token that is there from the start."""
        return requests.post(
            f"{self.instance.addresses.hec}/services/collector{path}",
            data=body,
            headers={"Authorization": f"Splunk {TOKEN}", **headers},
            verify=str(self.ca_file),
            timeout=60,
        )


@contextmanager
def serving(state: Path, python: str | None = None) -> Iterator[Serving]:
    """Start a server whose clock stands at NOW, and stop it at the end."""
    instance = Instance(Settings(state, now=NOW, python=python, is_quiet=True))
    instance.tokens.put(Token("default", TOKEN))
    server = Server(instance, Ports())
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def run() -> None:
        await server.start()
        ready.set()

    asyncio.run_coroutine_threadsafe(run(), loop)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        assert ready.wait(START_S)
        instance.start()
        yield Serving(instance, server.ca_file)
    finally:
        instance.stop()
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(START_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_S)
        loop.close()
