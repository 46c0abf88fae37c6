"""The renderer (built when first needed), the browser, and a stand-in with the app and the sample in it.

Where this machine has no browser or no Node, tests say so and are skipped; `KUBE_AUDIT_REQUIRE_BROWSER=1` turns that
into a failure: for machines that promise to have both.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import build as app_build
from dashboards import sample
from dashboards.browser import executable
from dashboards.browser import started as browser_started
from dashboards.instance import Instance, started
from standin.page import BUILD, build

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "tests" / "demo" / "page.json"
INDEXES = ("kube_audit", "kube_audit_findings")
INDEXED_DEADLINE_S = 30.0
POLL_S = 0.1


def not_run(reason: str) -> None:
    """Skip, or fail where a browser and Node are required."""
    if os.environ.get("KUBE_AUDIT_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{reason}, and KUBE_AUDIT_REQUIRE_BROWSER=1")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def renderer() -> None:
    """Make sure that Studio's renderer, its schema and its validator are built."""
    assert build.main() == 0, "the page's bundle does not build"
    state = json.loads((BUILD / "state.json").read_bytes())
    if not state["bundle"]:
        not_run(f"not run: {state['reason']}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium or Chrome once."""
    path = executable()
    if path is None:
        not_run("not run: no chromium or google-chrome on PATH")
    assert path
    with browser_started(path) as running:
        yield running


def wait_until_indexed(instance: Instance, count: int) -> None:
    """Return when that many events can be searched."""
    search = "search " + " OR ".join(f"index={name}" for name in INDEXES) + " | stats count"
    deadline = time.monotonic() + INDEXED_DEADLINE_S
    found = "0"
    while time.monotonic() < deadline:
        found = instance.results(instance.dispatch("search", search, earliest_time="0")).rows[0]["count"]
        if int(found) == count:
            return
        time.sleep(POLL_S)
    raise AssertionError(f"{found} of {count} events are indexed after {INDEXED_DEADLINE_S} s")


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Start a stand-in one minute after the sample's newest event."""
    app = app_build.stage(ROOT, tmp_path_factory.mktemp("app") / app_build.APP)
    with started(app, PAGE, sample.NOW + 60) as running:
        for name in INDEXES:
            running.call("POST", "/services/data/indexes", name=name)
        events = list(sample.hec_events())
        running.send(events)
        wait_until_indexed(running, len(events))
        yield running
