"""Requests that show what a rule does: built from the rule's own words, so that they reach it if anything can."""

import itertools
from typing import Iterator, NamedTuple, Sequence, Tuple

from kube_audit.policy.lint.subject import ORDINARY_GROUPS, ORDINARY_USER, Subject
from kube_audit.policy.match import rule_matches
from kube_audit.policy.model import Attributes, Rule

# A rule has few users, groups, namespaces and names that matter; more than this are sampled.
_SAMPLES = 4


class Who(NamedTuple):
    """A user with some groups; system:authenticated is added where it must be."""

    user: str
    groups: Tuple[str, ...]


ORDINARY = Who(ORDINARY_USER, ORDINARY_GROUPS)


class Object(NamedTuple):
    """A resource that a request may be about."""

    group: str
    resource: str
    subresource: str = ""

    def __str__(self) -> str:
        name = f"{self.resource}/{self.subresource}" if self.subresource else self.resource
        return f"{name}.{self.group}" if self.group else name


def requests_for(rule: Rule, target: Object, verbs: Sequence[str]) -> Iterator[Attributes]:
    """Give requests about one object that meet all limits of a rule, as far as its words allow."""
    users = rule.users[:_SAMPLES] or (ORDINARY_USER,)
    groups = rule.user_groups[:_SAMPLES] or ORDINARY_GROUPS
    wanted = [verb for verb in verbs if not rule.verbs or verb in rule.verbs]
    namespaces = rule.namespaces[:_SAMPLES] or ("default", "kube-system", "")
    names = [name for entry in rule.resources for name in entry.resource_names][:_SAMPLES]
    for user, group, verb, namespace in itertools.product(users, groups, wanted, namespaces):
        for name in ("x", "", *names):
            yield attributes(target, verb, Who(user, (group,)), namespace, name)


def attributes(
    target: Object, verb: str, who: Who = ORDINARY, namespace: str = "default", name: str = "x"
) -> Attributes:
    """Describe a request about an object."""
    user, groups = who
    everyone = groups if "system:unauthenticated" in groups else tuple({*groups, "system:authenticated"})
    place = (target.group, target.resource, target.subresource, namespace, name)
    return Attributes(verb, True, "/", user, everyone, *place)


def member_of(rule: Rule) -> Who:
    """Give someone whom the users and groups of a rule let in."""
    return Who(rule.users[0] if rule.users else ORDINARY_USER, rule.user_groups[:1] or ORDINARY_GROUPS)


def decided_by(subject: Subject, index: int, target: Object, verbs: Sequence[str]) -> Iterator[Attributes]:
    """Give requests about one object that a rule decides: no earlier rule takes them."""
    rule = subject.rules[index]
    for request in requests_for(rule, target, verbs):
        # The rule itself first: most rules are not about this object, and policies may have thousands.
        if rule_matches(rule, request) and subject.decide(request).rule == index:
            yield request


def decides(subject: Subject, index: int, target: Object, verbs: Sequence[str]) -> bool:
    """Tell whether a rule decides some request about an object."""
    return next(decided_by(subject, index, target, verbs), None) is not None
