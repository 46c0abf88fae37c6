"""Whether a policy gives detections what they need: covered, too low, blind, or leaking, with the deciding rule.

Each need is asked as requests of people and programs (a user, an administrator, a service account, a failed login)
in several namespaces; the worst answer counts. Rules that drop a component by its name are not held against a policy.

    blind      not recorded, or not at a stage that the detection reads
    too low    recorded without the bodies that it reads
    leaking    it gets what it needs, and the log gets secrets with it
    covered    everything else
"""

import csv
import io
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from kube_audit.policy.detections import Detection, Need
from kube_audit.policy.lint.gaps import CONCERNS
from kube_audit.policy.lint.secrets import SENSITIVE
from kube_audit.policy.lint.witness import ORDINARY, Object, Who, attributes
from kube_audit.policy.load import Loaded
from kube_audit.policy.match import Evaluator
from kube_audit.policy.model import Attributes, Decision, Level
from kube_audit.policy.requestinfo import read_request
from kube_audit.policy.stages import stages_of

STATUSES = ("blind", "too low", "leaking", "covered")
_WHO = (
    ORDINARY,
    Who("kubernetes-admin", ("system:masters",)),
    Who("system:serviceaccount:default:app", ("system:serviceaccounts", "system:serviceaccounts:default")),
)
_NAMESPACES = ("default", "kube-system", "")


class Answer(NamedTuple):
    """What a policy makes of one need: the worst of its requests."""

    need: Need
    status: str
    verb: str
    level: Level
    rule: Optional[int]
    line: Optional[int]
    reason: str


class Covered(NamedTuple):
    """What a policy makes of one detection."""

    detection: Detection
    status: str
    answers: Tuple[Answer, ...]


def coverage(loaded: Loaded, detections: Sequence[Detection]) -> List[Covered]:
    """Ask a policy about every detection."""
    evaluator = Evaluator(loaded.policy)
    covered = []
    for detection in detections:
        answers = tuple(_answer(loaded, evaluator, need) for need in detection.needs)
        worst = min((answer.status for answer in answers), key=STATUSES.index, default="covered")
        covered.append(Covered(detection, worst, answers))
    return covered


def requests_of(need: Need) -> Iterator[Attributes]:
    """Give the requests that stand for a need."""
    if need.is_everything:
        for concern in CONCERNS:
            for who in _WHO:
                yield attributes(concern.target, concern.verb, who)
        yield attributes(Object("example.com", "widgets"), "create")
        yield read_request("GET", "/api/v1/secrets")
        return
    target = Object(need.group, need.resource, "" if need.subresource == "*" else need.subresource)
    verbs = need.verbs if need.verbs != ("*",) else ("get", "list", "create", "update", "patch", "delete")
    for verb in verbs:
        for who in _WHO:
            for namespace in _NAMESPACES:
                yield attributes(target, verb, who, namespace, "" if verb in ("create", "list") else "x")


def _answer(loaded: Loaded, evaluator: Evaluator, need: Need) -> Answer:
    answers = [_judge(loaded, need, request, evaluator.decide(request)) for request in requests_of(need)]
    return min(answers, key=lambda answer: STATUSES.index(answer.status))


def _judge(loaded: Loaded, need: Need, request: Attributes, decision: Decision) -> Answer:
    wanted = [stage for stage in stages_of(request) if stage in need.stages] or list(stages_of(request))[-1:]
    missing = [stage for stage in wanted if stage in decision.omit_stages]
    if decision.level is Level.NONE:
        verdict = ("blind", f"{_shown(request)} is not recorded")
    elif missing:
        verdict = ("blind", f"{_shown(request)}: stage {missing[0]} is omitted")
    elif decision.level < need.level:
        verdict = ("too low", f"{_shown(request)} is recorded at {decision.level.text}, needed is {need.level.text}")
    elif _leaks(request, decision.level):
        verdict = ("leaking", f"{_shown(request)} is recorded with secrets in its bodies")
    else:
        verdict = ("covered", f"{_shown(request)} is recorded at {decision.level.text}")
    line = loaded.line_of_rule(decision.rule)
    return Answer(need, verdict[0], request.verb, decision.level, decision.rule, line, verdict[1])


def _leaks(request: Attributes, level: Level) -> bool:
    target = Object(request.group, request.resource, request.subresource)
    for item in SENSITIVE:
        if item.target == target:
            verbs = item.response_verbs if level is Level.REQUEST_RESPONSE else item.request_verbs
            return level > Level.METADATA and request.verb in verbs
    return False


def _shown(request: Attributes) -> str:
    if request.user is None:
        return "a failed login (401)"
    who = "" if request.user == ORDINARY.user else f" by {request.user}"
    where = f" in {request.namespace}" if request.namespace not in ("", "default") else ""
    return f"{request.verb} {Object(request.group, request.resource, request.subresource)}{where}{who}"


def place_of(answer: Answer) -> str:
    """Name the deciding rule."""
    if answer.rule is None:
        return "no rule matches"
    return f"rule {answer.rule}" + (f" (line {answer.line})" if answer.line is not None else "")


def as_text(covered: Sequence[Covered]) -> str:
    """Write one line a detection and one for each need that is not met."""
    lines = []
    for result in covered:
        lines.append(f"{result.status:<9}{result.detection.id:<32}{result.detection.name}")
        lines += [
            f"           {answer.status}: {answer.reason}; {place_of(answer)}"
            for answer in result.answers
            if answer.status != "covered"
        ]
    counts = {status: sum(result.status == status for result in covered) for status in STATUSES}
    met = counts["covered"]
    share = f"{met / len(covered):.0%}" if covered else "nothing to cover"
    shown = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
    lines.append(f"{share} of {len(covered)} detections covered: {shown}")
    return "\n".join(lines) + "\n"


def rows(covered: Sequence[Covered]) -> Iterator[Dict[str, object]]:
    """Give one row for each need."""
    for result in covered:
        for answer in result.answers:
            yield {
                "detection": result.detection.stanza or result.detection.name,
                "detection_id": result.detection.id,
                "detection_status": result.status,
                "need": str(answer.need),
                "needed_level": answer.need.level.text,
                "status": answer.status,
                "level": answer.level.text,
                "rule": answer.rule,
                "line": answer.line,
                "reason": answer.reason,
            }


def as_lookup(covered: Sequence[Covered]) -> str:
    """Write a CSV file that Splunk takes as a lookup."""
    text = io.StringIO()
    fields = [
        "detection",
        "detection_id",
        "detection_status",
        "need",
        "needed_level",
        "status",
        "level",
        "rule",
        "line",
    ]
    writer = csv.DictWriter(text, [*fields, "reason"], lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: "" if value is None else value for key, value in row.items()} for row in rows(covered))
    return text.getvalue()
