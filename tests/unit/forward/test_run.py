"""The whole forwarder as a child process, against a collector that behaves."""

import json
import os
import signal
import stat
from pathlib import Path
from typing import Iterator, List

import pytest

from fakes import TOKEN, FakeCollector, line, lines
from workplace import Workplace, forward_command, run, wait_for


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    """A collector that behaves."""
    with FakeCollector() as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, collector: FakeCollector) -> Workplace:
    """A place to forward from."""
    return Workplace(tmp_path, collector.url)


def test_every_event_arrives_as_it_was_written(place: Workplace, collector: FakeCollector) -> None:
    """Bytes are the log's, time has the digits of stageTimestamp, and the fields are where Splunk looks for them."""
    place.log.write_bytes(lines(0, 300))

    numbers = place.once("--cluster", "prod", "--index", "kube_audit")

    assert collector.raws() == lines(0, 300).splitlines()
    envelope = collector.taken[7].envelope
    assert envelope["source"] == str(place.log)
    assert envelope["sourcetype"] == "kube:apiserver:audit"
    assert envelope["index"] == "kube_audit"
    assert envelope["fields"] == {"kube_audit_cluster": "prod"}
    assert envelope["time"] == 1795475971.000007
    assert (numbers["read"], numbers["sent"], numbers["acknowledged"]) == (300, 300, 300)


def test_once_again_sends_nothing(place: Workplace, collector: FakeCollector) -> None:
    """A second run goes on where the first one ended."""
    place.log.write_bytes(lines(0, 10))
    place.once()
    with place.log.open("ab") as log:
        log.write(lines(10, 5))

    numbers = place.once()

    assert numbers["read"] == 5
    assert collector.raws() == lines(0, 15).splitlines()


def test_a_token_is_read_from_its_file_and_stands_nowhere_else(place: Workplace, collector: FakeCollector) -> None:
    """Every POST carries the token, a channel and gzip; no file of the state directory holds the token."""
    place.log.write_bytes(lines(0, 3) + b"nonsense\n")

    numbers = place.once()

    (post,) = collector.posts
    assert post["Authorization"] == f"Splunk {TOKEN}"
    assert post["Content-Encoding"] == "gzip"
    assert len(post["X-Splunk-Request-Channel"]) == 36
    kept = b"".join(path.read_bytes() for path in place.state.rglob("*") if path.is_file())
    assert TOKEN.encode() not in kept
    assert TOKEN not in numbers["stderr"]


def test_state_is_for_its_owner_only(place: Workplace) -> None:
    """The directory is 0700 and every file in it 0600."""
    place.log.write_bytes(b"nonsense\n" + lines(0, 1))

    place.once()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.state.rglob("*")}
    assert stat.S_IMODE(place.state.stat().st_mode) == 0o700
    assert modes.pop("quarantine") == 0o700
    assert set(modes.values()) == {0o600}
    assert {"lock", "checkpoint.json", "status.json", "refused.jsonl"} <= set(modes)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"nonsense", "not JSON"),
        (b"[1,2]", "not a JSON object"),
        (b'{"a":1}', "no auditID"),
        (b'{"kind":"Pod","apiVersion":"v1"}', "kind is 'Pod'"),
        (line(5)[:-20], "not JSON"),
        (b"\xff\xfe{}", "not JSON"),
        (line(5).replace(b'"code":200', b'"code":NaN'), "NaN"),
    ],
    ids=["text", "array", "other", "object", "cut", "binary", "nan"],
)
def test_line_that_is_no_event_is_set_aside_alone(
    place: Workplace, collector: FakeCollector, raw: bytes, reason: str
) -> None:
    """It stands in quarantine with its reason and its place; everything around it is delivered."""
    place.log.write_bytes(lines(0, 2) + raw + b"\n" + lines(2, 2))

    numbers = place.once()

    (entry,) = place.quarantine()
    assert reason in entry["reason"]
    assert (entry["source"], entry["offset"]) == (str(place.log), len(lines(0, 2)))
    assert collector.raws() == lines(0, 4).splitlines()
    assert (numbers["read"], numbers["acknowledged"], numbers["quarantined"]) == (5, 4, 1)


