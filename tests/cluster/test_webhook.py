"""The API server, and its audit backends alone, send events to a webhook that asks for their certificate."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster.control_plane import Cluster, Options
from cluster.errors import NotRun
from cluster.receiver import Receiver
from cluster.recordings import recording, text_of
from cluster.versions import NEWEST, built_binaries, built_peers

TESTS = Path(__file__).parent.parent
POLICY = TESTS / "cluster" / "policies" / "full.yaml"
LOG = recording("attacks-1.37-full")
LIMIT_S = 20


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Run a receiver."""
    with Receiver(tmp_path / "receiver") as running:
        yield running


def test_events_reach_the_webhook_with_the_api_servers_certificate(receiver: Receiver, tmp_path: Path) -> None:
    """An EventList with the request arrives by mutual TLS; the log has it too."""
    try:
        binaries = built_binaries(NEWEST)
    except NotRun as reason:
        pytest.skip(f"not run: {reason}")
    flags = ("--audit-webhook-batch-max-wait=1s",)
    options = Options(
        POLICY, nodes=1, controllers=False, webhook_kubeconfig=receiver.kubeconfig, api_server_flags=flags
    )

    with Cluster(binaries, tmp_path / "cluster", options) as cluster:
        cluster.admin.request("GET", "/api/v1/namespaces/seen-by-the-webhook")
        deadline = time.monotonic() + LIMIT_S
        while "/api/v1/namespaces/seen-by-the-webhook" not in receiver.uris() and time.monotonic() < deadline:
            time.sleep(0.1)

    assert "/api/v1/namespaces/seen-by-the-webhook" in receiver.uris()
    assert {(events["kind"], events["apiVersion"]) for events in receiver.lists} == {("EventList", "audit.k8s.io/v1")}
    assert "/api/v1/namespaces/seen-by-the-webhook" in cluster.audit_log.read_text()


def test_the_audit_backends_alone_deliver_every_event_of_a_recording(receiver: Receiver) -> None:
    """The driver hands a recording to the API server's webhook backend; all arrives, in batches of at most 400."""
    try:
        driver = built_peers() / "audit-backends"
    except NotRun as reason:
        pytest.skip(f"not run: {reason}")
    lines = text_of(LOG)

    command = [str(driver), "--kubeconfig", str(receiver.kubeconfig), "--batch-max-wait", "1s"]
    result = subprocess.run(command, input=lines, capture_output=True, check=True, timeout=60)

    counts = json.loads(result.stdout)
    sizes = [len(events["items"]) for events in receiver.lists]
    assert (counts["events"], counts["errors"]) == (len(lines.splitlines()), {})
    assert sum(sizes) == counts["events"]
    assert max(sizes) <= 400
