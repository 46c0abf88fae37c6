"""H06 to H08: groups, resources and names of a rule that no request has."""

import difflib
import re
from typing import Iterator, List, Optional, Tuple

from kube_audit.policy.document import last_line
from kube_audit.policy.lint.edits import fix_of, remove_item, replace_value
from kube_audit.policy.lint.finding import Check, Edit, Finding, Fix, Severity
from kube_audit.policy.lint.subject import Subject, Value
from kube_audit.policy.lint.words import bare
from kube_audit.policy.model import GroupResources
from kube_audit.policy.resources import DEAD_GROUPS, MISNAMED, UNSERVED_GROUPS
from kube_audit.policy.schema import Path

_NO_NAME_VERBS = {"create", "list", "watch", "deletecollection"}
_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n"


def _rules(text: str) -> str:
    return _HEAD + text


def find_resources(subject: Subject) -> Iterator[Finding]:
    """H06: resources that are not in the group under which they stand."""
    for index in range(len(subject.rules)):
        for entry, path in subject.entries(index):
            yield from _group(subject, index, entry, path)
        for entry, value in subject.patterns(index):
            if not _is_malformed(value.text) and bare(value.text) == value.text:
                yield from _resource(subject, index, entry, value)


def _group(subject: Subject, index: int, entry: GroupResources, path: Path) -> Iterator[Finding]:
    group, table = entry.group, subject.resources
    if group in UNSERVED_GROUPS:
        message = f"rule {index}: group {group!r} is one of configuration files, no API server serves it"
        mend = "remove the entry; watch changes of such files on the node"
        yield Finding(subject.mark(*path, "group"), message, "this entry matches nothing", mend)
        return
    if group in ("", "*") or table.has(group) or group in DEAD_GROUPS or bare(group) != group:
        return
    meant = "" if group in ("core", "v1") else _close_group(group, sorted(table.groups))
    if meant is None:
        return
    shown = 'group "" (core)' if meant == "" else f"group {meant!r}"
    message = f"rule {index}: {group!r} is no API group; did you mean {shown}?"
    meaning = "this entry matches nothing, unless custom resources have that very group"
    fix = fix_of(replace_value(subject, (*path, "group"), meant), f"group {group!r} was meant as {meant!r}")
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
            mark, message, _NO_EFFECT, f"write {right} under {_shown(right_group)}", fix_of(edit, f"{right} was meant")
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
        fix = fix_of(edit, f"{base!r} was meant as {other.name!r}")
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
        return fix_of(replace_value(subject, (*entry_path, "group"), group), f"the entry was meant for {_shown(group)}")
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
        fix = fix_of(replace_value(subject, value.path, f"{base}/{close[0]}"), f"{sub!r} was meant as {close[0]!r}")
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
                    fix_of(replace_value(subject, value.path, meant), f"{value.text!r} was meant as {meant!r}")
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


CHECKS = (
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
)
