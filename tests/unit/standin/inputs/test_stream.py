"""The XML stream of modular inputs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.inputs.stream import StreamError, StreamEvent, StreamReader
from unit.standin.properties import properties

DOCUMENT = (
    b'<stream><event stanza="k://a" unbroken="1"><time>1.500</time><index>i</index><source>s</source>'
    b"<sourcetype>t</sourcetype><host>h</host><data>one &amp; two</data><done/></event>"
    b'<event><data><![CDATA[{"a":"<b>"}]]></data></event></stream>'
)
EVENTS = [
    StreamEvent("one & two", "k://a", 1.5, "i", "s", "t", "h", is_unbroken=True, is_done=True),
    StreamEvent('{"a":"<b>"}'),
]


@properties()
@given(st.lists(st.integers(1, 40)))
def test_portions_do_not_matter(sizes: list[int]) -> None:
    """However the bytes are cut, the same events come out."""
    reader, rest = StreamReader(), DOCUMENT
    found: list[StreamEvent] = []
    for size in sizes:
        found += reader.feed(rest[:size])
        rest = rest[size:]
    found += reader.feed(rest)

    assert found == EVENTS


def test_an_event_is_there_before_the_stream_ends() -> None:
    """An input that runs for ever is read while it runs."""
    assert list(StreamReader().feed(b"<stream><event><data>x</data></event>")) == [StreamEvent("x")]


def test_a_huge_event_is_read_whole() -> None:
    """An event of 4 MB in portions of 64 KiB keeps its size."""
    reader = StreamReader()
    document = b"<stream><event><data>" + b"x" * 4_000_000 + b"</data></event>"
    found = [event for at in range(0, len(document), 65536) for event in reader.feed(document[at : at + 65536])]

    assert [len(event.data) for event in found] == [4_000_000]


@pytest.mark.parametrize(
    "output",
    [b"Traceback (most recent call last):", b"<scheme></scheme>", b"<stream><event><data>\x01</data>"],
    ids=["text", "another document", "a character that XML has not"],
)
def test_what_is_no_stream_is_an_error(output: bytes) -> None:
    """The error says what is wrong with the output."""
    with pytest.raises(StreamError):
        list(StreamReader().feed(output))


def test_a_time_that_is_no_number_is_an_error() -> None:
    """Times are seconds."""
    with pytest.raises(StreamError, match="noon"):
        list(StreamReader().feed(b"<stream><event><time>noon</time><data>x</data></event>"))
