"""What is an audit event and what is not, by either decoder."""

import json
from pathlib import Path
from typing import Any, Callable, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import line
from kube_audit.codec import Routing, read_json, routing_by_json, routing_by_msgspec
from kube_audit.errors import BadInput
from kube_audit.event import NotAnEvent, read_event
from shared_data import shared_lines

DECODERS = [routing_by_json, routing_by_msgspec]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def outcome(decode: Callable[[bytes], Routing], raw: bytes) -> "Routing | None":
    """Return what a decoder makes of bytes, None where it refuses them."""
    try:
        return decode(raw)
    except BadInput:
        return None


def test_event_keeps_its_bytes_and_knows_its_time() -> None:
    """The bytes are those that were read; the time is stageTimestamp's."""
    raw = b'{ "auditID" : "a", "stage":"Panic" , "stageTimestamp":"2026-11-23T23:19:31.000001Z", "x": 1.00 }'

    event = read_event(raw)

    assert event.raw == raw
    assert event.time == "1795475971.000001"


@pytest.mark.parametrize(
    ("changes", "time"),
    [
        ({}, "1795475971.000003"),
        ({"stageTimestamp": None}, "1795475971.000001"),
        ({"stageTimestamp": "yesterday"}, "1795475971.000001"),
        ({"stageTimestamp": 5, "requestReceivedTimestamp": None}, None),
        ({"stageTimestamp": "", "requestReceivedTimestamp": "soon"}, None),
    ],
    ids=["stage", "received", "unreadable", "number", "none"],
)
def test_time_is_the_stages_else_the_requests(changes: Any, time: "str | None") -> None:  # noqa: ANN401
    """An event without a readable time is still an event."""
    assert read_event(line(3, **changes)).time == time


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"null", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"{}", "no auditID"),
        (b'{"auditID":"a"}', "no stage"),
        (b'{"auditID":"","stage":"Panic"}', "no auditID"),
        (b'{"auditID":1,"stage":"Panic"}', "no auditID"),
        (b'{"kind":"EventList","items":[]}', "kind is 'EventList'"),
        (b'{"kind":"Event","apiVersion":"v1","auditID":"a","stage":"x"}', "apiVersion is 'v1'"),
        (line(0) + b" {}", "not JSON"),
        (line(0)[:-1], "not JSON"),
        (b"\xef\xbb\xbf" + line(0), "not JSON"),
        (line(0).replace(b"alice", b"al\xffice"), "not JSON"),
        (line(0).replace(b"alice", b"al\nice"), "not JSON"),
        (line(0).replace(b"alice", b"al\x00ice"), "not JSON"),
        (line(0).replace(b"200", b"Infinity"), "not JSON"),
        (line(0).replace(b"200", b"[" * 100_000), "not JSON"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else "",
)
@pytest.mark.parametrize("decode", DECODERS, ids=["json", "msgspec"])
def test_what_is_no_event_is_refused_with_a_reason(
    raw: bytes, reason: str, decode: Callable[[bytes], Routing], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both decoders refuse the same, with a reason of one line."""
    monkeypatch.setattr("kube_audit.event.read_routing", decode)

    with pytest.raises(NotAnEvent) as caught:
        read_event(raw)

    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("raw", shared_lines("*.jsonl"))
def test_decoders_agree_on_real_events(raw: bytes) -> None:
    """Logs of many clusters and tools are read alike with and without compiled wheels."""
    assert outcome(routing_by_json, raw) == outcome(routing_by_msgspec, raw)


@given(JSON, st.lists(st.sampled_from(["kind", "auditID", "stage", "objectRef", "stageTimestamp"])))
def test_decoders_agree_on_any_json(value: Any, keys: List[str]) -> None:  # noqa: ANN401
    """Whatever stands under the keys that matter."""
    raw = json.dumps(dict.fromkeys(keys, value)).encode()

    assert outcome(routing_by_json, raw) == outcome(routing_by_msgspec, raw)


@given(st.binary(max_size=40), st.integers(0, 500))
def test_decoders_agree_on_damaged_lines(damage: bytes, place: int) -> None:
    """Neither crashes, neither takes what the other refuses."""
    whole = line(1)
    raw = whole[:place] + damage + whole[place + len(damage) :]

    assert outcome(routing_by_json, raw) == outcome(routing_by_msgspec, raw)


@given(JSON)
def test_strict_json_is_read(value: Any) -> None:  # noqa: ANN401
    """What json writes is read as the same."""
    assert read_json(json.dumps(value).encode()) == value


def test_fallback_is_what_splunk_runs(tmp_path: Path) -> None:
    """Without the wheels the module chooses json and zlib by itself."""
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    code = (
        "import sys; sys.modules['msgspec'] = sys.modules['isal'] = None\n"
        "import gzip\n"
        "from kube_audit import codec\n"
        "assert codec.read_routing is codec.routing_by_json\n"
        "assert gzip.decompress(codec.pack(b'abc' * 1000)) == b'abc' * 1000\n"
    )
    library = str(Path(__file__).parents[2] / "bin")

    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": library})
