"""A cluster starts fast, runs beside others, and leaves nothing behind, whatever happens."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cluster.actors import Actor
from cluster.control_plane import Cluster, Options
from cluster.errors import LaboratoryError, NotRun
from cluster.versions import NEWEST, VERSIONS, built_binaries

POLICY = Path(__file__).parent / "policies" / "full.yaml"
START_LIMIT_S = 15
# A machine that builds something else at the same time is given more.
PATIENCE = 3


@pytest.fixture(scope="module")
def binaries() -> Path:
    """Find the newest version's binaries, or report the tests as not run where a version is not built."""
    try:
        return [built_binaries(version) for version in VERSIONS][VERSIONS.index(NEWEST)]
    except NotRun as reason:
        pytest.skip(f"not run: {reason}")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Stop what a test started."""
    with ExitStack() as opened:
        yield opened


def test_clusters_of_both_versions_run_side_by_side(binaries: Path, tmp_path: Path, stack: ExitStack) -> None:
    """Each is up in time, has its own authority and log, and records its own people only."""
    clusters: list[Cluster] = []
    for version in VERSIONS:
        started = time.monotonic()
        options = Options(POLICY, nodes=2, controllers=not clusters)
        clusters.append(stack.enter_context(Cluster(built_binaries(version), tmp_path / version, options)))
        assert time.monotonic() - started < START_LIMIT_S * PATIENCE
    alice = stack.enter_context(clusters[0].sign_in(Actor("alice", ("developers",), "127.0.0.7")))

    denied = alice.request("GET", "/api/v1/nodes")

    assert denied.code == 403
    logs = [cluster.audit_log.read_text() for cluster in clusters]
    assert '"alice"' in logs[0]
    assert '"127.0.0.7"' in logs[0]
    assert '"alice"' not in logs[1]


def test_stopping_ends_every_process_and_keeps_the_log(binaries: Path, tmp_path: Path) -> None:
    """After the block no child runs; the log holds what was asked just before its end."""
    with Cluster(binaries, tmp_path, Options(POLICY, controllers=False, nodes=1)) as cluster:
        children = [child.process for child in cluster.children]
        cluster.admin.request("GET", "/api/v1/namespaces/last-words")

    assert all(process.poll() is not None for process in children)
    assert "/api/v1/namespaces/last-words" in cluster.audit_log.read_text()


def test_a_policy_that_the_api_server_refuses_is_said_and_leaves_nothing(binaries: Path, tmp_path: Path) -> None:
    """The error quotes the API server, and etcd, which had started, is gone."""
    policy = tmp_path / "policy.yaml"
    policy.write_text("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n")
    cluster = Cluster(binaries, tmp_path / "cluster", Options(policy))

    with pytest.raises(LaboratoryError, match="loaded illegal policy with 0 rules"):
        cluster.__enter__()

    assert cluster.children == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="not run: needs Linux' parent-death signal")
def test_a_laboratory_that_is_killed_takes_everything_along(binaries: Path, tmp_path: Path, stack: ExitStack) -> None:
    """After SIGKILL no server, node or command that was run in a pod goes on."""
    mark = f"{86400 + os.getpid()}.25"
    victim = Path(__file__).parent / "life_cycle_victim.py"
    command = [sys.executable, str(victim), str(tmp_path), str(POLICY), mark]
    # What the killed one leaves in its temporary folder goes with ours, which kwok's user may enter.
    temporary = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kube-audit-test-")))
    temporary.chmod(0o755)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "TMPDIR": str(temporary)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        _wait_until(lambda: any(line.startswith(f"sleep {mark}") for line in _descendants(process.pid).values()))
        family = _descendants(process.pid)
        process.send_signal(signal.SIGKILL)

    assert {"etcd", "kube-apiserver", "kwok", "sleep"} <= {Path(line.split()[0]).name for line in family.values()}
    _wait_until(lambda: not family.keys() & _processes().keys())


def _processes() -> dict[int, tuple[int, str]]:
    """List all processes: id -> parent and command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if line:
            found[int(folder.name)] = (parent, line)
    return found


def _descendants(ancestor: int) -> dict[int, str]:
    """List what a process started, and what that started, as it stands: id -> command line."""
    known, family = _processes(), {ancestor}
    while more := {child for child, (parent, _) in known.items() if parent in family} - family:
        family |= more
    return {child: known[child][1] for child in family - {ancestor}}


def _wait_until(holds: Callable[[], bool], limit_s: float = 20) -> None:
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, "still not after the limit"
        time.sleep(0.05)
