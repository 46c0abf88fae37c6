"""The renderer (built when first needed) and the browser; where this machine has none, tests say so and are skipped.

`KUBE_AUDIT_REQUIRE_BROWSER=1` turns "not run" into a failure: for machines that promise to have both.
"""

import json
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from dashboards.browser import executable, started
from standin.page import BUILD, build


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
    with started(path) as running:
        yield running
