"""A collector that refuses, loses, delays and lies, and a forwarder that loses nothing."""

import signal
import socket
import time
from pathlib import Path
from typing import Iterator, List

import pytest

from fakes import LOST_REPLY, FakeCollector, certificates, hec_answer, line, lines
from workplace import Workplace, wait_for

COUNT = 400


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    """A collector that does as its script says."""
    with FakeCollector() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, collector: FakeCollector) -> Workplace:
    """A place to forward from, with a log."""
    workplace = Workplace(tmp_path, collector.url)
    workplace.log.write_bytes(lines(0, COUNT))
    return workplace


def delivered_once(collector: FakeCollector) -> bool:
    """Tell whether every event is there exactly once, in order."""
    return collector.raws() == lines(0, COUNT).splitlines()


def test_busy_collector_is_waited_out(place: Workplace, collector: FakeCollector) -> None:
    """Every event arrives exactly once; one line for each attempt says why it had to wait."""
    collector.script.extend([hec_answer(503, 9, "Server is busy")] * 2)

    numbers = place.once()

    assert delivered_once(collector)
    assert numbers["waits"] == 2
    assert [reason.count("Server is busy") for reason in numbers["stderr"].splitlines()] == [1, 1]


def test_lost_reply_repeats_that_batch_only(place: Workplace, collector: FakeCollector) -> None:
    """Whether it arrived cannot be known, so it is sent again; nothing is lost."""
    collector.script.append(LOST_REPLY)

    numbers = place.once()

    assert set(collector.raws()) == set(lines(0, COUNT).splitlines())
    assert len(collector.taken) == 2 * COUNT
    assert numbers["resent"] == COUNT


@pytest.mark.parametrize("bad", [[0], [COUNT - 1], [7, 8, 200]], ids=["first", "last", "several"])
def test_poison_is_isolated(place: Workplace, collector: FakeCollector, bad: List[int]) -> None:
    """What the collector refuses for itself is set aside with its words; the others arrive exactly once, in order."""
    poison = [line(number) for number in bad]
    collector.is_poison = poison.__contains__

    numbers = place.once()

    assert collector.raws() == [raw for raw in lines(0, COUNT).splitlines() if raw not in poison]
    assert [entry["text"].encode() for entry in place.quarantine()] == poison
    assert all("Invalid data format" in entry["reason"] for entry in place.quarantine())
    assert len(collector.posts) <= 3 * len(bad) + 1
    assert (numbers["acknowledged"], numbers["quarantined"]) == (COUNT - len(bad), len(bad))


def test_too_large_a_batch_is_halved(place: Workplace, collector: FakeCollector) -> None:
    """413 splits, until it fits; what does not fit alone is set aside."""
    collector.largest_body = 40_000
    with place.log.open("ab") as log:
        log.write(line(COUNT, userAgent="x" * 50_000) + b"\n")

    place.once()

    assert delivered_once(collector)
    (entry,) = place.quarantine()
    assert "413" in entry["reason"]
    assert entry["offset"] == len(lines(0, COUNT))


def test_wrong_token_waits_for_the_right_one(place: Workplace, collector: FakeCollector) -> None:
    """The token's file is read again, so that a token is replaced without a restart."""
    place.token.write_text("wrong")
    process = place.start("--once")
    wait_for(lambda: "--hec-token-file" in place.stderr(), "the line about the token")
    place.token.write_text(collector.token)

    process.communicate(timeout=60)

    assert process.returncode == 0
    assert delivered_once(collector)
    assert collector.token not in place.stderr()


def test_right_ca_is_trusted(tmp_path: Path) -> None:
    """A collector whose certificate the named CA signed is delivered to."""
    pair = certificates(tmp_path)
    with FakeCollector(pair.identity) as collector:
        place = Workplace(tmp_path, collector.url, pair.ca)
        place.log.write_bytes(lines(0, COUNT))

        place.once()

        assert delivered_once(collector)


