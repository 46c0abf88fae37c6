"""One search job: what was asked, how far it is, what came out, and until when it is kept.

QUEUED ─▶ PARSING ─▶ RUNNING ─▶ DONE
                        └─────▶ FAILED        PAUSE is a state that only a client brings about
"""

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum

from standin.environment import TimeBounds
from standin.language.search import Message, Result
from standin.searchhead import User

DEFAULT_TTL_S = 600
SAVED_TTL_S = 604_800
UNBOUNDED = TimeBounds()


class State(StrEnum):
    """How far a job is, in Splunk's words."""

    QUEUED = "QUEUED"
    PARSING = "PARSING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSE"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Order:
    """What a client, or the scheduler, asked to be searched; `now` is the time that relative times refer to,
    `added_length` counts the characters that were put in front of what the client wrote."""

    search: str
    user: User
    app: str
    now: float
    bounds: TimeBounds = UNBOUNDED
    earliest_text: str = ""
    latest_text: str = ""
    label: str = ""
    ttl_s: int = DEFAULT_TTL_S
    is_scheduled: bool = False
    added_length: int = 0
    sid: str = ""


@dataclass
class Job:
    """A job; the thread that runs it writes the outcome, then sets `finished`."""

    sid: str
    order: Order
    created: float
    touched: float
    ttl_s: int
    state: State = State.QUEUED
    outcome: Result | None = None
    failure: list[Message] = field(default_factory=list)
    failure_position: int | None = None
    run_s: float = 0.0
    scan_count: int | None = None
    is_saved: bool = False
    is_finalized: bool = False
    finished: threading.Event = field(default_factory=threading.Event)
    future: "Future[None] | None" = None

    @property
    def is_done(self) -> bool:
        """Tell whether nothing more will come."""
        return self.finished.is_set()

    @property
    def is_failed(self) -> bool:
        """Tell whether the search ended in an error."""
        return self.state is State.FAILED

    @property
    def messages(self) -> list[Message]:
        """Return what the search had to say."""
        return self.failure or (self.outcome.messages if self.outcome else [])

    def expires_at(self) -> float:
        """Return the time after which the job is forgotten; reading it postpones that."""
        return self.touched + (SAVED_TTL_S if self.is_saved else self.ttl_s)
