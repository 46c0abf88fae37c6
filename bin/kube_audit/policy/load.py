"""Loading a policy as the API server of a given version does: the same policies, the same warnings, the same errors.

    text ──▶ value ──▶ version and kind ──▶ types ──▶ validation ──▶ at least one rule ──▶ Loaded
                       unknown and repeated fields are warnings (from 1.26; before, silence)

The errors are the texts of k8s.io/apiserver 0.36 without its trailing `: from file NAME`.
"""

import os
from pathlib import Path as FilePath
from typing import List, NamedTuple, Optional, Tuple

from kube_audit.errors import BadInput
from kube_audit.policy.document import LIMIT_BYTES, Node
from kube_audit.policy.errors import Fault, PolicyError
from kube_audit.policy.go_text import go_quote
from kube_audit.policy.locate import find_node
from kube_audit.policy.model import LEVELS, GroupResources, Policy, Rule
from kube_audit.policy.positions import Mark
from kube_audit.policy.schema import POLICY, Decoded, Path, StrictFault, decode, json_kind
from kube_audit.policy.validate import items, refusals, texts
from kube_audit.policy.values import Duplicate, Object, Text, Value, from_python, read_text
from kube_audit.policy.versions import NEWEST, STRICT_WARNINGS, Version

API_VERSION = "audit.k8s.io/v1"
_OTHER_KINDS = ("Event", "EventList", "PolicyList")
_STRUCT = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
_SCHEME = 'scheme "pkg/runtime/scheme.go:111"'
_NO_VERSION = "unknown group version field audit.k8s.io/__internal, Kind=Policy in policy"


class Loaded(NamedTuple):
    """A policy that the API server takes, with all that is known of its text."""

    policy: Policy
    warnings: Tuple[str, ...]
    text: Text
    strict: Tuple[StrictFault, ...]

    @property
    def root(self) -> Optional[Node]:
        """The tree that knows the places; None for a policy given as a value."""
        return self.text.parsed.root if self.text.parsed else None

    def line_of_rule(self, index: Optional[int]) -> Optional[int]:
        """Tell where a rule starts, if the text is known."""
        node = find_node(self.root, ("rules", index)) if index is not None else None
        return node.start.line if node is not None else None


def load_file(path: FilePath, version: Version = NEWEST) -> Loaded:
    """Load a policy file; errors name the file."""
    try:
        return load_text(read_policy_file(path), version)
    except PolicyError as error:
        raise error.located(str(path)) from error


def read_policy_file(path: FilePath) -> str:
    """Read a policy's text; a file that is too large is refused by its size, unread."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error
    if max(size, len(content)) > LIMIT_BYTES:
        at_least = max(size, len(content))
        raise PolicyError(
            f"policy has {at_least} bytes, more than the {LIMIT_BYTES} that a policy may have; it was not parsed"
        )
    return decode_bytes(content)


def decode_bytes(content: bytes) -> str:
    """Turn bytes into text as the API server's parser does: UTF-8, or UTF-16 with a byte order mark."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        octet = "trailing" if "continuation" in error.reason else "leading"
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        reason = f"failed decoding: yaml: invalid {octet} UTF-8 octet"
        raise PolicyError(reason, Mark(line, column)) from error


def load_text(text: str, version: Version = NEWEST) -> Loaded:
    """Load a policy from YAML or JSON text."""
    return _load(read_text(text[1:] if text.startswith("\ufeff") else text), version)


def load_value(value: object, version: Version = NEWEST) -> Loaded:
    """Load a policy that a JSON parser has read."""
    return _load(Text(from_python(value), None, (), is_json=True), version)


def _load(text: Text, version: Version) -> Loaded:
    root = text.parsed.root if text.parsed else None
    policy = _typed(text.value, root)
    decoded = decode(policy, POLICY)
    if decoded.fault is not None:
        raise PolicyError(f"failed decoding: {decoded.fault.reason}", _place(root, decoded.fault.path))
    refused = refusals(policy, version)
    if refused:
        faults = tuple(Fault(refusal.reason, _place(root, refusal.path)) for refusal in refused)
        reasons = ", ".join(fault.reason for fault in faults)
        raise PolicyError(reasons if len(faults) == 1 else f"[{reasons}]", faults[0].mark, faults=faults)
    rules = tuple(build_rule(rule) for rule in items(policy.get("rules")))
    if not rules:
        raise PolicyError("loaded illegal policy with 0 rules", _place(root, ("rules",)))
    omit = bool(policy.get("omitManagedFields"))
    built = Policy(rules, tuple(texts(policy.get("omitStages"))), omit)
    return Loaded(built, _warnings(text.duplicates, decoded, version), text, decoded.strict)


