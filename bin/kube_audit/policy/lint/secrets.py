"""S01 to S05: bodies and URIs that carry secrets into the log."""

from typing import Dict, Iterator, List, NamedTuple, Tuple

from kube_audit.policy.lint.finding import Check, Finding, Severity
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.lint.witness import Object, attributes, decides
from kube_audit.policy.model import Level, Rule

WRITES = ("create", "update", "patch")
READS = ("get", "list", "watch")


class Sensitive(NamedTuple):
    """A resource whose bodies hold secrets, and from which level on."""

    target: Object
    request_verbs: Tuple[str, ...]
    response_verbs: Tuple[str, ...]
    holds: str


SENSITIVE = (
    Sensitive(Object("", "secrets"), WRITES, (*READS, *WRITES, "deletecollection"), "the secrets themselves"),
    Sensitive(Object("", "configmaps"), WRITES, (*READS, *WRITES), "configuration, which often holds passwords"),
    Sensitive(
        Object("authentication.k8s.io", "tokenreviews"), ("create",), ("create",), "the bearer token under review"
    ),
    Sensitive(Object("", "serviceaccounts", "token"), (), ("create",), "a live service-account token"),
)
SECRET_CUSTOM = (
    Sensitive(Object("oauth.openshift.io", "oauthaccesstokens"), WRITES, READS, "OAuth access tokens"),
    Sensitive(Object("oauth.openshift.io", "oauthauthorizetokens"), WRITES, READS, "OAuth codes"),
    Sensitive(Object("oauth.openshift.io", "oauthclients"), WRITES, READS, "OAuth client secrets"),
    Sensitive(
        Object("machineconfiguration.openshift.io", "machineconfigs"), WRITES, READS, "files of nodes, pull secrets"
    ),
    Sensitive(Object("external-secrets.io", "externalsecrets"), WRITES, READS, "templates of secrets"),
    Sensitive(
        Object("secrets-store.csi.x-k8s.io", "secretproviderclasses"), WRITES, READS, "parameters of secret stores"
    ),
    Sensitive(Object("acme.cert-manager.io", "challenges"), WRITES, READS, "ACME keys"),
    Sensitive(Object("argoproj.io", "applications"), WRITES, READS, "Helm values with passwords"),
    Sensitive(Object("helm.toolkit.fluxcd.io", "helmreleases"), WRITES, READS, "Helm values with passwords"),
)
_CSR = Object("certificates.k8s.io", "certificatesigningrequests")


def leaking_verbs(subject: Subject, index: int, item: Sensitive) -> List[str]:
    """List the verbs whose bodies this rule records although they hold secrets."""
    level = subject.rules[index].level
    verbs = item.response_verbs if level is Level.REQUEST_RESPONSE else item.request_verbs
    if level < Level.REQUEST:
        return []
    return [verb for verb in dict.fromkeys(verbs) if decides(subject, index, item.target, [verb])]


def find_leaks(subject: Subject) -> Iterator[Finding]:
    """S01: bodies of secrets, config maps, token reviews, tokens."""
    for index, rule in enumerate(subject.rules):
        leaks = {item: verbs for item in SENSITIVE for verbs in [leaking_verbs(subject, index, item)] if verbs}
        if leaks:
            shown = "; ".join(f"{'/'.join(verbs)} {item.target}" for item, verbs in leaks.items())
            message = f"rule {index} records bodies of {shown} at {rule.level.text}"
            meaning = f"the log then holds {', '.join(item.holds for item in leaks)}, for everyone who reads it"
            yield Finding(subject.rule_mark(index), message, meaning, _MEND)


_MEND = "put a rule with level: Metadata for these resources before it"


def _names_group(rule: Rule, group: str) -> bool:
    return any(entry.group == group for entry in rule.resources)


def find_custom_leaks(subject: Subject) -> Iterator[Finding]:
    """S02: bodies of custom resources that are known to hold secrets, and certificate requests."""
    for index, rule in enumerate(subject.rules):
        leaks: Dict[Sensitive, List[str]] = {}
        for item in SECRET_CUSTOM:
            verbs = leaking_verbs(subject, index, item)
            if verbs:
                leaks[item] = verbs
        named = [item for item in leaks if _names_group(rule, item.target.group)]
        if named:
            shown = ", ".join(str(item.target) for item in named)
            message = f"rule {index} records bodies of {shown} at {rule.level.text}"
            meaning = f"they hold {', '.join(dict.fromkeys(item.holds for item in named))}"
            yield Finding(subject.rule_mark(index), message, meaning, _MEND)
        elif leaks:
            shown = ", ".join(str(item.target) for item in list(leaks)[:4])
            message = f"rule {index} records bodies of every custom resource at {rule.level.text}, like {shown}"
            meaning = "if the cluster has such resources, what is secret in them stands in the log"
            mend = "record groups that are not named at Metadata"
            yield Finding(subject.rule_mark(index), message, meaning, mend, severity=Severity.MEDIUM)


