"""The whole chain over sockets: an app from a tarball, events by HEC, the clock, a search, an alert action."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving import NOW, Serving, serving
from small_app import NAME, SEARCH, write_package

SAVED = f"/servicesNS/nobody/{NAME}/saved/searches/{SEARCH}"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Serving]:
    """Serve an instance with an index `small` and the small app."""
    with serving(tmp_path / "state") as running:
        assert running.post("/services/data/indexes", name="small").status_code == 201
        package = write_package(tmp_path)
        assert running.post("/services/apps/local", name=str(package), filename="1").status_code == 201
        package.unlink()
        yield running


def search(served: Serving, spl: str) -> list[dict[str, str]]:
    """Run a search to its end and return its rows."""
    answer = served.post("/services/search/jobs", search=spl, exec_mode="oneshot")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, str]] = answer.json()["results"]
    return rows


def test_an_event_becomes_an_alert_that_a_script_is_told_of(served: Serving, tmp_path: Path) -> None:
    """An event that was indexed before the jump is found by the run that covers it, once, and its action is called."""
    note = tmp_path / "note.jsonl"
    served.post(SAVED, disabled="0", **{"action.small_note.param.file": str(note)})
    event = {"event": "failed login user=eve", "index": "small", "sourcetype": "small:log", "time": NOW - 60}
    served.collect("/event", json.dumps(event))

    runs = served.post("/standin/clock", set=str(NOW + 1200)).json()["runs"]

    assert [(run["at"], run["status"], run["result_count"]) for run in runs] == [
        (NOW + 300, "success", 1),
        (NOW + 600, "success", 0),
        (NOW + 900, "success", 0),
        (NOW + 1200, "success", 0),
    ]
    told = [json.loads(line) for line in note.read_text().splitlines()]
    assert len(told) == 1
    payload = told[0]["payload"]
    assert payload["search_name"] == SEARCH
    assert payload["configuration"]["greeting"] == f"{SEARCH} by eve"
    assert payload["result"]["_raw"] == "failed login user=eve"
    assert payload["server_uri"] == served.instance.addresses.management
    assert told[0]["rows"][0]["user"] == "eve"


def test_the_log_tells_of_runs_and_scripts(served: Serving) -> None:
    """A script that fails is in _internal with its own words and its exit code; so is the run."""
    served.post(SAVED, disabled="0")
    served.collect("/event", '{"event":"failed user=eve","index":"small","sourcetype":"small:log"}')
    served.post("/standin/clock", set=str(NOW + 300))

    log = [row["_raw"] for row in search(served, "search index=_internal sourcetype=splunkd sendmodalert | table _raw")]
    assert any("ERROR sendmodalert - action=small_note STDERR - ERROR no file to write to" in line for line in log)
    assert any("exit code=2" in line for line in log)
    runs = search(
        served, "search index=_internal sourcetype=scheduler status=success | table savedsearch_name result_count"
    )
    assert runs == [{"savedsearch_name": SEARCH, "result_count": "1"}]


def test_fired_alerts_are_listed(served: Serving) -> None:
    """A tracked alert is in alerts/fired_alerts, under its search and in the sum."""
    served.post(SAVED, disabled="0")
    served.collect("/event", '{"event":"failed user=eve","index":"small","sourcetype":"small:log"}')
    served.post("/standin/clock", set=str(NOW + 300))

    entries = served.get("/servicesNS/-/-/alerts/fired_alerts").json()["entry"]
    assert {entry["name"]: entry["content"]["triggered_alert_count"] for entry in entries} == {"-": 1, SEARCH: 1}
    fired = served.get(f"/servicesNS/-/-/alerts/fired_alerts/{SEARCH}").json()["entry"]
    assert fired[0]["content"]["trigger_time"] == NOW + 300


def test_what_a_run_collects_is_indexed_at_its_own_time(served: Serving) -> None:
    """Later searches that select by index time find a finding where it would have been, however far the clock jumps."""
    served.collect("/event", '{"event":"failed user=eve","index":"small","sourcetype":"small:log"}')
    created = served.post(
        f"/servicesNS/nobody/{NAME}/saved/searches",
        name="Collect",
        search="index=small | collect index=summary",
        cron_schedule="*/5 * * * *",
        is_scheduled="1",
    )
    assert created.status_code == 201, created.text
    served.post("/standin/clock", set=str(NOW + 600))

    assert [event.index_time for event in served.instance.store.scan(["summary"])] == [NOW + 600, NOW + 300]


def test_a_disabled_search_never_runs(served: Serving) -> None:
    """The app ships its search disabled."""
    assert served.post("/standin/clock", set=str(NOW + 3600)).json()["runs"] == []


def test_the_session_of_an_action_ends_with_it(served: Serving, tmp_path: Path) -> None:
    """The key in a payload is of no use afterwards."""
    note = tmp_path / "note.jsonl"
    served.post(SAVED, disabled="0", **{"action.small_note.param.file": str(note)})
    served.collect("/event", '{"event":"failed user=eve","index":"small","sourcetype":"small:log"}')
    served.post("/standin/clock", set=str(NOW + 300))
    key = json.loads(note.read_text())["payload"]["session_key"]

    served.management.auth = None
    answer = served.management.get(
        served.url("/services/server/info"), headers={"Authorization": f"Splunk {key}"}, timeout=10
    )
    assert answer.status_code == 401
