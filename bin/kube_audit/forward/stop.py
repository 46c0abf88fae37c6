"""Ends the forwarder on SIGTERM or SIGINT, within 10 seconds whatever the network does.

The signal only sets a flag, which is looked at between steps. A request that is still waiting for its answer 5 s
later is broken off; nothing else is: the state on disk is always written to its end.
"""

import signal
from contextlib import contextmanager
from types import FrameType
from typing import Iterator, Optional

from kube_audit.clock import Clock

_GRACE_S = 5.0
_STEP_S = 0.1


class Stopped(Exception):
    """The user wants the forwarder to end."""


class Stop:
    """Whether to end, and how to wait without missing it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._in_request = False
        self.requested = False

    def install(self) -> None:
        """Listen to the signals; to be called from the main thread."""
        signal.signal(signal.SIGTERM, self._request)
        signal.signal(signal.SIGINT, self._request)
        signal.signal(signal.SIGALRM, self._break_off)

    def uninstall(self) -> None:
        """Stop the timer: an alarm while the interpreter shuts down would kill it."""
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _request(self, _number: int, _frame: Optional[FrameType]) -> None:
        if not self.requested:
            self.requested = True
            signal.setitimer(signal.ITIMER_REAL, _GRACE_S, _STEP_S)

    def _break_off(self, _number: int, _frame: Optional[FrameType]) -> None:
        if self._in_request:
            self._in_request = False
            raise Stopped

    def check(self) -> None:
        """Raise Stopped when it is time to end."""
        if self.requested:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Let time pass; raises Stopped as soon as it is time to end."""
        deadline = self._clock.monotonic() + seconds
        while True:
            self.check()
            left = deadline - self._clock.monotonic()
            if left <= 0:
                return
            self._clock.sleep(min(left, _STEP_S))

    @contextmanager
    def request(self) -> Iterator[None]:
        """Mark what may be broken off."""
        self.check()
        self._in_request = True
        try:
            yield
        finally:
            self._in_request = False
