"""H04, H05, H13 to H15, M07: single words of a rule that match nothing, or not what they look like."""

import difflib
import re
from typing import Iterator, Tuple

from kube_audit.policy.lint.edits import fix_of, remove_item, remove_key, replace_value
from kube_audit.policy.lint.finding import Check, Finding, Severity
from kube_audit.policy.lint.subject import Subject, Value
from kube_audit.policy.model import STAGES, Level
from kube_audit.policy.resources import DEAD_GROUPS

RESOURCE_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy")
URL_VERBS = ("get", "head", "post", "put", "patch", "delete", "options", "trace", "connect")
_WILDCARD_FIELDS = ("verbs", "users", "userGroups", "namespaces")
_QUOTES = "\\\"'\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb`"
_GROUP_WILDCARDS = (
    (re.compile(r"system:serviceaccounts?:\*?$|system:serviceaccount:\*:\*"), "system:serviceaccounts"),
    (re.compile(r"system:serviceaccount:([a-z0-9-]+):\*"), r"system:serviceaccounts:\1"),
    (re.compile(r"system:nodes?:\*"), "system:nodes"),
    (re.compile(r"\*"), "system:authenticated"),
)


def find_wildcards(subject: Subject) -> Iterator[Finding]:
    """H04: stars where only whole words match."""
    for index in range(len(subject.rules)):
        for field in _WILDCARD_FIELDS:
            for value in subject.values(index, field):
                if "*" in value.text:
                    yield _wildcard(subject, index, field, value)
        for entry, path in subject.entries(index):
            for position, name in enumerate(entry.resource_names):
                if "*" in name:
                    value = Value(name, (*path, "resourceNames", position))
                    yield _wildcard(subject, index, "resourceNames", value)


def _wildcard(subject: Subject, index: int, field: str, value: Value) -> Finding:
    message = f"rule {index}: {field} knows no wildcards; {value.text!r} matches nothing"
    alone = subject.is_alone(value.path)
    meaning = "the rule never matches" if alone else "this item has no effect"
    if value.text == "*" and alone:
        mend = f"leave {field} out: a rule without it matches all"
        fix = fix_of(remove_key(subject, value.path[:-1]), f'{field}: ["*"] was meant as any')
        return Finding(subject.mark(*value.path), message, meaning, mend, fix)
    if field == "users":
        for pattern, group in _GROUP_WILDCARDS:
            found = pattern.fullmatch(value.text)
            if found:
                return Finding(subject.mark(*value.path), message, meaning, f"use userGroups: [{found.expand(group)}]")
    return Finding(subject.mark(*value.path), message, meaning, "list the values one by one")


def find_verbs(subject: Subject) -> Iterator[Finding]:
    """H05: verbs that no request has."""
    for index, rule in enumerate(subject.rules):
        known: Tuple[str, ...] = URL_VERBS if rule.non_resource_urls else RESOURCE_VERBS
        if not (rule.non_resource_urls or rule.resources or rule.namespaces):
            known = (*RESOURCE_VERBS, *URL_VERBS)
        for value in subject.values(index, "verbs"):
            if value.text in known or "*" in value.text or bare(value.text) != value.text:
                continue
            yield _verb(subject, index, value, known)


_VERB_HINTS = {
    "connect": "exec and port-forward are get (WebSocket) or create (SPDY)",
    "exec": "name the resource pods/exec; its verbs are get and create",
    "read": "write get, list, watch",
    "write": "write create, update, patch, delete, deletecollection",
    "post": "for resources the verb is create",
    "put": "for resources the verb is update",
    "head": "for resources HEAD is get or list",
    "create": "for URLs the verb is the HTTP method: post",
    "update": "for URLs the verb is the HTTP method: put",
    "list": "for URLs the verb is the HTTP method: get",
    "watch": "for URLs the verb is the HTTP method: get",
    "deletecollection": "for URLs the verb is the HTTP method: delete",
}


