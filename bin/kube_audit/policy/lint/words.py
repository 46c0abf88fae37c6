"""H04 to H08, H13 to H15, M07: single words of a rule that match nothing, or not what they look like."""

import difflib
import re
from typing import Iterator, List, Optional, Tuple

from kube_audit.policy.document import last_line
from kube_audit.policy.lint.edits import remove_item, remove_key, replace_value
from kube_audit.policy.lint.finding import Check, Edit, Finding, Fix, Severity
from kube_audit.policy.lint.subject import Subject, Value
from kube_audit.policy.model import STAGES, GroupResources, Level
from kube_audit.policy.resources import DEAD_GROUPS, MISNAMED, UNSERVED_GROUPS
from kube_audit.policy.schema import Path

RESOURCE_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy")
URL_VERBS = ("get", "head", "post", "put", "patch", "delete", "options", "trace", "connect")
_NO_NAME_VERBS = {"create", "list", "watch", "deletecollection"}
_WILDCARD_FIELDS = ("verbs", "users", "userGroups", "namespaces")
_QUOTES = "\\\"'\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb`"
_GROUP_WILDCARDS = (
    (re.compile(r"system:serviceaccounts?:\*?$|system:serviceaccount:\*:\*"), "system:serviceaccounts"),
    (re.compile(r"system:serviceaccount:([a-z0-9-]+):\*"), r"system:serviceaccounts:\1"),
    (re.compile(r"system:nodes?:\*"), "system:nodes"),
    (re.compile(r"\*"), "system:authenticated"),
)


def _fix(edit: Optional[Edit], assumption: str) -> Optional[Fix]:
    return Fix((edit,), assumption) if edit is not None else None


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
        fix = _fix(remove_key(subject, value.path[:-1]), f'{field}: ["*"] was meant as any')
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
            if value.text in known or "*" in value.text or _bare(value.text) != value.text:
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
        subject.mark(*value.path), message, meaning, mend, _fix(edit, f"{value.text!r} was meant as {guess!r}")
    )


def find_resources(subject: Subject) -> Iterator[Finding]:
    """H06: resources that are not in the group under which they stand."""
    for index in range(len(subject.rules)):
        for entry, path in subject.entries(index):
            yield from _group(subject, index, entry, path)
        for entry, value in subject.patterns(index):
            if not _is_malformed(value.text) and _bare(value.text) == value.text:
                yield from _resource(subject, index, entry, value)


def _group(subject: Subject, index: int, entry: GroupResources, path: Path) -> Iterator[Finding]:
    group, table = entry.group, subject.resources
    if group in UNSERVED_GROUPS:
        message = f"rule {index}: group {group!r} is one of configuration files, no API server serves it"
        mend = "remove the entry; watch changes of such files on the node"
        yield Finding(subject.mark(*path, "group"), message, "this entry matches nothing", mend)
        return
    if group in ("", "*") or table.has(group) or group in DEAD_GROUPS or _bare(group) != group:
        return
    meant = "" if group in ("core", "v1") else _close_group(group, sorted(table.groups))
    if meant is None:
        return
    shown = 'group "" (core)' if meant == "" else f"group {meant!r}"
    message = f"rule {index}: {group!r} is no API group; did you mean {shown}?"
    meaning = "this entry matches nothing, unless custom resources have that very group"
    fix = _fix(replace_value(subject, (*path, "group"), meant), f"group {group!r} was meant as {meant!r}")
    yield Finding(subject.mark(*path, "group"), message, meaning, f'write group: "{meant}"', fix)


def _close_group(group: str, known: List[str]) -> Optional[str]:
    for builtin in known:
        if builtin and (builtin.split(".")[0] == group or builtin == f"{group}.k8s.io"):
            return builtin
    close = difflib.get_close_matches(group, [builtin for builtin in known if builtin], n=1, cutoff=0.88)
    return close[0] if close else None


def _resource(subject: Subject, index: int, entry: GroupResources, value: Value) -> Iterator[Finding]:
    base, _slash, sub = value.text.partition("/")
    if base == "*":
        if sub and sub not in subject.resources.subresources() and entry.group in ("", "*"):
            message = f"rule {index}: no resource has a subresource {sub!r}"
            yield Finding(subject.mark(*value.path), message, _NO_EFFECT, "name one that exists, like */status")
        return
    if entry.group == "*":
        known = bool(subject.resources.groups_with(base))
    elif subject.resources.has(entry.group):
        known = subject.resources.find(entry.group, base) is not None
    else:
        return
    if not known:
        yield from _unknown_resource(subject, index, entry, value)
    elif entry.group != "*" and sub not in ("", "*"):
        resource = subject.resources.find(entry.group, base)
        if resource is not None and sub not in resource.subresources:
            yield _unknown_subresource(subject, index, value, resource.subresources)


_NO_EFFECT = "this item never matches; such requests fall to later rules"


