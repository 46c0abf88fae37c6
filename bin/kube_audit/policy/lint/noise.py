"""M01, M04 to M06, L01 to L03: volume without evidence, and patterns that take more than they say."""

from typing import Iterator, List, NamedTuple, Optional, Tuple

from kube_audit.policy.lint.edits import indent_of
from kube_audit.policy.lint.finding import Check, Edit, Finding, Fix, Severity
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.lint.witness import Object, Who, attributes, member_of
from kube_audit.policy.locate import find_key
from kube_audit.policy.model import RECEIVED, Level

_READS = {"get", "list", "watch"}


def find_wide_patterns(subject: Subject) -> Iterator[Finding]:
    """M01: pods/* takes pods as well."""
    for index, rule in enumerate(subject.rules):
        for entry, value in subject.patterns(index):
            base = value.text[:-2]
            if (
                value.text.endswith("/*")
                and base not in ("", "*")
                and base not in entry.resources
                and base.count("/") == 0
            ):
                message = f"rule {index}: {value.text!r} matches {base} itself as well, not only its subresources"
                meaning = f"plain {base} requests are recorded at {rule.level.text} by this rule"
                mend = f"name the subresources one by one, or add {base} to say that it is meant"
                yield Finding(subject.mark(*value.path), message, meaning, mend)


def find_received(subject: Subject) -> Iterator[Finding]:
    """M04: RequestReceived is recorded too."""
    policy = subject.loaded.policy if subject.loaded else None
    if policy is None or RECEIVED in policy.omit_stages:
        return
    without = [
        index for index, rule in enumerate(policy.rules) if rule.level > Level.NONE and RECEIVED not in rule.omit_stages
    ]
    if without:
        which = "all rules" if len(without) == len(policy.rules) else f"rule {', '.join(map(str, without[:6]))}"
        message = f"{which}: the stage RequestReceived is recorded besides ResponseComplete"
        meaning = "every request is recorded twice: about twice the volume, and no more evidence"
        mend = "add omitStages: [RequestReceived] to the policy"
        fix = _add_top(subject, "omitStages", "omitStages:\n- RequestReceived\n", "the policy had no omitStages")
        yield Finding(subject.rule_mark(without[0]), message, meaning, mend, fix)


def _add_top(subject: Subject, key: str, lines: str, assumption: str) -> Optional[Fix]:
    rules = find_key(subject.root, ("rules",))
    if (
        rules is None
        or subject.node(key) is not None
        or rules.start.column != 1
        or indent_of(subject, rules.start.line)
    ):
        return None
    start, _end = subject.lines.span(rules.start.line)
    # Comments right above `rules:` belong to it.
    line = rules.start.line
    while line > 1 and subject.text[slice(*subject.lines.span(line - 1))].startswith("#"):
        line -= 1
        start, _end = subject.lines.span(line)
    return Fix((Edit(start, start, lines),), assumption, is_advice=True)


def find_managed_fields(subject: Subject) -> Iterator[Finding]:
    """M05: managed fields are kept in bodies."""
    policy = subject.loaded.policy if subject.loaded else None
    if policy is None:
        return
    keeping = [
        index
        for index, rule in enumerate(policy.rules)
        if rule.level >= Level.REQUEST
        and not (policy.omit_managed_fields if rule.omit_managed_fields is None else rule.omit_managed_fields)
    ]
    if keeping:
        message = f"rule {', '.join(map(str, keeping[:6]))}: bodies are recorded with their managedFields"
        meaning = "often a third of a body, and of no use to anyone who reads the log"
        mend = "add omitManagedFields: true to the policy"
        fix = _add_top(subject, "omitManagedFields", "omitManagedFields: true\n", "no reader needs managedFields")
        yield Finding(subject.rule_mark(keeping[0]), message, meaning, mend, fix)


class Churn(NamedTuple):
    """Writes that components repeat every few seconds and that tell nothing."""

    name: str
    verb: str
    target: Object
    user: str
    groups: Tuple[str, ...]


_NODES = ("system:nodes", "system:authenticated")
_CONTROLLERS = ("system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated")
_SLICES = "system:serviceaccount:kube-system:endpointslice-controller"
CHURN = (
    Churn("leases", "update", Object("coordination.k8s.io", "leases"), "system:node:n1", _NODES),
    Churn("leases", "update", Object("coordination.k8s.io", "leases"), "system:kube-scheduler", _NODES[1:]),
    Churn("endpointslices", "update", Object("discovery.k8s.io", "endpointslices"), _SLICES, _CONTROLLERS),
    Churn("events", "create", Object("", "events"), "system:node:n1", _NODES),
    Churn("events.events.k8s.io", "create", Object("events.k8s.io", "events"), "system:kube-scheduler", _NODES[1:]),
)


def find_churn(subject: Subject) -> Iterator[Finding]:
    """M06: leases, endpoint slices and events are recorded."""
    recorded: List[Tuple[str, int]] = []
    for churn in CHURN:
        decision = subject.decide(attributes(churn.target, churn.verb, Who(churn.user, churn.groups), "kube-system"))
        if decision.level > Level.NONE and decision.rule is not None:
            recorded.append((churn.name, decision.rule))
    if recorded:
        names = ", ".join(dict.fromkeys(name for name, _rule in recorded))
        message = f"heartbeats of components are recorded: {names}"
        meaning = "on an idle cluster they are most of the volume; each node writes its lease every ten seconds"
        mend = "put a None rule for these resources of system users first"
        yield Finding(subject.rule_mark(recorded[0][1]), message, meaning, mend)


