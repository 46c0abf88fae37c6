"""The alert action `kube_audit_post`: posts the results of an alert as one JSON document to an https address.

    {"search_name": …, "sid": …, "app": …, "count": 3, "truncated": false, "results": [{…}, {…}, {…}], "result": {…}}

`results` are the rows of the alert, 1,000 rows and 4 MB at most (`truncated` tells), several values as a list;
`result` is the first. Where it goes is `param.url` of the alert; whom it may trust and reach is the stanza
`[alert_post]` of kube_audit.conf: `ca_file`, and `allow` (see address.py). No proxy, no redirect, 10 s, 1 MiB answer.

Exit codes: 0 posted, 1 wrong call, 2 refused before anything was sent, 3 not delivered. stderr goes to splunkd.log:
it names the address without its path, and never a row, a key or a token.
"""

import csv
import gzip
import json
import re
import sys
import time
import zlib
from pathlib import Path
from typing import IO, Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Union

import requests

from kube_audit.errors import BadInput, KubeAuditError
from kube_audit.splunk.address import Target, check
from kube_audit.splunk.splunkd import read_stanza
from kube_audit.tls import Adapter, trusting

_ROWS_AT_MOST = 1000
_BYTES_AT_MOST = 4 << 20
_TOTAL_S = 10.0
_ANSWER_BYTES = 1 << 20
_CELL_BYTES = 16 << 20
_VALUES = re.compile(r"\$((?:[^$]|\$\$)*)\$(?:;|\Z)")

Row = Dict[str, Union[str, List[str]]]
ReadSettings = Callable[[str, str, str], Dict[str, str]]


class NotDelivered(KubeAuditError):
    """The document was sent, or was about to be, and did not arrive."""

    exit_code = 3


class Alert(NamedTuple):
    """What Splunk hands to an alert action, as far as it matters here."""

    search_name: str
    sid: str
    app: str
    url: str
    results_file: str
    server_uri: str
    session_key: str
    result: Dict[str, Any]


class Rows(NamedTuple):
    """Rows of the results, and whether some were left out."""

    rows: List[Row]
    truncated: bool


def main(arguments: Sequence[str], stdin: IO[bytes], stderr: IO[str], settings: ReadSettings = read_stanza) -> int:
    """Serve one call of Splunk; returns the exit code."""
    if list(arguments[1:]) != ["--execute"]:
        stderr.write("FATAL kube_audit_post: must be called by Splunk, with --execute\n")
        return 1
    try:
        alert = read_alert(stdin.read())
        stderr.write(f"INFO kube_audit_post: {execute(alert, settings)} sid={alert.sid!r}\n")
    except KubeAuditError as error:
        stderr.write(f"ERROR kube_audit_post: {error}\n")
        return error.exit_code
    return 0


