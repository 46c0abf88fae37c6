"""Delivery against a collector that refuses, loses, delays and lies; time passes at once."""

from pathlib import Path
from typing import Iterator, List, Optional

import pytest

from fakes import BROKEN_CONNECTION, LOST_REPLY, TOKEN, Answer, FakeCollector, ManualClock, hec_answer, line
from kube_audit.deliver.envelope import Origin, wrap
from kube_audit.deliver.hec import Collector
from kube_audit.deliver.sender import Entry, Sender

COUNT = 100


class InstantWatch:
    """A host for the sender whose time passes at once."""

    def __init__(self) -> None:
        self._clock = ManualClock()
        self.pauses: List[float] = []
        self.told: List[str] = []
        self.monotonic = self._clock.monotonic
        self.trouble = self.told.append

    def pause(self, seconds: float) -> None:
        """Note the pause."""
        self.pauses.append(seconds)
        self._clock.sleep(seconds)


class Bench:
    """A sender, its host and its collector."""

    def __init__(self, server: FakeCollector, token_file: Path) -> None:
        self.server = server
        self.watch = InstantWatch()
        self.collector = Collector(server.url, token_file, None)
        self.sender = Sender(self.collector, self.watch, ack_timeout_s=300)

    def deliver(self, *more: bytes) -> List[int]:
        """Deliver a hundred events and some more; return the numbers of those that were refused."""
        raws = [*map(line, range(COUNT)), *more]
        entries = [Entry(wrap(Origin("h", None, None), "s", "1.5", raw), note) for note, raw in enumerate(raws)]
        return [refusal.entry.note for refusal in self.sender.deliver(entries)]

    def arrived(self) -> List[int]:
        """Return the numbers of the events that arrived, in order."""
        numbers = {line(number): number for number in range(COUNT)}
        return [numbers[raw] for raw in self.server.raws()]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bench whose collector behaves until it is told otherwise."""
    token_file = tmp_path / "token"
    token_file.write_text(TOKEN)
    with FakeCollector() as server:
        bench = Bench(server, token_file)
        yield bench
        bench.collector.close()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (hec_answer(503, 9, "Server is busy"), "Server is busy"),
        (hec_answer(503, 18, "queues are full"), "HTTP 503"),
        (hec_answer(503, 23, "Server is shutting down"), "shutting down"),
        (hec_answer(429, 26, "queue at capacity"), "HTTP 429"),
        (hec_answer(429, 27, "ACK channel at capacity"), "HTTP 429"),
        (hec_answer(500, 8, "Internal server error"), "HTTP 500"),
        (Answer(502, b"<html>Bad Gateway</html>"), "HTTP 502"),
        (hec_answer(403, 1, "Token disabled"), "--hec-token-file"),
        (hec_answer(401, 2, "Token is required"), "--hec-token-file"),
        (hec_answer(401, 3, "Invalid authorization"), "--hec-token-file"),
        (hec_answer(403, 4, "Invalid token"), "--hec-token-file"),
        (hec_answer(400, 5, "No data"), "HTTP 400"),
        (hec_answer(400, 7, "Incorrect index", number=1), "--index"),
        (hec_answer(400, 10, "Data channel is missing"), "HTTP 400"),
        (hec_answer(400, 11, "Invalid data channel"), "HTTP 400"),
        (hec_answer(400, 14, "ACK is disabled"), "HTTP 400"),
        (hec_answer(400, 16, "Query string authorization is not enabled"), "HTTP 400"),
        (Answer(400, b"<html>a proxy's own page</html>"), "HTTP 400"),
        (Answer(200, b"<html>welcome to the hotel</html>"), "--hec-url"),
        (Answer(200, b""), "--hec-url"),
        (Answer(200, b"[]"), "--hec-url"),
        (Answer(200, b'{"code":true}'), "--hec-url"),
        (hec_answer(200, 9, "Server is busy"), "--hec-url"),
        (Answer(302, b"", (("Location", "https://elsewhere.example/"),)), "--hec-url"),
        (Answer(404, b"not here"), "--hec-url"),
        (BROKEN_CONNECTION, "cannot be reached"),
    ],
    ids=lambda value: f"{value.status}-{value.body[:40]!r}" if isinstance(value, Answer) else "",
)
def test_refusal_is_waited_out(bench: Bench, answer: Answer, told: str) -> None:
    """Every event arrives exactly once, and one line for each attempt says why it had to wait."""
    bench.server.script.extend([answer, answer, answer])

    refused = bench.deliver()

    assert refused == []
    assert bench.arrived() == list(range(COUNT))
    assert bench.sender.tally.waits == len(bench.watch.told) == 3
    assert all(told in reason and bench.server.url in reason and "\n" not in reason for reason in bench.watch.told)


@pytest.mark.parametrize("code", [0, 24, 25])
def test_accepted_is_accepted(bench: Bench, code: int) -> None:
    """Queues that fill up are no reason to send again what was taken."""
    bench.server.script.append(hec_answer(200, code)._replace(takes=True))

    bench.deliver()

    assert bench.arrived() == list(range(COUNT))
    assert bench.watch.told == []


def test_pauses_grow_to_half_a_minute(bench: Bench) -> None:
    """From half a second, doubling to 30 seconds, each up to half shorter at random."""
    bench.server.script.extend([hec_answer(503, 9)] * 12)

    bench.deliver()

    expected = [0.5, 1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30]
    assert all(full / 2 <= pause <= full for pause, full in zip(bench.watch.pauses, expected))


@pytest.mark.parametrize(
    ("header", "least"), [("7", 7), ("0", 0), ("100000", 60), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("-5", 0)]
)
def test_retry_after_is_kept_up_to_a_minute(bench: Bench, header: str, least: float) -> None:
    """The collector knows better when it will be ready, within reason."""
    bench.server.script.append(Answer(503, b"{}", (("Retry-After", header),)))

    bench.deliver()

    assert least <= bench.watch.pauses[0] <= 60


def test_lost_reply_repeats_the_batch(bench: Bench) -> None:
    """Whether it arrived cannot be known: rather twice than never."""
    bench.server.script.append(LOST_REPLY)

    bench.deliver()

    assert bench.arrived() == [*range(COUNT), *range(COUNT)]
    assert bench.sender.tally.resent == COUNT


@pytest.mark.parametrize("code", [6, 12, 13, 15])
@pytest.mark.parametrize("bad", [[0], [COUNT - 1], [41, 42, 90]], ids=["first", "last", "several"])
def test_poison_is_isolated(bench: Bench, code: int, bad: List[int]) -> None:
    """What is refused for itself comes back, the others arrive exactly once, in order, in a few POSTs."""
    poison = [line(number) for number in bad]
    bench.server.is_poison = poison.__contains__
    bench.server.poison_code = code

    refused = bench.deliver()

    assert refused == bad
    assert bench.arrived() == [number for number in range(COUNT) if number not in bad]
    assert len(bench.server.posts) <= 3 * len(bad)


@pytest.mark.parametrize("number", [None, 0, 3, COUNT, 10**9], ids=str)
def test_collector_that_lies_about_the_poison_costs_no_innocent(bench: Bench, number: Optional[int]) -> None:
    """Only what is refused alone comes back, whatever the collector says of its place."""
    bench.server.is_poison = line(60).__eq__
    bench.server.script.append(hec_answer(400, 6, number=number))

    refused = bench.deliver()

    assert refused == [60]
    assert bench.arrived() == [number for number in range(COUNT) if number != 60]


def test_collector_that_names_no_number_is_bisected(bench: Bench) -> None:
    """The poison is found in about twice the logarithm of the batch."""
    bench.server.is_poison = line(60).__eq__
    bench.server.names_poison = False

    refused = bench.deliver()

    assert refused == [60]
    assert len(bench.server.posts) <= 16


def test_too_large_a_batch_is_halved_and_later_ones_stay_small(bench: Bench) -> None:
    """413 splits until it fits; what does not fit alone comes back."""
    bench.server.largest_body = 20_000

    refused = bench.deliver(line(COUNT, userAgent="x" * 30_000))

    assert refused == [COUNT]
    assert bench.arrived() == list(range(COUNT))
    assert bench.sender.limit_bytes < 100_000


def test_acknowledgement_is_awaited(bench: Bench) -> None:
    """With an ackId in the reply nothing counts as delivered before it is acknowledged."""
    bench.server.uses_acks = True
    bench.server.asks_until_acknowledged = 20

    bench.deliver()

    assert bench.arrived() == list(range(COUNT))
    assert len(bench.server.ack_asks) == 21
    assert max(bench.watch.pauses) == 5


def test_batch_that_is_never_acknowledged_is_sent_again(bench: Bench) -> None:
    """After five minutes; an acknowledgement of either sending counts."""
    bench.server.uses_acks = True
    bench.server.never_acknowledges = {0}

    bench.deliver()

    assert bench.arrived() == [*range(COUNT), *range(COUNT)]
    assert bench.server.ack_asks[-1] == [0, 1]
    assert "not acknowledged in 300 s" in bench.watch.told[0]
    assert 290 <= sum(bench.watch.pauses) <= 310


@pytest.mark.parametrize(
    "answer",
    [
        Answer(503, b"{}"),
        Answer(400, b'{"code":14}'),
        Answer(200, b'{"acks":{"0":"true","x":true}}'),
        BROKEN_CONNECTION,
    ],
    ids=["busy", "disabled", "no-boolean", "broken"],
)
def test_trouble_with_an_acknowledgement_is_no_acknowledgement(bench: Bench, answer: Answer) -> None:
    """Only true in a proper answer counts; it is asked again."""
    bench.server.uses_acks = True
    bench.server.ack_script.extend([answer, answer])

    bench.deliver()

    assert len(bench.server.ack_asks) == 3
    assert bench.arrived() == list(range(COUNT))


def test_bodies_are_gzip_and_carry_token_and_channel(bench: Bench) -> None:
    """The same channel on every POST of one process."""
    bench.deliver()
    bench.deliver()

    first, second = bench.server.posts
    assert first["Authorization"] == f"Splunk {TOKEN}"
    assert first["X-Splunk-Request-Channel"] == second["X-Splunk-Request-Channel"] == bench.collector.channel


def test_netrc_of_the_machine_changes_nothing(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """requests would take another Authorization from there."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password else\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))

    bench.deliver()

    assert bench.server.posts[0]["Authorization"] == f"Splunk {TOKEN}"


@pytest.mark.parametrize("answer", [hec_answer(503, 9), hec_answer(401, 3), hec_answer(403, 4)])
def test_a_refused_batch_is_not_counted_as_sent_again(bench: Bench, answer: Answer) -> None:
    """What the collector refused before taking it makes no duplicate."""
    bench.server.script.append(answer)

    bench.deliver()

    assert bench.arrived() == [*range(COUNT)]
    assert bench.sender.tally.resent == 0
