"""Matching: the decisions of the real evaluator, for every recorded and every shared case."""

from typing import Any, Dict, List, Optional, Tuple

import pytest

from kube_audit.policy.errors import PolicyError, RequestError
from kube_audit.policy.load import load_text, load_value
from kube_audit.policy.match import Evaluator
from kube_audit.policy.model import Attributes
from kube_audit.policy.requestinfo import read_request
from policy_cases import RECORDED, policy_text, read_lines, shared_cases

REQUESTS = list(read_lines(RECORDED / "requests.jsonl"))


def attributes_of(request: Dict[str, Any]) -> Attributes:
    """Read a request as the cases write it."""
    user = None if request.get("noUser") else request.get("user", "")
    return read_request(request["method"], request["uri"], user, request.get("groups") or [])


def as_shared(attributes: Attributes) -> Dict[str, Any]:
    """Write attributes under the names that the shared cases use."""
    return {
        "group": attributes.group,
        "isResource": attributes.is_resource,
        "name": attributes.name,
        "ns": attributes.namespace,
        "path": attributes.path,
        "resource": attributes.resource,
        "subresource": attributes.subresource,
        "verb": attributes.verb,
    }


def load_any(policy: object) -> Tuple[Optional[Evaluator], Optional[str]]:
    """Load a policy given as text or value: an evaluator or the refusal."""
    try:
        loaded = load_text(policy) if isinstance(policy, str) else load_value(policy)
    except PolicyError as error:
        return None, error.reason
    return Evaluator(loaded.policy), None


def test_generated_vectors_agree_with_the_real_evaluator() -> None:
    """All 1,000 generated policies with their 4,085 requests get the real evaluator's attributes and decision."""
    wrong: List[str] = []
    requests = 0
    for number, vector in enumerate(shared_cases("vectors.jsonl.gz")):
        evaluator, error = load_any(vector["policy"])
        if error != (vector.get("error")):
            wrong.append(f"{number}: {error}")
        for case in vector["cases"] if evaluator else ():
            requests += 1
            attributes = attributes_of(case["request"])
            decision = evaluator.decide(attributes) if evaluator else None
            assert decision is not None
            got = (decision.level.text, list(decision.omit_stages), decision.omit_managed_fields)
            if as_shared(attributes) != case["attrs"] or got != (
                case["level"], case["omitStages"], case["omitManagedFields"],
            ):  # fmt: skip
                wrong.append(f"{number}: {case}")

    assert (wrong, requests) == ([], 4085)


def test_curated_cases_agree_with_the_real_evaluator() -> None:
    """Each hand-picked trap gets the real evaluator's answer or refusal."""
    for case in shared_cases("curated.jsonl"):
        expected = case["expect"]
        evaluator, error = load_any(case["policy"])
        assert error == expected.get("error"), case["id"]
        if evaluator is not None:
            attributes = attributes_of(case)
            decision = evaluator.decide(attributes)
            assert as_shared(attributes) == expected["attrs"], case["id"]
            assert decision.level.text == expected["level"], case["id"]
            assert decision.omit_managed_fields == expected.get("omitManagedFields", False), case["id"]


def test_upstream_evaluator_cases_hold() -> None:
    """The cases of the upstream evaluator's own tests get level, stages and managed fields as theirs do."""
    for case in shared_cases("evaluate.jsonl"):
        policy = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", **case["policy"]}
        request = case["request"]
        user = request["user"] or {}
        attributes = Attributes(
            request["verb"], request["isResourceRequest"], request["path"], user.get("username"),
            tuple(user.get("groups") or ()), request["apiGroup"], request["resource"], request["subresource"],
            request["namespace"], request["name"],
        )  # fmt: skip
        evaluator, _error = load_any(policy)
        assert evaluator is not None, case["id"]
        decision = evaluator.decide(attributes)
        expected = case["expect"]
        assert decision.level.text == expected["level"], case["id"]
        assert list(decision.omit_stages) == sorted(expected.get("omitStages", decision.omit_stages)), case["id"]
        assert decision.omit_managed_fields == expected.get("omitManagedFields", decision.omit_managed_fields)


def test_upstream_request_info_cases_hold() -> None:
    """The cases of the upstream request parser's own tests get the same attributes."""
    names = {"isResourceRequest": "is_resource", "verb": "verb", "apiGroup": "group", "namespace": "namespace",
             "resource": "resource", "subresource": "subresource", "name": "name"}  # fmt: skip
    for case in shared_cases("requestinfo.jsonl"):
        attributes = read_request(case["method"], case["url"], "u")
        for theirs, ours in names.items():
            if theirs in case["expect"]:
                assert getattr(attributes, ours) == case["expect"][theirs], case


@pytest.mark.parametrize("case", REQUESTS, ids=[f"{case['method']} {case['uri']}" for case in REQUESTS])
def test_requests_are_read_as_the_api_server_reads_them(case: Dict[str, Any]) -> None:
    """Each request that the real parser was asked about gets the same attributes, or is refused as there."""
    if "refused" in case:
        with pytest.raises(RequestError):
            read_request(case["method"], case["uri"], "u")
        return

    attributes = read_request(case["method"], case["uri"], "u")

    assert {key: value for key, value in attributes._asdict().items() if key in case["attributes"]} == case[
        "attributes"
    ]


@pytest.mark.parametrize(
    "rule", ["{level: Metadata, users: [a]}", "{level: Metadata, userGroups: [system:unauthenticated]}"]
)
def test_a_request_without_user_matches_no_rule_about_users(rule: str) -> None:
    """A request that failed to authenticate skips rules with users or groups, even system:unauthenticated."""
    evaluator = Evaluator(load_text(policy_text(rule)).policy)

    decision = evaluator.decide(read_request("GET", "/api/v1/pods", None, ["system:unauthenticated"]))

    assert (decision.level.text, decision.rule) == ("None", None)