def read_alert(document: bytes) -> Alert:
    """Read Splunk's JSON; raises BadInput that says what is missing."""
    try:
        payload = json.loads(document)
        url = payload["configuration"].get("url") or ""
        texts = [str(payload.get(name) or "") for name in ("search_name", "sid", "app")]
        more = [str(payload[name]) for name in ("results_file", "server_uri", "session_key")]
        result = payload.get("result") or {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"{error.args[0]} is missing" if isinstance(error, KeyError) else "it is no such JSON object"
        raise BadInput(f"stdin: not the document of an alert action: {why}") from None
    if not url:
        raise BadInput("url: is empty; fill it in under the alert's action, or set param.url in alert_actions.conf")
    return Alert(texts[0], texts[1], texts[2], str(url).strip(), more[0], more[1], more[2], result)


def execute(alert: Alert, settings: ReadSettings) -> str:
    """Post one alert; returns the line for the log, raises what went wrong."""
    stanza = settings(alert.server_uri, alert.session_key, "alert_post")
    target = check(alert.url, (stanza.get("allow") or "").split(","))
    named = (stanza.get("ca_file") or "").strip()
    ca_file = Path(named) if named else None
    if ca_file is not None and not ca_file.is_file():
        raise BadInput(f"{ca_file}: no such file; correct ca_file of [alert_post] in kube_audit.conf")
    found = read_rows(Path(alert.results_file))
    status = post(target, document(alert, found), ca_file)
    return f"posted to {target} status={status} rows={len(found.rows)} truncated={found.truncated}"


def document(alert: Alert, found: Rows) -> bytes:
    """Put the rows into the document that is posted."""
    body = {
        "search_name": alert.search_name,
        "sid": alert.sid,
        "app": alert.app,
        "count": len(found.rows),
        "truncated": found.truncated,
        "results": found.rows,
        "result": found.rows[0] if found.rows else alert.result,
    }
    return json.dumps(body, separators=(",", ":")).encode("ascii")


def read_rows(path: Path) -> Rows:
    """Read the rows of a results file (CSV, gzip); raises BadInput where it cannot be read."""
    rows: List[Row] = []
    size = 0
    csv.field_size_limit(_CELL_BYTES)
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for cells in csv.DictReader(file):
                row = _row(cells)
                size += len(json.dumps(row))
                if len(rows) == _ROWS_AT_MOST or size > _BYTES_AT_MOST:
                    return Rows(rows, truncated=True)
                rows.append(row)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{path}: the results cannot be read: {type(error).__name__}") from None
    return Rows(rows, truncated=False)


def _row(cells: Dict[str, str]) -> Row:
    """Several values stand in a column of their own: `__mv_name` holds $a$;$b$, with $ doubled in a value."""
    row: Row = {}
    for name, text in cells.items():
        if not isinstance(name, str) or name.startswith("__mv_") or not text:
            continue
        several = [value.replace("$$", "$") for value in _VALUES.findall(cells.get(f"__mv_{name}") or "")]
        row[name] = several or text
    return row


def _adapter(host: str, ca_file: Optional[Path]) -> Adapter:
    """Connect to an address, and expect there the certificate of a name (asked for by SNI, and compared)."""
    names = {"server_hostname": host, "assert_hostname": host}
    return Adapter(**names) if ca_file is None else Adapter(**names, ssl_context=trusting(ca_file))


def post(target: Target, body: bytes, ca_file: Optional[Path]) -> int:
    """Post the document to exactly this address; returns the status, raises NotDelivered where it is no 2xx."""
    address = f"[{target.address}]" if ":" in target.address else target.address
    deadline = time.monotonic() + _TOTAL_S
    name = f"[{target.host}]" if ":" in target.host else target.host
    headers = {
        "Host": name if target.port == 443 else f"{name}:{target.port}",
        "Content-Type": "application/json",
        "User-Agent": "kube-audit-alert",
    }
    with requests.Session() as session:
        session.trust_env = False  # a proxy would resolve the name again, elsewhere
        session.mount("https://", _adapter(target.host, ca_file))
        try:
            with session.post(
                f"https://{address}:{target.port}{target.path}",
                data=body,
                headers=headers,
                verify=True if ca_file is None else str(ca_file),
                timeout=_TOTAL_S,
                allow_redirects=False,
                stream=True,
            ) as answer:
                _read_answer(answer.iter_content(65536), deadline)
        except requests.RequestException as error:
            raise NotDelivered(f"{target}: not delivered: {_reason(error)}") from None
    if not 200 <= answer.status_code < 300:
        raise NotDelivered(f"{target}: not delivered: answered HTTP {answer.status_code}")
    return answer.status_code


def _read_answer(chunks: Iterator[bytes], deadline: float) -> None:
    """Read the answer so far as it is of a decent size; its content does not matter."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > _ANSWER_BYTES or time.monotonic() > deadline:
            return


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not verified; set ca_file of [alert_post] in kube_audit.conf to its CA"
    if isinstance(error, requests.Timeout):
        return f"no answer in {_TOTAL_S:g} s"
    return "the connection failed"


def run() -> int:
    """Serve Splunk over the process's own streams."""
    return main(sys.argv, sys.stdin.buffer, sys.stderr)