def find_bodiless_reads(subject: Subject) -> Iterator[Finding]:
    """L01: Request on reads alone."""
    for index, rule in enumerate(subject.rules):
        if rule.level is Level.REQUEST and rule.verbs and set(rule.verbs) <= _READS:
            message = f"rule {index}: {', '.join(rule.verbs)} have no request body; Request records what Metadata does"
            meaning = "no harm: the level is higher than its effect"
            yield Finding(subject.mark("rules", index, "level"), message, meaning, "write level: Metadata")


def find_bodiless_urls(subject: Subject) -> Iterator[Finding]:
    """L02: bodies of URLs."""
    for index, rule in enumerate(subject.rules):
        if rule.level >= Level.REQUEST and rule.non_resource_urls:
            message = f"rule {index}: requests to non-resource URLs have no recorded bodies at any level"
            meaning = f"{rule.level.text} records what Metadata does"
            yield Finding(subject.mark("rules", index, "level"), message, meaning, "write level: Metadata")


_RBAC = "rbac.authorization.k8s.io"
_SIBLINGS = {"clusterroles": "roles", "clusterrolebindings": "rolebindings"}


def find_half_of_rbac(subject: Subject) -> Iterator[Finding]:
    """L03: bodies of cluster-wide permissions, not of those in a namespace."""
    for index, rule in enumerate(subject.rules):
        if rule.level < Level.REQUEST or (rule.verbs and "create" not in rule.verbs):
            continue
        for entry, value in subject.patterns(index):
            sibling = _SIBLINGS.get(value.text) if entry.group == _RBAC else None
            if sibling is None or sibling in entry.resources:
                continue
            level = subject.decide(attributes(Object(_RBAC, sibling), "create", member_of(rule))).level
            if level < rule.level:
                message = f"rule {index}: {value.text} are recorded at {rule.level.text}, {sibling} at {level.text}"
                meaning = "who was given what in a namespace, kube-system included, cannot be told from the log"
                yield Finding(subject.mark(*value.path), message, meaning, f"add {sibling}")


_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"
_QUIET = (
    '- level: None\n  resources:\n  - group: ""\n    resources: [events]\n  - group: events.k8s.io\n'
    "  - group: coordination.k8s.io\n    resources: [leases]\n"
    "  - group: discovery.k8s.io\n    resources: [endpointslices]\n"
)
CHECKS = (
    Check(
        "M01",
        Severity.MEDIUM,
        "pods/* takes pods as well",
        "The API documentation says that `pods/*` means all subresources of pods; plain `pods` is matched too.",
        _HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: ["pods/*"]\n',
        _HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: [pods, "pods/*"]\n',
        find_wide_patterns,
    ),
    Check(
        "M04",
        Severity.MEDIUM,
        "RequestReceived recorded",
        "RequestReceived says nothing that ResponseComplete does not say, and doubles the volume. Only "
        "--audit-log-mode=blocking-strict needs it.",
        _HEAD + "rules:\n- level: Metadata\n",
        _HEAD + "omitStages: [RequestReceived]\nrules:\n- level: Metadata\n",
        find_received,
    ),
    Check(
        "M05",
        Severity.MEDIUM,
        "managedFields recorded",
        "Bodies at Request and RequestResponse carry metadata.managedFields unless omitManagedFields is true.",
        _HEAD + "rules:\n- level: Request\n",
        _HEAD + "omitManagedFields: true\nrules:\n- level: Request\n",
        find_managed_fields,
    ),
    Check(
        "M06",
        Severity.MEDIUM,
        "heartbeats recorded",
        'Leases, endpoint slices and events are written by components all the time. Events exist in two groups, "" and '
        "events.k8s.io; a rule for one misses the other.",
        _HEAD + "rules:\n- level: Metadata\n",
        _HEAD + "rules:\n" + _QUIET + "- level: Metadata\n",
        find_churn,
    ),
    Check(
        "L01",
        Severity.LOW,
        "Request on reads",
        "get, list and watch have no request body, so Request equals Metadata for them.",
        _HEAD + "rules:\n- level: Request\n  verbs: [get, list]\n",
        _HEAD + "rules:\n- level: Metadata\n  verbs: [get, list]\n",
        find_bodiless_reads,
    ),
    Check(
        "L02",
        Severity.LOW,
        "bodies of non-resource URLs",
        "Bodies are kept for resource requests only.",
        _HEAD + 'rules:\n- level: Request\n  nonResourceURLs: ["*"]\n',
        _HEAD + 'rules:\n- level: Metadata\n  nonResourceURLs: ["*"]\n',
        find_bodiless_urls,
    ),
    Check(
        "L03",
        Severity.LOW,
        "half of RBAC with bodies",
        "Bodies of clusterroles and clusterrolebindings are recorded, those of roles and rolebindings are not; a "
        "rolebinding to cluster-admin in kube-system is as good as one for the cluster.",
        _HEAD + "rules:\n- level: Request\n  resources:\n  - group: rbac.authorization.k8s.io\n"
        "    resources: [clusterrolebindings]\n- level: Metadata\n",
        _HEAD + "rules:\n- level: Request\n  resources:\n  - group: rbac.authorization.k8s.io\n"
        "    resources: [clusterrolebindings, rolebindings]\n- level: Metadata\n",
        find_half_of_rbac,
    ),
)
