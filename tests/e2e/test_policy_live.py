"""The policy toolkit against real API servers: `make e2e` runs these, `make test` replays what they recorded.

They need the laboratory's binaries (`make cluster`) and take about two minutes.
"""

import os
from pathlib import Path

import pytest

from cluster.control_plane import Cluster, Options
from cluster.errors import NotRun
from cluster.versions import VERSIONS, built_binaries
from kube_audit.policy.coverage import coverage
from kube_audit.policy.detections import choose, shipped_detections
from kube_audit.policy.generate.goals import GOALS
from kube_audit.policy.generate.make import Request, generate
from kube_audit.policy.generate.surround import Webhook
from kube_audit.policy.load import load_file
from kube_audit.policy.match import Evaluator
from kube_audit.policy.requestinfo import read_request
from kube_audit.policy.stages import recorded_stages
from kube_audit.policy.versions import parse_version
from policy_cases import RECORDED
from policy_live import POLICIES, ask

pytestmark = [
    pytest.mark.skipif(not os.environ.get("KUBE_AUDIT_LIVE"), reason="needs real API servers: make e2e"),
    pytest.mark.timeout(300),
]
DETECTIONS = tuple(choose(shipped_detections(), ["pod_exec", "cluster_admin_binding", "denied_access_burst"]))


def binaries(version: str) -> Path:
    """Find the laboratory's binaries, or skip."""
    try:
        return built_binaries(version)
    except NotRun as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("policy", POLICIES)
def test_a_real_api_server_decides_as_the_engine_does(policy: str, version: str) -> None:
    """Every request gets, live, the level and stages that the engine predicts for that version."""
    binaries(version)
    target = parse_version(version)
    if policy == "by-resource" and target.minor < 36:
        pytest.skip('the group "*" needs 1.36')
    evaluator = Evaluator(load_file(RECORDED / "policies" / f"{policy}.yaml", target).policy)

    for live in ask(policy, version):
        request = read_request(live.method, live.uri, None if live.noUser else live.user, live.groups)
        decision = evaluator.decide(request)
        assert live.stages == list(recorded_stages(request, decision)), live
        assert live.level == decision.level.text or not live.stages, live


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("goal", GOALS)
def test_a_real_api_server_starts_with_what_is_generated(goal: str, version: str, tmp_path: Path) -> None:
    """A generated policy with its flags and webhook kubeconfig starts an API server, which records by it."""
    webhook = Webhook("https://127.0.0.1:9/audit")
    made = generate(Request(goal, DETECTIONS, webhook=webhook, version=parse_version(version)))
    policy, kubeconfig = tmp_path / "audit-policy.yaml", tmp_path / "audit-webhook.kubeconfig"
    policy.write_text(made.text)
    kubeconfig.write_text(made.around.files["audit-webhook.kubeconfig"])
    own = ("--audit-policy-file", "--audit-log-path", "--audit-webhook-config-file")
    flags = tuple(flag for flag in made.around.flags if not flag.startswith(own))
    options = Options(policy, nodes=0, controllers=False, webhook_kubeconfig=kubeconfig, api_server_flags=flags)

    with Cluster(binaries(version), tmp_path, options) as cluster:
        status = cluster.admin.request("GET", "/api/v1/namespaces/default/secrets").code
        counters = cluster.metrics()

    assert status == 200
    assert 'apiserver_audit_level_total{level="Metadata"}' in counters
    assert '"requestURI":"/api/v1/namespaces/default/secrets"' in cluster.audit_log.read_text()
    assert {result.status for result in coverage(made.loaded, DETECTIONS)} == {"covered"}
