"""The app's modular input, installed from the package and run as splunkd runs it."""

import os
import secrets
from pathlib import Path

import pytest

from cluster.recordings import events_of
from demo import processes
from demo.chain import APP
from demo.recording import unpack
from demo.splunk import Splunk, wait_until
from e2e.conftest import LOG
from standin.jobs import interpreter

ADMINISTRATOR = ("admin", "a-Password-0f-this-test")
LIMIT_S = 60.0
ALL_FIELDS = (
    "`kube_audit_index` | where _time=stage_time AND isnotnull(verb) AND isnotnull(uri) AND isnotnull(user)"
    " | stats count dc(_raw) AS events by source"
)


@pytest.mark.parametrize("python", ["3.9", "3.13"])
def test_the_log_is_indexed_with_its_fields(package: Path, tmp_path: Path, python: str) -> None:
    """Every event of the log arrives once, with its own time and the fields that detections read."""
    if interpreter.find(python) is None:
        assert os.environ.get("REQUIRE_PYTHONS") != "1", f"Python {python} is required and not there"
        pytest.skip(f"not run: no Python {python}")
    recorded = unpack(LOG, tmp_path)
    page = Path(processes.__file__).with_name("page.json")
    setup = processes.Setup(package, page, tmp_path / "standin", python)

    with processes.standin(setup, recorded.newest + 60, secrets.token_hex(16), ADMINISTRATOR) as addresses:
        splunk = Splunk(addresses.management, addresses.ca, ADMINISTRATOR)
        splunk.create_index("kube_audit")
        splunk.post(
            f"/servicesNS/nobody/{APP}/data/inputs/kube_audit_file",
            name="audit",
            path=str(recorded.path),
            index="kube_audit",
            host="api-1",
        )
        count = "`kube_audit_index` host=api-1 | stats count"
        wait_until(lambda: splunk.search(count, APP)[0]["count"] == str(recorded.events), LIMIT_S, "not all is indexed")
        rows = splunk.search(ALL_FIELDS, APP)

    assert rows == [{"source": str(recorded.path), "count": str(recorded.events), "events": str(recorded.events)}]
    assert recorded.events == len(events_of(LOG))
