"""A policy as YAML: one comment above each rule, the same text for the same rules."""

import json
import textwrap
from typing import Iterator, Sequence

from kube_audit.policy.generate.goals import Commented
from kube_audit.policy.model import Level, Rule

_WIDTH = 100


def write_policy(rules: Sequence[Commented], title: str) -> str:
    """Write a policy with its rules and their comments."""
    lines = [f"# {line}" for line in textwrap.wrap(title, _WIDTH)]
    lines += ["apiVersion: audit.k8s.io/v1", "kind: Policy"]
    lines += ["# RequestReceived says nothing that ResponseComplete does not say.", "omitStages:", "- RequestReceived"]
    if any(commented.rule.level > Level.METADATA for commented in rules):
        lines += ["# A third of a body, and of no use to a reader.", "omitManagedFields: true"]
    lines.append("rules:")
    for commented in rules:
        for paragraph in commented.comment.splitlines():
            lines += [f"# {line}" for line in textwrap.wrap(paragraph, _WIDTH)]
        lines += _rule(commented.rule)
    return "\n".join(lines) + "\n"


def _rule(rule: Rule) -> Iterator[str]:
    yield f"- level: {rule.level.text}"
    yield from _list("users", rule.users)
    yield from _list("userGroups", rule.user_groups)
    yield from _list("verbs", rule.verbs)
    if rule.resources:
        yield "  resources:"
    for entry in rule.resources:
        yield f"  - group: {_word(entry.group)}"
        yield from (f"  {line}" for line in _list("resources", entry.resources))
        yield from (f"  {line}" for line in _list("resourceNames", entry.resource_names))
    yield from _list("namespaces", rule.namespaces)
    yield from _list("nonResourceURLs", rule.non_resource_urls)


def _list(key: str, values: Sequence[str]) -> Iterator[str]:
    if not values:
        return
    line = f"  {key}: [{', '.join(map(_word, values))}]"
    if len(line) <= _WIDTH:
        yield line
        return
    yield f"  {key}:"
    yield from (f"  - {_word(value)}" for value in values)


def _word(text: str) -> str:
    """Quote wherever a YAML reader of any version might see something else than text."""
    return text if text.replace(".", "").replace("-", "").replace("/", "").isalpha() else json.dumps(text)
