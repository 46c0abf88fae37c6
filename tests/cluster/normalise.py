"""Make a recording that does not depend on the day and the machine of its run, and keep what its events mean.

What changes, the same way everywhere in the text of an event, bodies included:

    UUIDs           numbered by first appearance, as version 5 UUIDs of the recording's name
    times           moved so that the run begins at the anchor;
                    only times within two days of the run; the number of fraction digits stays
    issued tokens   claims normalised like the rest, signature replaced: they verify nowhere
    credential ids  of client certificates, numbered by first appearance
"""

import base64
import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z")
TOKEN = re.compile(r"(eyJ[\w-]{10,})\.(eyJ[\w-]{10,})\.([\w-]{40,})")
CERTIFICATE = re.compile(r"X509SHA256=([0-9a-f]{64})")
NEAR = timedelta(days=2)
TOKEN_TIMES = ("exp", "iat", "nbf", "warnafter")


class Timeline(NamedTuple):
    """How times of a run become times of the recording."""

    began: datetime
    anchor: datetime

    def map(self, moment: datetime) -> datetime:
        """Move one moment; moments far from the run stay."""
        distance = moment - self.began
        return self.anchor + distance if abs(distance) < NEAR else moment


class Normaliser:
    """Rewrites lines of one recording; remembers what it gave to each id."""

    def __init__(self, name: str, timeline: Timeline) -> None:
        self._namespace = uuid.uuid5(uuid.NAMESPACE_URL, f"recording:{name}")
        self._timeline = timeline
        self._ids: dict[str, str] = {}
        self._certificates: dict[str, str] = {}

    def lines(self, lines: Iterable[str]) -> Iterator[str]:
        """Rewrite lines in their order."""
        return (self.text(line) for line in lines)

    def text(self, text: str) -> str:
        """Rewrite one text."""
        text = TOKEN.sub(lambda found: self._token(*found.groups()), text)
        text = UUID.sub(lambda found: self.identifier(found[0]), text)
        text = CERTIFICATE.sub(lambda found: f"X509SHA256={self._certificate(found[1])}", text)
        return TIME.sub(lambda found: self._time(found[1], found[2] or ""), text)

    def identifier(self, original: str) -> str:
        """Number a UUID by its first appearance."""
        return self._ids.setdefault(original, str(uuid.uuid5(self._namespace, f"id {len(self._ids)}")))

    def _certificate(self, fingerprint: str) -> str:
        number = f"{self._namespace} certificate {len(self._certificates)}"
        return self._certificates.setdefault(fingerprint, hashlib.sha256(number.encode()).hexdigest())

    def _time(self, seconds: str, fraction: str) -> str:
        # datetime knows microseconds; finer digits are kept as they are.
        moment = datetime.fromisoformat(f"{seconds}.{fraction.ljust(6, '0')[:6]}+00:00")
        moved = self._timeline.map(moment)
        if moved == moment:
            return f"{seconds}.{fraction}Z" if fraction else f"{seconds}Z"
        text = moved.strftime("%Y-%m-%dT%H:%M:%S")
        return f"{text}.{moved.strftime('%f')[: len(fraction)]}{fraction[6:]}Z" if fraction else f"{text}Z"

    def _token(self, header: str, claims: str, signature: str) -> str:
        head = _encode(json.loads(self.text(_decode(header))))
        body = json.loads(self.text(_decode(claims)))
        for name, value in body.items():
            body[name] = self._claim(name, value)
        # Service-account tokens nest one of their times.
        nested = body.get("kubernetes.io")
        if isinstance(nested, dict):
            body["kubernetes.io"] = {name: self._claim(name, value) for name, value in nested.items()}
        text = f"{head}.{_encode(body)}"
        digest = hashlib.sha512(text.encode()).digest() * 8
        return f"{text}.{base64.urlsafe_b64encode(digest).decode()[: len(signature)]}"

    def _claim(self, name: str, value: object) -> object:
        if name in TOKEN_TIMES and isinstance(value, (int, float)):
            return int(self._timeline.map(datetime.fromtimestamp(value, UTC)).timestamp())
        return value


def _decode(part: str) -> str:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def _encode(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
