"""What the API server refuses after decoding, in its own words (pkg/apis/audit/validation of k8s.io/apiserver)."""

import re
from typing import Iterator, List, NamedTuple, Sequence, Union

from kube_audit.policy.go_text import go_json, go_quote
from kube_audit.policy.model import LEVELS, STAGES
from kube_audit.policy.schema import Path, path_text
from kube_audit.policy.values import Object, Value
from kube_audit.policy.versions import GROUP_WILDCARD, Version

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_SUBDOMAIN_WORDS = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LEVEL_WORDS = ", ".join(f'"{level}"' for level in LEVELS)


class Refusal(NamedTuple):
    """One reason to refuse a policy, and where the value stands."""

    reason: str
    path: Path


def refusals(policy: Object, version: Version) -> List[Refusal]:
    """List the reasons in the order of the API server, each text once."""
    found = list(_stages(policy.get("omitStages"), ("omitStages",)))
    for index, rule in enumerate(items(policy.get("rules"))):
        found += _rule(rule if isinstance(rule, Object) else Object(()), ("rules", index), version)
    return list({refusal.reason: refusal for refusal in reversed(found)}.values())[::-1]


def items(value: Value) -> Sequence[Value]:
    """Give the items of a list that may be absent."""
    return value if isinstance(value, list) else ()


def texts(value: Value) -> List[str]:
    """Give the strings of a list that may be absent; null is the empty string, as in Go."""
    return [item if isinstance(item, str) else "" for item in items(value)]


def _rule(rule: Object, path: Path, version: Version) -> Iterator[Refusal]:
    yield from _level(rule.get("level"), (*path, "level"))
    urls = texts(rule.get("nonResourceURLs"))
    yield from _urls(urls, (*path, "nonResourceURLs"))
    for index, entry in enumerate(items(rule.get("resources"))):
        yield from _resources(entry, (*path, "resources"), index, version)
    yield from _stages(rule.get("omitStages"), (*path, "omitStages"))
    if urls and (items(rule.get("resources")) or items(rule.get("namespaces"))):
        words = "rules cannot apply to both regular resources and non-resource URLs"
        yield _invalid((*path, "nonResourceURLs"), urls, words)


def _level(value: Value, path: Path) -> Iterator[Refusal]:
    level = value or ""
    if level == "":
        yield Refusal(f"{path_text(path)}: Required value", path)
    elif level not in LEVELS:
        reason = f"{path_text(path)}: Unsupported value: {go_json(str(level))}: supported values: {_LEVEL_WORDS}"
        yield Refusal(reason, path)


def _urls(urls: List[str], path: Path) -> Iterator[Refusal]:
    for index, url in enumerate(urls):
        if url == "*":
            continue
        if not url.startswith("/"):
            yield _invalid((*path, index), url, "non-resource URL rules must begin with a '/' character")
        if "*" in url[:-1]:
            words = "non-resource URL wildcards '*' must be the final character of the rule"
            yield _invalid((*path, index), url, words)


def _resources(value: Value, path: Path, index: int, version: Version) -> Iterator[Refusal]:
    entry = value if isinstance(value, Object) else Object(())
    group = str(entry.get("group") or "")
    # The API server prints no index here; the place still has one.
    if group and not (group == "*" and version >= GROUP_WILDCARD):
        words = ",".join(_subdomain_faults(group))
        if words:
            yield Refusal(_invalid((*path, "group"), group, words).reason, (*path, index, "group"))
    names = texts(entry.get("resourceNames"))
    if names and not items(entry.get("resources")):
        words = "using resourceNames requires at least one resource"
        yield Refusal(_invalid((*path, "resourceNames"), names, words).reason, (*path, index, "resourceNames"))


def _subdomain_faults(group: str) -> Iterator[str]:
    if len(group.encode("utf-8", "surrogatepass")) > 253:
        yield "must be no more than 253 characters"
    if not _SUBDOMAIN.fullmatch(group):
        yield _SUBDOMAIN_WORDS


def _stages(value: Value, path: Path) -> Iterator[Refusal]:
    for index, stage in enumerate(texts(value)):
        if stage not in STAGES:
            yield _invalid((*path, index), stage, f"allowed stages are {','.join(STAGES)}")


def _invalid(path: Path, value: Union[str, List[str]], words: str) -> Refusal:
    quoted = go_quote(value) if isinstance(value, str) else go_json(value)
    return Refusal(f"{path_text(path)}: Invalid value: {quoted}: {words}", path)
