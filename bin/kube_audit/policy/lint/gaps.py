"""H10 to H12, H16, M02, M03, M08, M09: requests that matter and leave no trace, or less than it seems."""

from typing import Iterator, List, NamedTuple

from kube_audit.policy.lint.finding import Check, Finding, Severity
from kube_audit.policy.lint.subject import Subject, Value, ordinary
from kube_audit.policy.lint.witness import Object, attributes, member_of
from kube_audit.policy.match import resource_matches
from kube_audit.policy.model import COMPLETE, STARTED, Level
from kube_audit.policy.requestinfo import read_request

STREAMS = ("exec", "attach", "portforward", "proxy")


class Concern(NamedTuple):
    """A request that a policy has to record: CIS 3.2.2, and what every incident review asks for."""

    verb: str
    target: Object


_RBAC = "rbac.authorization.k8s.io"
CONCERNS = (
    Concern("get", Object("", "secrets")),
    Concern("create", Object("", "secrets")),
    Concern("update", Object("", "configmaps")),
    Concern("create", Object("authentication.k8s.io", "tokenreviews")),
    Concern("create", Object("", "pods")),
    Concern("delete", Object("", "pods")),
    Concern("create", Object("", "pods", "exec")),
    Concern("get", Object("", "pods", "exec")),
    Concern("get", Object("", "pods", "portforward")),
    Concern("get", Object("", "pods", "proxy")),
    Concern("get", Object("", "services", "proxy")),
    Concern("create", Object("apps", "deployments")),
    Concern("patch", Object("apps", "deployments")),
    Concern("create", Object("apps", "daemonsets")),
    Concern("create", Object("batch", "cronjobs")),
    Concern("create", Object("", "serviceaccounts")),
    Concern("create", Object("", "serviceaccounts", "token")),
    Concern("create", Object(_RBAC, "rolebindings")),
    Concern("create", Object(_RBAC, "clusterrolebindings")),
    Concern("update", Object(_RBAC, "clusterroles")),
    Concern("create", Object("certificates.k8s.io", "certificatesigningrequests")),
    Concern("create", Object("admissionregistration.k8s.io", "mutatingwebhookconfigurations")),
    Concern("get", Object("", "nodes", "proxy")),
)


def unrecorded(subject: Subject, rule: "int | None") -> List[Concern]:
    """List the concerns whose requests by an ordinary user this rule (or no rule) leaves unrecorded."""
    found = []
    for concern in CONCERNS:
        decision = subject.decide(attributes(concern.target, concern.verb))
        if decision.level is Level.NONE and decision.rule == rule:
            found.append(concern)
    return found


def _shown(concerns: List[Concern]) -> str:
    names = [f"{concern.verb} {concern.target}" for concern in concerns]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return ", ".join(names[:4]) + more


def find_missing_get(subject: Subject) -> Iterator[Finding]:
    """H10: create without get on exec, attach, portforward, proxy."""
    for index, rule in enumerate(subject.rules):
        if rule.level is Level.NONE or "create" not in rule.verbs or "get" in rule.verbs:
            continue
        for _entry, value in subject.patterns(index):
            for sub in STREAMS:
                base = "pods" if value.text.startswith("*/") else value.text.partition("/")[0]
                if "/" in value.text and value.text != "*" and resource_matches(value.text, base, sub):
                    yield from _missing_get(subject, index, value, Object("", base, sub))
                    break


def _missing_get(subject: Subject, index: int, value: Value, target: Object) -> Iterator[Finding]:
    rule = subject.rules[index]
    namespace = rule.namespaces[0] if rule.namespaces else "default"
    level = subject.decide(attributes(target, "get", member_of(rule), namespace)).level
    if level >= rule.level:
        return
    message = (
        f"rule {index}: {value.text} is recorded for create only; over WebSocket, kubectl's default, its verb is get"
    )
    outcome = "are not recorded at all" if level is Level.NONE else f"are recorded at {level.text} by another rule"
    meaning = f"sessions opened by kubectl {outcome}"
    severity = None if level is Level.NONE else Severity.LOW
    mend = "add get to the verbs"
    yield Finding(subject.mark(*value.path), message, meaning, mend, severity=severity)


def find_no_catch_all(subject: Subject) -> Iterator[Finding]:
    """H11: requests that no rule names are silently dropped."""
    if not subject.rules:
        return
    unknown = [
        ordinary("POST", "/apis/example.com/v1/namespaces/default/widgets"),
        ordinary("DELETE", "/apis/apps/v1/namespaces/default/deployments/x"),
    ]
    missed = [request for request in unknown if subject.decide(request).rule is None]
    concerns = unrecorded(subject, None)
    if missed or concerns:
        last = len(subject.rules) - 1
        examples = _shown(concerns) if concerns else "writes to custom resources"
        message = f"no catch-all rule: requests that no rule matches are not recorded, like {examples}"
        meaning = "what nobody thought of leaves no trace"
        mend = "end with a rule that has a level and nothing else, like - level: Metadata"
        yield Finding(subject.rule_mark(last), message, meaning, mend)


