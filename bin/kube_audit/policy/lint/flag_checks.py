"""F01 to F08: the API server's audit flags (`--flags FILE`) beside the policy.

Findings stand at line 1 of the policy, since the flags are another file; their message names its line.
"""

from typing import Iterator

from kube_audit.policy.lint.finding import Check, Finding, Severity
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.model import RECEIVED, Level
from kube_audit.policy.positions import Mark

_LOG, _HOOK = "audit-log-path", "audit-webhook-config-file"
_HERE = Mark(1, 1)


def _has_log(subject: Subject) -> bool:
    return bool(subject.flags and subject.flags.value(_LOG, subject.version))


def _has_hook(subject: Subject) -> bool:
    return bool(subject.flags and subject.flags.value(_HOOK, subject.version))


def find_no_backend(subject: Subject) -> Iterator[Finding]:
    """F01: a policy and nowhere to write."""
    flags = subject.flags
    if flags and not _has_log(subject) and not _has_hook(subject):
        message = f"{flags.source}: neither --{_LOG} nor --{_HOOK} is set"
        mend = f"set --{_LOG}=/var/log/kubernetes/audit/audit.log, or --{_HOOK}"
        yield Finding(_HERE, message, "the policy is loaded and nothing is recorded", mend)


def find_no_policy(subject: Subject) -> Iterator[Finding]:
    """F02: a backend and no policy."""
    flags = subject.flags
    if flags and (_has_log(subject) or _has_hook(subject)) and not flags.value("audit-policy-file", subject.version):
        message = f"{flags.source}: --audit-policy-file is not set"
        yield Finding(_HERE, message, "without a policy nothing is recorded", "set --audit-policy-file to this policy")


def find_untruncated_webhook(subject: Subject) -> Iterator[Finding]:
    """F03: a webhook without truncation."""
    flags = subject.flags
    bodies = any(rule.level >= Level.REQUEST for rule in subject.rules)
    if flags and _has_hook(subject) and bodies and not flags.is_true("audit-webhook-truncate-enabled", subject.version):
        message = (
            f"{flags.place(_HOOK)}: the webhook sends events of any size (--audit-webhook-truncate-enabled is off)"
        )
        meaning = "a batch of 400 bodies reached 40 MB; a receiver that refuses it loses all of them"
        mend = "set --audit-webhook-truncate-enabled, or make sure that the receiver takes 64 MB"
        yield Finding(_HERE, message, meaning, mend)


_CIS = (("audit-log-maxage", 30, "1.2.17", "days"), ("audit-log-maxbackup", 10, "1.2.18", "files"))


def find_rotation(subject: Subject) -> Iterator[Finding]:
    """F04: rotation below CIS, or none."""
    flags = subject.flags
    if not flags or not _has_log(subject) or flags.value(_LOG, subject.version) == "-":
        return
    for name, least, control, unit in _CIS:
        number = flags.number(name, subject.version)
        if number == 0:
            message = f"{flags.place(name)}: --{name} is not set: old {unit} are never removed (CIS {control})"
            yield Finding(_HERE, message, "the disk of the control plane fills up", f"set --{name}={least} or more")
        elif number < least:
            message = f"{flags.place(name)}: --{name}={number} keeps less than the {least} {unit} of CIS {control}"
            yield Finding(
                _HERE, message, "files are gone before a reader that was down comes back", f"set {least} or more"
            )
    size = flags.number("audit-log-maxsize", subject.version)
    if 0 < size < 100:
        message = f"{flags.place('audit-log-maxsize')}: --audit-log-maxsize={size} is below the 100 MB of CIS 1.2.19"
        yield Finding(
            _HERE, message, "an event longer than a file is lost; files rotate away quickly", "set 100 or more"
        )


def find_toothless_strict(subject: Subject) -> Iterator[Finding]:
    """F05: blocking-strict without RequestReceived."""
    flags, policy = subject.flags, subject.loaded.policy if subject.loaded else None
    if flags and policy and flags.value("audit-log-mode", subject.version) == "blocking-strict":
        omitted = [n for n, rule in enumerate(policy.rules) if RECEIVED in (*rule.omit_stages, *policy.omit_stages)]
        if omitted:
            message = f"{flags.place('audit-log-mode')}: blocking-strict, but the policy omits RequestReceived"
            meaning = (
                "strict refuses a request only if its RequestReceived cannot be stored; without it, it protects nothing"
            )
            yield Finding(_HERE, message, meaning, "record RequestReceived, or use blocking")


def find_blocking_webhook(subject: Subject) -> Iterator[Finding]:
    """F06: requests wait for the webhook."""
    flags = subject.flags
    mode = flags.value("audit-webhook-mode", subject.version) if flags else None
    if flags and _has_hook(subject) and mode != "batch":
        message = f"{flags.place('audit-webhook-mode')}: --audit-webhook-mode={mode}"
        meaning = "every request waits for the receiver; one that is down stops the API server"
        yield Finding(_HERE, message, meaning, "use batch, and watch apiserver_audit_error_total")


