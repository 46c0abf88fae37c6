"""T01, T03, T04: what a reader of the policy stumbles over."""

from typing import Iterator

from kube_audit.policy.document import last_line
from kube_audit.policy.lint.comments import comments_of
from kube_audit.policy.lint.edits import remove_item
from kube_audit.policy.lint.finding import Check, Finding, Fix, Severity
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.model import Level


def find_uncommented(subject: Subject) -> Iterator[Finding]:
    """T01: rules that do not say why."""
    if subject.loaded is None or subject.loaded.text.is_json or subject.root is None:
        return
    lines = {comment.line for comment in comments_of(subject)}
    after = 0
    for index in range(len(subject.rules)):
        node = subject.node("rules", index)
        if node is None:
            continue
        last = last_line(node)
        if not any(after < line <= last for line in lines):
            message = f"rule {index} has no comment"
            yield Finding(node.start, message, "the next reader cannot tell why it is there", "say why, above the rule")
        after = last


def find_order(subject: Subject) -> Iterator[Finding]:
    """T03: None rules that come late."""
    recording = next((index for index, rule in enumerate(subject.rules) if rule.level >= Level.REQUEST), None)
    for index, rule in enumerate(subject.rules):
        is_rest = not any(rule[1:7])
        if rule.level is Level.NONE and recording is not None and index > recording and not is_rest:
            message = f"rule {index} drops requests after rule {recording} has recorded some with bodies"
            mend = "order rules: None, then sensitive resources at Metadata, then writes, then the catch-all"
            yield Finding(subject.rule_mark(index), message, "right, but hard to check by reading", mend)
            return


def find_repeated(subject: Subject) -> Iterator[Finding]:
    """T04: the same word twice in a list."""
    for index in range(len(subject.rules)):
        for field in ("users", "userGroups", "verbs", "namespaces", "nonResourceURLs", "omitStages"):
            seen = set()
            for value in subject.values(index, field):
                if value.text in seen:
                    edit = remove_item(subject, value.path)
                    fix = Fix((edit,), "once is enough") if edit else None
                    message = f"rule {index}: {value.text!r} stands twice in {field}"
                    yield Finding(subject.mark(*value.path), message, "no effect", "remove one", fix)
                seen.add(value.text)


_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n"
CHECKS = (
    Check(
        "T01",
        Severity.STYLE,
        "rule without a comment",
        "A policy is read by auditors. One line above each rule says what it is for.",
        _HEAD + "- level: Metadata\n",
        _HEAD + "# Everything else.\n- level: Metadata\n",
        find_uncommented,
    ),
    Check(
        "T03",
        Severity.STYLE,
        "None rule after rules that record bodies",
        "None rules first, then sensitive resources at Metadata, then writes with bodies, then the catch-all: in this "
        "order a policy can be checked by reading.",
        _HEAD + "- level: Request\n  verbs: [create]\n- level: None\n  verbs: [watch]\n- level: Metadata\n",
        _HEAD + "- level: None\n  verbs: [watch]\n- level: Request\n  verbs: [create]\n- level: Metadata\n",
        find_order,
    ),
    Check(
        "T04",
        Severity.STYLE,
        "word that stands twice",
        "The same value twice in one list.",
        _HEAD + "- level: Metadata\n  verbs: [get, list, get]\n",
        _HEAD + "- level: Metadata\n  verbs: [get, list]\n",
        find_repeated,
    ),
)
