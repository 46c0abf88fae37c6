"""What HEC answers: each code with its text and HTTP status.

Codes 2, 4 to 7, 12 to 17 are as measured on Splunk 10.4.2; the others as Splunk's documentation lists them.
"""

from enum import IntEnum
from typing import NamedTuple


class Code(IntEnum):
    """The number in the `code` key of an answer."""

    SUCCESS = 0
    TOKEN_DISABLED = 1
    TOKEN_REQUIRED = 2
    INVALID_AUTHORIZATION = 3
    INVALID_TOKEN = 4
    NO_DATA = 5
    INVALID_DATA_FORMAT = 6
    INCORRECT_INDEX = 7
    INTERNAL_ERROR = 8
    SERVER_BUSY = 9
    CHANNEL_MISSING = 10
    INVALID_CHANNEL = 11
    EVENT_REQUIRED = 12
    EVENT_BLANK = 13
    ACK_DISABLED = 14
    INDEXED_FIELDS = 15
    QUERY_STRING_AUTHORIZATION = 16
    HEALTHY = 17
    QUEUES_FULL = 18
    ACK_UNAVAILABLE = 19
    QUEUES_FULL_ACK_UNAVAILABLE = 20
    HEALTH_INVALID_TOKEN = 21
    HEALTH_TOKEN_DISABLED = 22
    SHUTTING_DOWN = 23
    QUEUE_APPROACHING_CAPACITY = 24
    ACK_APPROACHING_CAPACITY = 25
    QUEUE_AT_CAPACITY = 26
    ACK_AT_CAPACITY = 27


class Reply(NamedTuple):
    """An HTTP status and the text that goes with a code."""

    status: int
    text: str


REPLIES = {
    Code.SUCCESS: Reply(200, "Success"),
    Code.TOKEN_DISABLED: Reply(403, "Token disabled"),
    Code.TOKEN_REQUIRED: Reply(401, "Token is required"),
    Code.INVALID_AUTHORIZATION: Reply(401, "Invalid authorization"),
    Code.INVALID_TOKEN: Reply(403, "Invalid token"),
    Code.NO_DATA: Reply(400, "No data"),
    Code.INVALID_DATA_FORMAT: Reply(400, "Invalid data format"),
    Code.INCORRECT_INDEX: Reply(400, "Incorrect index"),
    Code.INTERNAL_ERROR: Reply(500, "Internal server error"),
    Code.SERVER_BUSY: Reply(503, "Server is busy"),
    Code.CHANNEL_MISSING: Reply(400, "Data channel is missing"),
    Code.INVALID_CHANNEL: Reply(400, "Invalid data channel"),
    Code.EVENT_REQUIRED: Reply(400, "Event field is required"),
    Code.EVENT_BLANK: Reply(400, "Event field cannot be blank"),
    Code.ACK_DISABLED: Reply(400, "ACK is disabled"),
    Code.INDEXED_FIELDS: Reply(400, "Error in handling indexed fields"),
    Code.QUERY_STRING_AUTHORIZATION: Reply(400, "Query string authorization is not enabled"),
    Code.HEALTHY: Reply(200, "HEC is healthy"),
    Code.QUEUES_FULL: Reply(503, "HEC is unhealthy, queues are full"),
    Code.ACK_UNAVAILABLE: Reply(503, "HEC is unhealthy, ack service unavailable"),
    Code.QUEUES_FULL_ACK_UNAVAILABLE: Reply(503, "HEC is unhealthy, queues are full, ack service unavailable"),
    Code.HEALTH_INVALID_TOKEN: Reply(400, "Invalid token"),
    Code.HEALTH_TOKEN_DISABLED: Reply(400, "Token disabled"),
    Code.SHUTTING_DOWN: Reply(503, "Server is shutting down"),
    Code.QUEUE_APPROACHING_CAPACITY: Reply(200, "Success, queue is approaching capacity"),
    Code.ACK_APPROACHING_CAPACITY: Reply(200, "Success, ack channel is approaching capacity"),
    Code.QUEUE_AT_CAPACITY: Reply(429, "Queue is at capacity"),
    Code.ACK_AT_CAPACITY: Reply(429, "Ack channel is at capacity"),
}


class Refusal(NamedTuple):
    """Why a request was refused; `event` counts from 0, None where the code speaks of the whole request."""

    code: Code
    event: int | None = None

    def document(self) -> dict[str, str | int]:
        """Return the JSON answer; for code 7 the number is one higher than for the others (measured)."""
        document: dict[str, str | int] = {"text": REPLIES[self.code].text, "code": int(self.code)}
        if self.event is not None:
            document["invalid-event-number"] = self.event + (self.code is Code.INCORRECT_INDEX)
        return document
