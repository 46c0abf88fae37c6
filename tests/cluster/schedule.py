"""Many actors at once, each with a diary: what it does at which minute of the recording.

A diary is made from the seed before anything starts, so that two recordings hold the same activities whatever the
machine's speed; only what the cluster itself does in between differs.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from cluster.actors import Client
from cluster.errors import LaboratoryError
from cluster.script import Script, Truth


class Entry(NamedTuple):
    """One activity of one actor."""

    minute: float
    client: Client
    name: str
    act: Callable[[], object]
    truth: Truth | None = None


def keep(diary: Iterable[Entry], script: Script) -> None:
    """Do everything in the diary, every actor in a thread of its own, and raise what went wrong."""
    by_actor: dict[str, list[Entry]] = defaultdict(list)
    for entry in diary:
        by_actor[entry.client.actor.user].append(entry)
    began = time.monotonic()
    with ThreadPoolExecutor(len(by_actor)) as threads:
        diaries = [sorted(entries, key=_minute) for entries in by_actor.values()]
        days = [threads.submit(_day, entries, script, began) for entries in diaries]
        for day in days:
            day.result()


def _minute(entry: Entry) -> float:
    return entry.minute


def _day(entries: Sequence[Entry], script: Script, began: float) -> None:
    for entry in entries:
        due = began + entry.minute * 60
        time.sleep(max(0.0, due - time.monotonic()))
        with script.step(entry.name, entry.client, entry.truth):
            try:
                entry.act()
            except LaboratoryError as error:
                # Ordinary life goes on when one action fails, as it does for people; it is said.
                script.say(f"{entry.name} ({entry.client.actor.user}) failed: {error}")


def every(minutes: float, until: float, start: float = 0.0) -> list[float]:
    """List the minutes at which something regular happens."""
    count = int((until - start) / minutes)
    return [start + number * minutes for number in range(count + 1) if start + number * minutes < until]