def test_secrets_do_not_leave_the_machine(place: Workplace, collector: FakeCollector) -> None:
    """A Secret's values are gone from what is sent, the event says so, and the run counts them."""
    body = {"kind": "Secret", "data": {"password": "aHVudGVyMg=="}, "type": "Opaque"}
    place.log.write_bytes(line(0, objectRef={"resource": "secrets"}, requestObject=body) + b"\n" + lines(1, 1))

    numbers = place.once()

    event = collector.taken[0].envelope["event"]
    assert event["requestObject"] == {"kind": "Secret", "data": {"password": "[redacted]"}, "type": "Opaque"}
    assert event["kube_audit_redaction"] == {"spans": 1, "where": ["requestObject.data.password"]}
    assert numbers["redacted"] == 1
    assert collector.raws()[1] == line(1)


def test_without_cluster_and_index_the_token_decides(place: Workplace, collector: FakeCollector) -> None:
    """What is not said is not sent."""
    place.log.write_bytes(lines(0, 1))

    place.once()

    assert set(collector.taken[0].envelope) == {"time", "host", "source", "sourcetype", "event"}


def test_batches_are_about_a_megabyte(place: Workplace, collector: FakeCollector) -> None:
    """A large log goes in several POSTs, none much above a megabyte."""
    place.log.write_bytes(lines(0, 6000))

    place.once()

    assert len(collector.sizes) > 3
    assert max(collector.sizes) < 1.2 * (1 << 20)


def test_following_goes_through_rotation_and_ends_on_sigterm(place: Workplace, collector: FakeCollector) -> None:
    """What is written while the forwarder runs arrives; SIGTERM ends it with 0, and its numbers on stdout."""
    place.log.write_bytes(lines(0, 5))
    process = place.start()
    wait_for(lambda: len(collector.taken) == 5, "the first delivery")
    with place.log.open("ab") as log:
        log.write(lines(5, 5))
    place.log.rename(place.logs / "audit-2026-11-23T23-19-31.191.log")
    place.log.write_bytes(lines(10, 5))
    wait_for(lambda: len(collector.taken) == 15, "the delivery after rotation")
    process.send_signal(signal.SIGTERM)

    stdout, _ = process.communicate(timeout=10)

    assert process.returncode == 0
    assert json.loads(stdout)["acknowledged"] == 15
    assert sorted(collector.raws()) == lines(0, 15).splitlines()
    assert json.loads((place.state / "status.json").read_text())["phase"] == "ended"


def test_log_that_does_not_exist_yet_is_waited_for(place: Workplace, collector: FakeCollector) -> None:
    """Without --once a pattern that matches nothing is no error."""
    process = place.start()
    wait_for((place.state / "status.json").exists, "the start")
    place.log.write_bytes(lines(0, 2))
    wait_for(lambda: len(collector.taken) == 2, "the delivery")
    process.terminate()

    process.communicate(timeout=10)

    assert process.returncode == 0


def test_killed_forwarder_repeats_one_batch_at_most(place: Workplace, collector: FakeCollector) -> None:
    """kill -9 while batches are on their way: nothing is lost, only the last batch may be there twice."""
    place.log.write_bytes(lines(0, 20000))
    process = place.start()
    wait_for(lambda: len(collector.sizes) >= 3, "the third batch")
    process.kill()
    process.communicate()
    before = len(collector.taken)

    place.once()

    assert set(collector.raws()) == set(lines(0, 20000).splitlines())
    assert len(collector.taken) - 20000 <= 4000
    assert before < 20000


