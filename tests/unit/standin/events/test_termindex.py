"""Which events hold a term, and that only those are broken into terms whose text holds it."""

import pytest

from standin.conf import Configuration
from standin.events.event import Event
from standin.events.segmenters import Segmenter, Segmenters
from standin.events.termindex import TermIndex

TEXTS = ("ALPHA beta", "gamma", "xalpha", "Beta alpha", "")


class Counting(Segmenters):
    """The shipped segmenters, which keep what they were asked to break."""

    def __init__(self) -> None:
        super().__init__(Configuration.load([]))
        self.broken: list[str] = []

    def of(self, event: Event) -> Segmenter:
        """Keep the text of the event."""
        self.broken.append(event.raw)
        return super().of(event)


@pytest.mark.parametrize(
    ("term", "held", "broken"),
    [
        ("alpha", [0, 3], ["ALPHA beta", "xalpha", "Beta alpha"]),
        ("beta", [0, 3], ["ALPHA beta", "Beta alpha"]),
        ("*alpha", [0, 2, 3], ["ALPHA beta", "xalpha", "Beta alpha"]),
        ("delta", [], []),
    ],
)
def test_only_texts_that_hold_a_term_are_broken(term: str, held: list[int], broken: list[str]) -> None:
    """Case does not count (Search Reference, search); a text without the term is never broken, and none twice."""
    segmenters = Counting()
    index = TermIndex([Event(raw, 0.0, 0.0, "main", "h", "s", "t") for raw in TEXTS], segmenters)

    for _ in range(2):
        assert index.holding(term, len(TEXTS)) == sum(1 << at for at in held)
    assert segmenters.broken == broken
