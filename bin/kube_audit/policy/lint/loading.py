"""E01 to E04, H01 to H03: what happens before a single rule is matched."""

import difflib
import re
from typing import Iterator, List, Optional

from kube_audit.policy.lint.edits import key_of, line_text, replace_node
from kube_audit.policy.lint.finding import Check, Edit, Finding, Fix, Note, Severity
from kube_audit.policy.lint.flattened import explain_flattened
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.positions import Mark
from kube_audit.policy.schema import GROUP_RESOURCES, POLICY, RULE, Path, StrictFault, path_text

_WILDCARD = 'Invalid value: "*": a lowercase RFC 1123'
_OLD = re.compile(r'no kind "Policy" is registered for version "(audit\.k8s\.io/v1(?:alpha1|beta1))"')
_NO_RULES = "loaded illegal policy with 0 rules"
_FIELDS = {"Policy": POLICY, "PolicyRule": RULE, "GroupResources": GROUP_RESOURCES}
_HINTS = (
    ("level: Required value", "give the rule a level: None, Metadata, Request or RequestResponse"),
    ("level: Unsupported value", "write None, Metadata, Request or RequestResponse, in exactly these letters"),
    (
        "allowed stages are",
        "write RequestReceived, ResponseStarted, ResponseComplete or Panic, in exactly these letters",
    ),
    ("using resourceNames requires", "name the resources, or drop resourceNames"),
    ("must begin with a '/'", "start the path with a slash, or write * for all paths"),
    ("must be the final character", "keep one star, at the end"),
    ("both regular resources and non-resource", "split this into one rule for resources and one for URLs"),
    ("RFC 1123 subdomain", "write the group alone, in lower case, without a version: apps, not apps/v1"),
    ("of type []", "write a list: [value]"),
    ("unknown group version field", "start the file with apiVersion: audit.k8s.io/v1 and kind: Policy"),
    ("is registered for version", "write apiVersion: audit.k8s.io/v1 and kind: Policy"),
    ("unknown conversion", "write kind: Policy"),
    ("into Go struct field", "give the field a value of the type that the error names"),
    ("excessive aliasing", "write the values out; anchors multiply here"),
    ("already set", "keep one of the two keys"),
    ("yaml:", "mend the YAML at this place"),
    ("json parse error", "a text that starts with { must be JSON; mend it, or write YAML in block style"),
)


def find_refusals(subject: Subject) -> Iterator[Finding]:
    """E01: every reason for which the API server does not start."""
    for fault in subject.error.faults if subject.error else ():
        if _WILDCARD in fault.reason or _OLD.search(fault.reason) or fault.reason == _NO_RULES:
            continue
        mend = next((hint for words, hint in _HINTS if words in fault.reason), "mend the value at this place")
        meaning = "the API server does not start with this policy; it prints this text"
        yield Finding(fault.mark or Mark(1, 1), fault.reason, meaning, mend)


def find_old_wildcard(subject: Subject) -> Iterator[Finding]:
    """E02: group "*" before 1.36."""
    for fault in subject.error.faults if subject.error else ():
        if _WILDCARD in fault.reason:
            meaning = (
                f'Kubernetes {subject.version} takes no "*" as a group and does not start; 1.36 is the first that does'
            )
            yield Finding(fault.mark or Mark(1, 1), fault.reason, meaning, "list the groups, or leave resources out")


def find_old_version(subject: Subject) -> Iterator[Finding]:
    """E03: an apiVersion that was removed."""
    for fault in subject.error.faults if subject.error else ():
        found = _OLD.search(fault.reason)
        if found:
            mark = fault.mark or Mark(1, 1)
            edit = _retype_version(subject, mark, found.group(1))
            fix = Fix((edit,), "the rules mean the same in audit.k8s.io/v1") if edit else None
            meaning = f"{found.group(1)} was removed in Kubernetes 1.24; the API server does not start"
            yield Finding(mark, fault.reason, meaning, "write apiVersion: audit.k8s.io/v1", fix)


def _retype_version(subject: Subject, mark: Mark, old: str) -> Optional[Edit]:
    start, end = subject.lines.span(mark.line)
    at = subject.text.find(old, start, end)
    return Edit(at, at + len(old), "audit.k8s.io/v1") if at >= 0 else None


def find_no_rules(subject: Subject) -> Iterator[Finding]:
    """E04: no rules at all."""
    for fault in subject.error.faults if subject.error else ():
        if fault.reason == _NO_RULES:
            meaning = "the API server does not start with a policy that has no rules"
            yield Finding(fault.mark or Mark(1, 1), fault.reason, meaning, "add rules; the key is rules, in lower case")


