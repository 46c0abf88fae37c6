"""A place to run the forwarder in as a child process: a log, a token, a state directory, and its command line."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from fakes import TOKEN

DEADLINE_S = 30.0


class Workplace:
    """A directory with a log, a token and a state directory."""

    def __init__(self, root: Path, url: str, ca: Optional[Path] = None) -> None:
        self.root = root
        self.logs = root / "logs"
        self.logs.mkdir()
        self.log = self.logs / "audit.log"
        self.state = root / "state"
        self.token = root / "token"
        self.token.write_text(TOKEN + "\n")
        self.url = url
        self.ca = ca
        self.pattern = str(self.logs / "audit*.log*")

    def command(self, *more: str) -> List[str]:
        """Return the command line of the forwarder."""
        options = ["--file", self.pattern, "--hec-url", self.url, "--hec-token-file", str(self.token)]
        trust = ["--hec-ca", str(self.ca)] if self.ca else []
        return [*forward_command(), *options, *trust, "--state", str(self.state), *more]

    def start(self, *more: str) -> "subprocess.Popen[str]":
        """Start the forwarder."""
        errors = (self.root / "stderr").open("w")
        with errors:
            return subprocess.Popen(
                self.command(*more), stdout=subprocess.PIPE, stderr=errors, text=True, env=environment()
            )

    def stderr(self) -> str:
        """Return what a started forwarder has written so far."""
        return (self.root / "stderr").read_text()

    def once(self, *more: str) -> Dict[str, Any]:
        """Run the forwarder until everything is delivered, and return what it says of it."""
        done = run([*self.command("--once"), *more])
        assert done.returncode == 0, done.stderr
        numbers: Dict[str, Any] = json.loads(done.stdout)
        return {**numbers, "stderr": done.stderr}

    def quarantine(self) -> List[Dict[str, Any]]:
        """Return what was set aside."""
        path = self.state / "quarantine" / "refused.jsonl"
        return [json.loads(entry) for entry in path.read_text().splitlines()] if path.exists() else []


def forward_command() -> List[str]:
    """Return the beginning of a command line."""
    return [sys.executable, "-c", "from kube_audit.cli import main; main()", "forward"]


def run(command: List[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment(), check=False)


def environment() -> Dict[str, str]:
    """Return an environment in which the library is found and no proxy is in the way."""
    library = str(Path(__file__).parents[1] / "bin")
    return {**os.environ, "PYTHONPATH": library, "NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "error::ResourceWarning"}


def wait_for(claim: Callable[[], bool], what: str = "it") -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + DEADLINE_S
    while not claim():
        assert time.monotonic() < deadline, f"{what} did not happen in time"
        time.sleep(0.02)
