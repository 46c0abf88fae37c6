"""Generating: what is written is free of findings of medium or above, covers what was chosen, and is the same twice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kube_audit.errors import WrongUsage
from kube_audit.policy.coverage import coverage
from kube_audit.policy.detections import CATALOGUE, Detection, Need, choose, shipped_detections
from kube_audit.policy.flags import read_flags
from kube_audit.policy.generate.goals import GOALS, Conflict
from kube_audit.policy.generate.make import Request, Unfit, generate
from kube_audit.policy.generate.surround import DISTRIBUTIONS, Webhook, surround
from kube_audit.policy.lint.catalogue import lint_text
from kube_audit.policy.lint.finding import Severity
from kube_audit.policy.lint.subject import Options
from kube_audit.policy.load import load_text
from kube_audit.policy.model import Level
from kube_audit.policy.versions import NEWEST, OLDEST, Version
from policy_cases import REPOSITORY, policy_text

WEBHOOK = Webhook("https://audit.example:8443/audit", "/pki/ca.pem", "/pki/client.pem", "/pki/client.key")
BODIES = ("pods", "nodes", "services", "serviceaccounts", "namespaces", "pods/exec", "pods/ephemeralcontainers")
PLACES = [("apps", "deployments"), ("rbac.authorization.k8s.io", "roles"), ("cilium.io", "x")]
LEVELS = st.sampled_from(list(Level)[1:])


def core_need(name: str, verbs: List[str], level: Level) -> Need:
    """Make a need of a core resource or subresource."""
    base, _slash, sub = name.partition("/")
    return Need("", base, sub, tuple(verbs), level, ("ResponseComplete",))


def group_need(place: Tuple[str, str], verb: str, level: Level) -> Need:
    """Make a need of another group, of one verb or any."""
    return Need(*place, "", (verb,), level, ("ResponseStarted", "ResponseComplete"))


NEED = st.builds(
    core_need,
    st.sampled_from(BODIES),
    st.lists(st.sampled_from(["get", "create", "update", "patch", "delete"]), min_size=1, max_size=3, unique=True),
    LEVELS,
) | st.builds(group_need, st.sampled_from(PLACES), st.sampled_from(["create", "update", "patch", "*"]), LEVELS)


def objections(text: str, flags: str, version: Version = NEWEST) -> List[str]:
    """List what lint says at medium or above."""
    found = lint_text(text, Options(version, read_flags(flags)))
    return [f"{each.check.id}: {each.finding.message}" for each in found if each.severity >= Severity.MEDIUM]


@given(
    st.sampled_from(GOALS),
    st.lists(st.lists(NEED, min_size=1, max_size=3), max_size=3),
    st.sampled_from(DISTRIBUTIONS),
    st.sampled_from([None, WEBHOOK]),
    st.integers(OLDEST.minor, NEWEST.minor),
)
@settings(max_examples=60, deadline=None)
def test_generated_policies_are_clean_and_cover(
    goal: str, needs: List[List[Need]], distribution: str, webhook: Webhook, minor: int
) -> None:
    """For any goal, needs, distribution and version: no finding of medium or above, coverage 100 %, deterministic."""
    detections = tuple(Detection(f"d{number}", "D", "", tuple(each)) for number, each in enumerate(needs))
    request = Request(goal, detections, distribution, webhook, Version(1, minor))

    made = generate(request)

    assert objections(made.text, made.around.files["flags.txt"], request.version) == []
    assert {result.status for result in coverage(load_text(made.text, request.version), detections)} <= {"covered"}
    assert generate(request) == made


@pytest.mark.parametrize("goal", GOALS)
def test_every_goal_covers_the_shipped_detections_and_the_catalogue(goal: str) -> None:
    """Each goal covers all shipped detections that were chosen; the catalogue of CIS is covered by all three."""
    shipped = tuple(choose(shipped_detections(), ["pod_exec", "cluster_admin_binding", "denied_access_burst"]))

    made = generate(Request(goal, shipped))

    assert {result.status for result in made.covered} == {"covered"}
    assert {result.status for result in coverage(made.loaded, CATALOGUE)} == {"covered"}
    assert made.loaded.warnings == ()


def test_every_rule_has_its_reason() -> None:
    """Each rule stands under a comment; rules for detections name them."""
    made = generate(Request("detections", tuple(choose(shipped_detections(), ["cluster_admin_binding"]))))

    lines = made.text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("- level:"):
            assert lines[number - 1].startswith("# ")
    assert "Needed by cluster_admin_binding." in made.text


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (Need("", "secrets", "", ("create",), Level.REQUEST, ("ResponseComplete",)), "needs bodies of secrets"),
        (Need("*", "*", "*", ("*",), Level.REQUEST, ("ResponseComplete",)), "needs bodies of every request"),
    ],
    ids=["secrets", "everything"],
)
def test_secrets_are_never_recorded(need: Need, words: str) -> None:
    """A detection that needs bodies with secrets is refused by name."""
    with pytest.raises(Conflict, match=f"detection thief {words}"):
        generate(Request("detections", (Detection("thief", "T", "", (need,)),)))


def test_what_cannot_be_covered_is_not_written() -> None:
    """A detection that reads what the frame drops is an error, not a policy that leaves it blind."""
    need = Need("", "events", "", ("create",), Level.METADATA, ("ResponseComplete",))

    with pytest.raises(Unfit, match="d would be blind: create events"):
        generate(Request("detections", (Detection("d", "D", "", (need,)),)))


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_what_goes_around_is_yaml_and_agrees(distribution: str) -> None:
    """Patch and configuration hold exactly the flags; the kubeconfig is one; mounts hold the folders of the flags."""
    around = surround(distribution, WEBHOOK)
    documents: Dict[str, Any] = {
        name: yaml.safe_load(text) for name, text in around.files.items() if "flags" not in name
    }

    kubeconfig = documents.pop("audit-webhook.kubeconfig")
    assert kubeconfig["clusters"][0]["cluster"]["server"] == WEBHOOK.url
    assert kubeconfig["users"][0]["user"] == {"client-certificate": "/pki/client.pem", "client-key": "/pki/client.key"}
    folder = around.flags[0].partition("=")[2].rpartition("/")[0]
    if distribution == "kubeadm":
        patch = documents.pop("patches/kube-apiserver0+json.yaml")
        assert [step["value"] for step in patch if step["path"].endswith("command/-")] == list(around.flags)
        assert folder in {step["value"]["mountPath"] for step in patch if step["path"].endswith("volumeMounts/-")}
    elif distribution != "plain":
        settings_ = documents.pop("config.yaml.d/kube-audit.yaml")
        given_flags = [f"--{flag}" for flag in settings_["kube-apiserver-arg+"]]
        if distribution == "rke2":
            given_flags.insert(0, f"--audit-policy-file={settings_['audit-policy-file']}")
            assert settings_["kube-apiserver-extra-mount+"] == [f"{folder}:{folder}:ro"]
        assert given_flags == list(around.flags)
    assert documents == {}


@pytest.mark.parametrize(
    ("webhook", "words"),
    [
        (Webhook("http://x"), "does not start with https://"),
        (Webhook("https://x/?a=b"), "has a query"),
        (Webhook("https://x", None, "/c"), "needs both"),
    ],
    ids=["plain", "query", "key"],
)
def test_a_webhook_that_cannot_work_is_wrong_usage(webhook: Webhook, words: str) -> None:
    """What the API server would drop or refuse is said before."""
    with pytest.raises(WrongUsage, match=words):
        surround("plain", webhook)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command."""
    call = [sys.executable, "-c", "from kube_audit.cli import main; main()", "policy", "generate", *arguments]
    return subprocess.run(call, capture_output=True, text=True, check=False, cwd=REPOSITORY, env={"PYTHONPATH": "bin"})