def _verb(subject: Subject, index: int, value: Value, known: Tuple[str, ...]) -> Finding:
    lowered = value.text.lower().replace("-", "").replace("_", "")
    guess = lowered if lowered in known else next(iter(difflib.get_close_matches(lowered, known, 1, 0.75)), None)
    hint = _VERB_HINTS.get(lowered)
    mend = f"write {guess}" if guess else hint or "verbs are " + ", ".join(known)
    message = f"rule {index}: no request has the verb {value.text!r}"
    meaning = "the rule never matches" if subject.is_alone(value.path) else "this item has no effect"
    edit = replace_value(subject, value.path, guess) if guess else None
    already = guess in subject.rules[index].verbs
    if already or (not guess and lowered == "connect" and {"get", "create"} <= set(subject.rules[index].verbs)):
        edit = remove_item(subject, value.path)
    return Finding(
        subject.mark(*value.path), message, meaning, mend, fix_of(edit, f"{value.text!r} was meant as {guess!r}")
    )


def find_all_stages_omitted(subject: Subject) -> Iterator[Finding]:
    """H13: every stage is left out."""
    policy = subject.loaded.policy if subject.loaded else None
    for index, rule in enumerate(subject.rules):
        if policy and rule.level > Level.NONE and set(STAGES) <= {*rule.omit_stages, *policy.omit_stages}:
            message = f"rule {index}: all four stages are omitted"
            mend = "keep ResponseComplete and Panic, or write level: None"
            yield Finding(subject.rule_mark(index), message, "the rule records nothing, whatever its level", mend)


_IS_GROUP = re.compile(r"system:(masters|nodes|authenticated|unauthenticated|bootstrappers|serviceaccounts(:[^:]+)?)")
_IS_USER = re.compile(
    r"system:(serviceaccount:[^:]+:[^:]+|node:.+|anonymous|apiserver|admin"
    r"|kube-(proxy|scheduler|controller-manager)|unsecured)"
)


def find_swapped_subjects(subject: Subject) -> Iterator[Finding]:
    """H14: groups under users, users under userGroups."""
    for index in range(len(subject.rules)):
        for field, pattern, right in (("users", _IS_GROUP, "userGroups"), ("userGroups", _IS_USER, "users")):
            for value in subject.values(index, field):
                if pattern.fullmatch(value.text):
                    kind = "group" if field == "users" else "user"
                    message = f"rule {index}: {value.text!r} is a {kind}, not one of {field}"
                    meaning = "the rule never matches" if subject.is_alone(value.path) else "this item has no effect"
                    yield Finding(subject.mark(*value.path), message, meaning, f"move it to {right}")


def bare(text: str) -> str:
    """Strip quotes, backslashes and blanks from the ends of a value."""
    return text.strip(_QUOTES + " \t")


def find_stray_quotes(subject: Subject) -> Iterator[Finding]:
    """H15: quotes, backslashes or blanks that became part of a value."""
    for index in range(len(subject.rules)):
        values = [value for field in (*_WILDCARD_FIELDS, "nonResourceURLs") for value in subject.values(index, field)]
        values += [value for _entry, value in subject.patterns(index)]
        for value in values:
            meant = bare(value.text)
            if meant != value.text:
                message = f"rule {index}: {value.text!r} has quotes, backslashes or blanks inside the value"
                fix = fix_of(replace_value(subject, value.path, meant), f"{value.text!r} was meant as {meant!r}")
                yield Finding(subject.mark(*value.path), message, "this item never matches", f"write {meant}", fix)


