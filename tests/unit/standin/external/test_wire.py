"""Chunks and their tables, held against what a Splunk was recorded to write and against splunk-sdk itself."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from splunklib.searchcommands.internals import RecordWriterV2
from splunklib.searchcommands.search_command import SearchCommand

from standin.environment import Row
from standin.external.wire import Inbox, WireError, decode_values, encode_values, pack, read_table, write_table
from unit.standin.properties import properties

LIMIT = 1 << 20
# Recorded from Splunk 8.2.1 (github NDietrich/Splunk-CustomSearchProtocol-v2, example_messages, "doubleage (streaming)"):
# the companions follow all fields, in their order; single values leave them empty; lines end with \n.
TABLES = [
    pytest.param(
        [{"age": "66", "_chunked_idx": 0}, {"age": "18", "_chunked_idx": 1}],
        ["age", "_chunked_idx"],
        "age,_chunked_idx,__mv_age,__mv__chunked_idx\n66,0,,\n18,1,,\n",
        id="recorded: rows",
    ),
    pytest.param([], ["age", "_chunked_idx"], "age,_chunked_idx,__mv_age,__mv__chunked_idx\n", id="recorded: no rows"),
    pytest.param(
        [{"_time": 1627354345.934, "_raw": '{"a": 1}'}],
        ["_time", "_raw"],
        '_time,_raw,__mv__time,__mv__raw\n1627354345.934,"{""a"": 1}",,\n',
        id="recorded: an event",
    ),
    pytest.param(
        [{"v": ["a$b", "c"]}], ["v"], 'v,__mv_v\n"a$b\nc",$a$$b$;$c$\n', id="splunk-sdk, internals.py: multivalue"
    ),
    pytest.param([{"v": "ü,\n"}], ["v", "w"], 'v,w,__mv_v,__mv_w\n"ü,\n",,,\n', id="a missing field is empty"),
    pytest.param([{}], [], "", id="no fields"),
]
RECORDED = sum(str(table.id).startswith("recorded") for table in TABLES)


@pytest.mark.parametrize(("rows", "fields", "text"), TABLES)
def test_a_table_is_written_as_recorded(rows: list[Row], fields: list[str], text: str) -> None:
    """The body of a chunk has the form that Splunk's has."""
    assert write_table(rows, fields) == text


def test_what_splunk_sdk_writes_is_read() -> None:
    """Single values, numbers, multivalues, truth and nothing, as its record writer puts them down."""
    out = io.BytesIO()
    writer = RecordWriterV2(out)
    writer.write_record({"one": "a", "many": ["$", "b;", ""], "number": 5, "none": None, "true": True, "_time": "7.5"})
    writer.flush(finished=True)
    inbox = Inbox(LIMIT)
    inbox.add(out.getvalue())

    chunk = inbox.take()
    assert chunk is not None and chunk.metadata == {"finished": True}
    assert read_table(chunk.body) == (
        [{"one": "a", "many": ["$", "b;", ""], "number": "5", "true": "1", "_time": 7.5}],
        ["one", "many", "number", "none", "true", "_time"],
    )


@properties()
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2))
def test_multivalues_reach_splunk_sdk_and_come_back(texts: list[str]) -> None:
    """Whatever the values are, splunk-sdk decodes what is sent, and what it would send is what was meant."""
    encoded = encode_values(texts)

    assert SearchCommand._decode_list(encoded) == texts
    assert decode_values(encoded) == texts


@properties()
@given(
    st.dictionaries(st.text(min_size=1).filter(lambda name: "\r" not in name), st.text(min_size=1)), st.integers(1, 9)
)
def test_chunks_survive_any_cut(metadata: dict[str, str], size: int) -> None:
    """A chunk is complete with its last byte, however its bytes come, and leaves the next one alone."""
    data = pack(metadata, "a,b\n1,2\n") + pack({"second": True})
    inbox, found = Inbox(LIMIT), []
    for start in range(0, len(data), size):
        inbox.add(data[start : start + size])
        while (chunk := inbox.take()) is not None:
            found.append((chunk.metadata, chunk.body))

    safe = {
        name.encode("utf-8", "replace").decode(): text.encode("utf-8", "replace").decode()
        for name, text in metadata.items()
    }
    assert found == [(safe, "a,b\n1,2\n"), ({"second": True}, "")]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"hello\n", "'hello' is no chunk's first line"),
        (b"x" * 200, "is no chunk's first line"),
        (b"chunked 2.0,1,1\n{}", "is no chunk's first line"),
        (b"chunked 1.0,3,0\n{,}", "no JSON"),
        (b"chunked 1.0,2,0\n[]", "no JSON object"),
        (b"chunked 1.0,9999999,9999999\n", "larger than the 1048576"),
    ],
)
def test_what_is_no_chunk_is_refused(data: bytes, reason: str) -> None:
    """Garbage ends at once, not when its length has come."""
    inbox = Inbox(LIMIT)
    inbox.add(data)

    with pytest.raises(WireError, match=reason):
        inbox.take()


@pytest.mark.parametrize("body", ['a\n"x"y\n', 'a\n"x\n'])
def test_a_body_that_is_no_csv_is_refused(body: str) -> None:
    """A quote that is not closed, or text behind one, is an error and no cell."""
    with pytest.raises(WireError, match="no CSV"):
        read_table(body)


@properties()
@given(st.binary(max_size=60), st.sampled_from([b"", b"chunked 1.0,2,0\n", b"chunked 1.0,2,9\n{}"]))
def test_no_bytes_break_the_reading(data: bytes, before: bytes) -> None:
    """Whatever a command writes is a chunk, or not yet one, or refused."""
    inbox = Inbox(LIMIT)
    inbox.add(before + data)
    try:
        chunk = inbox.take()
        rows, fields = read_table(chunk.body) if chunk else ([], [])
    except WireError:
        return
    assert all(set(row) <= {*fields, *(name.removeprefix("__mv_") for name in row)} for row in rows)


def test_a_cell_may_be_as_large_as_an_event() -> None:
    """The csv module's default limit of 128 KiB does not hold."""
    assert read_table(f"_raw\n{'x' * 300_000}\n")[0][0]["_raw"] == "x" * 300_000
