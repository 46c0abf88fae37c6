"""The script of a recording: which step ran when, by whom, and what a detection must make of it.

A step is bound to an actor and to the time between its begin and its end, on the API server's own clock (the same
machine's). No two steps of one actor overlap, so actor and time of an event lead to at most one step.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from cluster.actors import Actor, Client


class Decides(NamedTuple):
    """Which events of a step a detection must find: by verb, resource and subresource; empty means any."""

    verbs: tuple[str, ...] = ()
    resource: str = ""
    subresource: str = ""
    code: int = 0


class Truth(NamedTuple):
    """What a step shows: its catalogue id, the deciding events, the shipped detection if any, the least level."""

    catalogue: str
    decides: Decides
    detection: str = ""
    level: str = "Metadata"


class Step(NamedTuple):
    """One step as it ran, with the audit ids that its client read in answers."""

    name: str
    actor: Actor
    began: datetime
    ended: datetime
    truth: Truth | None = None
    audit_ids: tuple[str, ...] = ()


class Script:
    """Keeps the steps of one run; its random choices come from one seed."""

    def __init__(self, seed: int, say: Callable[[str], None]) -> None:
        self.random = random.Random(seed)  # noqa: S311
        self.steps: list[Step] = []
        self.say = say

    @contextmanager
    def step(self, name: str, client: Client, truth: Truth | None = None) -> Iterator[None]:
        """Note when a step begins and ends, and what its client saw."""
        began, known = _now(), len(client.audit_ids)
        yield
        self.steps.append(Step(name, client.actor, began, _now(), truth, tuple(client.audit_ids[known:])))
        self.say(f"{name} ({client.actor.user})")

    def pause(self, least_s: float, most_s: float) -> None:
        """Let time pass between two actions, as between two actions of people."""
        time.sleep(self.random.uniform(least_s, most_s))


def _now() -> datetime:
    return datetime.now(UTC)
