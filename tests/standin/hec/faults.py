"""Faults on demand: the next N requests of a path are answered as a broken or busy HEC would answer them.

code=9          answer with this HEC code               status=413    answer with this HTTP status, empty
drop=true       close the connection without an answer  delay=2.5     wait so many seconds first
taken=true      index the events before failing         ack=never|late (30 s): what becomes of acknowledgements
path=event|raw|ack|health|any (any)                     count=N (1; 0: until cleared)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from standin.hec.replies import REPLIES, Code

PATHS = ("any", "event", "raw", "ack", "health")
ACKS = ("", "never", "late")
LATE_S = 30.0
_KEYS = ("code", "status", "drop", "delay", "taken", "ack", "path", "count")


class FaultError(Exception):
    """A fault was described wrongly."""


@dataclass(frozen=True)
class Fault:
    """One kind of failure and how often it happens."""

    path: str = "any"
    count: int = 1
    code: Code | None = None
    status: int | None = None
    is_dropped: bool = False
    delay_s: float = 0.0
    is_taken: bool = False
    ack: str = ""

    @property
    def fails(self) -> bool:
        """Tell whether the request gets anything but its ordinary answer."""
        return self.code is not None or self.status is not None or self.is_dropped


def read_fault(form: Mapping[str, str]) -> Fault:
    """Read a fault from the fields of a form."""
    unknown = sorted(set(form) - set(_KEYS))
    if unknown:
        raise FaultError(f"unknown key {unknown[0]!r} of a fault; known are {', '.join(_KEYS)}")
    try:
        fault = Fault(
            path=form.get("path", "any"),
            count=int(form.get("count", "1")),
            code=Code(int(form["code"])) if "code" in form else None,
            status=int(form["status"]) if "status" in form else None,
            is_dropped=form.get("drop") == "true",
            delay_s=float(form.get("delay", "0")),
            is_taken=form.get("taken") == "true",
            ack=form.get("ack", ""),
        )
    except ValueError as error:
        raise FaultError(f"wrong value in a fault: {error}") from error
    if fault.path not in PATHS or fault.ack not in ACKS or (fault.code is not None and fault.code not in REPLIES):
        raise FaultError(f"path is one of {', '.join(PATHS)} and ack one of never, late")
    return fault


class Faults:
    """The faults that wait to happen, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let a fault happen from the next request on."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forget all faults."""
        self._waiting.clear()

    def waiting(self) -> tuple[Fault, ...]:
        """Return what has yet to happen."""
        return tuple(self._waiting)

    def take(self, path: str) -> Fault:
        """Return the fault of this request, one without effect if there is none."""
        for position, fault in enumerate(self._waiting):
            if fault.path in ("any", path):
                self._use(position, fault)
                return fault
        return Fault()

    def _use(self, position: int, fault: Fault) -> None:
        if fault.count == 1:
            del self._waiting[position]
        elif fault.count > 1:
            self._waiting[position] = replace(fault, count=fault.count - 1)
