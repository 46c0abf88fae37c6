"""The whole forwarder as a child process, against a collector that is real enough to refuse."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

from fakes import TOKEN, FakeCollector, lines

DEADLINE_S = 30.0


@pytest.fixture
def collector() -> Iterator[FakeCollector]:
    """A collector that behaves until it is told otherwise."""
    with FakeCollector() as server:
        yield server


class Workplace:
    """A directory with a log, a token and a state directory, and the command line that uses them."""

    def __init__(self, root: Path, url: str) -> None:
        self.root = root
        self.logs = root / "logs"
        self.logs.mkdir()
        self.log = self.logs / "audit.log"
        self.state = root / "state"
        self.token = root / "token"
        self.token.write_text(TOKEN + "\n")
        self.url = url
        self.pattern = str(self.logs / "audit*.log*")

    def command(self, *more: str) -> List[str]:
        """Return the command line of the forwarder."""
        options = ["--file", self.pattern, "--hec-url", self.url, "--hec-token-file", str(self.token)]
        entry = "from kube_audit.cli import main; main()"
        return [sys.executable, "-c", entry, "forward", *options, "--state", str(self.state), *more]

    def start(self, *more: str) -> "subprocess.Popen[str]":
        """Start the forwarder."""
        return subprocess.Popen(
            self.command(*more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
        )

    def once(self, *more: str) -> Dict[str, Any]:
        """Run the forwarder until everything is delivered, and return what it says of it."""
        done = subprocess.run(
            self.command("--once", *more), capture_output=True, text=True, timeout=60, env=environment(), check=False
        )
        assert done.returncode == 0, done.stderr
        numbers: Dict[str, Any] = json.loads(done.stdout)
        return {**numbers, "stderr": done.stderr}


def environment() -> Dict[str, str]:
    """Return an environment in which the library is found and no proxy is in the way."""
    library = str(Path(__file__).parents[3] / "bin")
    return {**os.environ, "PYTHONPATH": library, "NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "error::ResourceWarning"}


@pytest.fixture
def place(tmp_path: Path, collector: FakeCollector) -> Workplace:
    """A place to forward from."""
    return Workplace(tmp_path, collector.url)


def wait_for(claim: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + DEADLINE_S
    while not claim():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


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