def find_swallowed_concerns(subject: Subject) -> Iterator[Finding]:
    """H12: a None rule without limits on user or verb takes requests that must be recorded."""
    for index, rule in enumerate(subject.rules):
        everyone = not rule.users and (not rule.user_groups or "system:authenticated" in rule.user_groups)
        if rule.level is not Level.NONE or not everyone or rule.verbs:
            continue
        concerns = unrecorded(subject, index)
        if concerns:
            message = f"rule {index} (None, no limit on user or verb) drops {_shown(concerns)}"
            meaning = "CIS 3.2.2 and most detections need these requests at Metadata or more"
            mend = "limit the rule to users or read verbs, or put a rule for these resources before it"
            yield Finding(subject.rule_mark(index), message, meaning, mend)


def find_concerns_below(subject: Subject) -> Iterator[Finding]:
    """H16: writes that are recorded for nobody, dropped by a None rule that limits verbs."""
    for index, rule in enumerate(subject.rules):
        everyone = not rule.users and (not rule.user_groups or "system:authenticated" in rule.user_groups)
        if rule.level is Level.NONE and everyone and rule.verbs:
            concerns = unrecorded(subject, index)
            if concerns:
                message = f"rule {index} (None) drops {_shown(concerns)} of every user"
                meaning = "secrets are read, or sessions opened, without a trace"
                mend = "take these resources out of the rule, or record them before it"
                yield Finding(subject.rule_mark(index), message, meaning, mend)


def find_started_omitted(subject: Subject) -> Iterator[Finding]:
    """M02: omitStages holds ResponseStarted."""
    meaning = "failed logins (401) have no other stage and are lost; exec and watch are seen only when they end"
    if subject.loaded and STARTED in subject.loaded.policy.omit_stages:
        path = ("omitStages", subject.loaded.policy.omit_stages.index(STARTED))
        yield Finding(subject.mark(*path), "the policy omits ResponseStarted", meaning, "omit RequestReceived only")
    for index, rule in enumerate(subject.rules):
        for value in subject.values(index, "omitStages"):
            if value.text == STARTED and rule.level > Level.NONE:
                message = f"rule {index} omits ResponseStarted"
                yield Finding(subject.mark(*value.path), message, meaning, "omit RequestReceived only")


def find_complete_omitted(subject: Subject) -> Iterator[Finding]:
    """M03: omitStages holds ResponseComplete."""
    meaning = "events carry no status code, so success and refusal look the same"
    if subject.loaded and COMPLETE in subject.loaded.policy.omit_stages:
        path = ("omitStages", subject.loaded.policy.omit_stages.index(COMPLETE))
        yield Finding(subject.mark(*path), "the policy omits ResponseComplete", meaning, "omit RequestReceived instead")
    for index, rule in enumerate(subject.rules):
        for value in subject.values(index, "omitStages"):
            if value.text == COMPLETE and rule.level > Level.NONE:
                message = f"rule {index} omits ResponseComplete"
                yield Finding(subject.mark(*value.path), message, meaning, "omit RequestReceived instead")


def find_namespaced_lists(subject: Subject) -> Iterator[Finding]:
    """M08: namespaces given, all-namespace lists not."""
    for index, rule in enumerate(subject.rules):
        reads = not rule.verbs or {"list", "watch"} & set(rule.verbs)
        if not rule.namespaces or "" in rule.namespaces or rule.level is Level.NONE or not reads:
            continue
        resource = next((entry for entry in rule.resources if entry.resources), None)
        name, _slash, sub = resource.resources[0].partition("/") if resource else ("pods", "", "")
        target = Object(resource.group if resource else "", "pods" if name == "*" else name)
        level = subject.decide(attributes(target, "list", member_of(rule), "", "")).level
        if not sub and level < rule.level:
            message = f'rule {index}: a list over all namespaces has namespace "" and is not matched'
            meaning = f"list {target} over all namespaces shows the same objects and is recorded at {level.text}"
            yield Finding(subject.key_mark("rules", index, "namespaces"), message, meaning, 'add "" to namespaces')


