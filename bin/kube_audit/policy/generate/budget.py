"""Keeping a policy under a ceiling in GB a day, measured against a sample log.

The largest contributors of machines (service accounts, nodes, components: one user, one verb, one resource) are
dropped one by one until the rest fits. What a chosen detection or CIS 3.2.2 reads is never dropped, nor what people
do; if that alone is too much, there is no such policy and the figures say so.
"""

from typing import Dict, Iterable, Iterator, List, NamedTuple, Sequence, Tuple

from kube_audit.errors import KubeAuditError
from kube_audit.policy.coverage import requests_of
from kube_audit.policy.detections import Detection
from kube_audit.policy.generate.goals import Commented
from kube_audit.policy.lint.gaps import CONCERNS
from kube_audit.policy.model import GroupResources, Level, Rule
from kube_audit.policy.simulate.events import Line
from kube_audit.policy.simulate.report import span_seconds
from kube_audit.policy.simulate.tally import Tally

_MACHINE = "system:"


class OverBudget(KubeAuditError):
    """No policy for these goals fits under the ceiling."""


class Candidate(NamedTuple):
    """One user doing one thing to one resource, and the GB a day that it costs."""

    user: str
    verb: str
    group: str
    resource: str
    gb_a_day: float


def drop_until(lines: Iterable[Line], tally: Tally, detections: Sequence[Detection], ceiling: float) -> List[Commented]:
    """Give the None rules that bring a policy under the ceiling; empty if it is under it already."""
    total, candidates = _measure(lines, tally)
    needed = _needed(detections)
    dropped: List[Candidate] = []
    for candidate in candidates:
        if total <= ceiling:
            break
        if (candidate.verb, candidate.group, candidate.resource) not in needed:
            dropped.append(candidate)
            total -= candidate.gb_a_day
    if total > ceiling:
        raise OverBudget(
            f"{total:.3f} GB a day are left after everything that may be dropped; the ceiling is {ceiling:.3f} GB: "
            "raise it, or choose fewer detections"
        )
    return list(_rules(dropped))


def _measure(lines: Iterable[Line], tally: Tally) -> Tuple[float, List[Candidate]]:
    sizes: Dict[Tuple[str, str, str, str], int] = {}
    total = 0
    for line in lines:
        size = tally.add(line.event, line.size)
        if size is None:
            continue
        total += size
        reference, user = line.event.objectRef, line.event.user.username
        if reference is not None and user.startswith(_MACHINE) and user != "system:anonymous":
            name = f"{reference.resource}/{reference.subresource}" if reference.subresource else reference.resource
            key = (user, line.event.verb, reference.apiGroup, name)
            sizes[key] = sizes.get(key, 0) + size
    span = span_seconds(tally)
    if not span:
        raise OverBudget("the sample log spans no time, so nothing can be said of a day")
    per_day = 86_400 / span
    candidates = [Candidate(*key, size * per_day / 1e9) for key, size in sizes.items()]
    return total * per_day / 1e9, sorted(candidates, key=lambda found: (-found.gb_a_day, found[:4]))


def _needed(detections: Sequence[Detection]) -> "set[Tuple[str, str, str]]":
    """Give verb, group and resource of what must stay."""
    needed = {(concern.verb, concern.target.group, _name(*concern.target[1:])) for concern in CONCERNS}
    for detection in detections:
        for need in detection.needs:
            if not need.is_everything:
                for request in requests_of(need):
                    needed.add((request.verb, request.group, _name(request.resource, request.subresource)))
    return needed


def _name(resource: str, subresource: str) -> str:
    return f"{resource}/{subresource}" if subresource else resource


def _rules(dropped: Sequence[Candidate]) -> Iterator[Commented]:
    """Join what is dropped: one rule for each user and set of verbs."""
    by_user: Dict[Tuple[str, str, str], List[Candidate]] = {}
    for candidate in dropped:
        by_user.setdefault((candidate.user, candidate.group, candidate.resource), []).append(candidate)
    for (user, group, resource), candidates in sorted(by_user.items()):
        verbs = tuple(sorted(candidate.verb for candidate in candidates))
        cost = sum(candidate.gb_a_day for candidate in candidates)
        comment = f"Left out for the budget: {cost:.3f} GB a day in the sample."
        entry = GroupResources(group, (resource,))
        yield Commented(Rule(Level.NONE, users=(user,), verbs=verbs, resources=(entry,)), comment)
