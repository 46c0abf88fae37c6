"""Runs alert actions: an app's script as a child process, with Splunk's JSON on its stdin.

Settings of an action are those of its stanza in alert_actions.conf, overridden by `action.NAME.*` of the saved search;
`param.*` of both, with $tokens$ replaced, become the payload's `configuration`. The rows lie in `results_file`, a gzip
CSV with Splunk's multivalue twins `__mv_FIELD`. Lines on stderr and the exit code go to the log.
"""

import csv
import gzip
import json
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from standin.environment import Row
from standin.jobs.saved import seconds
from standin.values.multivalue import as_text, as_texts

_TOKEN = re.compile(r"\$([A-Za-z_][\w.:{}-]*)\$")
LEVELS = ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")


@dataclass(frozen=True)
class Call:
    """One call of one action for one alert."""

    action: str
    app: str
    owner: str
    search_name: str
    search: str
    sid: str
    rows: Sequence[Row]
    fields: Sequence[str]
    settings: Mapping[str, str]
    trigger_time: float


@dataclass(frozen=True)
class Host:
    """What a payload says about the instance."""

    name: str
    management_uri: str
    web_uri: str


@dataclass(frozen=True)
class Script:
    """The program of an action: interpreter, script, arguments, environment."""

    command: Sequence[str]
    environment: Mapping[str, str]


Log = Callable[[str, str, str], None]


def write_results(file: Path, rows: Sequence[Row], fields: Sequence[str]) -> None:
    """Write rows as the gzip CSV that `results_file` names."""
    file.parent.mkdir(parents=True, exist_ok=True)
    names = [name for field in fields for name in (field, f"__mv_{field}")]
    with gzip.open(file, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([cell for field in fields for cell in _cells(row, field)] for row in rows)


def _cells(row: Row, field: str) -> tuple[str, str]:
    texts = as_texts(row.get(field))
    encoded = ";".join(f"${text.replace('$', '$$')}$" for text in texts) if len(texts) > 1 else ""
    return "\n".join(texts), encoded


def payload(call: Call, host: Host, results_file: Path, session_key: str) -> dict[str, object]:
    """Return the JSON document of a call."""
    return {
        "app": call.app,
        "owner": call.owner,
        "result_id": "0",
        "results_file": str(results_file),
        "results_link": f"{host.web_uri}/app/{call.app}/search?sid={call.sid}",
        "search_uri": f"/servicesNS/{call.owner}/{call.app}/saved/searches/{call.search_name.replace(' ', '%20')}",
        "server_host": host.name,
        "server_uri": host.management_uri,
        "session_key": session_key,
        "sid": call.sid,
        "search_name": call.search_name,
        "configuration": configuration(call, host),
        "result": result(call.rows[0]) if call.rows else {},
    }


def configuration(call: Call, host: Host) -> dict[str, str]:
    """Return the parameters of a call, tokens replaced."""
    values = _tokens(call, host)
    return {
        key.removeprefix("param."): _TOKEN.sub(lambda match: values(match[1]), value)
        for key, value in sorted(call.settings.items())
        if key.startswith("param.")
    }


def result(row: Row) -> dict[str, str | list[str]]:
    """Return a row as the payload has it: texts, several values as a list."""
    texts = {name: as_texts(value) for name, value in row.items()}
    return {name: values[0] if len(values) == 1 else values for name, values in texts.items() if values}


def _tokens(call: Call, host: Host) -> Callable[[str], str]:
    known = {
        "name": call.search_name,
        "app": call.app,
        "owner": call.owner,
        "search": call.search,
        "trigger_time": f"{call.trigger_time:.0f}",
        "results_link": f"{host.web_uri}/app/{call.app}/search?sid={call.sid}",
        "server.serverName": host.name,
        "job.sid": call.sid,
        "job.resultCount": str(len(call.rows)),
    }

    def replace(name: str) -> str:
        if name.startswith("result."):
            value = call.rows[0].get(name.removeprefix("result.")) if call.rows else None
            return "" if value is None else as_text(value)
        # What is no token stays empty, as Splunk leaves it.
        return known.get(name, "")

    return replace


def run_script(call: Call, script: Script, document: Mapping[str, object], log: Log) -> int | None:
    """Run the script of a call to its end and log it; None where it was ended after `maxtime`."""
    began = time.monotonic()
    limit = seconds(call.settings.get("maxtime", "5m"))
    log(
        "INFO",
        "sendmodalert",
        f'Invoking modular alert action={call.action} for search="{call.search_name}" sid="{call.sid}"',
    )
    try:
        done = subprocess.run(
            [*script.command, "--execute"],
            input=json.dumps(document).encode(),
            capture_output=True,
            timeout=limit,
            check=False,
            env=dict(script.environment),
        )
    except subprocess.TimeoutExpired:
        log("ERROR", "sendmodalert", f"action={call.action} - Alert action script was ended after maxtime={limit:.0f}s")
        return None
    _log_stderr(call, done.stderr, log)
    took = (time.monotonic() - began) * 1000
    level = "INFO" if done.returncode == 0 else "ERROR"
    text = f"Alert action script completed in duration={took:.0f} ms with exit code={done.returncode}"
    log(level, "sendmodalert", f"action={call.action} - {text}")
    return done.returncode


def _log_stderr(call: Call, stderr: bytes, log: Log) -> None:
    for line in stderr.decode("utf-8", "replace").splitlines():
        word = line.split(maxsplit=1)[0] if line.strip() else ""
        if word:
            log(word if word in LEVELS else "INFO", "sendmodalert", f"action={call.action} STDERR - {line}")