def _place(root: Optional[Node], path: Path) -> Optional[Mark]:
    node = find_node(root, path)
    return node.start if node is not None else None


def _warnings(duplicates: Tuple[Duplicate, ...], decoded: Decoded, version: Version) -> Tuple[str, ...]:
    if version < STRICT_WARNINGS:
        return ()
    parts: List[str] = []
    if duplicates:
        parts.append("\n  ".join(["yaml: unmarshal errors:", *(found.warning for found in duplicates)]))
    parts += [fault.warning for fault in decoded.strict]
    return (f"strict decoding error: {', '.join(parts)}",) if parts else ()


def _typed(value: Value, root: Optional[Node]) -> Object:
    """Check version and kind and give the object, or raise in the API server's words."""
    if value is None:
        raise PolicyError(_NO_VERSION, _place(root, ()))
    if not isinstance(value, Object):
        raise _meta_error(f"{json_kind(value)} into Go value of type {_STRUCT}", root, ())
    version, kind = _meta(value, root)
    if version in ("", "/", "audit.k8s.io/"):
        raise PolicyError(_no_version_reason(kind), _place(root, ()))
    if version.count("/") > 1:
        raise PolicyError(f"failed decoding: unexpected GroupVersion string: {version}", _place(root, ("apiVersion",)))
    if version == API_VERSION and kind in _OTHER_KINDS:
        reason = f"failed decoding: converting (v1.{kind}) to (audit.Policy): unknown conversion"
        raise PolicyError(reason, _place(root, ("kind",)))
    if version != API_VERSION or kind != "Policy":
        registered = f"no kind {go_quote(kind)} is registered for version {go_quote(version)}"
        reason = f"failed decoding: {registered} in {_SCHEME}"
        wrong = "apiVersion" if version != API_VERSION else "kind"
        raise PolicyError(reason, _place(root, (wrong,)))
    return value


def _no_version_reason(kind: str) -> str:
    if kind == "Policy":
        return _NO_VERSION
    if kind in _OTHER_KINDS:
        return f"failed decoding: converting (audit.{kind}) to (audit.Policy): unknown conversion"
    registered = f'no kind {go_quote(kind)} is registered for the internal version of group "audit.k8s.io"'
    return f"failed decoding: {registered} in {_SCHEME}"


def _meta(value: Object, root: Optional[Node]) -> Tuple[str, str]:
    found = {"apiversion": "", "kind": ""}
    for name, member in value.members:
        # Go's plain decoder, which reads these two, matches names whatever their case.
        field = name.lower()
        if field in found and member is not None:
            if not isinstance(member, str):
                go_field = "apiVersion" if field == "apiversion" else "kind"
                reason = f"{json_kind(member)} into Go struct field .{go_field} of type string"
                raise _meta_error(reason, root, (name,))
            found[field] = member
    return found["apiversion"], found["kind"] or "Policy"


def _meta_error(reason: str, root: Optional[Node], path: Path) -> PolicyError:
    words = "failed decoding: couldn't get version/kind; json parse error: json: cannot unmarshal "
    return PolicyError(words + reason, _place(root, path))


def build_rule(value: Value) -> Rule:
    """Make a rule of a value whose types and level are right."""
    rule = value if isinstance(value, Object) else Object(())
    omit = rule.get("omitManagedFields")
    return Rule(
        level=LEVELS[str(rule.get("level"))],
        users=tuple(texts(rule.get("users"))),
        user_groups=tuple(texts(rule.get("userGroups"))),
        verbs=tuple(texts(rule.get("verbs"))),
        resources=tuple(_build_resources(entry) for entry in items(rule.get("resources"))),
        namespaces=tuple(texts(rule.get("namespaces"))),
        non_resource_urls=tuple(texts(rule.get("nonResourceURLs"))),
        omit_stages=tuple(texts(rule.get("omitStages"))),
        omit_managed_fields=omit if isinstance(omit, bool) else None,
    )


def _build_resources(value: Value) -> GroupResources:
    entry = value if isinstance(value, Object) else Object(())
    group = entry.get("group")
    return GroupResources(
        str(group or ""), tuple(texts(entry.get("resources"))), tuple(texts(entry.get("resourceNames")))
    )
