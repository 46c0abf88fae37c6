"""One event as the index holds it."""

from collections.abc import Mapping
from typing import NamedTuple

from standin.environment import Value

NO_FIELDS: Mapping[str, Value] = {}


class Origin(NamedTuple):
    """What an input says about its data."""

    index: str  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    host: str
    source: str
    sourcetype: str


class Event(NamedTuple):
    """Text with its times (epoch seconds), its metadata and its indexed fields."""

    raw: str
    time: float
    index_time: float
    index: str  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    host: str
    source: str
    sourcetype: str
    fields: Mapping[str, Value] = NO_FIELDS
