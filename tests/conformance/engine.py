"""Runs in the judges' own environment: reads one JSON request on stdin, writes one JSON answer to stdout.

    {"engine": "sigma", "log": FILE, "rules": [YAML, ...]}    -> [[{column: value}, ...], ...]
    {"engine": "sql", "log": FILE, "queries": [SQL, ...]}     -> [[{column: value}, ...], ...]

Takes nothing from the stand-in: events are flattened here, from the lines of the log.
"""

import json
import re
import sqlite3
import sys
from pathlib import Path
from typing import Any

import duckdb
from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection

Rows = list[dict[str, Any]]
# Sigma compares without regard to case, so text columns do as well. Sigma names fields as the log does.
PATHS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("auditID", "stage", "level", "verb", "requestURI", "userAgent", "stageTimestamp")},
    **{f"objectRef.{name}": ("objectRef", name) for name in ("resource", "subresource", "namespace", "name")},
    "objectRef.apiGroup": ("objectRef", "apiGroup"),
    "user.username": ("user", "username"),
    "responseStatus.code": ("responseStatus", "code"),
    "responseStatus.reason": ("responseStatus", "reason"),
    "requestObject.roleRef.name": ("requestObject", "roleRef", "name"),
    "responseObject.roleRef.name": ("responseObject", "roleRef", "name"),
    "annotations.authorization.k8s.io/decision": ("annotations", "authorization.k8s.io/decision"),
}
# Kubernetes calls a user whom nothing authenticated so; in events of a 401 the name is missing.
NOBODY = "system:unauthenticated"
NAMELESS = ("system:anonymous", NOBODY)  # what one of these does is told apart by the address, in the column `place`


def at(event: object, path: tuple[str, ...]) -> object:
    """Return what stands at a path of an event, None where nothing does."""
    for name in path:
        event = event.get(name) if isinstance(event, dict) else None
    return event


def who(event: object) -> object:
    """Return the name of the user of an event."""
    return at(event, ("user", "username")) or NOBODY


def sigma(log: Path, rules: list[str]) -> list[Rows]:
    """Return what SQLite finds for each rule."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    connection.create_function("REGEXP", 2, lambda pattern, text: text is not None and bool(re.search(pattern, text)))
    columns = [*PATHS, "src", "who", "place", "_raw", "timestamp"]
    kinds = [f'"{name}" {"INTEGER" if name.endswith(".code") else "TEXT COLLATE NOCASE"}' for name in columns]
    connection.execute(f"CREATE TABLE logs ({', '.join(kinds)})")
    for line in log.read_text().splitlines():
        event = json.loads(line)
        known = [at(event, path) for path in PATHS.values()]
        src, user = event["sourceIPs"][-1], who(event)
        values = [*known, src, user, src if user in NAMELESS else "", line, event["stageTimestamp"]]
        connection.execute(f"INSERT INTO logs VALUES ({', '.join('?' * len(values))})", values)
    backend = sqliteBackend(fulltext_field="_raw")
    found = []
    for rule in rules:
        query = backend.convert(SigmaCollection.from_yaml(rule))[-1]
        found.append([dict(row) for row in connection.execute(query)])
    return found


def sql(log: Path, queries: list[str]) -> list[Rows]:
    """Return what DuckDB answers to each query over `log`, with one JSON column `e` and the name of the user `who`."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE TABLE log (e JSON, who TEXT)")
    lines = log.read_text().splitlines()
    connection.executemany("INSERT INTO log VALUES (?, ?)", [[line, who(json.loads(line))] for line in lines])
    answers = []
    for query in queries:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description]
        answers.append([dict(zip(names, row)) for row in cursor.fetchall()])  # noqa: B905
    return answers


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    log = Path(request["log"])
    answer = sigma(log, request["rules"]) if request["engine"] == "sigma" else sql(log, request["queries"])
    json.dump(answer, sys.stdout, default=str)


if __name__ == "__main__":
    main()