def find_unknown_fields(subject: Subject) -> Iterator[Finding]:
    """H01: fields that the API server does not know and leaves out."""
    flattened = explain_flattened(subject)
    if flattened is not None:
        yield flattened
        return
    for fault in subject.loaded.strict if subject.loaded else ():
        if not fault.is_duplicate:
            yield _unknown_field(subject, fault)


def _unknown_field(subject: Subject, fault: StrictFault) -> Finding:
    name = str(fault.path[-1])
    owner = path_text(fault.path[:-1]) or "the policy"
    known = _FIELDS.get(fault.struct)
    intended = intended_field(name, list(known.fields)) if known else None
    taken = intended is not None and subject.node(*fault.path[:-1], intended) is not None
    meaning = f"the API server logs a warning and ignores it: {_widening(fault)}"
    if intended is not None and not taken:
        key = key_of(subject, fault.path)
        edit = replace_node(subject, key, intended) if key is not None else None
        fix = Fix((edit,), f"{name!r} was meant as {intended!r}") if edit else None
        message = f"{owner} has no field {name!r}; did you mean {intended!r}?"
        return Finding(subject.key_mark(*fault.path), message, meaning, f"write {intended}", fix)
    message = f"{owner} has no field {name!r}"
    mend, fix = _misplaced(subject, fault, name)
    return Finding(subject.key_mark(*fault.path), message, meaning, mend, fix)


def intended_field(name: str, known: List[str]) -> Optional[str]:
    """Guess which field a misspelt name means."""
    lowered = {field.lower(): field for field in known}
    for guess in (name.lower(), name.lower() + "s", name.lower().rstrip("s")):
        if guess in lowered:
            return lowered[guess]
    close = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.8)
    return lowered[close[0]] if close else None


def _widening(fault: StrictFault) -> str:
    if fault.struct == "GroupResources":
        return "the entry then matches more than it says, up to the whole API group"
    if fault.struct == "PolicyRule":
        return "the rule then matches more than it says"
    return "what stands under it has no effect"


def _misplaced(subject: Subject, fault: StrictFault, name: str) -> "tuple[str, Optional[Fix]]":
    if fault.struct == "GroupResources" and name in RULE.fields:
        fix = _move_up(subject, fault.path)
        return f"move {name} out of resources, to the rule itself (one level less indentation)", fix
    if fault.struct == "PolicyRule" and name in GROUP_RESOURCES.fields:
        return f"move {name} into an entry of resources", None
    if fault.struct == "PolicyRule" and name in POLICY.fields:
        return f"move {name} to the top level of the policy", None
    if fault.struct == "Policy" and (name in RULE.fields or name in GROUP_RESOURCES.fields):
        return f"indent {name} so that it stands inside its rule", None
    return "remove it", None


def _move_up(subject: Subject, path: Path) -> Optional[Fix]:
    """Move a block key from a resources entry to its rule, right after the entry's list."""
    key, value = key_of(subject, path), subject.node(*path)
    rule_path = path[:2]
    level = key_of(subject, (*rule_path, "level"))
    resources = key_of(subject, (*rule_path, "resources"))
    entries = subject.node(*rule_path, "resources")
    if key is None or value is None or level is None or resources is None or entries is None:
        return None
    if subject.node(*rule_path, str(path[-1])) is not None or value.start.line != value.end.line:
        return None
    line = line_text(subject, key.start.line)
    if line.strip().startswith(("-", "{")) or not line.strip().startswith(key.text):
        return None
    start, end = subject.lines.span(key.start.line)
    at, _end = subject.lines.span(resources.start.line)
    if line_text(subject, resources.start.line).strip().startswith("-"):
        return None
    moved = " " * (resources.start.column - 1) + line.strip() + "\n"
    assumption = f"{path[-1]!r} was indented too far and limits the rule"
    return Fix((Edit(at, at, moved), Edit(start, end, "")), assumption)


