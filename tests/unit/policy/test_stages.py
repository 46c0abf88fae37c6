"""Stages: which events a request leaves behind."""

from typing import Tuple

import pytest

from kube_audit.policy.load import load_text
from kube_audit.policy.match import Evaluator
from kube_audit.policy.model import union
from kube_audit.policy.requestinfo import is_long_running, read_request
from kube_audit.policy.stages import invert, recorded_stages
from policy_cases import policy_text, shared_cases


def test_upstream_stage_arithmetic_holds() -> None:
    """Union and complement of stages are the upstream functions'."""
    for case in shared_cases("stages.jsonl"):
        got = union(case["a"], case["b"]) if case["op"] == "union" else invert(case["a"])
        assert list(got) == case["expect"]


def test_upstream_emitted_stages_hold() -> None:
    """Each handler of the upstream audit filter's tests emits the stages that theirs do, with omitStages applied."""
    for case in shared_cases("stages_emitted.jsonl"):
        head = f"omitStages: {case['omitStages']}\n"
        evaluator = Evaluator(load_text(policy_text("{level: Metadata}", head=head)).policy)
        request = read_request(case["method"], case["url"], "u")
        got = recorded_stages(request, evaluator.decide(request), case["handler_panics"])
        assert list(got) == [event["stage"] for event in case["expect_events"]], case["id"]
        assert is_long_running(request) is case["long_running"]


@pytest.mark.parametrize(
    ("method", "uri", "user", "level", "expected"),
    [
        ("GET", "/api/v1/pods", "u", "None", ()),
        ("GET", "/api/v1/pods", None, "Metadata", ("ResponseStarted",)),
        ("GET", "/debug/pprof/heap", "u", "Metadata", ("RequestReceived", "ResponseStarted", "ResponseComplete")),
        ("GET", "/healthz", "u", "Metadata", ("RequestReceived", "ResponseComplete")),
        ("GET", "/api/v1/namespaces/a/pods/b/exec", "u", "Metadata",
         ("RequestReceived", "ResponseStarted", "ResponseComplete")),
        ("GET", "/api/v1/proxy/nodes/n", "u", "Metadata", ("RequestReceived", "ResponseStarted", "ResponseComplete")),
    ],
    ids=["none", "failed login", "pprof", "healthz", "exec", "legacy proxy"],
)  # fmt: skip
def test_stages_by_kind_of_request(method: str, uri: str, user: str, level: str, expected: Tuple[str, ...]) -> None:
    """A failed login has ResponseStarted alone, a long-running request all three, level None nothing."""
    evaluator = Evaluator(load_text(policy_text(f"{{level: {level}}}")).policy)
    request = read_request(method, uri, user)

    assert recorded_stages(request, evaluator.decide(request)) == expected
