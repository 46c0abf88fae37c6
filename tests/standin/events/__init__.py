"""Events: how bytes become events (breaking, time, index-time transforms), and where they are kept."""

from standin.events.event import Event, Origin
from standin.events.store import Store

__all__ = ["Event", "Origin", "Store"]