def find_duplicates(subject: Subject) -> Iterator[Finding]:
    """H02: keys that stand twice."""
    if subject.loaded is None:
        return
    for duplicate in subject.loaded.text.duplicates:
        first = next((mark for mark in _marks_of_key(subject, duplicate.key, duplicate.mark)), None)
        notes = (Note(first, "this one is dropped"),) if first else ()
        message = f"key {duplicate.key!r} stands twice in one map"
        yield Finding(duplicate.mark, message, _TWICE, "merge the two, or give each a rule of its own", notes=notes)
    for fault in subject.loaded.strict:
        if fault.is_duplicate:
            message = f"key {fault.path[-1]!r} stands twice in {path_text(fault.path[:-1]) or 'the policy'}"
            yield Finding(subject.mark(*fault.path), message, _TWICE, "merge the two, or give each a rule of its own")


_TWICE = "the last one counts; the API server logs a warning and drops the others"


def _marks_of_key(subject: Subject, key: str, before: Mark) -> Iterator[Mark]:
    for line in range(before.line - 1, 0, -1):
        text = line_text(subject, line)
        found = re.search(rf"(^|[\s{{,-])({re.escape(key)})\s*:", text)
        if found and line < before.line:
            same = text[: found.start(2)].replace("-", " ").strip() == ""
            if same and line_text(subject, before.line).find(key) != found.start(2) - 1:
                yield Mark(line, found.start(2) + 1)


def find_second_document(subject: Subject) -> Iterator[Finding]:
    """H03: documents after the first."""
    parsed = subject.loaded.text.parsed if subject.loaded else None
    if parsed is not None and parsed.second is not None:
        meaning = "the API server reads the first YAML document only; everything from here on has no effect"
        mend = "join the documents into one policy, or remove the separator"
        yield Finding(parsed.second, "a second YAML document starts here and is ignored", meaning, mend)


_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"
CHECKS = (
    Check(
        "E01",
        Severity.ERROR,
        "the API server refuses the policy",
        "Every reason that the API server itself would print, in its own words, with line and column. It does not "
        "start until all are mended.",
        _HEAD + "rules:\n- level: metadata\n",
        _HEAD + "rules:\n- level: Metadata\n",
        find_refusals,
    ),
    Check(
        "E02",
        Severity.ERROR,
        'group "*" before Kubernetes 1.36',
        'From 1.36 on the group "*" means every API group. Earlier API servers refuse the policy and do not start. '
        "Checked against --target-version.",
        "# target-version: 1.35\n" + _HEAD + 'rules:\n- level: Metadata\n  resources:\n  - group: "*"\n',
        "# target-version: 1.36\n" + _HEAD + 'rules:\n- level: Metadata\n  resources:\n  - group: "*"\n',
        find_old_wildcard,
    ),
    Check(
        "E03",
        Severity.ERROR,
        "removed apiVersion",
        "audit.k8s.io/v1alpha1 and v1beta1 were removed in Kubernetes 1.24. The rules mean the same in v1.",
        "apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules:\n- level: Metadata\n",
        _HEAD + "rules:\n- level: Metadata\n",
        find_old_version,
    ),
    Check(
        "E04",
        Severity.ERROR,
        "no rules",
        "A policy without rules is refused. Often the key is there in another case, like Rules.",
        _HEAD + "Rules:\n- level: Metadata\n",
        _HEAD + "rules:\n- level: Metadata\n",
        find_no_rules,
    ),
    Check(
        "H01",
        Severity.HIGH,
        "unknown field",
        "A field that the API does not have is dropped with a warning in the API server's log (before 1.26 without "
        "one). A rule that loses a limit matches more than it says: `resource:` for `resources:` turns two resources "
        "into a whole API group, a `verbs:` that is indented too far turns writes into everything.",
        _HEAD + "rules:\n- level: Metadata\n  resources:\n  - group: apps\n    resource: [deployments]\n",
        _HEAD + "rules:\n- level: Metadata\n  resources:\n  - group: apps\n    resources: [deployments]\n",
        find_unknown_fields,
    ),
    Check(
        "H02",
        Severity.HIGH,
        "duplicate key",
        "Of two equal keys in one map the last one counts; the API server logs a warning.",
        _HEAD + "rules:\n- level: Metadata\n  verbs: [get]\n  verbs: [list]\n",
        _HEAD + "rules:\n- level: Metadata\n  verbs: [get, list]\n",
        find_duplicates,
    ),
    Check(
        "H03",
        Severity.HIGH,
        "second YAML document",
        "Only the first YAML document of a file is read. Rules in a later one have no effect.",
        _HEAD + "rules:\n- level: Metadata\n---\n" + _HEAD + "rules:\n- level: None\n",
        "---\n" + _HEAD + "rules:\n- level: Metadata\n",
        find_second_document,
    ),
)
