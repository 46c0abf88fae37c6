"""What the pieces that all detections share do by themselves, on rows that are made here."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import build
from standin.conf import Configuration
from standin.environment import Row
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead

NOW = 1793611800.0  # 2026-11-02T09:30:00Z
INDEXES = ("kube_audit", "kube_audit_findings")


@pytest.fixture(scope="module")
def configuration(staged: Path) -> Configuration:
    """Return the staged app's settings."""
    return Configuration.load([staged])


@pytest.fixture
def head(configuration: Configuration) -> SearchHead:
    """Return a search head over an empty store, on a clock that stands still."""
    store = Store()
    for index in INDEXES:
        store.create_index(index)
    return SearchHead(configuration, store, lambda: NOW)


def search(head: SearchHead, spl: str) -> list[Row]:
    """Return the rows of a search by an administrator of the app."""
    return head.search(spl, user=User.of(head.configuration, "admin", ["admin"]), app=build.APP, now=NOW).rows


def made(**fields: str) -> str:
    """Return a search that gives one row with these expressions as fields."""
    return "| makeresults | eval " + ", ".join(f"{name}={text}" for name, text in fields.items()) + " | "


@pytest.mark.parametrize(
    "epoch",
    [
        *("0", "1", "86399", "86399.999", "86400", "951782400", "1709164800.5", "1793611800.122", "1798761599.999"),
        *("43199.5", "43200", "1793611800", "4102444799.001"),
    ],
)
def test_a_time_is_written_in_utc(head: SearchHead, epoch: str) -> None:
    """Epoch seconds become ISO 8601 with milliseconds, on the edges of days, months and leap years too."""
    (row,) = search(head, made(t=epoch) + "eval v=`kube_audit_utc(t)`")

    whole, _, part = epoch.partition(".")
    moment = datetime.fromtimestamp(int(whole), UTC)
    assert row["v"] == f"{moment:%Y-%m-%dT%H:%M:%S}.{part or '0':0<3}Z"


@pytest.mark.parametrize(
    ("stage", "fields", "decides"),
    [
        ("RequestReceived", {"status_code": "401"}, False),
        ("RequestReceived", {}, False),
        ("ResponseStarted", {"status_code": "401"}, True),
        ("ResponseStarted", {"status_code": "400"}, False),
        ("ResponseStarted", {"status_code": "402"}, False),
        ("ResponseStarted", {"status_code": "200"}, False),
        ("ResponseComplete", {"status_code": "200"}, True),
        ("Panic", {}, True),
        *(
            (stage, {field: f'"{name}"', "status_code": "101"}, stage == "ResponseStarted")
            for stage in ("ResponseStarted", "ResponseComplete", "Panic")
            for field, name in [
                *(("verb", "watch"), ("verb", "proxy"), ("subresource", "attach"), ("subresource", "exec")),
                *(("subresource", "log"), ("subresource", "portforward"), ("subresource", "proxy")),
            ]
        ),
        *(
            (stage, {"verb": '"exec"'}, stage == "ResponseComplete")
            for stage in ("ResponseStarted", "ResponseComplete")
        ),
        ("ResponseStarted", {"subresource": '"status"', "verb": '"get"'}, False),
        ("ResponseComplete", {"subresource": '"status"', "verb": '"get"'}, True),
    ],
)
def test_a_request_is_decided_once(head: SearchHead, stage: str, fields: dict[str, str], decides: bool) -> None:
    """At its end; connections and 401 at their start."""
    rows = search(head, made(stage=f'"{stage}"', **fields) + "where `kube_audit_deciding`")

    assert len(rows) == int(decides)


def test_copies_count_once_and_the_first_stays(head: SearchHead) -> None:
    """Of byte-equal copies the one that was indexed first is kept; what differs in a byte is no copy."""
    copies = '| makeresults count=4 | streamstats count as n | eval _indextime=10-n, _raw=if(n=2, "other", "same") | '

    rows = search(head, copies + "`kube_audit_once`")

    assert [(row["_raw"], str(row["n"])) for row in rows] == [("same", "4"), ("other", "2")]
    assert rows[0]["event_hash"] == hashlib.sha256(b"same").hexdigest()


