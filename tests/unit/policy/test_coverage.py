"""Coverage: what a policy gives each detection, with the rule and line that decide."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Tuple

import pytest

from kube_audit.errors import BadInput
from kube_audit.policy.coverage import as_text, coverage
from kube_audit.policy.detections import CATALOGUE, Detection, Need, choose, load_detections, shipped_detections
from kube_audit.policy.load import load_text
from kube_audit.policy.model import Level
from policy_cases import REPOSITORY, policy_text

EXEC = Need("", "pods", "exec", ("get", "create"), Level.METADATA, ("ResponseStarted",))
BINDINGS = Need("rbac.authorization.k8s.io", "rolebindings", "", ("create",), Level.REQUEST, ("ResponseComplete",))
SECRETS = Need("", "secrets", "", ("update",), Level.METADATA, ("ResponseComplete",))
ANY = Need("*", "*", "*", ("*",), Level.METADATA, ("ResponseStarted", "ResponseComplete"))
POD_EXEC = 'resources: [{group: "", resources: [pods/exec]}]'
CASES = [
    ("recorded", (f"{{level: Metadata, {POD_EXEC}}}",), EXEC, "covered", 0),
    ("create only", (f"{{level: Metadata, verbs: [create], {POD_EXEC}}}",), EXEC, "blind", None),
    ("stage omitted", (f"{{level: Metadata, omitStages: [ResponseStarted], {POD_EXEC}}}",), EXEC, "blind", 0),
    ("other stage omitted", (f"{{level: Metadata, omitStages: [ResponseComplete], {POD_EXEC}}}",), EXEC, "covered", 0),
    ("too low", ("{level: Metadata}",), BINDINGS, "too low", 0),
    ("high enough", ("{level: RequestResponse}",), BINDINGS, "covered", 0),
    ("leaking", ("{level: Request}",), SECRETS, "leaking", 0),
    ("one namespace missing", ("{level: None, namespaces: [kube-system]}", "{level: Metadata}"), EXEC, "blind", 0),
    (
        "administrators missing",
        ("{level: None, userGroups: ['system:masters']}", "{level: Metadata}"),
        EXEC,
        "blind",
        0,
    ),
    ("a component missing", ("{level: None, users: ['system:kube-proxy']}", "{level: Metadata}"), EXEC, "covered", 1),
    ("everything", ("{level: Metadata}",), ANY, "covered", 0),
    ("everything but logins", ("{level: Metadata, userGroups: ['system:authenticated']}",), ANY, "blind", None),
    ("everything but custom", ('{level: Metadata, resources: [{group: ""}, {group: apps}]}',), ANY, "blind", None),
]


@pytest.mark.parametrize(("rules", "need", "status", "rule"), [case[1:] for case in CASES], ids=[c[0] for c in CASES])
def test_needs_are_judged_by_their_worst_request(rules: Tuple[str, ...], need: Need, status: str, rule: int) -> None:
    """Each need gets the status of its worst request, and the rule that decides it."""
    loaded = load_text(policy_text(*rules))

    (covered,) = coverage(loaded, [Detection("d", "D", "", (need,))])

    assert (covered.status, covered.answers[0].rule) == (status, rule)
    assert covered.answers[0].line == (None if rule is None else 4 + rule)


def test_shipped_detections_are_read() -> None:
    """The detections beside the library are read with their needs; a good policy covers them all."""
    shipped = shipped_detections()
    bodies = "resources: [{group: rbac.authorization.k8s.io}]"
    loaded = load_text(policy_text(f"{{level: RequestResponse, {bodies}}}", "{level: Metadata}"))

    assert {"pod_exec", "cluster_admin_binding", "denied_access_burst"} <= {detection.id for detection in shipped}
    for detection in choose(shipped, ["pod_exec", "cluster_admin_binding", "denied_access_burst"]):
        (covered,) = coverage(loaded, [detection])
        assert covered.status == "covered", as_text([covered])


def test_the_catalogue_needs_only_metadata() -> None:
    """The built-in catalogue is covered by a single Metadata rule and blind under None."""
    for level, status in (("Metadata", "covered"), ("None", "blind")):
        results = coverage(load_text(policy_text(f"{{level: {level}}}")), CATALOGUE)
        assert {result.status for result in results} == {status}


@pytest.mark.parametrize(
    "content",
    ["a: b: c", "[]", "id: 3", "id: x\nneeds: 3", "id: x\nneeds: [3]", "id: x\nneeds: [{resource: pods}]",
     "id: x\nneeds: [{resource: pods, verbs: [get], level: Foo}]",
     "id: x\nneeds: [{resource: pods, verbs: [get], level: None, stages: [Foo]}]"],
    ids=range(8),
)  # fmt: skip
def test_a_bad_detection_is_bad_input(tmp_path: Path, content: str) -> None:
    """A detection that cannot be used is named."""
    (tmp_path / "bad.yml").write_text(content)

    with pytest.raises(BadInput, match=r"bad\.yml: "):
        load_detections(tmp_path)


def test_unknown_names_are_bad_input(tmp_path: Path) -> None:
    """A detection or a folder that is not there is said to be missing."""
    with pytest.raises(BadInput, match="there is no detection 'x'"):
        choose(CATALOGUE, ["x"])
    with pytest.raises(BadInput, match="no such directory"):
        load_detections(tmp_path / "nowhere")


def test_the_command_reports_and_writes_a_lookup(tmp_path: Path) -> None:
    """Text, JSON and a CSV with one row for each need; exit code 1 while something is not covered."""
    policy, out = tmp_path / "p.yaml", tmp_path / "coverage.csv"
    policy.write_text(policy_text("{level: Metadata}"))
    call = [
        sys.executable,
        "-c",
        "from kube_audit.cli import main; main()",
        "policy",
        "coverage",
        "--policy",
        str(policy),
    ]

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*call, *arguments], capture_output=True, text=True, check=False, cwd=REPOSITORY, env={"PYTHONPATH": "bin"}
        )

    shown = run("--out", str(out))
    found = json.loads(run("--format", "json").stdout)

    assert shown.returncode == 1
    assert "too low  cluster_admin_binding" in shown.stdout
    assert len(found["needs"]) == len(list(csv.DictReader(out.open()))) >= 5
    assert run("--catalogue").returncode == 0
    assert run("--detection", "nothing").returncode == 2
