"""From goals to a policy that has been checked: linted with its flags, and asked about every chosen detection."""

from typing import List, NamedTuple, Optional, Sequence, Tuple

from kube_audit.errors import KubeAuditError
from kube_audit.policy.coverage import Covered, coverage
from kube_audit.policy.detections import Detection
from kube_audit.policy.flags import read_flags
from kube_audit.policy.generate.goals import Commented, rules_for
from kube_audit.policy.generate.surround import Surround, Webhook, surround
from kube_audit.policy.generate.write import write_policy
from kube_audit.policy.lint.catalogue import lint_text
from kube_audit.policy.lint.finding import Severity
from kube_audit.policy.lint.subject import Options
from kube_audit.policy.load import Loaded, load_text
from kube_audit.policy.versions import NEWEST, Version


class Request(NamedTuple):
    """What is asked for."""

    goal: str
    detections: Tuple[Detection, ...] = ()
    distribution: str = "plain"
    webhook: Optional[Webhook] = None
    version: Version = NEWEST
    dropped: Tuple[Commented, ...] = ()


class Generated(NamedTuple):
    """A policy with what goes around it, and how it covers the chosen detections."""

    text: str
    loaded: Loaded
    around: Surround
    covered: Tuple[Covered, ...]


class Unfit(KubeAuditError):
    """What was written does not pass our own checks."""


def generate(request: Request) -> Generated:
    """Write a policy for a request; raises Unfit rather than giving one that lint or coverage object to."""
    rules = rules_for(request.goal, request.detections, request.dropped)
    text = write_policy(rules, _title(request))
    around = surround(request.distribution, request.webhook)
    flags = read_flags(around.files["flags.txt"], "flags.txt")
    objections = [
        f"line {found.finding.mark.line}: {found.check.id}: {found.finding.message}"
        for found in lint_text(text, Options(request.version, flags))
        if found.severity >= Severity.MEDIUM
    ]
    loaded = load_text(text, request.version)
    covered = tuple(coverage(loaded, request.detections))
    objections += _uncovered(covered)
    if objections:
        raise Unfit(f"no policy fits this request: {objections[0]}")
    return Generated(text, loaded, around, covered)


def _title(request: Request) -> str:
    names = ", ".join(detection.id for detection in request.detections)
    chosen = f" for the detections {names}" if names else ""
    goal = f"Kubernetes {request.version} audit policy, goal {request.goal}{chosen}."
    return f"{goal} Written by kube-audit policy generate."


def _uncovered(covered: Sequence[Covered]) -> List[str]:
    return [
        f"{result.detection.id} would be {answer.status}: {answer.reason}"
        for result in covered
        for answer in result.answers
        if answer.status != "covered"
    ]