def test_second_forwarder_on_the_same_state_is_refused(place: Workplace) -> None:
    """Two would read the same checkpoint; the second ends with 2 and says why."""
    process = place.start()
    wait_for((place.state / "status.json").exists, "the start")

    second = run(place.command())
    process.terminate()
    process.communicate(timeout=10)

    assert second.returncode == 2
    assert "another forwarder uses it" in second.stderr


def test_damaged_checkpoint_falls_back_to_the_one_before(place: Workplace, collector: FakeCollector) -> None:
    """Nothing is left out, and one line says what happened."""
    place.log.write_bytes(lines(0, 5))
    place.once()
    (place.state / "checkpoint.json").write_bytes(b'{"version":1')
    with place.log.open("ab") as log:
        log.write(lines(5, 5))

    numbers = place.once()

    assert set(collector.raws()) == set(lines(0, 10).splitlines())
    assert "checkpoint.json: damaged" in numbers["stderr"]


def command_with(place: Workplace, changes: List[str], *dropped: str) -> List[str]:
    """Return a command line with some options replaced."""
    options = {
        "--file": place.pattern,
        "--hec-url": place.url,
        "--hec-token-file": str(place.token),
        "--state": str(place.state),
    }
    for name in dropped:
        options.pop(name, None)
    changed = dict(zip(changes[::2], changes[1::2]))
    options.update(changed)
    return [*forward_command(), *(text for pair in options.items() for text in pair), "--once"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        (["--hec-token-file", "/nowhere/token"], "/nowhere/token"),
        (["--hec-token-file", "/dev/null"], "holds no token"),
        (["--hec-ca", "/nowhere/ca.pem"], "/nowhere/ca.pem"),
        (["--hec-ca", "/dev/null"], "holds no certificate"),
        (["--hec-url", "https://splunk.example:8088/services/collector"], "has a path"),
        (["--hec-url", "splunk.example:8088"], "--hec-url"),
        (["--hec-url", "https://user:secret@splunk.example"], "--hec-url"),
        (["--hec-url", "https://splunk.example:port"], "--hec-url"),
        (["--file", "/nowhere/audit.log"], "/nowhere/audit.log"),
        (["--file", "/nowhere/audit*.log"], "nothing matches"),
        (["--file", "/"], "is a directory"),
        (["--cluster", "../etc"], "--cluster"),
        (["--index", "Not An Index"], "--index"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_and_2_and_writes_nothing(place: Workplace, changes: List[str], named: str) -> None:
    """The line names the option or file; the state directory does not come into being."""
    place.log.write_bytes(lines(0, 1))

    done = run(command_with(place, changes))

    assert done.returncode == 2
    assert named in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "secret" not in done.stderr
    assert not place.state.exists()


@pytest.mark.parametrize(
    "changes",
    [["--webhook", "127.0.0.1:0"], ["--workers", "2"], ["--metrics", "127.0.0.1:0"], ["--nonsense", "1"]],
    ids=lambda changes: changes[0],
)
def test_option_that_does_not_exist_is_wrong_usage(place: Workplace, changes: List[str]) -> None:
    """An option that a later version brings is not silently ignored."""
    done = run(command_with(place, changes))

    assert done.returncode == 64
    assert changes[0] in done.stderr


@pytest.mark.parametrize("name", ["--file", "--hec-url", "--hec-token-file", "--state"])
def test_option_that_is_needed_is_asked_for(place: Workplace, name: str) -> None:
    """A command line without it is wrong usage that names it."""
    done = run(command_with(place, [], name))

    assert done.returncode == 64
    assert name in done.stderr


def test_state_directory_that_cannot_be_made_is_bad_input(place: Workplace) -> None:
    """One line and 2."""
    place.log.write_bytes(lines(0, 1))

    done = run(command_with(place, ["--state", str(place.token / "state")]))

    assert done.returncode == 2
    assert "--state" in done.stderr
    assert os.linesep not in done.stderr.strip()