@pytest.mark.parametrize(("fields", "expected"), [({"src": '"10.0.0.1"'}, "10.0.0.1"), ({}, "unknown")])
def test_the_source_address_is_known_or_unknown(head: SearchHead, fields: dict[str, str], expected: str) -> None:
    """As shipped it is what the API server saw."""
    (row,) = search(head, made(a="1", **fields) + "`kube_audit_real_src`")

    assert row["src"] == expected


FULL = {
    **{"cluster": '"prod"', "user": '"mallory"', "src": '"10.0.0.1"', "what": '"get secrets"', "entity": '"e"'},
    **{"window": '"w"', "first_time": "1793611000.5", "last_time": "1793611100", "count": "3", "severity": '"low"'},
    "reasons": 'mvappend("one", "two, \\"quoted\\"")',
}
WRITTEN = {
    "time": "2026-11-02T09:30:00.000Z",
    "finding_id": hashlib.sha256(b"pod_exec|e|w").hexdigest(),
    "detection": "Kube Audit - Command Executed In Pod - Rule",
    "detection_id": "pod_exec",
    "detection_version": 1,
    **{"severity": "low", "cluster": "prod", "user": "mallory", "what": "get secrets", "src": "10.0.0.1"},
    **{"first_time": "2026-11-02T09:16:40.500Z", "last_time": "2026-11-02T09:18:20.000Z", "count": 3},
    "reasons": ["one", 'two, "quoted"'],
}


@pytest.mark.parametrize(
    ("without", "expected"),
    [
        pytest.param((), WRITTEN, id="all of it"),
        pytest.param(("severity",), WRITTEN | {"severity": "medium"}, id="severity as shipped"),
        pytest.param(
            ("cluster", "user", "src"),
            WRITTEN | {"cluster": "unknown", "user": "unknown", "src": "unknown"},
            id="unknown",
        ),
        pytest.param(("reasons",), WRITTEN | {"reasons": []}, id="no reasons"),
    ],
)
def test_a_finding_is_written_and_passed_on(
    head: SearchHead, without: tuple[str, ...], expected: dict[str, object]
) -> None:
    """One JSON object with the time of the run first, in our index under our source; alerts see its fields."""
    fields = {name: text for name, text in FULL.items() if name not in without}

    (row,) = search(head, made(**fields) + "`kube_audit_emit(pod_exec)`")
    (event,) = search(head, "index=kube_audit_findings")

    raw = str(event["_raw"])
    assert json.loads(raw) == expected
    assert list(json.loads(raw)) == list(WRITTEN)
    assert (event["source"], event["sourcetype"], event["_time"]) == ("kube_audit:finding", "stash", NOW)
    columns = ["_time", *WRITTEN, "_raw"]
    assert [name for name in row if name != "reasons" or "reasons" not in without] == [
        name for name in columns if name != "reasons" or "reasons" not in without
    ]
    assert row["_raw"] == raw
    assert row["_time"] == NOW


def test_the_index_macros_name_one_index_each(head: SearchHead) -> None:
    """Audit events and findings are each read by their macro, and nothing else is."""
    for index in INDEXES:
        head.pipeline.index_hec_event("x", Origin(index, "h", "s", "kube:apiserver:audit"), NOW)
        head.pipeline.index_hec_event("x", Origin(index, "h", "s", "other"), NOW)

    found = {macro: search(head, f"`{macro}`") for macro in ("kube_audit_index", "kube_audit_findings_index")}
    ours = search(head, "index=kube_audit `kube_audit_sourcetype`")

    assert [sorted({str(row["index"]) for row in rows}) for rows in found.values()] == [[name] for name in INDEXES]
    assert [row["sourcetype"] for row in ours] == ["kube:apiserver:audit"]