def find_legacy_format(subject: Subject) -> Iterator[Finding]:
    """F07: lines that are no JSON."""
    flags = subject.flags
    if flags and _has_log(subject) and flags.value("audit-log-format", subject.version) == "legacy":
        message = f"{flags.place('audit-log-format')}: --audit-log-format=legacy"
        yield Finding(_HERE, message, "lines are no JSON; no detection reads them", "use json")


def find_standard_output(subject: Subject) -> Iterator[Finding]:
    """F08: audit events in the component's own log."""
    flags = subject.flags
    if flags and flags.value(_LOG, subject.version) == "-":
        message = f"{flags.place(_LOG)}: --{_LOG}=- writes events between the component's own log lines"
        meaning = "the container runtime splits lines at 16 KiB and rotates by its own rules"
        yield Finding(_HERE, message, meaning, "write to a file of its own")


_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n"
_PLAIN = "rules:\n- level: Metadata\n"
_BODIES = "rules:\n- level: Request\n"
_P = "# flags: --audit-policy-file=/p "
CHECKS = (
    Check(
        "F01",
        Severity.HIGH,
        "no backend",
        "The API server loads the policy and records nothing unless it has a log path or a webhook.",
        _P + "\n" + _HEAD + _PLAIN,
        _P + "--audit-log-path=/l\n" + _HEAD + _PLAIN,
        find_no_backend,
    ),
    Check(
        "F02",
        Severity.HIGH,
        "no policy file",
        "Without --audit-policy-file nothing is recorded, whatever the backend.",
        "# flags: --audit-log-path=/l\n" + _HEAD + _PLAIN,
        _P + "--audit-log-path=/l\n" + _HEAD + _PLAIN,
        find_no_policy,
    ),
    Check(
        "F03",
        Severity.MEDIUM,
        "webhook without truncation",
        "With bodies recorded a batch can have tens of megabytes. The receiver of kube-audit takes 64 MB; others "
        "refuse, and after five tries the batch is lost.",
        _P + "--audit-webhook-config-file=/w\n" + _HEAD + _BODIES,
        _P + "--audit-webhook-config-file=/w --audit-webhook-truncate-enabled=true\n" + _HEAD + _BODIES,
        find_untruncated_webhook,
    ),
    Check(
        "F04",
        Severity.MEDIUM,
        "rotation below CIS 1.2.17 to 1.2.19",
        "30 days, 10 files, 100 MB. Before 1.36 unset flags keep files for ever; from 1.36 the defaults are 366, 100 "
        "and 100.",
        _P + "--audit-log-path=/l --audit-log-maxage=7\n" + _HEAD + _PLAIN,
        _P + "--audit-log-path=/l --audit-log-maxage=30\n" + _HEAD + _PLAIN,
        find_rotation,
    ),
    Check(
        "F05",
        Severity.HIGH,
        "blocking-strict that protects nothing",
        "blocking-strict fails a request whose RequestReceived cannot be stored. If the policy omits that stage, the "
        "request goes through unrecorded.",
        _P
        + "--audit-log-path=/l --audit-log-mode=blocking-strict\n"
        + _HEAD
        + "omitStages: [RequestReceived]\n"
        + _PLAIN,
        _P + "--audit-log-path=/l --audit-log-mode=blocking\n" + _HEAD + "omitStages: [RequestReceived]\n" + _PLAIN,
        find_toothless_strict,
    ),
    Check(
        "F06",
        Severity.HIGH,
        "blocking webhook",
        "In the modes blocking and blocking-strict each request waits for the receiver.",
        _P + "--audit-webhook-config-file=/w --audit-webhook-mode=blocking\n" + _HEAD + _PLAIN,
        _P + "--audit-webhook-config-file=/w\n" + _HEAD + _PLAIN,
        find_blocking_webhook,
    ),
    Check(
        "F07",
        Severity.HIGH,
        "legacy log format",
        "The legacy format has no bodies and is no JSON.",
        _P + "--audit-log-path=/l --audit-log-format=legacy\n" + _HEAD + _PLAIN,
        _P + "--audit-log-path=/l\n" + _HEAD + _PLAIN,
        find_legacy_format,
    ),
    Check(
        "F08",
        Severity.LOW,
        "events on standard output",
        "Events between other log lines are cut by the container runtime at 16 KiB.",
        _P + "--audit-log-path=-\n" + _HEAD + _PLAIN,
        _P + "--audit-log-path=/l\n" + _HEAD + _PLAIN,
        find_standard_output,
    ),
)
