"""First match decides: the evaluator of k8s.io/apiserver (pkg/audit/policy/checker.go).

Users, groups, verbs, namespaces and names are compared whole, case and all; only resources, URLs and (from 1.36) the
API group know wildcards. A request without a user matches no rule that names users or groups.
"""

from typing import List, Tuple

from kube_audit.policy.model import Attributes, Decision, GroupResources, Level, Policy, Rule, union


class Evaluator:
    """A policy made ready for many requests."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._unmatched = Decision(Level.NONE, tuple(sorted(policy.omit_stages)), policy.omit_managed_fields, None)
        self._decisions: List[Tuple[Rule, Decision]] = [
            (rule, _decision(policy, rule, index)) for index, rule in enumerate(policy.rules)
        ]

    def decide(self, request: Attributes) -> Decision:
        """Say what is recorded of a request."""
        for rule, decision in self._decisions:
            if rule_matches(rule, request):
                return decision
        return self._unmatched


def _decision(policy: Policy, rule: Rule, index: int) -> Decision:
    omit = policy.omit_managed_fields if rule.omit_managed_fields is None else rule.omit_managed_fields
    return Decision(rule.level, union(policy.omit_stages, rule.omit_stages), omit, index)


def rule_matches(rule: Rule, request: Attributes) -> bool:
    """Tell whether a rule applies to a request."""
    if rule.users and (request.user is None or request.user not in rule.users):
        return False
    if rule.user_groups and not groups_match(rule, request):
        return False
    if rule.verbs and request.verb not in rule.verbs:
        return False
    if rule.namespaces or rule.resources:
        return request.is_resource and namespace_matches(rule, request) and resources_match(rule, request)
    if rule.non_resource_urls:
        return not request.is_resource and any(url_matches(url, request.path) for url in rule.non_resource_urls)
    return True


def groups_match(rule: Rule, request: Attributes) -> bool:
    """Tell whether one of the user's groups is one of the rule's."""
    return request.user is not None and any(group in rule.user_groups for group in request.groups)


def namespace_matches(rule: Rule, request: Attributes) -> bool:
    """Tell whether the namespace is one of the rule's, "" being that of cluster-wide requests."""
    return not rule.namespaces or request.namespace in rule.namespaces


def resources_match(rule: Rule, request: Attributes) -> bool:
    """Tell whether one of the rule's entries names the resource."""
    return not rule.resources or any(entry_matches(entry, request) for entry in rule.resources)


def entry_matches(entry: GroupResources, request: Attributes) -> bool:
    """Tell whether group, resource and name of a request are those of an entry."""
    if entry.group not in (request.group, "*"):
        return False
    if not entry.resources:
        return True
    if entry.resource_names and request.name not in entry.resource_names:
        return False
    return any(resource_matches(pattern, request.resource, request.subresource) for pattern in entry.resources)


def resource_matches(pattern: str, resource: str, subresource: str) -> bool:
    """Tell whether `pods`, `pods/exec`, `*`, `*/exec` or `pods/*` names a resource; the last names `pods` as well."""
    if pattern in ("*", f"{resource}/{subresource}" if subresource else resource):
        return True
    if subresource and pattern.startswith("*/") and pattern[2:] == subresource:
        return True
    return pattern.endswith("/*") and pattern[:-2] == resource


def url_matches(pattern: str, path: str) -> bool:
    """Tell whether `/healthz`, `/healthz*` or `*` names a path; the star is a plain prefix match."""
    if pattern in ("*", path):
        return True
    return pattern.endswith("*") and path.startswith(pattern.rstrip("*"))
