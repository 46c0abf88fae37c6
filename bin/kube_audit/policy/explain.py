"""Why a request is recorded as it is: the rules passed over, each with its first reason, and the one that decides."""

from typing import List, NamedTuple, Optional, Sequence, Tuple

from kube_audit.policy.load import Loaded
from kube_audit.policy.match import Evaluator, entry_matches, groups_match, namespace_matches
from kube_audit.policy.model import Attributes, Decision, GroupResources, Level, Rule
from kube_audit.policy.stages import recorded_stages, stages_of


class Passed(NamedTuple):
    """A rule that does not match, and the first reason for it."""

    rule: int
    line: Optional[int]
    reason: str


class Explanation(NamedTuple):
    """Everything that is to be said of one request under one policy."""

    request: Attributes
    passed: Tuple[Passed, ...]
    decision: Decision
    line: Optional[int]
    stages: Tuple[str, ...]
    omitted: Tuple[str, ...]
    content: str


def explain(loaded: Loaded, request: Attributes) -> Explanation:
    """Explain one request."""
    decision = Evaluator(loaded.policy).decide(request)
    last = len(loaded.policy.rules) if decision.rule is None else decision.rule
    passed = tuple(
        Passed(index, loaded.line_of_rule(index), why_not(rule, request))
        for index, rule in enumerate(loaded.policy.rules[:last])
    )
    recorded = recorded_stages(request, decision)
    omitted = tuple(stage for stage in stages_of(request) if stage not in recorded)
    line = loaded.line_of_rule(decision.rule)
    return Explanation(request, passed, decision, line, recorded, omitted, _content(request, decision))


def why_not(rule: Rule, request: Attributes) -> str:
    """Give the first reason why a rule does not match, in the order in which the API server asks."""
    if rule.users and request.user not in rule.users:
        return _user_reason("users", request, f"user {request.user!r} is not in {_listed(rule.users)}")
    if rule.user_groups and not groups_match(rule, request):
        groups = _listed(request.groups) if request.groups else "no groups"
        return _user_reason("userGroups", request, f"none of {groups} is in {_listed(rule.user_groups)}")
    if rule.verbs and request.verb not in rule.verbs:
        return f"verb {request.verb!r} is not in {_listed(rule.verbs)}"
    return _object_reason(rule, request)


def _object_reason(rule: Rule, request: Attributes) -> str:
    if request.is_resource and rule.non_resource_urls:
        return "the rule is about non-resource URLs, the request is about a resource"
    if not request.is_resource and rule.non_resource_urls:
        return f"path {request.path!r} is not in {_listed(rule.non_resource_urls)}"
    if not request.is_resource:
        return "the rule is about resources, the request is not"
    if not namespace_matches(rule, request):
        shown = f"namespace {request.namespace!r}" if request.namespace else 'namespace "" (cluster-wide)'
        return f"{shown} is not in {_listed(rule.namespaces)}"
    return _resource_reason(rule, request)


def _user_reason(field: str, request: Attributes, reason: str) -> str:
    if request.user is None:
        return f"the request failed to authenticate; a rule with {field} never matches it"
    return reason


def _resource_reason(rule: Rule, request: Attributes) -> str:
    shown = f"{request.resource}/{request.subresource}" if request.subresource else request.resource
    same_group = [entry for entry in rule.resources if entry.group in (request.group, "*")]
    if not same_group:
        groups = _listed([entry.group for entry in rule.resources])
        return f"API group {request.group!r} is not in {groups}"
    by_name = [entry for entry in same_group if _matches_without_name(entry, request)]
    if by_name:
        names = _listed([name for entry in by_name for name in entry.resource_names])
        given = f"name {request.name!r}" if request.name else "the URL has no name, which"
        return f"{given} is not in resourceNames {names}"
    return f"resource {shown!r} is not in {_listed([name for entry in same_group for name in entry.resources])}"


def _matches_without_name(entry: GroupResources, request: Attributes) -> bool:
    return entry_matches(entry._replace(resource_names=()), request)


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(repr(value) for value in values[:6])
    return f"[{shown}{', ...' if len(values) > 6 else ''}]"


def _content(request: Attributes, decision: Decision) -> str:
    if decision.level is Level.NONE:
        return "nothing is recorded"
    if decision.level is Level.METADATA or not request.is_resource:
        return "who, what, when, from where, the URI and the status; no bodies"
    bodies = "the request body" if decision.level is Level.REQUEST else "request and response body"
    managed = "without managedFields" if decision.omit_managed_fields else "with managedFields"
    return f"as Metadata, and {bodies}, {managed}"


def as_text(explanation: Explanation) -> str:
    """Write an explanation for people."""
    request, decision = explanation.request, explanation.decision
    lines = [f"request    {_shown(request)}", f"user       {_shown_user(request)}"]
    for passed in explanation.passed:
        lines.append(f"passed     {_rule(passed.rule, passed.line)}: {passed.reason}")
    decided = "no rule matches" if decision.rule is None else _rule(decision.rule, explanation.line)
    lines.append(f"decides    {decided}: level {decision.level.text}")
    if decision.level > Level.NONE:
        lines.append(f"events     {', '.join(explanation.stages) or 'none: all stages of this request are omitted'}")
        if explanation.omitted:
            lines.append(f"omitted    {', '.join(explanation.omitted)}")
    lines.append(f"content    {explanation.content}")
    return "\n".join(lines) + "\n"


def _rule(index: int, line: Optional[int]) -> str:
    return f"rule {index}" + (f" (line {line})" if line is not None else "")


def _shown(request: Attributes) -> str:
    if not request.is_resource:
        return f"{request.verb} {request.path} (no resource)"
    what = f"{request.resource}/{request.subresource}" if request.subresource else request.resource
    where = f'namespace "{request.namespace}"' + ("" if request.namespace else " (cluster-wide)")
    return f'{request.verb or "no verb"} {what}, group "{request.group}", {where}, name "{request.name}"'


def _shown_user(request: Attributes) -> str:
    if request.user is None:
        return "none: the request failed to authenticate"
    return f"{request.user} in {_listed(request.groups)}"


def as_object(explanation: Explanation) -> "dict[str, object]":
    """Write an explanation for scripts."""
    decision = explanation.decision
    passed: List[object] = [passed._asdict() for passed in explanation.passed]
    return {
        "request": {**explanation.request._asdict(), "groups": list(explanation.request.groups)},
        "passed": passed,
        "rule": decision.rule,
        "line": explanation.line,
        "level": decision.level.text,
        "stages": list(explanation.stages),
        "omitted": list(explanation.omitted),
        "content": explanation.content,
    }
