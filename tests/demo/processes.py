"""The child processes of the demo: the stand-in for Splunk and the forwarder, started as a user would start them."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from demo.splunk import DemoError

STOP_LIMIT_S = 10.0
FORWARD_LIMIT_S = 60.0
SCRIPTS = Path(sys.executable).parent


class Addresses(NamedTuple):
    """Where the stand-in listens, and the file of the authority that signed its certificates."""

    management: str
    hec: str
    web: str
    ca: Path


class Setup(NamedTuple):
    """The package to install, what the page shows (a JSON file), where everything is kept, a Python to prefer."""

    app: Path
    page: Path
    state: Path
    python: str | None = None


@contextmanager
def standin(setup: Setup, now: float, token: str, credentials: tuple[str, str]) -> Iterator[Addresses]:
    """Run the stand-in on free ports with one app installed from its package; its clock starts at `now`."""
    command = [str(SCRIPTS / "standin"), "serve", "--app", str(setup.app), "--state", str(setup.state)]
    command += ["--page", str(setup.page), "--now", str(now)]
    command += ["--python", setup.python] if setup.python else []
    command += ["--hec-token", token, "--user", credentials[0], "--password", credentials[1]]
    command += ["--management-port", "0", "--hec-port", "0", "--web-port", "0"]
    log = (setup.state.parent / "standin.log").open("w")
    with log, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise DemoError(f"the stand-in did not start; its log is {log.name}")
            answer = json.loads(line)
            yield Addresses(answer["management"], answer["hec"], answer["web"], Path(answer["ca"]))
        finally:
            _stop(process)


class Delivery(NamedTuple):
    """Where the forwarder sends, as whom, and where it keeps its state."""

    hec: str
    token_file: Path
    ca: Path
    state: Path
    cluster: str


def forward(log: Path, delivery: Delivery) -> dict[str, Any]:
    """Run the forwarder once over a finished log and return the counters that it prints at its end."""
    command = [str(SCRIPTS / "kube-audit"), "forward", "--once", "--file", str(log), "--hec-url", delivery.hec]
    command += ["--hec-token-file", str(delivery.token_file), "--hec-ca", str(delivery.ca)]
    command += ["--state", str(delivery.state), "--cluster", delivery.cluster, "--index", "kube_audit"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FORWARD_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as error:
        said = (error.stderr or b"").decode(errors="replace").strip() or "it said nothing"
        last = said.splitlines()[-1]
        raise DemoError(f"the forwarder did not finish in {FORWARD_LIMIT_S:.0f} s: {last}") from error
    if done.returncode != 0:
        raise DemoError(f"the forwarder ended with exit code {done.returncode}: {done.stderr.strip()}")
    counters: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return counters


def _stop(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
