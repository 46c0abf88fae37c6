"""Fixes: what they write, that comments survive them, and that they do no harm."""

# ruff: noqa: E501 (tables of policies, one a line)

import itertools
from typing import List

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kube_audit.policy.lint.catalogue import make_subject
from kube_audit.policy.lint.comments import comments_of
from kube_audit.policy.lint.fix import diff, fix_text
from kube_audit.policy.lint.subject import Options
from kube_audit.policy.load import decode_bytes, load_text
from kube_audit.policy.match import Evaluator
from kube_audit.policy.requestinfo import read_request
from policy_cases import SHARED, policy_text, shared_policies

OPTIONS = Options()
HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"
CASES = {
    "article": (
        HEAD + 'rules:\n- level: Metadata\nresources:\n- group: ""\nresources:\n- verbs: [\\"create\\", \\"update\\"]\n',
        HEAD + 'rules:\n- level: Metadata\n  verbs: ["create", "update"]\n  resources:\n  - group: ""\n',
    ),
    "flattened, named": (
        HEAD + 'rules:\n# why\n- level: Metadata\nverbs: [create]\nresources:\n- group: ""\nresources:\n- pods\n- secrets\n'
        "- level: None\n",
        HEAD + 'rules:\n# why\n- level: Metadata\n  verbs: [create]\n  resources:\n  - group: ""\n    resources:\n'
        "    - pods\n    - secrets\n- level: None\n",
    ),
    "misspelt field": (
        HEAD + "rules:\n- level: Metadata\n  resources:\n  - group: apps\n    resource: [deployments]  # all\n",
        HEAD + "rules:\n- level: Metadata\n  resources:\n  - group: apps\n    resources: [deployments]  # all\n",
    ),
    "indented too far": (
        HEAD + "rules:\n- level: None\n  resources:\n  - group: coordination.k8s.io\n    resources: [leases]\n"
        "    verbs: [get]  # only\n",
        HEAD + "rules:\n- level: None\n  verbs: [get]  # only\n  resources:\n  - group: coordination.k8s.io\n"
        "    resources: [leases]\n",
    ),
    "any verb": (
        HEAD + 'rules:\n- level: Metadata\n  verbs: ["*"]\n  users: [a]\n',
        HEAD + "rules:\n- level: Metadata\n  users: [a]\n",
    ),
    "any verb, flow": (
        HEAD + 'rules: [{level: Metadata, verbs: ["*"], users: [a]}]\n',
        HEAD + "rules: [{level: Metadata, users: [a]}]\n",
    ),
    "verb case": (
        HEAD + "rules:\n- level: Metadata\n  verbs:\n  - Get # read\n  - 'List'\n",
        HEAD + "rules:\n- level: Metadata\n  verbs:\n  - get # read\n  - 'list'\n",
    ),
    "wrong group": (
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: "" # core\n    # pods\n'
        "    resources: [pods, deployments]\n  users: [a]\n",
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: "" # core\n    # pods\n    resources: [pods]\n'
        '  - group: "apps"\n    resources: ["deployments"]\n  users: [a]\n',
    ),
    "wrong group, alone": (
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: [deployments]\n',
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: "apps"\n    resources: [deployments]\n',
    ),
    "plural": (
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: ["pod/exec", Secret]\n',
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: ["pods/exec", secrets]\n',
    ),
    "pattern": (
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: ["*/*", pods/]\n',
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: ["*", pods]\n',
    ),
    "dead group": (
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n  - group: extensions # old\n  users: [a]\n',
        HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n  # old\n  users: [a]\n',
    ),
    "old version": (
        "apiVersion: audit.k8s.io/v1beta1  # was\nkind: Policy\nrules:\n- level: Metadata\n",
        "apiVersion: audit.k8s.io/v1  # was\nkind: Policy\nrules:\n- level: Metadata\n",
    ),
    "windows line ends": (
        (HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: [pods, deployments]\n').replace("\n", "\r\n"),
        (HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: [pods]\n  - group: "apps"\n'
        '    resources: ["deployments"]\n').replace("\n", "\r\n"),
    ),
    "byte order mark": (
        "\ufeff" + HEAD + "rules:\n- level: Metadata\n  verbs: [Get]\n",
        "\ufeff" + HEAD + "rules:\n- level: Metadata\n  verbs: [get]\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_fix_writes_what_was_meant(name: str) -> None:
    """A fix gives exactly the text that a careful reader would write, and says what it assumed."""
    before, after = CASES[name]

    fixed = fix_text(before, OPTIONS)

    assert fixed.text == after
    assert all(applied.assumption for applied in fixed.applied)


def test_the_articles_example_is_mended() -> None:
    """The article's example becomes a policy that records writes to the core group, with four stated assumptions."""
    shared_policies()
    text = (SHARED / "policies" / "article_example.yaml").read_text()

    fixed = fix_text(text, OPTIONS)

    evaluator = Evaluator(load_text(fixed.text).policy)
    levels = [
        evaluator.decide(read_request(method, uri, "u")).level.text
        for method, uri in (("POST", "/api/v1/namespaces/a/pods"), ("GET", "/api/v1/pods"), ("POST", "/apis/apps/v1/x"))
    ]
    assert levels == ["Metadata", "None", "None"]
    assert load_text(fixed.text).warnings == ()
    assert fixed.applied[0].assumption.count(";") == 3


def test_advice_is_only_given_when_asked() -> None:
    """What changes the volume, not the meaning, is left alone without `advice`."""
    text = HEAD + "# rules\nrules:\n- level: Request\n"

    assert fix_text(text, OPTIONS).text == text
    assert fix_text(text, OPTIONS, advice=True).text == (
        HEAD + "omitStages:\n- RequestReceived\nomitManagedFields: true\n# rules\nrules:\n- level: Request\n"
    )


def comment_texts(text: str) -> List[str]:
    """List the comments of a text."""
    return sorted(comment.text for comment in comments_of(make_subject(text, OPTIONS)))


def test_comments_of_real_policies_survive() -> None:
    """All fixes together, on every real policy: comments survive, the text still loads, fewer findings are left."""
    for path in shared_policies():
        text = decode_bytes(path.read_bytes())
        fixed = fix_text(text, OPTIONS, advice=True)
        before, after = make_subject(text, OPTIONS), make_subject(fixed.text, OPTIONS)
        assert comment_texts(fixed.text) == comment_texts(text) or before.loaded is None, path
        assert before.error is not None or after.error is None, path
        assert fix_text(fixed.text, OPTIONS, advice=True).text == fixed.text, path


WORDS = st.sampled_from(
    ["pods", "po", "deployments", "pods/", "*/*", "secrets", "pod/exec", "tokenreviews", "x", "*", "jobs", "Jobs"]
)
VERBS = st.sampled_from(["get", "Get", "*", "connect", "list", '\\"create\\"', "watch", "get"])
GROUPS = st.sampled_from(['""', "apps", "batch", "extensions", "core", "settings.k8s.io"])


@st.composite
def policies(draw: st.DrawFn) -> str:
    """Write a policy with typical faults and a numbered comment wherever one can stand."""
    number = itertools.count()
    lines = ["apiVersion: audit.k8s.io/v1", "kind: Policy", "rules:"]

    def comment() -> str:
        return f" # c{next(number)}" if draw(st.booleans()) else ""

    for _rule in range(draw(st.integers(1, 3))):
        lines.append(f"- level: {draw(st.sampled_from(['None', 'Metadata', 'Request']))}{comment()}")
        if draw(st.booleans()):
            if draw(st.booleans()):
                lines.append(f"  verbs: [{', '.join(draw(st.lists(VERBS, min_size=1, max_size=3)))}]{comment()}")
            else:
                lines += [
                    f"  verbs:{comment()}",
                    *(f"  - {verb!r}{comment()}" for verb in draw(st.lists(VERBS, min_size=1, max_size=3))),
                ]
        if draw(st.booleans()):
            lines.append(f"  resources:{comment()}")
            for _entry in range(draw(st.integers(1, 2))):
                lines.append(f"  - group: {draw(GROUPS)}{comment()}")
                key = draw(st.sampled_from(["resources", "resource", "resources"]))
                words = draw(st.lists(WORDS, max_size=3))
                if draw(st.booleans()):
                    lines.append(f"    {key}: {words!r}{comment()}")
                elif words:
                    lines += [f"    {key}:{comment()}", *(f"    - {word!r}{comment()}" for word in words)]
                if draw(st.booleans()) and draw(st.booleans()):
                    lines.append(f"    verbs: [get]{comment()}")
    return "\n".join(lines) + "\n"


@given(policies())
@settings(max_examples=150, deadline=None)
def test_fixes_do_no_harm(text: str) -> None:
    """Fixing loses no comment, changes no level, leaves a text that loads, needs no second run."""
    before = make_subject(text, OPTIONS)

    fixed = fix_text(text, OPTIONS)

    after = make_subject(fixed.text, OPTIONS)
    assert comment_texts(fixed.text) == comment_texts(text)
    assert before.error is not None or after.error is None
    assert [rule.level for rule in after.rules] == [rule.level for rule in before.rules]
    assert fix_text(fixed.text, OPTIONS).text == fixed.text


def test_a_diff_names_file_and_lines() -> None:
    """The diff is a unified one, with the file's name on both sides and the missing end of line marked."""
    assert diff("p.yaml", "a\nb", "a\nc\n") == (
        "--- p.yaml\n+++ p.yaml\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"
    )


def test_a_policy_with_nothing_to_mend_stays() -> None:
    """A good policy is not touched."""
    text = policy_text("{level: Metadata}")

    assert fix_text(text, OPTIONS).text == text
