"""Every endpoint that splunk-sdk's client can call: served, or refused in a way that says so.

The list is held against the client's own source: a path that it calls and that is not here fails a test.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from splunklib import client

from serving import Serving, serving

NAMESPACE = "/servicesNS/nobody/search/"
SEARCH = "saved/searches/Some"
INDEX = "data/indexes/some_index"


class Endpoint(NamedTuple):
    """One call of the client, and the status with which it is answered; `at` is where the source has it."""

    method: str
    path: str
    status: int
    at: str
    form: dict[str, str] = {}  # noqa: RUF012 - a NamedTuple's default, never changed


SERVED = [
    Endpoint("GET", "apps/local/", 200, "PATH_APPS"),
    Endpoint("GET", "authorization/capabilities/", 200, "PATH_CAPABILITIES"),
    Endpoint("GET", "configs/conf-props/", 200, "PATH_CONF"),
    Endpoint("GET", "configs/conf-macros/some", 200, "PATH_STANZA"),
    Endpoint("GET", "properties/", 200, "PATH_PROPERTIES"),
    Endpoint("GET", "saved/eventtypes/", 200, "PATH_EVENT_TYPES"),
    Endpoint("GET", "alerts/fired_alerts/", 200, "PATH_FIRED_ALERTS"),
    Endpoint("GET", "data/indexes/", 200, "PATH_INDEXES"),
    Endpoint("GET", "search/jobs/", 200, "PATH_JOBS"),
    Endpoint("GET", "search/v2/jobs/", 200, "PATH_JOBS_V2"),
    Endpoint("GET", "configs/conf-macros/", 200, "PATH_MACROS"),
    Endpoint("GET", "messages/", 200, "PATH_MESSAGES"),
    Endpoint("GET", "data/modular-inputs", 200, "PATH_MODULAR_INPUTS"),
    Endpoint("GET", "authorization/roles/", 200, "PATH_ROLES"),
    Endpoint("GET", "saved/searches/", 200, "PATH_SAVED_SEARCHES"),
    Endpoint("GET", "authentication/users/", 200, "PATH_USERS"),
    Endpoint("POST", "receivers/simple", 200, "PATH_RECEIVERS_SIMPLE", {"event": "text"}),
    Endpoint("GET", "storage/passwords", 200, "PATH_STORAGE_PASSWORDS"),
    Endpoint("GET", "storage/collections/config", 200, "storage/collections/config"),
    Endpoint("GET", "storage/collections/data/things/", 200, "storage/collections/data/"),
    Endpoint("POST", "storage/collections/data/things/batch_find", 200, "batch_find"),
    Endpoint("POST", "storage/collections/data/things/batch_save", 200, "batch_save"),
    Endpoint("GET", "server/info", 200, "/services/server/info"),
    Endpoint("GET", "server/settings", 200, "/services/server/settings"),
    Endpoint("POST", "search/v2/parser", 200, "search/v2/parser", {"q": "search *"}),
    Endpoint("POST", "search/parser", 200, "search/parser", {"q": "search *"}),
    Endpoint("GET", "messages", 200, "messages"),
    Endpoint("POST", f"{SEARCH}/disable", 200, "disable"),
    Endpoint("POST", f"{SEARCH}/enable", 200, "enable"),
    Endpoint("POST", f"{SEARCH}/acl", 200, "acl", {"sharing": "app", "owner": "nobody"}),
    Endpoint("POST", f"{SEARCH}/dispatch", 201, "dispatch"),
    Endpoint("GET", f"{SEARCH}/history", 200, "history"),
    Endpoint("GET", f"{SEARCH}/scheduled_times?earliest_time=now&latest_time=%2B1h", 200, "scheduled_times"),
    Endpoint("POST", "search/v2/jobs/SID/control", 200, "control", {"action": "touch"}),
    Endpoint("GET", "search/v2/jobs/SID/events", 200, "events"),
    Endpoint("POST", "search/v2/jobs/SID/results", 200, "results"),
    Endpoint("POST", "search/v2/jobs/SID/results_preview", 200, "results_preview"),
    Endpoint("GET", "search/v2/jobs/SID/search.log", 200, "search.log"),
    Endpoint("GET", "search/v2/jobs/SID/summary", 200, "summary"),
    Endpoint("POST", "search/v2/jobs/export", 200, "export", {"search": "| makeresults"}),
]
# What has no part in searching, alerting and forwarding here: unknown paths, as an older or a newer Splunk has them.
REFUSED = [
    Endpoint("GET", "deployment/client/", 404, "PATH_DEPLOYMENT_CLIENTS"),
    Endpoint("GET", "deployment/tenants/", 404, "PATH_DEPLOYMENT_TENANTS"),
    Endpoint("GET", "deployment/server/", 404, "PATH_DEPLOYMENT_SERVERS"),
    Endpoint("GET", "deployment/serverclass/", 404, "PATH_DEPLOYMENT_SERVERCLASSES"),
    Endpoint("GET", "data/inputs/", 404, "PATH_INPUTS"),
    Endpoint("GET", "server/logger/", 404, "PATH_LOGGER"),
    Endpoint("POST", "receivers/stream", 404, "PATH_RECEIVERS_STREAM"),
    Endpoint("POST", "server/control/restart", 404, "/services/server/control/restart"),
    Endpoint("POST", "server/settings/settings", 404, "/services/server/settings/settings"),
    Endpoint("POST", f"{SEARCH}/_reload", 404, "_reload"),
    Endpoint("GET", "saved/searches/_new", 404, "_new"),
    Endpoint("POST", f"{INDEX}/roll-hot-buckets", 404, "roll-hot-buckets"),
    Endpoint("POST", "data/inputs/oneshot", 404, "oneshot", {"name": "/x"}),
    Endpoint("GET", "search/v2/jobs/SID/timeline", 404, "timeline"),
    Endpoint("POST", f"{SEARCH}/acknowledge", 404, "acknowledge"),
    Endpoint("GET", f"{SEARCH}/suppress", 404, "suppress"),
    Endpoint("GET", "apps/local/search/package", 404, "package"),
    Endpoint("GET", "apps/local/search/update", 404, "update"),
    Endpoint("GET", "search/typeahead?prefix=a&count=1", 404, "typeahead, of no client"),
]
ALL = [*SERVED, *REFUSED]
CALLS = {
    f"self.{of}{verb}" for of in ("", "service.") for verb in ("get", "post", "delete", "_get", "_post", "_run_action")
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance with a saved search, an index, a collection and a job."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        running.post(f"{NAMESPACE}saved/searches", name="Some", search="| makeresults", cron_schedule="* * * * *")
        running.post("/services/data/indexes", name="some_index")
        running.post(f"{NAMESPACE}configs/conf-macros", name="some", definition="*")
        running.post(f"{NAMESPACE}storage/collections/config", name="things")
        running.post("/services/search/jobs", search="| makeresults", exec_mode="blocking", id="SID")
        yield running


@pytest.mark.parametrize("endpoint", ALL, ids=lambda one: f"{one.method} {one.path}")
def test_every_endpoint_is_answered(served: Serving, endpoint: Endpoint) -> None:
    """What is served answers with what the client waits for, what is not says that there is nothing."""
    batch = "[{}]" if "batch" in endpoint.path else None
    answer = served.management.request(
        endpoint.method, served.url(NAMESPACE + endpoint.path), data=batch or endpoint.form, timeout=60
    )

    assert answer.status_code == endpoint.status, answer.text
    if endpoint in REFUSED:
        assert re.search("Not Found|Could not find|Unknown endpoint|Unknown sid|target name", answer.text), answer.text


def called_paths() -> Iterator[str]:
    """Yield the path constants of the client and the paths that it spells out where it calls."""
    for node in ast.walk(ast.parse(Path(client.__file__).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            yield from [name] if name.startswith("PATH_") else []
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
            given = [*node.args[:1], *(one.value for one in node.keywords if one.arg == "path_segment")]
            yield from (str(one.value) for one in given if isinstance(one, ast.Constant) and one.value)
        elif isinstance(node, ast.Constant) and re.fullmatch(r"(/services|storage)/[\w/-]+", str(node.value)):
            yield str(node.value)


def test_the_list_is_whole() -> None:
    """Every path constant of the client, and every path that it calls by name, is in the list."""
    constants = {str(value) for name, value in vars(client).items() if name.startswith("PATH_")}

    assert sorted(set(called_paths()) - constants - {one.at for one in ALL}) == []
