"""Small real stand-ins that tests hand to the library: a clock, an HTTP Event Collector, events, certificates.

Standard library and the library's own lock only, because these tests run on Python 3.9 and 3.13 as well.
"""

import gzip
import ipaddress
import json
import ssl
import threading
import uuid
from collections import deque
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional, Set, Tuple, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

TOKEN = "11111111-2222-3333-4444-555555555555"  # noqa: S105 (of a server that lives as long as a test)


class ManualClock:
    """A clock that moves only when it is slept on or told to."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> float:
        """Return the wall time."""
        return self._now

    def monotonic(self) -> float:
        """Return the time that never goes back."""
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self._now += seconds
        self._monotonic += seconds


def audit_event(number: int = 0, **changes: Any) -> Dict[str, Any]:  # noqa: ANN401 (JSON is any)
    """Return an audit event that differs from the others by its number."""
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": f"00000000-0000-0000-0000-{number:012d}",
        "stage": "ResponseComplete",
        "requestURI": f"/api/v1/namespaces/default/pods/p{number}",
        "verb": "get",
        "user": {"username": "alice", "groups": ["system:authenticated"]},
        "sourceIPs": ["203.0.113.7"],
        "objectRef": {"resource": "pods", "namespace": "default", "name": f"p{number}", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": "2026-11-23T23:19:31.000001Z",
        "stageTimestamp": f"2026-11-23T23:19:31.{number % 1_000_000:06d}Z",
        **changes,
    }


def line(number: int = 0, **changes: Any) -> bytes:  # noqa: ANN401 (JSON is any)
    """Return the bytes of an audit event as the API server writes it, without the newline."""
    return json.dumps(audit_event(number, **changes), separators=(",", ":")).encode()


def lines(first: int, count: int) -> bytes:
    """Return a piece of a log."""
    return b"".join(line(number) + b"\n" for number in range(first, first + count))


class Taken(NamedTuple):
    """One event that the collector took: its envelope, and the bytes of the event in it."""

    envelope: Dict[str, Any]
    raw: bytes


class Answer(NamedTuple):
    """An answer that is given whatever was sent; `takes` says whether the events are taken all the same."""

    status: int
    body: bytes
    headers: Tuple[Tuple[str, str], ...] = ()
    takes: bool = False
    closes: bool = False


def hec_answer(status: int, code: int, text: str = "told so", *, number: Optional[int] = None, **more: int) -> Answer:
    """Return an answer in the collector's own form."""
    place = {} if number is None else {"invalid-event-number": number}
    return Answer(status, json.dumps({"text": text, "code": code, **place, **more}).encode())


LOST_REPLY = Answer(0, b"", takes=True, closes=True)
BROKEN_CONNECTION = Answer(0, b"", closes=True)


