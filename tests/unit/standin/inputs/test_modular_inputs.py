"""Modular inputs, run as splunkd runs them, under each Python that Splunk carries."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from serving import Serving, serving
from small_app import NAME, write_package
from standin.jobs.interpreter import find

INPUTS = f"/servicesNS/nobody/{NAME}/data/inputs/small_counter"
DEADLINE_S = 20.0


@pytest.fixture(params=["3.9", "3.13"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serving]:
    """Serve an instance with the small app that prefers one Python."""
    if find(request.param) is None:
        pytest.skip(f"no Python {request.param} on this machine")
    with serving(tmp_path / "state", python=request.param) as running:
        running.post("/services/apps/local", name=str(write_package(tmp_path)))
        yield running


def wait_for(condition: Callable[[], bool]) -> None:
    """Poll until a condition holds, or fail."""
    end = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < end, "nothing came in time"
        time.sleep(0.02)


def rows(served: Serving, spl: str) -> list[dict[str, str]]:
    """Run a search to its end and return its rows."""
    found: list[dict[str, str]] = served.post("/services/search/jobs", search=spl, exec_mode="oneshot").json()[
        "results"
    ]
    return found


def test_an_input_is_validated_started_and_stopped(served: Serving) -> None:
    """Events arrive with their own time; disabling ends the child with SIGTERM; the stderr lines are in the log."""
    assert served.post(INPUTS, name="one", upto="3").status_code == 201

    wait_for(lambda: served.instance.store.count("main") == 3)
    found = rows(served, 'search index=main source="small_counter://one" | table _time number python sourcetype')
    assert [row["number"] for row in found] == ["2", "1", "0"]
    assert found[0]["_time"] == "2026-09-10T00:26:42.000+00:00"
    assert found[0]["sourcetype"] == "small_counter"
    assert found[0]["python"] == served.instance.settings.python

    assert served.post(f"{INPUTS}/one/disable").json()["entry"][0]["content"]["disabled"] is True
    wait_for(lambda: bool(rows(served, "search index=_internal ExecProcessor counted | table _raw")))


def test_refused_arguments_are_the_scripts_own_words(served: Serving) -> None:
    """The message of --validate-arguments reaches the client; nothing is stored."""
    answer = served.post(INPUTS, name="one", upto="many")

    assert answer.status_code == 400
    assert "upto is no number" in answer.json()["messages"][0]["text"]
    assert served.get(INPUTS).json()["entry"] == []


@pytest.mark.parametrize(
    ("form", "text"), [({"name": "x"}, "missing: upto"), ({"name": "x", "upto": "1", "colour": "red"}, '"colour"')]
)
def test_arguments_are_those_of_the_scheme(served: Serving, form: dict[str, str], text: str) -> None:
    """A required argument that is missing and one that is unknown are refused before the script is asked."""
    answer = served.post(INPUTS, **form)

    assert answer.status_code == 400
    assert text in answer.json()["messages"][0]["text"]


def test_the_scheme_is_listed(served: Serving) -> None:
    """data/modular-inputs knows the kind and its arguments."""
    entries = served.get("/services/data/modular-inputs").json()["entry"]

    assert [(entry["name"], entry["content"]["title"]) for entry in entries] == [("small_counter", "Counter")]


def test_an_unknown_kind_is_not_found(served: Serving) -> None:
    """A path below data/inputs that no app brings is 404."""
    assert served.get("/services/data/inputs/nothing").status_code == 404


def test_meta_of_a_stanza_becomes_indexed_fields(served: Serving) -> None:
    """What `_meta` of inputs.conf names is an indexed field of every event of the input."""
    served.post(INPUTS, name="one", upto="1", disabled="1")
    conf = f"/servicesNS/nobody/{NAME}/configs/conf-inputs/small_counter%3A%2F%2Fone"
    assert served.post(conf, _meta="place::here other::x").status_code == 200
    served.post(f"{INPUTS}/one/enable")

    wait_for(lambda: served.instance.store.count("main") == 1)
    event = next(iter(served.instance.store.scan(["main"])))
    assert (event.fields["place"], event.fields["other"]) == ("here", "x")


def test_a_broken_script_holds_nothing_else_up(served: Serving) -> None:
    """An input whose script does not run is logged; the instance goes on."""
    served.post(INPUTS, name="one", upto="1", disabled="1")
    script = served.instance.apps_folder / NAME / "bin" / "small_counter.py"
    script.write_text("raise SystemExit('broken')\n")
    served.instance.inputs.forget_schemes()
    served.post(f"{INPUTS}/one/enable")

    assert served.get("/services/server/info").status_code == 200
    log = rows(served, "search index=_internal ModularInputs | table _raw")
    assert any("small_counter://one is not started" in row["_raw"] and "broken" in row["_raw"] for row in log)
