"""What the index must hold of an event before a search reads it, as splunkd writes it into search.log.

    index=web clientip=1.2.3.4 (failed OR denied) NOT debug
    [ AND 1 2 3 4 index::web [ NOT debug ] [ OR denied failed ] ]

A term is lower-case, with stars as wildcards; `name::value` is the term of an indexed field.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Has:
    """One term that the event must have."""

    term: str


@dataclass(frozen=True)
class Lacks:
    """One term that the event must not have."""

    term: str


@dataclass(frozen=True)
class Every:
    """Parts that must all hold; none is true of every event."""

    parts: "tuple[Lispy, ...]" = ()


@dataclass(frozen=True)
class Either:
    """Parts of which one must hold; none is true of no event."""

    parts: "tuple[Lispy, ...]"


Lispy = Has | Lacks | Every | Either
ANYTHING = Every()


def every(parts: Iterable[Lispy]) -> Lispy:
    """Return what says that all parts hold, each once."""
    flat: dict[Lispy, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Every) else (part,)))
    return next(iter(flat)) if len(flat) == 1 else Every(tuple(flat))


def either(parts: Iterable[Lispy]) -> Lispy:
    """Return what says that one of the parts holds; one that always does makes all of it say nothing."""
    flat: dict[Lispy, None] = {}
    for part in parts:
        if part == ANYTHING:
            return ANYTHING
        flat.update(dict.fromkeys(part.parts if isinstance(part, Either) else (part,)))
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))


def written(lispy: Lispy) -> str:
    """Return the expression as search.log has it: terms by name, then what stands in brackets."""
    return _bracket("AND", lispy.parts if isinstance(lispy, Every) else (lispy,))


def _bracket(operator: str, parts: Iterable[Lispy]) -> str:
    texts = sorted(map(_part, parts), key=lambda text: (text.startswith("[ "), text))
    return " ".join(["[", operator, *texts, "]"])


def _part(lispy: Lispy) -> str:
    if isinstance(lispy, Has):
        return lispy.term
    if isinstance(lispy, Lacks):
        return f"[ NOT {lispy.term} ]"
    return _bracket("AND" if isinstance(lispy, Every) else "OR", lispy.parts)
