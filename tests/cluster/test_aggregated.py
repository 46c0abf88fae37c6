"""An aggregated API server answers behind the first one, whose audit log has the requests."""

import json
from pathlib import Path

import pytest

from cluster.actors import Actor
from cluster.aggregation import GROUP, SAMPLE_API
from cluster.control_plane import Cluster, Options
from cluster.errors import NotRun
from cluster.versions import NEWEST, built_binaries

POLICY = Path(__file__).parent / "policies" / "full.yaml"
FLUNDER = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "Flunder", "metadata": {"name": "one"}, "spec": {}}


def test_a_request_to_an_aggregated_api_is_logged_with_its_group_and_user(tmp_path: Path) -> None:
    """The object is made there, and the first API server's event names the group, the user and the outcome."""
    try:
        binaries = built_binaries(NEWEST)
    except NotRun as reason:
        pytest.skip(f"not run: {reason}")
    options = Options(POLICY, nodes=1, controllers=False, aggregated=True)

    alice = Actor("alice", ("system:masters",))

    with Cluster(binaries, tmp_path, options) as cluster, cluster.sign_in(alice) as client:
        made = client.request("POST", f"{SAMPLE_API}/namespaces/default/flunders", FLUNDER)

    assert made.code == 201, made.output
    events = [json.loads(line) for line in cluster.audit_log.read_text().splitlines()]
    mine = [event for event in events if event["user"].get("username") == "alice" and event["verb"] == "create"]
    last = mine[-1]
    assert (last["objectRef"]["apiGroup"], last["objectRef"]["resource"]) == (GROUP, "flunders")
    assert (last["stage"], last["responseStatus"]["code"]) == ("ResponseComplete", 201)
