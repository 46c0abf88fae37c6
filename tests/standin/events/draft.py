"""An event between its time and the index, and the steps that change it there."""

from collections.abc import Callable
from dataclasses import dataclass, field

from standin.environment import Value
from standin.events.event import Event

QUEUES = frozenset({"nullQueue", "indexQueue"})


@dataclass
class Draft:
    """An event on its way to the index."""

    event: Event
    fields: dict[str, Value] = field(default_factory=dict)
    queue: str = "indexQueue"
    stopped: bool = False

    def finished(self) -> Event | None:
        """Return the event as it is indexed, None where it goes nowhere."""
        return self.event._replace(fields=self.fields) if self.queue != "nullQueue" else None

    def add_field(self, name: str, value: str) -> None:
        """Append one value to an indexed field."""
        old = self.fields.get(name)
        if old is None:
            self.fields[name] = value
        else:
            self.fields[name] = [*(old if isinstance(old, list) else [str(old)]), value]


Step = Callable[[Draft], None]


def with_attribute(event: Event, name: str, value: str) -> Event:
    """Return the event with another host, source, sourcetype or index."""
    return Event(**{**event._asdict(), name: value})