def _shown(group: str) -> str:
    return f'group "{group}"' + (" (core)" if not group else "")


def _unknown_resource(subject: Subject, index: int, entry: GroupResources, value: Value) -> Iterator[Finding]:
    base, _slash, sub = value.text.partition("/")
    mark, group = subject.mark(*value.path), entry.group
    tail = f"/{sub}" if sub else ""
    if (group, base) in MISNAMED:
        right_group, right = MISNAMED[(group, base)]
        message = (
            f"rule {index}: resource {value.text!r} is not in {_shown(group)}; it is {right!r} in {_shown(right_group)}"
        )
        edit = replace_value(subject, value.path, right) if right_group == group else None
        yield Finding(
            mark, message, _NO_EFFECT, f"write {right} under {_shown(right_group)}", _fix(edit, f"{right} was meant")
        )
        return
    homes = subject.resources.groups_with(base)
    if homes and group != "*":
        message = f"rule {index}: resource {base!r} is not in {_shown(group)}; did you mean {_shown(homes[0])}?"
        mend = f"move it to an entry with {_shown(homes[0])}"
        yield Finding(mark, message, _NO_EFFECT, mend, move_to_group(subject, value, homes[0]))
        return
    other = subject.resources.by_other_name(group, base)
    if other is None and group != "*":
        names = list(subject.resources.groups[group])
        close = difflib.get_close_matches(base.lower(), names, n=1, cutoff=0.75)
        other = subject.resources.find(group, close[0]) if close else None
    if other is not None:
        message = f"rule {index}: resource {base!r} is not in {_shown(group)}; rules name the plural, {other.name!r}"
        same = group in (other.group, "*")
        edit = replace_value(subject, value.path, other.name + tail) if same else None
        place = "" if same else f" under {_shown(other.group)}"
        fix = _fix(edit, f"{base!r} was meant as {other.name!r}")
        yield Finding(mark, message, _NO_EFFECT, f"write {other.name}{tail}{place}", fix)
    elif group != "*":
        message = f"rule {index}: {_shown(group)} has no resource {base!r} in any version from 1.24 to 1.37"
        yield Finding(
            mark, message, _NO_EFFECT, "name a resource that the group has, or the group of the custom resource"
        )


def move_to_group(subject: Subject, value: Value, group: str) -> Optional[Fix]:
    """Move an item of one entry into a new entry with the right group, right below."""
    entry_path = value.path[:-2]
    if subject.is_alone(value.path):
        return _fix(replace_value(subject, (*entry_path, "group"), group), f"the entry was meant for {_shown(group)}")
    node, entry = subject.node(*value.path), subject.node(*entry_path)
    edit = remove_item(subject, value.path)
    names = subject.rules[int(value.path[1])].resources[int(value.path[3])].resource_names
    if (
        node is None
        or entry is None
        or edit is None
        or names
        or "{" in subject.text[: subject.lines.offset(entry.start)][-2:]
    ):
        return None
    parent = subject.node(*entry_path[:-1])
    if parent is None or getattr(parent, "flow", True) or getattr(entry, "flow", True):
        return None
    _start, at = subject.lines.span(last_line(entry))
    dash = " " * (parent.start.column - 1)
    newline = "" if subject.text[:at].endswith("\n") else "\n"
    added = f'{newline}{dash}- group: "{group}"\n{dash}  resources: ["{value.text}"]\n'
    return Fix((edit, Edit(at, at, added)), f"{value.text!r} was meant as the one in {_shown(group)}")


def _unknown_subresource(subject: Subject, index: int, value: Value, known: Tuple[str, ...]) -> Finding:
    base, _slash, sub = value.text.partition("/")
    close = difflib.get_close_matches(sub.lower().replace("-", ""), known, n=1, cutoff=0.7)
    message = f"rule {index}: {base!r} has no subresource {sub!r}"
    if close:
        fix = _fix(replace_value(subject, value.path, f"{base}/{close[0]}"), f"{sub!r} was meant as {close[0]!r}")
        return Finding(subject.mark(*value.path), message, _NO_EFFECT, f"write {base}/{close[0]}", fix)
    mend = f"it has {', '.join(known)}" if known else "it has none; drop this item"
    return Finding(subject.mark(*value.path), message, _NO_EFFECT, mend)


def _is_malformed(pattern: str) -> bool:
    return (
        pattern in ("", "*/*")
        or pattern.count("/") > 1
        or pattern.startswith("/")
        or pattern.endswith("/")
        or bool(re.search(r"[^/]\*|\*[^/]", pattern))
    )


def find_patterns(subject: Subject) -> Iterator[Finding]:
    """H07: resource patterns of a form that matches nothing."""
    for index in range(len(subject.rules)):
        for _entry, value in subject.patterns(index):
            if _is_malformed(value.text):
                meant = "*" if value.text == "*/*" else value.text.strip("/")
                good = meant and not _is_malformed(meant)
                message = f"rule {index}: resource {value.text!r} matches nothing"
                mend = f"write {meant}" if good else "write pods, pods/exec, */exec, pods/* or *"
                fix = (
                    _fix(replace_value(subject, value.path, meant), f"{value.text!r} was meant as {meant!r}")
                    if good
                    else None
                )
                yield Finding(subject.mark(*value.path), message, _NO_EFFECT, mend, fix)


