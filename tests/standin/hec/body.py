"""Reads the body of a request to /services/collector/event: one object after another, with or without newlines.

A body is read as a stream (measured on Splunk 10.4.2): the first event that is wrong, in document order, decides the
answer, and what stands before it counts as taken. A top-level array is a batch. An envelope:

    {"time": 1.5, "host": …, "source": …, "sourcetype": …, "index": …, "event": text or any JSON, "fields": {…}}

An `event` that is no text is kept byte for byte as it was sent.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import JSONDecodeError, JSONDecoder
from typing import Any, NamedTuple

import msgspec

from standin.hec.replies import Code, Refusal

_SPACE = " \t\r\n"
_BLANK = re.compile(r"null|\{\s*\}|\[\s*\]")


class _Envelope(msgspec.Struct):
    """An envelope decoded one level deep: the event keeps its bytes. Keys that it has besides are ignored."""

    event: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    time: Any = None
    host: Any = None
    source: Any = None
    sourcetype: Any = None
    index: Any = None
    fields: Any = None


_DECODER = msgspec.json.Decoder(_Envelope)
_TEXT_DECODER = msgspec.json.Decoder(str)


@dataclass(frozen=True)
class HecEvent:
    """One event as its sender described it; None where the envelope is silent."""

    raw: str
    time: float | None = None
    host: str | None = None
    source: str | None = None
    sourcetype: str | None = None
    index: str | None = None
    fields: dict[str, str | list[str]] = field(default_factory=dict)


class Body(NamedTuple):
    """The events that were taken, and why reading ended early, if it did."""

    events: list[HecEvent]
    refusal: Refusal | None


class _WrongError(Exception):
    """An event that is refused with a code."""

    def __init__(self, code: Code) -> None:
        self.code = code


def read_body(data: bytes, allowed_indexes: tuple[str, ...] = ()) -> Body:
    """Read all events up to the first that is wrong; without allowed indexes any index name is taken."""
    if not data.strip():
        return Body([], Refusal(Code.NO_DATA))
    events: list[HecEvent] = []
    try:
        for envelope in _envelopes(data):
            events.append(_read_event(envelope, allowed_indexes))
    except _WrongError as error:
        return Body(events, Refusal(error.code, len(events)))
    if not events:
        return Body([], Refusal(Code.NO_DATA))
    return Body(events, None)


def _envelopes(data: bytes) -> Iterator[_Envelope]:
    """Yield the envelopes of a body: line by line as long as each line is one, which is fast, else piece by piece."""
    rest = memoryview(data)
    while rest:
        end = data.find(b"\n", len(data) - len(rest))
        length = len(rest) if end < 0 else end + 1 - (len(data) - len(rest))
        try:
            envelope = _DECODER.decode(rest[:length])
        except (msgspec.DecodeError, RecursionError):
            yield from map(_decode, _documents(bytes(rest)))
            return
        yield envelope
        rest = rest[length:]


def _decode(document: bytes) -> _Envelope:
    try:
        return _DECODER.decode(document)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _WrongError(Code.INVALID_DATA_FORMAT) from error


def _documents(data: bytes) -> Iterator[bytes]:
    """Cut the body into JSON documents; the elements of an array are documents of their own."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _WrongError(Code.INVALID_DATA_FORMAT) from error
    decoder = JSONDecoder()
    position = _skip(text, 0)
    while position < len(text):
        try:
            _, end = decoder.raw_decode(text, position)
        except (JSONDecodeError, RecursionError) as error:
            raise _WrongError(Code.INVALID_DATA_FORMAT) from error
        yield from _elements(text[position:end].encode("utf-8", "surrogatepass"))
        position = _skip(text, end)


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _elements(document: bytes) -> Iterator[bytes]:
    if document[:1] != b"[":
        yield document
        return
    for element in msgspec.json.decode(document, type=list[msgspec.Raw]):
        yield bytes(element)


def _read_event(envelope: _Envelope, allowed_indexes: tuple[str, ...]) -> HecEvent:
    raw = _raw(envelope)
    time, fields = _time(envelope.time), _fields(envelope.fields)
    index = _text(envelope.index)
    if allowed_indexes and index is not None and index not in allowed_indexes:
        raise _WrongError(Code.INCORRECT_INDEX)
    host, source, sourcetype = _text(envelope.host), _text(envelope.source), _text(envelope.sourcetype)
    return HecEvent(raw, time, host, source, sourcetype, index, fields)


def _raw(envelope: _Envelope) -> str:
    if envelope.event is msgspec.UNSET:
        # An object with `fields` but no `event` is accepted: a metric.
        if envelope.fields is not None:
            return ""
        raise _WrongError(Code.EVENT_REQUIRED)
    text = bytes(envelope.event).decode("utf-8")
    if text.startswith('"'):
        text = _TEXT_DECODER.decode(text)
        is_blank = not text or text.isspace()
    else:
        is_blank = _BLANK.fullmatch(text) is not None
    if is_blank:
        raise _WrongError(Code.EVENT_BLANK)
    return text


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return value or None
    raise _WrongError(Code.INVALID_DATA_FORMAT)


def _time(value: object) -> float | None:
    """Read the time, a number or its text; anything else is code 15 (measured)."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _WrongError(Code.INDEXED_FIELDS)
    try:
        return float(value)
    except ValueError as error:
        raise _WrongError(Code.INDEXED_FIELDS) from error


def _fields(value: object) -> dict[str, str | list[str]]:
    """Read the indexed fields: scalars, or arrays of scalars; nesting is code 15."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _WrongError(Code.INDEXED_FIELDS)
    return {name: _field(one) for name, one in value.items() if one is not None}


def _field(value: object) -> str | list[str]:
    if isinstance(value, list):
        return [_scalar(one) for one in value]
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise _WrongError(Code.INDEXED_FIELDS)
