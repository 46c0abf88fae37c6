"""Sends the recorded log and the searches of `sql/` to a Splunk over its interfaces; compares with the stand-in.

    SPLUNK_HOST=HOST SPLUNK_PASSWORD=... SPLUNK_HEC_TOKEN=... make verify-splunk

Further: SPLUNK_USER (admin), SPLUNK_PORT (8089), SPLUNK_HEC_PORT (8088), SPLUNK_CA (a PEM file). That Splunk must have
the app and the index `kube_audit`, empty. Its answers are written to build/verify-splunk.json, differences printed.
Without SPLUNK_HOST a `standin serve` is asked, which shows that the way works and says nothing about Splunk.
"""

import json
import os
import sys
import time
from calendar import timegm
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import requests

import build
from conformance.addon_suite import PASSWORD, TOKEN, served
from conformance.judges import sql_questions
from conformance.subject import ORIGIN, ROOT, Subject, subject, workplace
from conformance.verdict import Verdict, differences, table

RECORD = ROOT / "build/verify-splunk.json"
REQUEST_LIMIT_S = 120
INDEX_LIMIT_S = 120
POLL_S = 1
NEEDED = ("SPLUNK_PASSWORD", "SPLUNK_HEC_TOKEN")


class Splunk(NamedTuple):
    """Where a Splunk is and who asks."""

    management: str
    hec: str
    ca: str | bool
    user: str
    password: str
    token: str

    def search(self, spl: str) -> list[dict[str, Any]]:
        """Return the rows of a search over all time."""
        form = {"search": f"search {spl}", "exec_mode": "oneshot", "output_mode": "json", "count": "0"}
        answer = requests.post(
            f"{self.management}/servicesNS/{self.user}/{build.APP}/search/jobs",
            data={**form, "earliest_time": "0", "latest_time": ""},
            auth=(self.user, self.password),
            verify=self.ca,
            timeout=REQUEST_LIMIT_S,
        )
        if not answer.ok:
            return [{"error": answer.text[:300]}]
        rows: list[dict[str, Any]] = answer.json()["results"]
        return rows

    def send(self, log: Path) -> int:
        """Send the events to HEC, with the time of each, and wait until they are found."""
        lines = log.read_text(encoding="utf-8").splitlines()
        where = {"index": ORIGIN.index, "host": ORIGIN.host, "source": ORIGIN.source, "sourcetype": ORIGIN.sourcetype}
        for start in range(0, len(lines), 200):
            events = [json.dumps({**where, "time": _time(line), "event": line}) for line in lines[start : start + 200]]
            requests.post(
                f"{self.hec}/services/collector/event",
                data="\n".join(events).encode(),
                headers={"Authorization": f"Splunk {self.token}"},
                verify=self.ca,
                timeout=REQUEST_LIMIT_S,
            ).raise_for_status()
        deadline = time.monotonic() + INDEX_LIMIT_S
        while (found := self.search(f"index={ORIGIN.index} | stats count")) != [{"count": str(len(lines))}]:
            if time.monotonic() > deadline:
                raise SystemExit(
                    f"verify: {len(lines)} events were sent, the index answers {found}; is it empty before?"
                )
            time.sleep(POLL_S)
        return len(lines)


def _time(line: str) -> str:
    stamp = json.loads(line)["stageTimestamp"]
    return f"{timegm(time.strptime(stamp[:19], '%Y-%m-%dT%H:%M:%S'))}{stamp[19:-1]}"


def compare(ours: Subject, asked: Splunk, name: str) -> Verdict:
    """Ask both the same, record the other's answers, and tell where they differ."""
    asked.send(ours.log)
    answers: dict[str, Any] = {}
    disagreements, rows = [], 0
    for one in sql_questions():
        mine, theirs = ours.search(one["spl"]), asked.search(one["spl"])
        answers[one["question"]] = {"search": one["spl"], "rows": theirs}
        rows += len(mine)
        disagreements += differences(one["question"], mine, _epochs(theirs), ordered=one.get("ordered", False))
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps({"asked": name, "answers": answers}, indent=1), encoding="utf-8")
    return Verdict(name, len(answers), rows, tuple(disagreements))


def _epochs(rows: list[dict[str, Any]]) -> list[Mapping[str, object]]:
    return [{key: _moment(value) if key == "_time" else value for key, value in row.items()} for row in rows]


def _moment(value: str) -> object:
    """Splunk gives _time as ISO text over REST."""
    return datetime.fromisoformat(value).timestamp() if "T" in value else value


def main() -> int:
    """Compare, print the table, and return 1 where answers differ."""
    started = time.monotonic()
    host = os.environ.get("SPLUNK_HOST")
    with workplace() as folder:
        ours = subject(Path(folder))
        if host:
            env = os.environ
            if missing := [name for name in NEEDED if name not in env]:
                raise SystemExit(f"verify: SPLUNK_HOST is set, but not {', '.join(missing)}")
            management = f"https://{host}:{env.get('SPLUNK_PORT', '8089')}"
            hec = f"https://{host}:{env.get('SPLUNK_HEC_PORT', '8088')}"
            user, ca = env.get("SPLUNK_USER", "admin"), env.get("SPLUNK_CA") or True
            asked = Splunk(management, hec, ca, user, env["SPLUNK_PASSWORD"], env["SPLUNK_HEC_TOKEN"])
            verdict = compare(ours, asked, f"Splunk at {host}")
        else:
            with served(Path(folder) / build.APP) as at:
                asked = Splunk(at["management"], at["hec"], at["ca"], "admin", PASSWORD, TOKEN)
                _create_index(asked)
                verdict = compare(ours, asked, "standin serve, as no SPLUNK_HOST is named")
    sys.stdout.write("\n".join(table([verdict], time.monotonic() - started)) + "\n")
    return int(bool(verdict.disagreements))


def _create_index(asked: Splunk) -> None:
    where = f"{asked.management}/services/data/indexes"
    auth = (asked.user, asked.password)
    requests.post(where, data={"name": ORIGIN.index}, auth=auth, verify=asked.ca, timeout=60).raise_for_status()


if __name__ == "__main__":
    sys.exit(main())
