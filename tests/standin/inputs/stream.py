"""Reads what a modular input writes: one XML document that never ends, taken event by event as it grows.

    <stream><event stanza="kind://name" unbroken="1"><time>1.5</time><index/><source/><sourcetype/><host/>
            <data>…</data><done/></event>…

A parser is kept from call to call; every event is thrown away once it was read, so memory holds one event at most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET


class StreamError(Exception):
    """The output of an input is no such document."""


@dataclass(frozen=True)
class StreamEvent:
    """One `<event>`; None where it is silent. Unbroken data is not ended by the end of the element."""

    data: str
    stanza: str | None = None
    time: float | None = None
    index: str | None = None
    source: str | None = None
    sourcetype: str | None = None
    host: str | None = None
    is_unbroken: bool = False
    is_done: bool = False


class StreamReader:
    """Turns bytes into events, in any portions."""

    def __init__(self) -> None:
        self._parser = ET.XMLPullParser(("start", "end"))
        self._root: ET.Element | None = None

    def feed(self, data: bytes) -> Iterator[StreamEvent]:
        """Take a portion and yield the events that it completes."""
        try:
            self._parser.feed(data)
            yield from self._completed()
        except ET.ParseError as error:
            raise StreamError(f"the stream is no well-formed XML: {error}") from error

    def _completed(self) -> Iterator[StreamEvent]:
        for event in self._parser.read_events():
            what, element = _start_or_end(*event)
            if self._root is None:
                self._root = self._checked_root(element)
            elif what == "end" and element.tag == "event":
                yield _read_event(element)
                self._root.clear()

    @staticmethod
    def _checked_root(element: ET.Element) -> ET.Element:
        if element.tag != "stream":
            raise StreamError(f"the stream begins with <{element.tag}>, not with <stream>")
        return element


def _start_or_end(what: str, element: object = None) -> tuple[str, ET.Element]:
    assert isinstance(element, ET.Element), "only starts and ends are asked for"
    return what, element


def _read_event(element: ET.Element) -> StreamEvent:
    return StreamEvent(
        data=element.findtext("data") or "",
        stanza=element.get("stanza"),
        time=_time(element.findtext("time")),
        index=_text(element, "index"),
        source=_text(element, "source"),
        sourcetype=_text(element, "sourcetype"),
        host=_text(element, "host"),
        is_unbroken=element.get("unbroken") == "1",
        is_done=element.find("done") is not None,
    )


def _text(element: ET.Element, name: str) -> str | None:
    text = element.findtext(name)
    return text.strip() or None if text else None


def _time(text: str | None) -> float | None:
    if not text or not text.strip():
        return None
    try:
        return float(text)
    except ValueError as error:
        raise StreamError(f"an event has <time>{text}</time>, which is no number of seconds") from error
