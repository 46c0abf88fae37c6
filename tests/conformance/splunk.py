"""A Splunk that is asked over its documented interfaces: search jobs, HEC, and what probes make and take away again."""

import json
import time
from calendar import timegm
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import requests

import build
from conformance.measured import Answer

REQUEST_LIMIT_S = 120
INDEX_LIMIT_S = 180
POLL_S = 1
BATCH = 200


class Splunk(NamedTuple):
    """Where a Splunk is and who asks."""

    management: str
    hec: str
    ca: str | bool
    user: str
    password: str
    token: str

    def request(self, method: str, path: str, **form: str) -> requests.Response:
        """Ask the management port; forms go in the body, `output_mode` in the query."""
        return requests.request(
            method,
            self.management + path,
            params={"output_mode": "json"},
            data=form or None,
            auth=(self.user, self.password),
            verify=self.ca,
            timeout=REQUEST_LIMIT_S,
        )

    def ask(self, spl: str) -> Answer:
        """Return the answer to a search over all time; an error is an answer too."""
        form = {
            "search": spl if spl.lstrip().startswith("|") else f"search {spl.removeprefix('search ')}",
            "exec_mode": "oneshot",
            "count": "0",
            "earliest_time": "0",
            "latest_time": "",
        }
        answer = self.request("POST", f"/servicesNS/{self.user}/{build.APP}/search/jobs", **form)
        document = document_of(answer)
        errors = [one["text"] for one in document.get("messages", []) if one["type"] in ("FATAL", "ERROR")]
        if errors or not answer.ok:
            return Answer(error=errors[0] if errors else f"HTTP {answer.status_code}")
        rows = [dict(_moments(row)) for row in document.get("results", [])]
        return Answer(rows, [field["name"] for field in document.get("fields", [])])

    def collect(self, body: bytes, path: str = "/event", token: str = "", **headers: str) -> requests.Response:
        """Send a body to HEC."""
        return requests.post(
            f"{self.hec}/services/collector{path}",
            data=body,
            headers={"Authorization": f"Splunk {token or self.token}", **headers},
            verify=self.ca,
            timeout=REQUEST_LIMIT_S,
        )

    def send(self, lines: Iterable[str], where: Mapping[str, str]) -> None:
        """Send lines of an audit log, each with the time that it names."""
        events = [json.dumps({**where, "time": time_of(line), "event": line}) for line in lines]
        for start in range(0, len(events), BATCH):
            self.collect("\n".join(events[start : start + BATCH]).encode()).raise_for_status()

    def wait_for(self, spl: str, count: int) -> None:
        """Wait until a search finds that many events."""
        found = Answer()
        if not until(lambda: self._count(spl) == count, INDEX_LIMIT_S):
            found = self.ask(f"{spl} | stats count")
            raise SystemExit(f"verify: {count} events were sent, {spl!r} finds {found.error or found.rows}")

    def _count(self, spl: str) -> int:
        rows = self.ask(f"{spl} | stats count").rows
        return int(str(rows[0]["count"])) if rows else 0


def document_of(answer: requests.Response) -> dict[str, Any]:
    """Return a JSON answer, an empty one where it is none: some refusals are XML."""
    try:
        document: dict[str, Any] = answer.json()
    except requests.JSONDecodeError:
        return {"messages": [{"type": "FATAL", "text": answer.text[:300]}]} if not answer.ok else {}
    return document


def until(claim: Callable[[], bool], limit_s: float) -> bool:
    """Tell whether something becomes so within a limit."""
    deadline = time.monotonic() + limit_s
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def time_of(line: str) -> str:
    """Return the seconds of an audit event, as its text has them."""
    stamp = json.loads(line)["stageTimestamp"]
    return f"{timegm(time.strptime(stamp[:19], '%Y-%m-%dT%H:%M:%S'))}{stamp[19:-1]}"


def _moments(row: Mapping[str, Any]) -> Mapping[str, object]:
    """Splunk gives _time as ISO text over REST."""
    return {key: _moment(value) if key == "_time" else value for key, value in row.items()}


def _moment(value: str) -> object:
    return datetime.fromisoformat(value).timestamp() if "T" in value else value
