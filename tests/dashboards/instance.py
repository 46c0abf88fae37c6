"""A running stand-in with the app installed and the sample indexed, asked as a browser or an SDK would."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import requests

STANDIN = Path(sys.executable).with_name("standin")
TOKEN = "11111111-2222-3333-4444-555555555555"  # noqa: S105 - of a server that lives as long as a test
CREDENTIALS = ("admin", "changeme")
START_DEADLINE_S = 30.0
SEARCH_DEADLINE_S = 30.0
POLL_S = 0.05


class Rows(NamedTuple):
    """Results of a search: columns in their order, and rows."""

    fields: list[str]
    rows: list[dict[str, Any]]


class Instance(NamedTuple):
    """The three addresses of a stand-in, the CA that two of them are signed by, and who asks."""

    management: str
    hec: str
    web: str
    ca: str
    user: tuple[str, str] = CREDENTIALS

    def call(self, method: str, path: str, **form: str) -> dict[str, Any]:
        """Ask the management port; raise with the server's words where it refuses."""
        where = {"params": form} if method == "GET" else {"data": form}
        form["output_mode"] = "json"
        url = self.management + path
        answer = requests.request(method, url, auth=self.user, verify=self.ca, timeout=60, **where)  # type: ignore[arg-type]
        if not answer.ok:
            raise AssertionError(f"{method} {path}: {answer.status_code}: {answer.text}")
        body: dict[str, Any] = answer.json()
        return body

    def send(self, events: Iterable[str]) -> None:
        """Send events to HEC."""
        headers = {"Authorization": f"Splunk {TOKEN}"}
        url = self.hec + "/services/collector/event"
        answer = requests.post(url, data="\n".join(events).encode(), headers=headers, verify=self.ca, timeout=60)
        assert answer.ok, answer.text

    def dispatch(self, app: str, search: str, **bounds: str) -> str:
        """Run a search to its end and return its id."""
        job = self.call("POST", f"/servicesNS/nobody/{app}/search/jobs", search=search, **bounds)
        deadline = time.monotonic() + SEARCH_DEADLINE_S
        while time.monotonic() < deadline:
            content = self.call("GET", f"/services/search/jobs/{job['sid']}")["entry"][0]["content"]
            if content.get("isFailed"):
                raise AssertionError(f"{search}: {content['messages']}")
            if content.get("isDone"):
                return str(job["sid"])
            time.sleep(POLL_S)
        raise AssertionError(f"{search}: not done after {SEARCH_DEADLINE_S} s")

    def results(self, sid: str, post_process: str = "") -> Rows:
        """Read a job's results as Dashboard Studio does, after a post-process search where there is one."""
        form = {"search": post_process} if post_process else {}
        body = self.call("GET", f"/services/search/v2/jobs/{sid}/results", count="0", **form)
        return Rows([field["name"] for field in body.get("fields", [])], body.get("results", []))


def first_line(process: subprocess.Popen[bytes]) -> Mapping[str, str]:
    """Return the JSON line that the stand-in prints when all its ports answer."""
    assert process.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        assert selector.select(START_DEADLINE_S), f"standin serve printed nothing for {START_DEADLINE_S} s"
    line: Mapping[str, str] = json.loads(process.stdout.readline() or b"{}")
    assert line, f"standin serve ended with {process.wait(5)}"
    return line


@contextmanager
def started(app: Path, page: Path, now: float) -> Iterator[Instance]:
    """Start a stand-in on free ports; it is gone afterwards."""
    options = ["--app", str(app), "--page", str(page), "--now", str(now), "--hec-token", TOKEN]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([STANDIN, "serve", *options], stdout=subprocess.PIPE, env=environment) as process:
        try:
            line = first_line(process)
            yield Instance(line["management"], line["hec"], line["web"], line["ca"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