def find_dead_words(subject: Subject) -> Iterator[Finding]:
    """M07: users and groups that no supported version has."""
    for index in range(len(subject.rules)):
        for value in subject.values(index, "users"):
            if value.text == "system:unsecured":
                message = f"rule {index}: the user 'system:unsecured' is gone with the insecure port (1.24)"
                fix = fix_of(remove_item(subject, value.path), "nothing in its place")
                yield Finding(subject.mark(*value.path), message, _DEAD, "remove it", fix)
        for entry, path in subject.entries(index):
            if entry.group in DEAD_GROUPS:
                message = f"rule {index}: API group {entry.group!r} is gone since {DEAD_GROUPS[entry.group]}"
                fix = fix_of(remove_item(subject, path), "its resources live in apps, networking.k8s.io and policy")
                yield Finding(subject.mark(*path, "group"), message, _DEAD, "remove the entry", fix)
        for entry, value in subject.patterns(index):
            resource = subject.resources.find(entry.group, value.text.partition("/")[0])
            if resource is not None and resource.last is not None and resource.last < subject.version:
                message = f"rule {index}: {value.text!r} is gone since {resource.last} (target {subject.version})"
                fix = fix_of(remove_item(subject, value.path), "nothing in its place")
                yield Finding(subject.mark(*value.path), message, _DEAD, "remove it", fix)


_DEAD = "it matches nothing any more; readers take it for protection that is not there"
_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n"


def _rules(text: str) -> str:
    return _HEAD + text


CHECKS = (
    Check(
        "H04",
        Severity.HIGH,
        "wildcard where only whole words match",
        'verbs, users, userGroups, namespaces and resourceNames are compared whole, case and all. `verbs: ["*"]` '
        "matches no request; leaving the field out matches all.",
        _rules('- level: Metadata\n  verbs: ["*"]\n'),
        _rules("- level: Metadata\n"),
        find_wildcards,
    ),
    Check(
        "H05",
        Severity.HIGH,
        "verb that no request has",
        "Resource requests have the verbs get, list, watch, create, update, patch, delete, deletecollection (and proxy "
        "on legacy paths); URLs have the HTTP method in lower case. `connect`, `Get` and RBAC's own verbs never occur.",
        _rules("- level: Metadata\n  verbs: [Get, connect]\n"),
        _rules("- level: Metadata\n  verbs: [get, deletecollection]\n"),
        find_verbs,
    ),
    Check(
        "H13",
        Severity.HIGH,
        "all stages omitted",
        "A rule, or rule and policy together, that omit all four stages record nothing.",
        _rules("- level: Metadata\n  omitStages: [RequestReceived, ResponseStarted, ResponseComplete, Panic]\n"),
        _rules("- level: Metadata\n  omitStages: [RequestReceived]\n"),
        find_all_stages_omitted,
    ),
    Check(
        "H14",
        Severity.HIGH,
        "group under users, or user under userGroups",
        "`system:nodes`, `system:masters`, `system:serviceaccounts` are groups; `system:serviceaccount:NS:NAME`, "
        "`system:kube-proxy` are users. In the wrong list they match nothing.",
        _rules("- level: None\n  users: [system:nodes]\n"),
        _rules("- level: None\n  userGroups: [system:nodes]\n"),
        find_swapped_subjects,
    ),
    Check(
        "H15",
        Severity.HIGH,
        "quotes inside a value",
        'Copied text often brings typographic quotes or escaped ones (`\\"get\\"`), which YAML takes as part of the '
        "value. It then equals nothing.",
        _rules("- level: Metadata\n  verbs: [\u201cget\u201d]\n"),
        _rules('- level: Metadata\n  verbs: ["get"]\n'),
        find_stray_quotes,
    ),
    Check(
        "M07",
        Severity.MEDIUM,
        "user or group that is gone",
        "`system:unsecured`, the API groups `extensions` and `settings.k8s.io`, and resources removed before the "
        "target version match nothing.",
        _rules('- level: Metadata\n  resources:\n  - group: ""\n  - group: extensions\n'),
        _rules('- level: Metadata\n  resources:\n  - group: ""\n  - group: apps\n'),
        find_dead_words,
    ),
)
