"""`kube-audit policy evaluate`: one answer a line, in order, and exit codes that scripts can rely on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, List, Tuple

import pytest

from policy_cases import policy_text

REQUEST = {"method": "GET", "uri": "/api/v1/pods", "user": "a", "groups": ["g"]}


def run(lines: List[Any], *arguments: str) -> Tuple[int, List[Any], str]:
    """Run the command on JSON lines: exit code, answers, what it said."""
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    command = [sys.executable, "-c", "from kube_audit.cli import main; main()", "policy", "evaluate", *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, env={"PYTHONPATH": "bin"})
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """Write a policy file with two rules."""
    path = tmp_path / "policy.yaml"
    path.write_text(policy_text("{level: None, verbs: [watch]}", "{level: Request, omitStages: [RequestReceived]}"))
    return str(path)


def test_answers_have_rule_and_line(policy: str) -> None:
    """The answer names level, stages, rule from 0 and line from 1."""
    status, answers, _said = run([REQUEST, {**REQUEST, "uri": "/api/v1/pods?watch=1"}], "--policy", policy)

    assert status == 0
    assert answers == [
        {"level": "Request", "omitStages": ["RequestReceived"], "omitManagedFields": False, "rule": 1, "line": 5},
        {"level": "None", "omitStages": [], "omitManagedFields": False, "rule": 0, "line": 4},
    ]


def test_a_line_may_bring_its_own_policy(policy: str) -> None:
    """A policy in the line goes before --policy: text has lines, an object has none; no match has no rule."""
    text = policy_text("{level: Metadata, users: [a]}")
    value = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata", "users": ["a"]}]}

    _status, answers, _said = run(
        [{**REQUEST, "policy": text}, {**REQUEST, "policy": value}, {**REQUEST, "policy": value, "noUser": True}],
        "--policy",
        policy,
    )

    assert [(answer["level"], answer["rule"], answer["line"]) for answer in answers] == [
        ("Metadata", 0, 4),
        ("Metadata", 0, None),
        ("None", None, None),
    ]


def test_a_refused_policy_is_an_answer() -> None:
    """A policy that the API server would refuse answers its own lines with the error; the exit code stays 0."""
    status, answers, _said = run([{**REQUEST, "policy": ""}, {**REQUEST, "policy": policy_text("{level: None}")}])

    assert status == 0
    assert answers[0] == {"error": "unknown group version field audit.k8s.io/__internal, Kind=Policy in policy"}
    assert answers[1]["level"] == "None"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x\n", "no JSON object"),
        ("[]\n", "no JSON object"),
        ({"uri": "/x"}, "needs the texts method and uri"),
        ({"method": "GET", "uri": "x"}, "does not start with '/'"),
        ({"method": "GET", "uri": "/x%zz"}, "invalid escape"),
        ({**REQUEST, "groups": "g"}, "groups a list of texts"),
        ({**REQUEST, "policy": 3}, "neither an object nor a text"),
    ],
    ids=["no json", "no object", "no method", "relative", "escape", "groups", "policy"],
)
def test_a_line_that_is_no_request_is_bad_input(policy: str, line: object, reason: str) -> None:
    """A bad line is answered with an error, the others still count, and the exit code is 2 with the line's number."""
    status, answers, said = run([REQUEST, line, REQUEST], "--policy", policy)

    assert status == 2
    assert [("error" in answer) for answer in answers] == [False, True, False]
    assert reason in answers[1]["error"]
    assert said.startswith("kube-audit: line 2: ")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("--target-version", "9.9"), 64), (("--policy", "/nowhere"), 2), (("/nowhere",), 2), (("--nothing",), 64)],
    ids=["version", "file", "requests", "option"],
)
def test_wrong_usage(arguments: Tuple[str, ...], status: int) -> None:
    """What the command does not know is wrong usage, said in one line."""
    got, _answers, said = run([], *arguments)

    assert got == status
    assert said.startswith("kube-audit: ")
    assert len(said.splitlines()) == 1


def test_versions_differ(policy: str) -> None:
    """The target version decides whether the group "*" is taken."""
    line = {**REQUEST, "policy": policy_text('{level: Request, resources: [{group: "*"}]}')}

    _status, old, _said = run([line], "--target-version", "1.35")
    _status, new, _said = run([line])

    assert "Invalid value" in old[0]["error"]
    assert new[0]["level"] == "Request"
