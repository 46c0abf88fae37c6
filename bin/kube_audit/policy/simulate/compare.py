"""What changes between two policies on the same events."""

from typing import Dict, List, NamedTuple, Tuple

from kube_audit.policy.model import RECEIVED
from kube_audit.policy.simulate.events import Event
from kube_audit.policy.simulate.tally import Tally

_TOP = 10


class Change(NamedTuple):
    """One user doing one thing, recorded by one policy and not by the other."""

    user: str
    verb: str
    what: str
    events: int
    example: str


class Comparison:
    """Counts events that only one of two policies records."""

    def __init__(self, new: Tally, old: Tally) -> None:
        self._new, self._old = new, old
        self._lost: Dict[Tuple[str, str, str], List[object]] = {}
        self._gained: Dict[Tuple[str, str, str], List[object]] = {}

    def add(self, event: Event, size: int) -> None:
        """Count one event under both."""
        new, old = self._new.add(event, size), self._old.add(event, size)
        if event.stage == RECEIVED:
            return
        if new is None and old is not None:
            _note(self._lost, event)
        elif new is not None and old is None:
            _note(self._gained, event)

    def lost(self) -> Tuple[Change, ...]:
        """What the old policy records and the new one does not."""
        return _top(self._lost)

    def gained(self) -> Tuple[Change, ...]:
        """What the new policy records and the old one does not."""
        return _top(self._gained)


def _note(table: Dict[Tuple[str, str, str], List[object]], event: Event) -> None:
    reference = event.objectRef
    what = event.requestURI.partition("?")[0]
    if reference is not None:
        what = f"{reference.resource}/{reference.subresource}" if reference.subresource else reference.resource
    entry = table.setdefault((event.user.username, event.verb, what), [0, event.requestURI])
    assert isinstance(entry[0], int)
    entry[0] += 1


def _top(table: Dict[Tuple[str, str, str], List[object]]) -> Tuple[Change, ...]:
    changes = [Change(*key, int(str(entry[0])), str(entry[1])) for key, entry in table.items()]
    return tuple(sorted(changes, key=lambda change: (-change.events, change[:3]))[:_TOP])