def find_certificate_requests(subject: Subject) -> Iterator[Finding]:
    """S04: bodies of certificate signing requests."""
    for index, rule in enumerate(subject.rules):
        if rule.level >= Level.REQUEST and decides(subject, index, _CSR, WRITES):
            message = f"rule {index} records bodies of certificatesigningrequests at {rule.level.text}"
            meaning = "no secret: subject and signer are what detections need; the request itself is about 1 kB"
            yield Finding(subject.rule_mark(index), message, meaning, "nothing to mend if detections use it")


def find_token_requests(subject: Subject) -> Iterator[Finding]:
    """S05: token requests one level below the leak."""
    target = Object("", "serviceaccounts", "token")
    for index, rule in enumerate(subject.rules):
        if rule.level is Level.REQUEST and decides(subject, index, target, ["create"]):
            message = f"rule {index} records serviceaccounts/token at Request"
            meaning = "the request holds audiences only; one level more would record live tokens"
            yield Finding(subject.rule_mark(index), message, meaning, "Metadata is enough and safe")


def find_arguments(subject: Subject) -> Iterator[Finding]:
    """S03: exec and its arguments in the URI."""
    for verb in ("get", "create"):
        decision = subject.decide(attributes(Object("", "pods", "exec"), verb))
        if decision.rule is not None and decision.level > Level.NONE:
            message = f"rule {decision.rule} records pods/exec; the URI carries the command with its arguments"
            meaning = "passwords on a command line stand in the log at every level, Metadata included"
            mend = "keep it, since detections need the command; let the forwarder's redaction take secrets out"
            yield Finding(subject.rule_mark(decision.rule), message, meaning, mend)
            return


_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n"
_SECRETS = (
    '- level: Metadata\n  resources:\n  - group: ""\n    resources: [secrets, configmaps, serviceaccounts/token]\n'
)
_REVIEWS = "  - group: authentication.k8s.io\n    resources: [tokenreviews]\n"
CHECKS = (
    Check(
        "S01",
        Severity.HIGH,
        "secrets recorded with their bodies",
        "secrets, configmaps, tokenreviews and serviceaccounts/token belong at Metadata. Request keeps what is "
        "written, RequestResponse also what is read; so do catch-all and whole-group rules. The finding names verbs.",
        _HEAD + '- level: RequestResponse\n  resources:\n  - group: ""\n',
        _HEAD + _SECRETS + _REVIEWS + '- level: RequestResponse\n  resources:\n  - group: ""\n',
        find_leaks,
    ),
    Check(
        "S02",
        Severity.HIGH,
        "custom resources with secrets recorded with their bodies",
        "OpenShift's OAuth tokens and machine configs, external secrets, Helm values and the like. High where the rule "
        "names the group; medium where a catch-all takes them along.",
        _HEAD + "- level: RequestResponse\n  resources:\n  - group: oauth.openshift.io\n",
        _HEAD + "- level: Metadata\n  resources:\n  - group: oauth.openshift.io\n",
        find_custom_leaks,
    ),
    Check(
        "S03",
        Severity.LOW,
        "exec arguments in the URI",
        "The command of kubectl exec is part of the URI and is recorded at every level but None.",
        _HEAD + "- level: Metadata\n",
        _HEAD + '- level: None\n  resources:\n  - group: ""\n    resources: [pods/exec]\n- level: Metadata\n',
        find_arguments,
    ),
    Check(
        "S04",
        Severity.LOW,
        "certificate signing requests recorded with their bodies",
        "A certificate signing request holds no private key; it tells subject and signer, which detections use.",
        _HEAD + "- level: Request\n  resources:\n  - group: certificates.k8s.io\n",
        _HEAD + "- level: Metadata\n  resources:\n  - group: certificates.k8s.io\n",
        find_certificate_requests,
    ),
    Check(
        "S05",
        Severity.LOW,
        "token requests at Request",
        "serviceaccounts/token at Request records no token, but RequestResponse does; Metadata is the safe level.",
        _HEAD + '- level: Request\n  resources:\n  - group: ""\n    resources: [serviceaccounts/token]\n',
        _HEAD + '- level: Metadata\n  resources:\n  - group: ""\n    resources: [serviceaccounts/token]\n',
        find_token_requests,
    ),
)