def find_nameless_verbs(subject: Subject) -> Iterator[Finding]:
    """H08: names together with verbs whose requests carry none."""
    for index, rule in enumerate(subject.rules):
        for entry, path in subject.entries(index):
            if (
                entry.resource_names
                and "" not in entry.resource_names
                and rule.verbs
                and set(rule.verbs) <= _NO_NAME_VERBS
            ):
                message = (
                    f"rule {index}: {', '.join(rule.verbs)} carry no name in the URL, so resourceNames excludes them"
                )
                meaning = "the entry matches nothing but lists with fieldSelector=metadata.name"
                mend = 'drop resourceNames, or add "" to it for requests without a name'
                yield Finding(subject.key_mark(*path, "resourceNames"), message, meaning, mend)


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


def _bare(text: str) -> str:
    return text.strip(_QUOTES + " \t")


def find_stray_quotes(subject: Subject) -> Iterator[Finding]:
    """H15: quotes, backslashes or blanks that became part of a value."""
    for index in range(len(subject.rules)):
        values = [value for field in (*_WILDCARD_FIELDS, "nonResourceURLs") for value in subject.values(index, field)]
        values += [value for _entry, value in subject.patterns(index)]
        for value in values:
            bare = _bare(value.text)
            if bare != value.text:
                message = f"rule {index}: {value.text!r} has quotes, backslashes or blanks inside the value"
                fix = _fix(replace_value(subject, value.path, bare), f"{value.text!r} was meant as {bare!r}")
                yield Finding(subject.mark(*value.path), message, "this item never matches", f"write {bare}", fix)


def find_dead_words(subject: Subject) -> Iterator[Finding]:
    """M07: users and groups that no supported version has."""
    for index in range(len(subject.rules)):
        for value in subject.values(index, "users"):
            if value.text == "system:unsecured":
                message = f"rule {index}: the user 'system:unsecured' is gone with the insecure port (1.24)"
                fix = _fix(remove_item(subject, value.path), "nothing in its place")
                yield Finding(subject.mark(*value.path), message, _DEAD, "remove it", fix)
        for entry, path in subject.entries(index):
            if entry.group in DEAD_GROUPS:
                message = f"rule {index}: API group {entry.group!r} is gone since {DEAD_GROUPS[entry.group]}"
                fix = _fix(remove_item(subject, path), "its resources live in apps, networking.k8s.io and policy")
                yield Finding(subject.mark(*path, "group"), message, _DEAD, "remove the entry", fix)
        for entry, value in subject.patterns(index):
            resource = subject.resources.find(entry.group, value.text.partition("/")[0])
            if resource is not None and resource.last is not None and resource.last < subject.version:
                message = f"rule {index}: {value.text!r} is gone since {resource.last} (target {subject.version})"
                fix = _fix(remove_item(subject, value.path), "nothing in its place")
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
        "H06",
        Severity.HIGH,
        "resource that is not in its group",
        'Resources are named by group and plural. `deployments` are in `apps`, not in the core group ""; `pod`, `po` '
        "and `Pod` match nothing. Only built-in groups are checked (1.24 to 1.37).",
        _rules('- level: Request\n  resources:\n  - group: ""\n    resources: [pods, deployments]\n'),
        _rules("- level: Request\n  resources:\n  - group: apps\n    resources: [deployments]\n"),
        find_resources,
    ),
    Check(
        "H07",
        Severity.HIGH,
        "resource pattern that matches nothing",
        "Patterns are `pods`, `pods/exec`, `*`, `*/exec` and `pods/*`. `*/*`, `pods/`, `pods*` and `pods/exec/x` pass "
        "validation and match nothing.",
        _rules('- level: Metadata\n  resources:\n  - group: ""\n    resources: ["*/*"]\n'),
        _rules('- level: Metadata\n  resources:\n  - group: ""\n    resources: ["*", "*/status"]\n'),
        find_patterns,
    ),
    Check(
        "H08",
        Severity.HIGH,
        "names with verbs that carry none",
        "resourceNames compare the name in the URL. Requests to create, list, watch or delete a collection have none "
        "there; only lists with fieldSelector=metadata.name do.",
        _rules(
            '- level: None\n  verbs: [create]\n  resources:\n  - group: ""\n    resources: [configmaps]\n'
            "    resourceNames: [leader]\n"
        ),
        _rules(
            '- level: None\n  verbs: [update]\n  resources:\n  - group: ""\n    resources: [configmaps]\n'
            "    resourceNames: [leader]\n"
        ),
        find_nameless_verbs,
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
