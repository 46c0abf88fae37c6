"""The rules of a goal.

All goals share a frame: heartbeats of components are dropped first, then what holds secrets is kept at Metadata, then
what a goal wants with bodies, then everything else at Metadata. Nothing is dropped by verb or resource alone where a
person could do it.

    cis          the frame: CIS 3.2.1 and 3.2.2
    detections   the frame, and bodies of what the chosen detections read
    forensic     the frame, and bodies of every write to built-in resources
"""

from typing import Dict, List, NamedTuple, Sequence, Set, Tuple

from kube_audit.errors import KubeAuditError
from kube_audit.policy.detections import Detection, Need
from kube_audit.policy.lint.secrets import SENSITIVE
from kube_audit.policy.lint.shadow import atoms_of, covers
from kube_audit.policy.lint.witness import Object
from kube_audit.policy.model import GroupResources, Level, Rule
from kube_audit.policy.resources import resource_table

GOALS = ("cis", "detections", "forensic")
WRITES = ("create", "update", "patch", "delete", "deletecollection")
_COMPONENTS = ("system:kube-controller-manager", "system:kube-scheduler", "system:apiserver")
_MACHINES = ("system:nodes", "system:serviceaccounts:kube-system")
_HEARTBEATS = (
    GroupResources("coordination.k8s.io", ("leases",)),
    GroupResources("discovery.k8s.io", ("endpointslices",)),
    GroupResources("", ("endpoints",)),
)
_EVENTS = (GroupResources("", ("events",)), GroupResources("events.k8s.io", ("events",)))
_SENSITIVE = (
    GroupResources("", ("configmaps", "secrets", "serviceaccounts/token")),
    GroupResources("authentication.k8s.io", ("tokenreviews",)),
)


class Commented(NamedTuple):
    """A rule and why it is there."""

    rule: Rule
    comment: str


class Conflict(KubeAuditError):
    """A detection that needs bodies which must not be recorded."""


def rules_for(goal: str, detections: Sequence[Detection], dropped: Sequence[Commented] = ()) -> List[Commented]:
    """Give the rules of a goal, in order; `dropped` are what a budget leaves out."""
    bodies = [_forensic(), *_bodies_of(detections)] if goal == "forensic" else _bodies_of(detections)
    return [*_noise(), *dropped, _sensitive(), *without_dead_words(bodies), _rest(detections)]


def _noise() -> List[Commented]:
    writes = ("create", "patch", "update")
    return [
        Commented(
            Rule(Level.NONE, users=_COMPONENTS, verbs=("get", *writes), resources=_HEARTBEATS),
            "Heartbeats and leader election of the control plane: every few seconds, no evidence.",
        ),
        Commented(
            Rule(Level.NONE, user_groups=_MACHINES, verbs=("get", *writes), resources=_HEARTBEATS),
            "Heartbeats of nodes and of controllers in kube-system.",
        ),
        Commented(
            Rule(Level.NONE, verbs=writes, resources=_EVENTS),
            "Events are a log of their own; deleting them stays recorded.",
        ),
        Commented(
            Rule(Level.NONE, verbs=("get", "head"), non_resource_urls=("/healthz*", "/livez*", "/readyz*")),
            "Probes of load balancers and kubelets.",
        ),
        Commented(
            Rule(
                Level.NONE,
                user_groups=("system:authenticated",),
                verbs=("get", "head"),
                non_resource_urls=("/api", "/apis", "/apis/*", "/openapi/*", "/version"),
            ),
            "Discovery by clients that are logged in; anonymous scanning stays recorded.",
        ),
    ]


def _sensitive() -> Commented:
    return Commented(
        Rule(Level.METADATA, resources=_SENSITIVE),
        "Who touched secrets, configuration and tokens, never what is in them (CIS 3.2.2).",
    )


def _rest(detections: Sequence[Detection]) -> Commented:
    needed = _named(sorted({found.id for found in detections for need in found.needs if need.level <= Level.METADATA}))
    comment = "Everything else leaves a trace, failed logins and custom resources too (CIS 3.2.1)."
    return Commented(Rule(Level.METADATA), comment + (f"\nNeeded by {needed}." if needed else ""))


def _named(names: Sequence[str]) -> str:
    return ", ".join(names)


class _Wanted(NamedTuple):
    level: Level
    verbs: Tuple[str, ...]


_Key = Tuple[str, str]


