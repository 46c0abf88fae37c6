"""Lint on policies: what it must find in real ones, and where each check draws its line."""

# ruff: noqa: E501 (tables of policies, one a line, whose braces YAML needs)

import time
from typing import Dict, List, Set, Tuple

import pytest

from kube_audit.policy.lint.catalogue import lint_text
from kube_audit.policy.lint.finding import Severity
from kube_audit.policy.lint.subject import Options
from kube_audit.policy.load import decode_bytes
from kube_audit.policy.versions import parse_version
from policy_cases import SHARED, policy_text, shared_policies

# What the facts say of published policies: (file, id, line).
KNOWN = [
    ("plugins_audit-policy.yaml", "H06", 13),
    ("plugins_audit-policy.yaml", "S01", 60),
    ("plugins_audit-policy.yaml", "M07", 75),
    ("plugins_audit-policy.yaml", "M06", 78),
    ("plugins_audit-policy.yaml", "L03", 20),
    ("library-go_allrequestbodies.yaml", "H01", 38),
    ("library-go_allrequestbodies.yaml", "S01", 40),
    ("library-go_allrequestbodies.yaml", "S02", 40),
    ("library-go_oauth.yaml", "H01", 38),
    ("library-go_oauth.yaml", "H12", 59),
    ("library-go_multipleCr.yaml", "H01", 70),
    ("library-go_none.yaml", "H12", 27),
    ("cloud-provider-gcp_configure-helper_gce_kube-up.yaml", "M07", 15),
    ("k8scloudconfig_audit-policy.yaml", "S01", 136),
    ("kubernetes-on-aws_userdata.yaml_template_stripped.yaml", "H11", 25),
    ("apiserver_reader_test_policyWithUnknownField.yaml", "H01", 10),
    ("apisnoop_e2e-k8s.yaml", "E03", 1),
    ("gardener_validAuditPolicyV1alpha1.yaml", "E03", 3),
    ("gardener_cv_reject_audit_policy_with_invalid_level.yaml", "E01", 5),
    ("regolibrary_failed-missing-one.yaml", "H06", 16),
    ("article_example.yaml", "H01", 5),
    ("article_example.yaml", "H02", 8),
]


def found_in(text: str, version: str = "1.37") -> Set[str]:
    """Give the ids that lint finds in a text."""
    return {found.check.id for found in lint_text(text, Options(parse_version(version)))}


def severities(text: str) -> Dict[str, Severity]:
    """Give the severity of each id that lint finds."""
    return {found.check.id: found.severity for found in lint_text(text)}


@pytest.mark.parametrize(("name", "check", "line"), KNOWN, ids=[f"{name}-{check}" for name, check, _line in KNOWN])
def test_known_defects_of_real_policies_are_found(name: str, check: str, line: int) -> None:
    """The defects that the facts name are found in the published policies, at their line."""
    shared_policies()
    reported = lint_text(decode_bytes((SHARED / "policies" / name).read_bytes()))

    assert (check, line) in {(found.check.id, found.finding.mark.line) for found in reported}


def test_the_gce_policy_leaks_nothing() -> None:
    """The policy that kubespray derives from is right about secrets and exec: no false alarm there."""
    shared_policies()
    name = "cloud-provider-gcp_configure-helper_gce_kube-up.yaml"

    found = found_in(decode_bytes((SHARED / "policies" / name).read_bytes()))

    assert not found & {"S01", "S02", "H06", "H09", "H10", "H11", "H12", "H16", "M09", "M10"}


def test_nothing_of_a_real_policy_raises() -> None:
    """Each real policy is linted for each version without an exception, and every place exists in its text."""
    for path in shared_policies():
        text = decode_bytes(path.read_bytes())
        for version in ("1.24", "1.30", "1.37"):
            for found in lint_text(text, Options(parse_version(version))):
                assert 1 <= found.finding.mark.line <= text.count("\n") + 1, (path, found)


