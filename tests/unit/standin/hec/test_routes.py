"""HEC over sockets: paths, packing, channels, acknowledgements, faults."""

import gzip
import json
from collections.abc import Iterator

import pytest
import requests

from serving import NOW, Serving, serving

CHANNEL = {"X-Splunk-Request-Channel": "22222222-2222-4222-8222-222222222222"}
ACKED = {"Authorization": "Splunk acked"}
EVENT = '{"event":"x"}'


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance with a second token that acknowledges and has an index list."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        form = {"name": "acked", "token": "acked", "useACK": "1", "index": "main", "indexes": "main"}
        assert running.post("/services/data/inputs/http", **form).status_code == 201
        yield running


@pytest.fixture(autouse=True)
def no_faults(served: Serving) -> Iterator[None]:
    """Leave no fault behind."""
    yield
    served.instance.faults.clear()


def count(served: Serving) -> int:
    """Return how many events there are."""
    return served.instance.store.count("main")


@pytest.mark.parametrize("path", ["", "/event", "/event/1.0", "/raw", "/raw/1.0"])
def test_events_are_taken_on_every_path(served: Serving, path: str) -> None:
    """Each path takes an event with 200, code 0."""
    before = count(served)

    assert served.collect(path, EVENT).json() == {"text": "Success", "code": 0}
    assert count(served) == before + 1


@pytest.mark.parametrize(("path", "status"), [("/1.0", 404), ("/nothing", 404)])
def test_unknown_paths(served: Serving, path: str, status: int) -> None:
    """/services/collector/1.0 does not exist either."""
    answer = served.collect(path, EVENT)

    assert answer.status_code == status
    assert answer.json() == {"text": "The requested URL was not found on this server.", "code": 404}


def test_a_wrong_verb_and_health(served: Serving) -> None:
    """GET on /collector is 405; health needs no token."""
    url = served.instance.addresses.hec + "/services/collector"

    assert requests.get(url, verify=str(served.ca_file), timeout=10).status_code == 405
    health = requests.get(url + "/health/1.0", verify=str(served.ca_file), timeout=10)
    assert (health.status_code, health.json()["code"]) == (200, 17)


@pytest.mark.parametrize(
    "body",
    [gzip.compress(EVENT.encode()), gzip.compress(EVENT[:5].encode()) + gzip.compress(EVENT[5:].encode())],
    ids=["one member", "two members"],
)
def test_gzip_is_unpacked(served: Serving, body: bytes) -> None:
    """A body may hold several gzip members."""
    assert served.collect("/event", body, **{"Content-Encoding": "gzip"}).json()["code"] == 0


def test_broken_gzip_is_a_wrong_format(served: Serving) -> None:
    """What cannot be unpacked is code 6."""
    assert served.collect("/event", b"no gzip", **{"Content-Encoding": "gzip"}).json()["code"] == 6


def test_an_unknown_index_is_taken_and_lost(served: Serving) -> None:
    """Without an index list 200, and the event is nowhere; with one, 400 code 7."""
    body = '{"event":"x","index":"nowhere"}'
    before = count(served)

    assert served.collect("/event", body).json()["code"] == 0
    assert count(served) == before
    refused = served.collect("/event", body, **ACKED, **CHANNEL)
    assert (refused.status_code, refused.json()["code"], refused.json()["invalid-event-number"]) == (400, 7, 1)


def test_what_stands_before_a_wrong_event_is_indexed(served: Serving) -> None:
    """The body is a stream."""
    before = count(served)

    assert served.collect("/event", EVENT + EVENT + "{").json()["invalid-event-number"] == 2
    assert count(served) == before + 2


def test_acknowledgements_are_told_once_a_channel(served: Serving) -> None:
    """Ids count from 0 in the channel; true is told once."""
    ids = [served.collect("/event", EVENT, **ACKED, **CHANNEL).json()["ackId"] for _ in range(2)]
    poll = json.dumps({"acks": [0, 1, 9]})

    assert ids == [0, 1]
    assert served.collect("/ack", poll, **ACKED, **CHANNEL).json() == {"acks": {"0": True, "1": True, "9": False}}
    assert served.collect("/ack", poll, **ACKED, **CHANNEL).json() == {"acks": {"0": False, "1": False, "9": False}}


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [("/event", ACKED, 10), ("/raw", ACKED, 10), ("/ack", ACKED, 10), ("/ack", CHANNEL, 14)],
    ids=["event", "raw", "ack", "a token without acknowledgement"],
)
def test_channels_are_needed_where_there_is_acknowledgement(
    served: Serving, path: str, headers: dict[str, str], code: int
) -> None:
    """A token with useACK wants a channel everywhere, one without has no /ack."""
    assert served.collect(path, EVENT, **headers).json()["code"] == code


@pytest.mark.parametrize(("code", "status"), [(9, 503), (8, 500), (26, 429), (1, 403), (18, 503)])
def test_codes_on_demand(served: Serving, code: int, status: int) -> None:
    """A fault answers once with the code that was asked for, and indexes nothing."""
    before = count(served)
    served.post("/standin/faults", code=str(code))
    answer = served.collect("/event", EVENT)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert count(served) == before
    assert served.collect("/event", EVENT).json()["code"] == 0


def test_a_lost_answer_after_indexing(served: Serving) -> None:
    """The connection breaks although the event was taken: what makes duplicates."""
    before = count(served)
    served.post("/standin/faults", drop="true", taken="true")

    with pytest.raises(requests.ConnectionError):
        served.collect("/event", EVENT)
    assert count(served) == before + 1


def test_an_acknowledgement_that_never_comes(served: Serving) -> None:
    """The event is indexed, its id stays false."""
    served.post("/standin/faults", ack="never", path="event")
    number = served.collect("/event", EVENT, **ACKED, **CHANNEL).json()["ackId"]
    poll = json.dumps({"acks": [number]})

    assert served.collect("/ack", poll, **ACKED, **CHANNEL).json()["acks"] == {str(number): False}


def test_the_envelope_reaches_the_index(served: Serving) -> None:
    """Time, host, source, sourcetype and indexed fields are the envelope's."""
    envelope = {"event": "whole", "time": NOW - 7, "host": "h", "source": "s", "sourcetype": "t", "fields": {"f": "v"}}
    served.collect("/event", json.dumps(envelope))
    event = next(one for one in served.instance.store.scan(["main"]) if one.raw == "whole")

    assert (event.time, event.host, event.source, event.sourcetype) == (NOW - 7, "h", "s", "t")
    assert event.fields["f"] == "v"
