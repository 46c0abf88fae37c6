"""A diary is kept in order, each actor for itself, and one failure does not end the day."""

from pathlib import Path

from cluster.actors import Actor, Client, Credential, Endpoint
from cluster.errors import LaboratoryError
from cluster.schedule import Entry, every, keep
from cluster.script import Script

NOWHERE = Endpoint("127.0.0.1", 1, Path("ca.crt"), Path("kubectl"))


def test_something_regular_happens_at_its_minutes() -> None:
    """Every three minutes from the first on, and not at the end itself."""
    assert every(3, 10, start=1) == [1, 4, 7]
    assert every(5, 10) == [0, 5]


def test_entries_are_done_in_the_order_of_their_minutes() -> None:
    """A diary that was written in any order is kept by time; what fails is said and the next entry follows."""
    said: list[str] = []
    done: list[str] = []
    script = Script(1, said.append)
    client = Client(Actor("alice"), Credential(), NOWHERE, Path("nowhere"))

    def fail() -> None:
        raise LaboratoryError("kubectl get: no")

    diary = [
        Entry(0.0005, client, "third", lambda: done.append("third")),
        Entry(0.0001, client, "first", lambda: done.append("first")),
        Entry(0.0003, client, "second", fail),
    ]
    diary.reverse()

    keep(diary, script)

    assert done == ["first", "third"]
    assert [step.name for step in script.steps] == ["first", "second", "third"]
    assert any("second (alice) failed: kubectl get: no" in line for line in said)
