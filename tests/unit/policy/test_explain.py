"""Explaining a request: each rule that was passed over has its first reason, in the API server's order."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Optional, Tuple

import pytest

from kube_audit.policy.explain import as_text, explain
from kube_audit.policy.load import load_text
from kube_audit.policy.requestinfo import read_request
from policy_cases import REPOSITORY, policy_text

POD = 'resources: [{group: "", resources: [pods]}]'
REASONS = [
    ("{level: None, users: [b], verbs: [get]}", "GET", "/api/v1/pods", "user 'a' is not in ['b']"),
    ("{level: None, userGroups: [h]}", "GET", "/api/v1/pods", "none of ['g'] is in ['h']"),
    ("{level: None, verbs: [get]}", "GET", "/api/v1/pods", "verb 'list' is not in ['get']"),
    (f"{{level: None, {POD}}}", "GET", "/healthz", "the rule is about resources, the request is not"),
    ("{level: None, nonResourceURLs: [/x]}", "GET", "/healthz", "path '/healthz' is not in ['/x']"),
    ("{level: None, nonResourceURLs: [/x]}", "GET", "/api/v1/pods", "the rule is about non-resource URLs, the request"),
    ("{level: None, namespaces: [x]}", "GET", "/api/v1/pods", "namespace \"\" (cluster-wide) is not in ['x']"),
    (f"{{level: None, {POD}}}", "GET", "/apis/apps/v1/deployments", "API group 'apps' is not in ['']"),
    (f"{{level: None, {POD}}}", "GET", "/api/v1/namespaces/n/pods/p/log", "resource 'pods/log' is not in ['pods']"),
    ("{level: None, resources: [{resources: [pods], resourceNames: [q]}]}", "GET", "/api/v1/namespaces/n/pods/p",
     "name 'p' is not in resourceNames ['q']"),
    ("{level: None, resources: [{resources: [pods], resourceNames: [q]}]}", "POST", "/api/v1/namespaces/n/pods",
     "the URL has no name, which is not in resourceNames ['q']"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "method", "uri", "reason"), REASONS, ids=[case[3] for case in REASONS])
def test_a_rule_is_passed_over_for_its_first_reason(rule: str, method: str, uri: str, reason: str) -> None:
    """The reason names what the request has and what the rule wants."""
    loaded = load_text(policy_text(rule, "{level: Metadata}"))

    explanation = explain(loaded, read_request(method, uri, "a", ["g"]))

    assert explanation.passed[0].reason.startswith(reason)
    assert (explanation.decision.rule, explanation.line) == (1, 5)


@pytest.mark.parametrize(
    ("rules", "user", "expected"),
    [
        (("{level: None}",), "a", "content    nothing is recorded"),
        (("{level: Request, users: [b]}",), "a", "decides    no rule matches: level None"),
        (("{level: Request, users: [b]}",), None, "passed     rule 0 (line 4): the request failed to authenticate"),
        (("{level: Request}",), "a", "content    as Metadata, and the request body, with managedFields"),
        (("{level: RequestResponse, omitManagedFields: true}",), "a", "and request and response body, without managed"),
        (("{level: Metadata, omitStages: [RequestReceived]}",), "a", "omitted    RequestReceived"),
    ],
    ids=["none", "no match", "no user", "request", "both bodies", "stages"],
)
def test_the_text_says_what_is_recorded(rules: Tuple[str, ...], user: Optional[str], expected: str) -> None:
    """The text form says what decides and what then stands in the log."""
    explanation = explain(load_text(policy_text(*rules)), read_request("GET", "/api/v1/pods", user))

    assert expected in as_text(explanation)


def test_the_command_explains(tmp_path: Path) -> None:
    """The command explains a request as text and as JSON, with system:authenticated added to the groups."""
    path = tmp_path / "policy.yaml"
    path.write_text(policy_text('{level: None, userGroups: ["system:nodes"]}', "{level: Metadata}"))
    call = [sys.executable, "-c", "from kube_audit.cli import main; main()", "policy", "explain", "--policy", str(path)]
    run = {"capture_output": True, "text": True, "cwd": REPOSITORY, "env": {"PYTHONPATH": "bin"}}

    text = subprocess.run([*call, "get", "/api/v1/pods"], check=True, **run).stdout  # type: ignore[call-overload]
    found = json.loads(subprocess.run([*call, "--json", "GET", "/x"], check=True, **run).stdout)  # type: ignore[call-overload]

    assert "passed     rule 0 (line 4): none of ['system:authenticated'] is in ['system:nodes']" in text
    assert (found["rule"], found["line"], found["level"], found["stages"]) == (
        1, 5, "Metadata", ["RequestReceived", "ResponseComplete"],
    )  # fmt: skip
