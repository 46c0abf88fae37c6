"""How the search head puts together what several indexers send: by time as far as each keeps to it, newest first.

Among equal times any indexer may come first; rows of one indexer keep their order.
"""

import heapq
from collections.abc import Iterator, Sequence

from standin.commands.accumulators import moment_of
from standin.environment import Row
from standin.hostile.chance import Chance

Head = tuple[float, float, int, int]


def merged(parts: Sequence[Sequence[Row]], chance: Chance) -> Iterator[Row]:
    """Yield the rows of all parts, at each step the newest of their next ones."""
    numbers = chance.numbers("merging")

    def head(part: int, position: int) -> Head:
        return -(moment_of(parts[part][position]) or 0.0), numbers.random(), part, position

    heads = [head(part, 0) for part, rows in enumerate(parts) if rows]
    heapq.heapify(heads)
    while heads:
        *_, part, position = heads[0]
        yield parts[part][position]
        if position + 1 < len(parts[part]):
            heapq.heapreplace(heads, head(part, position + 1))
        else:
            heapq.heappop(heads)