def test_the_articles_example_is_explained_both_ways() -> None:
    """The article's example is explained line by line as it stands and with its nesting restored."""
    shared_policies()
    text = (SHARED / "policies" / "article_example.yaml").read_text()

    finding = next(found.finding for found in lint_text(text) if found.check.id == "H01")
    notes = {(note.mark.line, note.text) for note in finding.notes}

    assert "records every request at level Metadata" in finding.meaning
    assert {line for line, text in notes if text.startswith("as it stands")} == {3, 4, 5, 6, 7, 8}
    assert {line for line, text in notes if text.startswith("with its nesting")} == {3, 4, 5, 6, 7, 8}
    assert any('key "resources" already set in map, unknown field "resources"' in text for _line, text in notes)
    assert any(
        line == 8
        and "json: cannot unmarshal object into Go struct field GroupResources.rules.resources.resources of type string"
        in text
        for line, text in notes
    )


CORE = 'resources: [{group: "", resources: [%s]}]'
LINES: List[Tuple[str, str, Set[str], Set[str]]] = [
    ("verb case", policy_text("{level: Metadata, verbs: [Get]}"), {"H05"}, {"H04"}),
    ("url verbs", policy_text("{level: Metadata, verbs: [get, head], nonResourceURLs: [/x]}"), set(), {"H05"}),
    ("url list", policy_text("{level: Metadata, verbs: [list], nonResourceURLs: [/x]}"), {"H05"}, set()),
    ("delete collection", policy_text("{level: Metadata, verbs: [delete-collection]}"), {"H05"}, set()),
    ("service accounts", policy_text('{level: None, users: ["system:serviceaccount:a:*"]}'), {"H04"}, {"H14"}),
    ("masters as user", policy_text("{level: None, users: ['system:masters']}"), {"H14"}, set()),
    ("proxy as group", policy_text("{level: None, userGroups: ['system:kube-proxy']}"), {"H14"}, set()),
    ("short name", policy_text("{level: Metadata, %s}" % (CORE % "po")), {"H06"}, {"H07"}),
    ("kind", policy_text("{level: Metadata, %s}" % (CORE % "Pod")), {"H06"}, set()),
    ("singular", policy_text("{level: Metadata, %s}" % (CORE % "secret")), {"H06"}, set()),
    ("typo", policy_text("{level: Metadata, %s}" % (CORE % "confgmaps")), {"H06"}, set()),
    ("bad subresource", policy_text("{level: Metadata, %s}" % (CORE % "pods/exce")), {"H06"}, set()),
    ("good subresources", policy_text("{level: Metadata, %s}" % (CORE % "pods/exec, pods/log, '*/status'")), set(), {"H06", "H07"}),
    ("slash", policy_text("{level: Metadata, %s}" % (CORE % "pods/")), {"H07"}, {"H06"}),
    ("three parts", policy_text("{level: Metadata, %s}" % (CORE % "pods/exec/x")), {"H07"}, {"H06"}),
    ("core by name", policy_text("{level: Metadata, resources: [{group: core, resources: [pods]}]}"), {"H06"}, set()),
    ("group typo", policy_text("{level: Metadata, resources: [{group: rbac.authorisation.k8s.io}]}"), {"H06"}, set()),
    ("custom group", policy_text("{level: Metadata, resources: [{group: cilium.io, resources: [x]}]}"), set(), {"H06"}),
    ("metrics group", policy_text("{level: Metadata, resources: [{group: metrics.k8s.io, resources: [pods]}]}"), set(), {"H06"}),
    ("any group", policy_text('{level: Metadata, resources: [{group: "*", resources: [deployments]}]}'), set(), {"H06"}),
    ("name and create", policy_text("{level: None, verbs: [create, list], resources: [{resources: [pods], resourceNames: [x]}]}"), {"H08"}, set()),
    ("name and empty", policy_text("{level: None, verbs: [create], resources: [{resources: [pods], resourceNames: [x, '']}]}"), set(), {"H08"}),
    ("exec by create", policy_text("{level: Request, verbs: [create, update], %s}" % (CORE % "pods, pods/exec")), {"H10"}, set()),
    ("exec with catch-all", policy_text("{level: Metadata, verbs: [create], %s}" % (CORE % "pods/exec"), "{level: Metadata}"), set(), {"H10"}),
    ("any exec", policy_text('{level: Request, verbs: [create], resources: [{group: "", resources: ["*/exec"]}]}'), {"H10"}, set()),
    ("shadowed", policy_text("{level: None, userGroups: ['system:authenticated']}", "{level: Metadata, users: [bob]}", "{level: Metadata}"), {"H09"}, set()),
    ("shadowed by verbs", policy_text("{level: None, verbs: [get, list]}", "{level: Metadata, verbs: [list, get], users: [a]}", "{level: Metadata}"), {"H09"}, set()),
    ("shadowed by two", policy_text("{level: None, verbs: [get]}", "{level: Metadata, verbs: [list]}", "{level: Request, verbs: [get, list], users: [a]}"), {"H09"}, set()),
    ("not shadowed", policy_text("{level: None, verbs: [get]}", "{level: Metadata, verbs: [get, list]}"), set(), {"H09"}),
    ("half dead", policy_text("{level: None, verbs: [get]}", "{level: Metadata, verbs: [get, list]}"), {"M10"}, set()),
    ("url shadow", policy_text("{level: None, nonResourceURLs: ['/api*']}", "{level: Metadata, nonResourceURLs: ['/apis/x']}", "{level: Metadata}"), {"H09"}, set()),
    ("url and resource", policy_text("{level: None, nonResourceURLs: ['*']}", "{level: Metadata, %s}" % (CORE % "pods"), "{level: Metadata}"), set(), {"H09"}),
    ("resource shadow", policy_text("{level: None, %s}" % (CORE % "'pods/*'"), "{level: Metadata, %s}" % (CORE % "pods/exec"), "{level: Metadata}"), {"H09"}, set()),
    ("names do not shadow", policy_text("{level: None, resources: [{resources: [pods], resourceNames: [a]}]}", "{level: Metadata, %s}" % (CORE % "pods"), "{level: Metadata}"), set(), {"H09", "M10"}),
    ("explicit end", policy_text("{level: Metadata, users: [a]}", "{level: None}"), {"H12", "M09"}, {"H11"}),
    ("reads dropped", policy_text("{level: None, verbs: [get, list, watch]}", "{level: Metadata}"), {"H16"}, {"H12"}),
    ("node reads dropped", policy_text("{level: None, verbs: [get], userGroups: ['system:nodes']}", "{level: Metadata}"), set(), {"H16"}),
    ("token at request", policy_text("{level: Request, %s}" % (CORE % "serviceaccounts/token"), "{level: Metadata}"), {"S05"}, {"S01"}),
    ("token at response", policy_text("{level: RequestResponse, %s}" % (CORE % "serviceaccounts/token"), "{level: Metadata}"), {"S01"}, {"S05"}),
    ("secret reads at request", policy_text("{level: Request, verbs: [get, list], %s}" % (CORE % "secrets"), "{level: Metadata}"), {"L01"}, {"S01"}),
    ("secret reads at response", policy_text("{level: RequestResponse, verbs: [get, list], %s}" % (CORE % "secrets"), "{level: Metadata}"), {"S01"}, set()),
    ("secret shielded", policy_text("{level: Metadata, %s}" % (CORE % "secrets, configmaps"), "{level: Metadata, resources: [{group: authentication.k8s.io}]}", "{level: Request}"), {"S02"}, {"S01"}),
    ("one user's secrets", policy_text("{level: Request, users: [bob]}", "{level: Metadata}"), {"S01"}, set()),
    ("namespace without list", policy_text("{level: Request, namespaces: [a], %s}" % (CORE % "pods"), "{level: Metadata}"), {"M08"}, set()),
    ("namespace of writes", policy_text("{level: Request, verbs: [create], namespaces: [a], %s}" % (CORE % "pods"), "{level: Metadata}"), set(), {"M08"}),
    ("stages by rule", policy_text("{level: Metadata, omitStages: [RequestReceived]}"), set(), {"M04", "M02", "M03"}),
    ("started", policy_text("{level: Metadata, omitStages: [ResponseStarted, ResponseComplete]}"), {"M02", "M03", "M04"}, set()),
    ("smart quotes", policy_text("{level: Metadata, users: [\u201calice\u201d]}"), {"H15"}, set()),
    ("policy as a resource", policy_text("{level: Request, resources: [{group: audit.k8s.io, resources: [policies]}]}"), {"H06"}, set()),
    ("nodes by wildcard", policy_text('{level: None, users: ["system:kube-proxy", "system:node:*"]}', "{level: Metadata}"), {"H04"}, {"H12", "H14"}),
    ("exec among writes", policy_text("{level: Metadata, verbs: [create, update, patch, delete], %s}" % (CORE % "pods, pods/log, pods/exec")), {"H10", "H11", "M09"}, {"H06"}),
    ("rules by comment", "# why\n" + policy_text("{level: Metadata}  # all"), set(), {"T01"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fires", "silent"), [line[1:] for line in LINES], ids=[line[0] for line in LINES])
def test_where_checks_draw_the_line(text: str, fires: Set[str], silent: Set[str]) -> None:
    """Each case fires what it must and keeps silent what would be a false alarm."""
    found = found_in(text)

    assert (fires - found, silent & found) == (set(), set())


def test_severity_follows_the_consequence() -> None:
    """exec over WebSocket lost is high, recorded lower is low; custom secrets by catch-all are medium, by name high."""
    lost = policy_text('{level: Request, verbs: [create], resources: [{group: "", resources: [pods/exec]}]}')
    lower = lost + "- level: Metadata\n"

    assert severities(lost)["H10"] is Severity.HIGH
    assert severities(lower)["H10"] is Severity.LOW
    assert severities(policy_text("{level: Request}"))["S02"] is Severity.MEDIUM
    named = policy_text("{level: Request, resources: [{group: oauth.openshift.io}]}")
    assert severities(named)["S02"] is Severity.HIGH


def test_refusals_are_separate_findings_with_their_places() -> None:
    """Several reasons to refuse a policy are several findings, each where its value stands."""
    text = policy_text("{level: metadata}", "\n  level: Metadata\n  omitStages:\n  - Foo")

    reported = [
        (found.finding.mark.line, found.finding.message) for found in lint_text(text) if found.check.id == "E01"
    ]

    assert [line for line, _message in reported] == [4, 8]
    assert reported[0][1].startswith('rules[0].level: Unsupported value: "metadata"')


def test_a_removed_version_is_seen_through() -> None:
    """A policy of v1beta1 is refused, and its rules are checked all the same."""
    text = policy_text("{level: Metadata, verbs: [Get]}").replace("/v1", "/v1beta1")

    assert {"E03", "H05"} <= found_in(text)


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"- level: None\n  users: [u{number}]\n" for number in range(4000)),
        "".join(f"- level: Request\n  resources:\n  - group: g{number}\n" for number in range(2500)),
        "- level: None\n  verbs: [get]\n- level: Metadata\n"
        + "".join(
            f"  {field}: [{', '.join(f'w{n}' for n in range(3000))}]\n" for field in ("users", "verbs", "namespaces")
        ),
    ],
    ids=["users", "groups", "product"],
)
def test_the_largest_policies_are_linted_in_seconds(body: str) -> None:
    """Policies with thousands of rules or billions of combinations are linted within ten seconds of processor time."""
    begun = time.process_time()

    lint_text("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n" + body)

    assert time.process_time() - begun < 10


def test_resources_are_checked_by_version() -> None:
    """podsecuritypolicies exist in 1.24 and are dead words from 1.25 on."""
    text = policy_text("{level: Metadata, resources: [{group: policy, resources: [podsecuritypolicies]}]}")

    assert "M07" not in found_in(text, "1.24")
    assert "M07" in found_in(text, "1.25")
    assert "H06" not in found_in(text, "1.25")
