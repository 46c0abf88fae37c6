"""A Splunk administrator's hands: what the set-up of the app does, over the management API."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

REQUEST_TIMEOUT_S = 60.0
POLL_S = 0.2


class DemoError(Exception):
    """A step of the demo that could not be done; the message is one line for the user."""


class Splunk:
    """One management API, asked as one user."""

    def __init__(self, management: str, ca: Path, credentials: tuple[str, str]) -> None:
        self._management = management
        self._ca = ca
        self._credentials = credentials

    def as_user(self, name: str, password: str) -> "Splunk":
        """Ask the same Splunk as somebody else."""
        return Splunk(self._management, self._ca, (name, password))

    def post(self, path: str, /, **form: str) -> dict[str, Any]:
        """Send a form and return the JSON answer."""
        return self._call("POST", path, form=form)

    def get(self, path: str, /, **query: str) -> dict[str, Any]:
        """Ask for a path and return the JSON answer."""
        return self._call("GET", path, query=query)

    def search(self, spl: str, app: str, /, **bounds: str) -> list[dict[str, Any]]:
        """Run one search, written as in the search bar, to its end and return its rows."""
        command = spl if spl.startswith("|") else f"search {spl}"
        form = {
            "search": command,
            "exec_mode": "oneshot",
            "count": "0",
            "earliest_time": "0",
            "latest_time": "",
            **bounds,
        }
        answer = self.post(f"/servicesNS/nobody/{app}/search/jobs", **form)
        for message in answer.get("messages", []):
            if message["type"] in ("FATAL", "ERROR"):
                raise DemoError(f"search failed: {message['text']}: {spl}")
        rows: list[dict[str, Any]] = answer["results"]
        return rows

    def create_index(self, name: str) -> None:
        """Make an index; the app ships none, since search heads and indexers are different machines."""
        self.post("/services/data/indexes", name=name)

    def saved_searches(self, app: str) -> list[str]:
        """Name the app's own scheduled searches."""
        entries = self.get(f"/servicesNS/nobody/{app}/saved/searches", count="0")["entry"]
        return [
            entry["name"] for entry in entries if entry["acl"]["app"] == app and entry["content"].get("cron_schedule")
        ]

    def edit_saved_search(self, app: str, name: str, settings: Mapping[str, str]) -> None:
        """Change keys of one saved search."""
        self.post(f"/servicesNS/nobody/{app}/saved/searches/{quote(name, safe='')}", **settings)

    def edit_conf(self, app: str, conf: str, stanza: str, settings: Mapping[str, str]) -> None:
        """Change keys of one stanza of the app's own conf file."""
        self.post(f"/servicesNS/nobody/{app}/configs/conf-{conf}/{quote(stanza, safe='')}", **settings)

    def clock(self) -> float:
        """Tell the stand-in's clock in epoch seconds."""
        return float(self.get("/standin/clock")["now"])

    def set_clock(self, now: float) -> None:
        """Move the stand-in's clock forward; scheduled runs that are passed happen in order."""
        self.post("/standin/clock", set=str(now))

    def _call(
        self, method: str, path: str, query: Mapping[str, str] | None = None, form: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """One request; the CA goes with each, since REQUESTS_CA_BUNDLE overrides a session's silently."""
        try:
            answer = requests.request(
                method,
                self._management + path,
                params={"output_mode": "json", **(query or {})},
                data=form,
                auth=self._credentials,
                verify=str(self._ca),
                timeout=REQUEST_TIMEOUT_S,
            )
        except requests.RequestException as error:
            raise DemoError(f"the stand-in does not answer at {self._management}{path}: {error}") from error
        if not answer.ok:
            raise DemoError(f"{method} {path}: {answer.status_code}: {answer.text[:300]}")
        body: dict[str, Any] = json.loads(answer.text or "{}")
        return body


def wait_until(holds: Callable[[], bool], limit_s: float, what: str) -> None:
    """Poll until something holds; give up with one line after the limit."""
    deadline = time.monotonic() + limit_s
    while not holds():
        if time.monotonic() > deadline:
            raise DemoError(f"gave up after {limit_s:.0f} s: {what}")
        time.sleep(POLL_S)