def test_the_command_writes_policy_and_all_around(tmp_path: Path) -> None:
    """Without --out the policy alone is printed; with it all files are written and named."""
    alone = run("--goal", "cis")
    written = run("--goal", "cis", "--distribution", "kubeadm", "--webhook-url", WEBHOOK.url, "--out", str(tmp_path))

    assert load_text(alone.stdout).warnings == ()
    assert written.returncode == 0
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
        "audit-policy.yaml",
        "audit-webhook.kubeconfig",
        "flags.txt",
        "patches/kube-apiserver0+json.yaml",
    ]


def sample_log(folder: Path) -> Path:
    """Write an hour of a controller that patches deployments a lot, and of a person who does so once."""
    people: List[Tuple[str, int]] = [("system:serviceaccount:argocd:argocd", 1000), ("alice", 1)]
    lines = []
    for user, times in people:
        for number in range(times):
            lines.append(
                {
                    "stage": "ResponseComplete",
                    "level": "Metadata",
                    "verb": "patch",
                    "requestURI": f"/apis/example.com/v1/namespaces/a/widgets/w{number}",
                    "user": {"username": user, "groups": ["system:authenticated"]},
                    "objectRef": {"resource": "widgets", "apiGroup": "example.com"},
                    "stageTimestamp": f"2026-11-24T10:{number % 60:02d}:00.000000Z",
                }
            )
    path = folder / "audit.log"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_ceiling_drops_machines_and_keeps_people(tmp_path: Path) -> None:
    """Under a ceiling the largest machine is dropped by user, verb and resource; people stay; lint stays clean."""
    sample = sample_log(tmp_path)

    made = run("--goal", "cis", "--max-gb-per-day", "0.001", "--sample", str(sample))

    assert made.returncode == 0, made.stderr
    rule = next(rule for rule in load_text(made.stdout).policy.rules if "argocd" in str(rule.users))
    assert (rule.level, rule.verbs, rule.resources[0].resources) == (Level.NONE, ("patch",), ("widgets",))
    assert objections(made.stdout, "--audit-policy-file=/p --audit-log-path=/l --audit-log-maxage=30") == []


def test_an_impossible_ceiling_is_said(tmp_path: Path) -> None:
    """If what must stay is over the ceiling, there is no policy, and the figures say so."""
    made = run("--goal", "cis", "--max-gb-per-day", "0.000000001", "--sample", str(sample_log(tmp_path)))

    assert made.returncode == 1
    assert "GB a day are left after everything that may be dropped" in made.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--sample", "Makefile"), 64),
        (("--webhook-ca", "/x"), 64),
        (("--detection", "nothing"), 2),
        (("--goal", "x"), 64),
    ],
    ids=["sample", "ca", "detection", "goal"],
)
def test_wrong_usage(arguments: Tuple[str, ...], status: int) -> None:
    """Options that lack their other half, and names that do not exist."""
    assert run(*arguments).returncode == status


def test_policy_text_of_tests_is_not_what_we_write() -> None:
    """A policy that we would not write has objections: the check above is not blind."""
    assert objections(policy_text("{level: RequestResponse}"), "") != []
