"""Events that come twice, or late."""

from collections import Counter

import pytest

from standin.events import Store
from standin.events.event import Event
from standin.hostile.chance import Chance
from standin.hostile.transport import LATE_S, delayed, disturb, sent_again


def events(count: int) -> list[Event]:
    """Return events, one a second."""
    return [Event(f"event {number}", float(number), 1000.0, "main", "h", "s", "t") for number in range(count)]


@pytest.mark.parametrize(("count", "copies"), [(0, 0), (1, 1), (99, 1), (1000, 10)])
def test_one_of_a_hundred_comes_twice(count: int, copies: int) -> None:
    """Copies are equal but for their index time, which is up to ten minutes later; of few events one comes twice."""
    chance = Chance(5)

    sent = sent_again(events(count), chance)

    assert len(sent) == count + copies
    assert sent[:count] == events(count)
    assert all(1000.0 <= copy.index_time <= 1000.0 + LATE_S for copy in sent[count:])
    twice = {raw for raw, number in Counter(event.raw for event in sent).items() if number == 2}
    assert twice == {copy.raw for copy in sent[count:]}
    assert chance.tally["events sent twice"] == copies


@pytest.mark.parametrize(("count", "late"), [(0, 0), (1, 1), (1000, 10)])
def test_one_of_a_hundred_is_late(count: int, late: int) -> None:
    """Late events keep their own time, and come after all others."""
    came = delayed(events(count), Chance(5))

    assert sorted(event.time for event in came) == [event.time for event in events(count)]
    assert [event.index_time for event in came[: count - late]] == [1000.0] * (count - late)
    assert all(event.index_time > 1000.0 for event in came[count - late :])


def test_every_index_is_disturbed_and_none_that_is_empty() -> None:
    """What lies in an index is sent again and late; the seed decides which."""
    stores = []
    for seed in (1, 1, 2):
        store = Store()
        store.add(events(300))
        disturb(store, Chance(seed))
        stores.append(list(store.scan(["*", "_*"])))

    assert [len(one) for one in stores] == [303] * 3
    assert stores[0] == stores[1] != stores[2]


def test_what_was_done_is_said_in_counts() -> None:
    """One line with the seed, in a fixed order; where nothing was done it says so."""
    chance = Chance(3)
    assert chance.said() == "hostile 3: nothing to disturb"

    sent_again(delayed(events(5), chance), chance)

    assert chance.said() == "hostile 3: events late 1, events sent twice 1"
