"""Bodies of /services/collector/event; refusals as measured on Splunk 10.4.2 (splunk-measured.md 1)."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.hec.body import HecEvent, read_body
from standin.hec.replies import Code
from unit.standin.properties import properties

OK = '{"event":"ok"}'


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ('{"event":"a"}', ["a"]),
        ('{"event":"a"}{"event":"b"}', ["a", "b"]),
        ('{"event":"a"}\n\n {"event":"b"}\n', ["a", "b"]),
        ('[{"event":"a"},{"event":"b"}]', ["a", "b"]),
        ('{"event":{"z": 1,"a":[ 2 ]}}', ['{"z": 1,"a":[ 2 ]}']),
        ('{"event":12}', ["12"]),
        ('{"event":false}', ["false"]),
        ('{"fields":{"metric_name":"x"}}', [""]),
    ],
    ids=["one", "glued", "lines", "array", "object keeps its bytes", "number", "boolean", "metric"],
)
def test_events_are_read_in_every_form(body: str, texts: list[str]) -> None:
    """Objects may be glued, on lines or in an array; what is no text keeps the bytes that were sent."""
    read = read_body(body.encode())

    assert read.refusal is None
    assert [event.raw for event in read.events] == texts


@pytest.mark.parametrize(
    ("body", "code", "number", "taken"),
    [
        ("", 5, None, 0),
        (" \n ", 5, None, 0),
        ("nonsense", 6, 0, 0),
        (OK + "{", 6, 1, 1),
        ("[" * 20_000, 6, 0, 0),
        ('{"time":1}', 12, 0, 0),
        ('{"event":""}', 13, 0, 0),
        ('{"event":""}{', 13, 0, 0),
        (OK + '{"event":" "}', 13, 1, 1),
        ('{"event":null}', 13, 0, 0),
        ('{"event":{ }}', 13, 0, 0),
        ('{"event":[]}', 13, 0, 0),
        (OK + OK + '{"event":"x","index":"forbidden"}', 7, 3, 2),
        ('{"event":"x","index":"forbidden"}', 7, 1, 0),
        ('{"event":"x","time":"soon"}', 15, 0, 0),
        ('{"event":"x","time":true}', 15, 0, 0),
        (OK + '{"event":"x","fields":{"a":{"b":1}}}', 15, 1, 1),
        ('{"event":"x","fields":["a"]}', 15, 0, 0),
    ],
)
def test_first_wrong_event_decides(body: str, code: int, number: int | None, taken: int) -> None:
    """The first fault in document order gives the code and the number, one higher for code 7."""
    read = read_body(body.encode(), allowed_indexes=("main",))

    assert read.refusal is not None
    assert len(read.events) == taken
    document = read.refusal.document()
    assert document["code"] == code
    assert document.get("invalid-event-number") == number


def test_envelope_is_read_whole() -> None:
    """Time may be text, fields may hold numbers and arrays of scalars."""
    body = (
        '{"time":"1.25","host":"h","source":"s","sourcetype":"t","index":"i","event":"e",'
        '"fields":{"n":1,"yes":true,"many":["a",2],"none":null}}'
    )

    assert read_body(body.encode()).events == [
        HecEvent("e", 1.25, "h", "s", "t", "i", {"n": "1", "yes": "true", "many": ["a", "2"]})
    ]


def test_any_index_is_taken_without_a_list() -> None:
    """A token without an index list takes an index that does not exist; the event is lost later."""
    assert read_body(b'{"event":"x","index":"nowhere"}').refusal is None


@properties()
@given(st.lists(st.text().filter(lambda text: text.strip()), min_size=1), st.sampled_from(["", "\n", " "]))
def test_every_text_survives(texts: list[str], separator: str) -> None:
    """Whatever text is sent comes out unchanged, in order."""
    body = separator.join(json.dumps({"event": text}, ensure_ascii=False) for text in texts)

    assert [event.raw for event in read_body(body.encode()).events] == texts


@properties()
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    """Any body gives events or a refusal."""
    read = read_body(data)

    assert read.events or read.refusal is not None


def test_codes_are_complete() -> None:
    """Codes 0 to 27 exist without a gap."""
    assert all(right - left == 1 for left, right in pairwise(Code))
    assert len(Code) == 28