def _bodies_of(detections: Sequence[Detection]) -> List[Commented]:
    """Join what detections need with bodies: one rule for each level and set of verbs, the single verbs first."""
    levels: Dict[_Key, Dict[str, Level]] = {}
    reasons: Dict[_Key, Set[str]] = {}
    for detection in detections:
        for need in detection.needs:
            if need.level > Level.METADATA:
                _refuse_secrets(detection, need)
                key = (need.group, _pattern(need))
                for verb in need.verbs:
                    known = levels.setdefault(key, {})
                    known[verb] = max(known.get(verb, Level.NONE), need.level)
                reasons.setdefault(key, set()).add(detection.id)
    wanted: Dict[_Wanted, List[_Key]] = {}
    for key in sorted(levels):
        for each in _by_level(levels[key]):
            wanted.setdefault(each, []).append(key)
    ordered = sorted(wanted, key=lambda each: (not each.verbs, -each.level, each.verbs))
    return [_bodies(each, wanted[each], reasons) for each in ordered]


def _by_level(verbs: Dict[str, Level]) -> List[_Wanted]:
    """Group the verbs of one resource by level; those that "any verb" already gives are left to it."""
    everything = verbs.get("*")
    found: Dict[Level, List[str]] = {}
    for verb, level in verbs.items():
        if verb != "*" and (everything is None or level > everything):
            found.setdefault(level, []).append(verb)
    single = [_Wanted(level, tuple(sorted(names))) for level, names in found.items()]
    return [*single, _Wanted(everything, ())] if everything is not None else single


def _bodies(wanted: _Wanted, keys: Sequence[_Key], reasons: Dict[_Key, Set[str]]) -> Commented:
    groups = sorted({group for group, _pattern in keys})
    resources = tuple(
        GroupResources(group, tuple(pattern for owner, pattern in keys if owner == group)) for group in groups
    )
    ids = sorted({name for key in keys for name in reasons[key]})
    rule = Rule(wanted.level, verbs=wanted.verbs, resources=resources)
    return Commented(rule, f"Bodies that detections read. Needed by {_named(ids)}.")


def without_dead_words(rules: Sequence[Commented]) -> List[Commented]:
    """Take out what rules before have already decided: resource by resource, verb by verb."""
    kept: List[Commented] = []
    for commented in rules:
        earlier = [other.rule for other in kept]
        alive: Dict[Tuple[str, ...], List[GroupResources]] = {}
        for entry in commented.rule.resources:
            for single in _singles(entry):
                rule = commented.rule._replace(resources=(single,))
                verbs = tuple(verb for verb in rule.verbs if not _is_dead(rule._replace(verbs=(verb,)), earlier))
                if verbs or not (rule.verbs or _is_dead(rule, earlier)):
                    alive.setdefault(verbs, []).append(single)
        for verbs, singles in alive.items():
            rule = commented.rule._replace(verbs=verbs, resources=tuple(_joined(singles)))
            kept.append(commented._replace(rule=rule))
    return kept


def _singles(entry: GroupResources) -> List[GroupResources]:
    return [entry._replace(resources=(name,)) for name in entry.resources] or [entry]


def _joined(singles: Sequence[GroupResources]) -> List[GroupResources]:
    names: Dict[str, List[str]] = {}
    for single in singles:
        names.setdefault(single.group, []).extend(single.resources)
    return [GroupResources(group, tuple(found)) for group, found in names.items()]


def _is_dead(rule: Rule, earlier: Sequence[Rule]) -> bool:
    return all(any(covers(other, atom) for other in earlier) for atom in atoms_of(rule))


def _pattern(need: Need) -> str:
    return f"{need.resource}/{need.subresource}" if need.subresource else need.resource


def _refuse_secrets(detection: Detection, need: Need) -> None:
    if need.is_everything:
        raise Conflict(f"detection {detection.id} needs bodies of every request; that would record secrets")
    for item in SENSITIVE:
        if item.target == Object(need.group, need.resource, need.subresource):
            raise Conflict(
                f"detection {detection.id} needs bodies of {item.target}, which hold {item.holds}; "
                "leave it out with --without"
            )


def _forensic() -> Commented:
    table = resource_table()
    plain = ("apps", "autoscaling", "batch", "networking.k8s.io", "policy", "rbac.authorization.k8s.io",
             "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io",
             "certificates.k8s.io", "node.k8s.io", "scheduling.k8s.io", "storage.k8s.io")  # fmt: skip
    core = tuple(
        sorted(
            pattern
            for name, resource in table.groups[""].items()
            if name not in ("secrets", "configmaps", "events", "endpoints", "bindings", "componentstatuses")
            for pattern in (name, *(f"{name}/{sub}" for sub in resource.subresources if sub != "token"))
        )
    )
    resources = (GroupResources("", core), *(GroupResources(group) for group in plain))
    comment = "Both bodies of every write to built-in resources, for investigations. Custom resources stay at Metadata."
    return Commented(Rule(Level.REQUEST_RESPONSE, verbs=WRITES, resources=resources), comment)