@pytest.mark.parametrize("case", ["other-ca", "machine-cas", "other-name"])
def test_certificate_that_is_not_verified_gets_no_token(tmp_path: Path, case: str) -> None:
    """Another CA, the machine's CAs, another name: the forwarder waits and says so, SIGTERM ends it with 0."""
    pair = certificates(tmp_path, "splunk.example" if case == "other-name" else "127.0.0.1")
    ca = {"other-ca": certificates(tmp_path).ca, "machine-cas": None, "other-name": pair.ca}[case]
    with FakeCollector(pair.identity) as collector:
        place = Workplace(tmp_path, collector.url, ca)
        place.log.write_bytes(lines(0, COUNT))
        process = place.start("--once")
        wait_for(lambda: place.stderr().count("TLS") >= 2, "the second line about the certificate")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=10)

        assert process.returncode == 0
        assert "--hec-ca" in place.stderr()
        assert collector.posts == []


def test_collector_that_comes_up_later_gets_everything(tmp_path: Path) -> None:
    """Refused connections are waited out."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = Workplace(tmp_path, f"http://127.0.0.1:{port}")
    place.log.write_bytes(lines(0, COUNT))
    process = place.start("--once")
    wait_for(lambda: "cannot be reached" in place.stderr(), "the line about the connection")
    with FakeCollector(port=port) as collector:
        process.communicate(timeout=60)

        assert process.returncode == 0
        assert delivered_once(collector)


def test_sigterm_ends_it_while_the_collector_does_not_answer(place: Workplace, collector: FakeCollector) -> None:
    """Ten seconds at most; the next run sends what was not confirmed."""
    collector.before_answer = lambda: time.sleep(30)
    process = place.start("--once")
    wait_for(lambda: len(collector.posts) == 1, "the first POST")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=12)

    assert process.returncode == 0
    assert time.monotonic() - began < 10
    collector.before_answer = lambda: None
    place.once()
    assert set(collector.raws()) == set(lines(0, COUNT).splitlines())


def test_acknowledgement_is_awaited(place: Workplace, collector: FakeCollector) -> None:
    """With an ackId in the reply nothing counts as delivered before it is acknowledged."""
    collector.uses_acks = True
    collector.asks_until_acknowledged = 3

    numbers = place.once()

    assert len(collector.ack_asks) == 4
    assert numbers["acknowledged"] == COUNT
    assert delivered_once(collector)


def test_unacknowledged_batch_is_not_checkpointed(place: Workplace, collector: FakeCollector) -> None:
    """A forwarder that ends while it waits for an acknowledgement sends the batch again."""
    collector.uses_acks = True
    collector.asks_until_acknowledged = 10**9
    process = place.start()
    wait_for(lambda: len(collector.ack_asks) >= 2, "the question for the acknowledgement")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=10)
    collector.asks_until_acknowledged = 0

    place.once()

    assert process.returncode == 0
    assert len(collector.taken) == 2 * COUNT


def test_rotation_while_the_collector_is_down_loses_nothing(place: Workplace, collector: FakeCollector) -> None:
    """Logs that rotation deletes while nothing can be delivered are held open."""
    collector.token = "another"  # noqa: S105
    process = place.start()
    wait_for(lambda: "--hec-token-file" in place.stderr(), "the refusal")
    for number in range(1, 6):
        place.log.rename(place.logs / f"audit-2026-11-23T23-19-3{number}.000.log")
        place.log.write_bytes(lines(COUNT * number, COUNT))
        wait_for(lambda: is_open(process.pid, place.log), "the opening of the new log")
    for old in place.logs.glob("audit-*"):
        old.unlink()
    place.token.write_text("another")
    wait_for(lambda: len(collector.taken) >= 6 * COUNT, "the delivery")
    process.terminate()
    process.communicate(timeout=10)

    assert sorted(collector.raws()) == sorted(lines(0, 6 * COUNT).splitlines())


def is_open(pid: int, path: Path) -> bool:
    """Tell whether a process holds a file open."""
    wanted = path.stat()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found = link.stat()
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
            return True
    return False
