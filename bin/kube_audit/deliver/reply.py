"""What an answer of the HTTP Event Collector means for the batch that was sent. Pure: no network here.

    200 code 0, 24, 25     accepted; an ackId must be awaited
    400 code 6, 12, 13, 15 one event is refused; invalid-event-number says which, counted from 0
    413                    too large: send less at once
    all else               wait and send again: 401 and 403 (a token is replaced while we run), 400 code 7 (the index is
                           not the token's: all events share it), 429, 5xx, redirects, answers that are no HEC's

Whether the events before a refused one were taken is not known of a real Splunk, so all but the refused one are
sent again: rather twice than never.
"""

import enum
import json
from typing import Any, Dict, Mapping, NamedTuple, Optional

ACCEPTED_CODES = (0, 24, 25)  # 24, 25: queues fill up, but this one was taken
EVENT_CODES = (6, 12, 13, 15)
_RETRY_AFTER_AT_MOST_S = 60.0


class Verdict(enum.Enum):
    """What to do with a batch."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    TOO_LARGE = "too large"
    WAIT = "wait"


class Reply(NamedTuple):
    """A verdict and what goes with it: the reason in words, an ackId, the place of the refused event, a pause.

    `unanswered`: no answer of a collector came, so that the batch may have been taken all the same.
    """

    verdict: Verdict
    reason: str = ""
    ack_id: Optional[int] = None
    event_number: Optional[int] = None
    pause_s: float = 0.0
    unanswered: bool = False


def judge(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """Read one answer to a batch."""
    answer = _object(body)
    code = answer.get("code")
    text = _words(status, answer)
    if status == 200:
        if code in ACCEPTED_CODES and not isinstance(code, bool):
            return Reply(Verdict.ACCEPTED, text, ack_id=_integer(answer.get("ackId")))
        reason = f"{text}: not an answer of the HTTP Event Collector; check --hec-url"
        return Reply(Verdict.WAIT, reason, unanswered=True)
    if status == 413:
        return Reply(Verdict.TOO_LARGE, text)
    if status == 400 and code in EVENT_CODES:
        return Reply(Verdict.REFUSED, text, event_number=_integer(answer.get("invalid-event-number")))
    return Reply(Verdict.WAIT, text + _advice(status, code), pause_s=_pause_s(headers))


def acknowledged(body: bytes) -> Dict[int, bool]:
    """Read the answer to a question for acknowledgements; an answer that is none acknowledges nothing."""
    acks = _object(body).get("acks")
    if not isinstance(acks, dict):
        return {}
    return {int(key): value is True for key, value in acks.items() if key.isdigit()}


def _object(body: bytes) -> Dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _integer(value: object) -> Optional[int]:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _words(status: int, answer: Dict[str, Any]) -> str:
    text, code = answer.get("text"), answer.get("code")
    words = "".join(char for char in text if char.isprintable())[:200] if isinstance(text, str) else ""
    return f"HTTP {status}" + (f" {words!r}" if words else "") + (f" (code {code})" if isinstance(code, int) else "")


def _advice(status: int, code: object) -> str:
    if status in (401, 403):
        return ": the token is refused; put a valid one into --hec-token-file, it is read again"
    if status == 400 and code == 7:
        return ": the token may not write to this index; correct --index, or the token's indexes in Splunk"
    if status in (301, 302, 303, 307, 308, 404, 405):
        return ": no HTTP Event Collector there; check --hec-url"
    return ""


def _pause_s(headers: Mapping[str, str]) -> float:
    value = headers.get("Retry-After", "")
    return min(float(value), _RETRY_AFTER_AT_MOST_S) if value.isdigit() else 0.0