def find_lost_logins(subject: Subject) -> Iterator[Finding]:
    """M09: requests that failed to authenticate match no rule that records."""
    if not subject.rules:
        return
    decisions = [subject.decide(read_request("GET", uri)) for uri in ("/api/v1/secrets", "/apis/apps/v1/deployments")]
    if all(decision.level is Level.NONE for decision in decisions):
        rule = decisions[0].rule
        mark = subject.rule_mark(rule if rule is not None else len(subject.rules) - 1)
        by = f"rule {rule} drops them" if rule is not None else "no rule matches them"
        message = f"requests that fail to authenticate (401) are not recorded: {by}"
        meaning = (
            "password guessing and stolen, expired tokens leave no trace; such requests have no user and no groups"
        )
        yield Finding(mark, message, meaning, "end with a rule without users and groups, like - level: Metadata")


_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"
_EXEC = '  resources:\n  - group: ""\n    resources: [pods/exec]\n'
CHECKS = (
    Check(
        "H10",
        Severity.HIGH,
        "exec, attach, port-forward or proxy without get",
        "kubectl opens these sessions over WebSocket, as GET requests; only the older SPDY is create. The API server's "
        "authorization for create (1.35) does not change the verb in the audit log.",
        _HEAD + "rules:\n- level: Metadata\n  verbs: [create]\n" + _EXEC,
        _HEAD + "rules:\n- level: Metadata\n  verbs: [create, get]\n" + _EXEC,
        find_missing_get,
    ),
    Check(
        "H11",
        Severity.HIGH,
        "no catch-all rule",
        "A request that no rule matches has level None and leaves no trace. End with a rule without limits; if it is "
        "meant to drop the rest, level: None says so.",
        _HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: [pods]\n',
        _HEAD + 'rules:\n- level: Request\n  resources:\n  - group: ""\n    resources: [pods]\n- level: Metadata\n',
        find_no_catch_all,
    ),
    Check(
        "H12",
        Severity.HIGH,
        "None rule that drops what must be recorded",
        "A None rule without limits on user or verb that takes secrets, tokens, exec, workloads or RBAC (CIS 3.2.2).",
        _HEAD + 'rules:\n- level: None\n  resources:\n  - group: ""\n- level: Metadata\n',
        _HEAD + 'rules:\n- level: None\n  resources:\n  - group: ""\n    resources: [events]\n- level: Metadata\n',
        find_swallowed_concerns,
    ),
    Check(
        "H16",
        Severity.HIGH,
        "None rule that drops reads of secrets or sessions",
        "A None rule on read verbs of every user that takes secrets, or exec, which over WebSocket has the verb get.",
        _HEAD + "rules:\n- level: None\n  verbs: [get, list, watch]\n- level: Metadata\n",
        _HEAD + 'rules:\n- level: Metadata\n  resources:\n  - group: ""\n    resources: [secrets, pods/*, services/*, '
        "nodes/*]\n"
        "- level: None\n  verbs: [get, list, watch]\n- level: Metadata\n",
        find_concerns_below,
    ),
    Check(
        "M02",
        Severity.MEDIUM,
        "ResponseStarted omitted",
        "A request that fails to authenticate has no other stage, so every 401 is lost. A session of eight hours shows "
        "up after eight hours.",
        _HEAD + "omitStages: [RequestReceived, ResponseStarted]\nrules:\n- level: Metadata\n",
        _HEAD + "omitStages: [RequestReceived]\nrules:\n- level: Metadata\n",
        find_started_omitted,
    ),
    Check(
        "M03",
        Severity.MEDIUM,
        "ResponseComplete omitted",
        "Only this stage carries the status code of an ordinary request.",
        _HEAD + "omitStages: [ResponseComplete]\nrules:\n- level: Metadata\n",
        _HEAD + "omitStages: [RequestReceived]\nrules:\n- level: Metadata\n",
        find_complete_omitted,
    ),
    Check(
        "M08",
        Severity.MEDIUM,
        "namespaces without the all-namespace list",
        'A list over all namespaces, like kubectl get secrets -A, has the namespace "". A rule with namespaces matches '
        'it only if "" is among them.',
        _HEAD
        + 'rules:\n- level: Metadata\n  namespaces: [prod]\n  resources:\n  - group: ""\n    resources: [secrets]\n'
        "- level: None\n",
        _HEAD
        + 'rules:\n- level: Metadata\n  namespaces: [prod, ""]\n  resources:\n  - group: ""\n    resources: [secrets]\n'
        "- level: None\n",
        find_namespaced_lists,
    ),
    Check(
        "M09",
        Severity.MEDIUM,
        "failed logins are not recorded",
        "A request that fails to authenticate has neither user nor groups: rules with users or userGroups never match "
        "it, not even system:unauthenticated.",
        _HEAD + "rules:\n- level: Metadata\n  userGroups: [system:authenticated, system:unauthenticated]\n",
        _HEAD + "rules:\n- level: Metadata\n",
        find_lost_logins,
    ),
)