class _QuietServer(ThreadingHTTPServer):
    """A server that does not complain of clients that go away."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


class FakeCollector:
    """An HTTP Event Collector on a free port of 127.0.0.1 that can refuse, lose answers, be slow, and lie.

    `script` holds answers for the next POSTs of events; when it is empty the collector behaves.
    """

    def __init__(self, identity: Optional[Path] = None, port: int = 0) -> None:
        self.taken: List[Taken] = []
        self.posts: List[Dict[str, str]] = []
        self.sizes: List[int] = []
        self.script: Deque[Answer] = deque()
        self.is_poison: Callable[[bytes], bool] = lambda raw: False
        self.token = TOKEN
        self.largest_body = 1 << 30
        self.uses_acks = False
        self.asks_until_acknowledged = 0
        self.ack_asks: List[List[int]] = []
        self.ack_script: Deque[Answer] = deque()
        self.never_acknowledges: Set[int] = set()
        self.poison_code = 6
        self.names_poison = True
        self.before_answer: Callable[[], None] = lambda: None
        self._next_ack = 0
        self._server = _QuietServer(("127.0.0.1", port), self._handler())
        if identity is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(identity)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if identity is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> "FakeCollector":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def raws(self) -> List[bytes]:
        """Return the bytes of the events that were taken, in order."""
        return [item.raw for item in self.taken]

    def _handler(self) -> type:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one packet an answer, or delayed acknowledgements cost 40 ms each

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = collector.answer(self.path, dict(self.headers), body)
                collector.before_answer()
                if answer.closes:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in (*answer.headers, ("Content-Length", str(len(answer.body)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)
                self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def answer(self, path: str, headers: Dict[str, str], body: bytes) -> Answer:
        """Answer one request as the real one does, unless the script says otherwise."""
        if path.startswith("/services/collector/ack"):
            return self._acknowledge(body)
        self.posts.append(headers)
        text = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body
        self.sizes.append(len(text))
        events = parse_batch(text)
        if self.script:
            scripted = self.script.popleft()
            if scripted.takes:
                self.taken += events
            return scripted
        return self._judge(headers, text, events)

    def _judge(self, headers: Dict[str, str], text: bytes, events: List[Taken]) -> Answer:
        if headers.get("Authorization") != f"Splunk {self.token}":
            return hec_answer(403, 4, "Invalid token")
        if len(text) > self.largest_body:
            return Answer(413, b"<html>Request Entity Too Large</html>")
        for number, item in enumerate(events):
            if self.is_poison(item.raw):
                named = number if self.names_poison else None
                return hec_answer(400, self.poison_code, "Invalid data format", number=named)
        self.taken += events
        if not self.uses_acks:
            return hec_answer(200, 0, "Success")
        self._next_ack += 1
        return hec_answer(200, 0, "Success", ackId=self._next_ack - 1)

    def _acknowledge(self, body: bytes) -> Answer:
        asked = json.loads(body)["acks"]
        self.ack_asks.append(asked)
        if self.ack_script:
            return self.ack_script.popleft()
        is_done = len(self.ack_asks) > self.asks_until_acknowledged
        return Answer(
            200,
            json.dumps(
                {"acks": {str(item): is_done and item not in self.never_acknowledges for item in asked}}
            ).encode(),
        )


def parse_batch(text: bytes) -> List[Taken]:
    """Read the envelopes of a batch, and find the bytes of each event."""
    taken = []
    for envelope in text.splitlines():
        _, _, event = envelope.partition(b'"event":')
        taken.append(Taken(json.loads(envelope), event[:-1]))
    return taken


class Certificates(NamedTuple):
    """PEM files of a throw-away authority and of a server that it signed."""

    ca: Path
    identity: Path


def certificates(directory: Path, name: str = "127.0.0.1") -> Certificates:
    """Make an authority and a server's certificate and key (in one file) for an address or a host name."""
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"test authority {uuid.uuid4()}")])
    ca = _certificate(ca_name, ca_name, ca_key.public_key(), ca_key, x509.BasicConstraints(ca=True, path_length=0))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    server = _certificate(subject, ca_name, server_key.public_key(), ca_key, x509.SubjectAlternativeName([_name(name)]))
    private = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    files = Certificates(directory / f"{uuid.uuid4()}-ca.pem", directory / f"{uuid.uuid4()}-server.pem")
    files.ca.write_bytes(ca.public_bytes(Encoding.PEM))
    files.identity.write_bytes(private + server.public_bytes(Encoding.PEM))
    return files


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> x509.Certificate:
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=True)
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    return builder.sign(signer, hashes.SHA256())


class Request(NamedTuple):
    """A request as a server saw it."""

    method: str
    path: str
    headers: Dict[str, str]
    body: bytes


Server = TypeVar("Server", bound="FakeServer")


class FakeServer:
    """A web server on a free port of 127.0.0.1 that notes requests and answers as it is told."""

    def __init__(self, identity: Path, answer: Callable[[Request], Answer], address: str = "127.0.0.1") -> None:
        self.requests: List[Request] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            wbufsize = -1

            def do_GET(self) -> None:
                self._serve(b"")

            def do_POST(self) -> None:
                self._serve(self.rfile.read(int(self.headers["Content-Length"])))

            def _serve(self, body: bytes) -> None:
                request = Request(self.command, self.path, dict(self.headers), body)
                server.requests.append(request)
                told = answer(request)
                if told.closes:
                    return
                self.send_response(told.status)
                for name, value in (*told.headers, ("Content-Length", str(len(told.body)))):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(told.body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = _QuietServer((address, 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self: Server) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
