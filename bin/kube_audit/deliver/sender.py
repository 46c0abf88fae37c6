"""Delivers one batch at a time, for as long as it takes, and loses nothing.

    accepted without ackId  → delivered
    accepted with ackId     → asked for until it is acknowledged; after 5 minutes sent again
    an event refused        → the batch is split around it; what is refused alone is given back for the quarantine
    too large               → halved, and later batches are kept as small
    all else                → a pause (0.5 s, doubling to 30 s, less up to half at random), one line, sent again

At most one batch is under way, so that a crash sends at most one batch twice.
"""

import random
from typing import Iterable, List, NamedTuple, Protocol, Sequence

from kube_audit.deliver.reply import Reply, Verdict

ACK_TIMEOUT_S = 300.0  # a quiet Splunk may take two minutes: facts of splunk/kafka-connect-splunk#122
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_FIRST_ASK_S = 0.1
_LONGEST_ASK_S = 5.0
_SMALLEST_LIMIT = 16 << 10


class Entry(NamedTuple):
    """One event: its envelope, and the caller's note of what it was made of."""

    body: bytes
    note: int


class Refusal(NamedTuple):
    """An event that the collector refuses for what it is."""

    entry: Entry
    reason: str


class Wire(Protocol):
    """What the sender needs of a collector."""

    url: str

    def post(self, body: bytes) -> Reply:
        """Send a batch."""

    def acknowledged(self, ack_ids: List[int]) -> bool:
        """Ask whether any of these is acknowledged."""


class Watch(Protocol):
    """What the sender asks of its host while it works."""

    def pause(self, seconds: float) -> None:
        """Let time pass; raises to give the batch up."""

    def monotonic(self) -> float:
        """Return the time on a clock that never goes back."""

    def trouble(self, line: str) -> None:
        """Tell the user why nothing moves."""


class Tally:
    """What the sender counts, in events and in pauses."""

    sent = 0
    acknowledged = 0
    resent = 0
    waits = 0


class Sender:
    """Delivers batches to one collector."""

    def __init__(self, wire: Wire, watch: Watch, ack_timeout_s: float = ACK_TIMEOUT_S) -> None:
        self._wire = wire
        self._watch = watch
        self._ack_timeout_s = ack_timeout_s
        self.tally = Tally()
        self.limit_bytes = 1 << 20

    def deliver(self, batch: Sequence[Entry]) -> List[Refusal]:
        """Return when every event is delivered or refused for what it is."""
        refusals: List[Refusal] = []
        parts: List[Sequence[Entry]] = [batch]
        while parts:
            part = parts.pop()
            if not part:
                continue
            reply = self._send(part)
            if reply.verdict is Verdict.ACCEPTED:
                self.tally.acknowledged += len(part)
            elif len(part) == 1:
                refusals.append(Refusal(part[0], reply.reason))
            else:
                parts += reversed(list(self._split(part, reply)))
        return refusals

    def _split(self, part: Sequence[Entry], reply: Reply) -> Iterable[Sequence[Entry]]:
        number = reply.event_number
        if number is not None and number < len(part):
            return part[:number], part[number : number + 1], part[number + 1 :]
        if reply.verdict is Verdict.TOO_LARGE:
            size = sum(len(entry.body) for entry in part)
            self.limit_bytes = max(_SMALLEST_LIMIT, min(self.limit_bytes, size // 2))
        middle = len(part) // 2
        return part[:middle], part[middle:]

    def _send(self, part: Sequence[Entry]) -> Reply:
        """Send until there is an answer that is about the events."""
        body = b"".join(entry.body for entry in part)
        pause_s = _FIRST_PAUSE_S
        ack_ids: List[int] = []
        while True:
            reply = self._wire.post(body)
            if reply.verdict is Verdict.ACCEPTED:
                self.tally.sent += len(part)
                if reply.ack_id is None or self._is_acknowledged(ack_ids, reply.ack_id):
                    return reply
                self._watch.trouble(
                    f"{self._wire.url}: not acknowledged in {self._ack_timeout_s:g} s; sending {len(part)} events again"
                )
            elif reply.verdict is not Verdict.WAIT:
                return reply
            else:
                self._wait(max(pause_s * random.uniform(0.5, 1.0), reply.pause_s), reply.reason)  # noqa: S311
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
            if reply.verdict is Verdict.ACCEPTED or reply.unanswered:
                self.tally.resent += len(part)

    def _wait(self, pause_s: float, reason: str) -> None:
        self.tally.waits += 1
        self._watch.trouble(f"{self._wire.url}: {reason}; trying again in {pause_s:.1f} s")
        self._watch.pause(pause_s)

    def _is_acknowledged(self, ack_ids: List[int], ack_id: int) -> bool:
        """Ask until a sending of this batch is acknowledged, the last one or an earlier one."""
        ack_ids.append(ack_id)
        deadline = self._watch.monotonic() + self._ack_timeout_s
        pause_s = _FIRST_ASK_S
        while self._watch.monotonic() < deadline:
            if self._wire.acknowledged(ack_ids):
                return True
            self._watch.pause(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_ASK_S)
        return False
