"""H09, M10, T02: rules, and words of rules, that an earlier rule has already decided.

A rule is cut into atoms, one for each combination of its words. An atom is dead when one earlier rule takes all of
its requests; a rule is unreachable when all its atoms are dead, a word when all atoms with it are. What is reported
is certain; rules that only several earlier ones together cover without sharing a word are not found.
"""

import itertools
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from kube_audit.policy.lint.finding import Check, Finding, Note, Severity
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.match import url_matches
from kube_audit.policy.model import GroupResources, Rule
from kube_audit.policy.schema import Path

# More combinations of one rule, and more comparisons in one policy, are not looked at: lint ends within seconds.
_LIMIT = 20_000
_BUDGET = 1_000_000


class Atom(NamedTuple):
    """One combination of a rule's words; None is any."""

    user: Optional[str]
    group: Optional[str]
    verb: Optional[str]
    namespace: Optional[str]
    entry: Optional[GroupResources]
    url: Optional[str]

    @property
    def is_anything(self) -> bool:
        """Whether resource and non-resource requests both belong to it."""
        return self.namespace is None and self.entry is None and self.url is None


class Word(NamedTuple):
    """A word of a rule: its field, its text, its place."""

    field: str
    text: str
    path: Path


def atoms_of(rule: Rule) -> Iterator[Atom]:
    """Cut a rule into atoms."""
    entries = [single for entry in rule.resources for single in _single_entries(entry)]
    axes = (rule.users, rule.user_groups, rule.verbs, rule.namespaces, entries, rule.non_resource_urls)
    product = itertools.product(*(tuple(axis) or (None,) for axis in axes))
    for user, group, verb, namespace, entry, url in product:
        assert not isinstance(user, GroupResources)
        yield Atom(user, group, verb, namespace, entry, url)  # type: ignore[arg-type]


def _single_entries(entry: GroupResources) -> Iterator[GroupResources]:
    for resource in entry.resources or (None,):
        for name in entry.resource_names or (None,):
            yield GroupResources(
                entry.group,
                () if resource is None else (resource,),
                () if name is None else (name,),
            )


def covers(rule: Rule, atom: Atom) -> bool:
    """Tell whether a rule takes every request of an atom."""
    if rule.users and (atom.user is None or atom.user not in rule.users):
        return False
    if rule.user_groups and not any(group in rule.user_groups for group in implied_groups(atom)):
        return False
    if rule.verbs and (atom.verb is None or atom.verb not in rule.verbs):
        return False
    if rule.namespaces or rule.resources:
        return _covers_resources(rule, atom)
    if rule.non_resource_urls:
        return atom.url is not None and any(_covers_url(pattern, atom.url) for pattern in rule.non_resource_urls)
    return True


def implied_groups(atom: Atom) -> Set[str]:
    """Give the groups that every user of an atom is in."""
    groups = {atom.group} if atom.group is not None else set()
    if atom.user is not None:
        anonymous = atom.user == "system:anonymous"
        groups.add("system:unauthenticated" if anonymous else "system:authenticated")
        if atom.user.startswith("system:serviceaccount:") and atom.user.count(":") == 3:
            groups |= {"system:serviceaccounts", f"system:serviceaccounts:{atom.user.split(':')[2]}"}
    elif atom.group is not None and atom.group != "system:unauthenticated":
        groups.add("system:authenticated")
    return groups


def _covers_resources(rule: Rule, atom: Atom) -> bool:
    if atom.url is not None or atom.is_anything:
        return False
    if rule.namespaces and (atom.namespace is None or atom.namespace not in rule.namespaces):
        return False
    return not rule.resources or any(_covers_entry(entry, atom.entry) for entry in rule.resources)


def _covers_entry(wide: GroupResources, narrow: Optional[GroupResources]) -> bool:
    if narrow is None or wide.group not in (narrow.group, "*"):
        return False
    if not wide.resources:
        return True
    if wide.resource_names and not (narrow.resource_names and narrow.resource_names[0] in wide.resource_names):
        return False
    if not narrow.resources:
        return "*" in wide.resources
    return any(covers_pattern(pattern, narrow.resources[0]) for pattern in wide.resources)


def covers_pattern(wide: str, narrow: str) -> bool:
    """Tell whether a resource pattern takes everything that another does."""
    if wide in ("*", narrow):
        return True
    base, _slash, sub = narrow.partition("/")
    if wide.startswith("*/"):
        return bool(sub) and sub != "*" and base != "*" and wide[2:] == sub
    return wide.endswith("/*") and base != "*" and wide[:-2] == base


def _covers_url(wide: str, narrow: str) -> bool:
    if narrow.endswith("*") and narrow != wide and not wide.endswith("*"):
        return False
    return url_matches(wide, narrow.rstrip("*") if narrow.endswith("*") else narrow)


class _Deaths(NamedTuple):
    """What earlier rules left of a rule."""

    killers: List[int]
    alive: int
    dead_words: List[Tuple[Word, int]]


def _all_deaths(subject: Subject) -> Iterator[Tuple[int, _Deaths]]:
    """Look at every rule but the first, in order, until the budget is spent."""
    spent = 0
    for index in range(1, len(subject.rules)):
        combinations = _combinations(subject.rules[index])
        spent += index * min(_LIMIT, combinations)
        if spent > _BUDGET:
            return
        if combinations <= _LIMIT:
            yield index, _deaths(subject, index)


def _combinations(rule: Rule) -> int:
    entries = sum(max(1, len(entry.resources)) * max(1, len(entry.resource_names)) for entry in rule.resources)
    axes = (rule.users, rule.user_groups, rule.verbs, rule.namespaces, rule.non_resource_urls)
    number = max(1, entries)
    for axis in axes:
        number *= max(1, len(axis))
    return number


def _deaths(subject: Subject, index: int) -> _Deaths:
    earlier = subject.rules[:index]
    killers: List[int] = []
    alive = 0
    living: Set[Tuple[str, object]] = set()
    killed: Dict[Tuple[str, object], int] = {}
    for atom in atoms_of(subject.rules[index]):
        killer = next((number for number, rule in enumerate(earlier) if covers(rule, atom)), None)
        words = list(atom._asdict().items())
        if killer is None:
            alive += 1
            living.update(words)
        else:
            killers.append(killer)
            killed.update(dict.fromkeys(words, killer))
    dead = [
        (word, killed[(axis, value)])
        for axis, value, word in _words(subject, index)
        if (axis, value) in killed and (axis, value) not in living
    ]
    return _Deaths(sorted(set(killers)), alive, dead)


def _words(subject: Subject, index: int) -> Iterator[Tuple[str, object, Word]]:
    for axis, field in (("user", "users"), ("group", "userGroups"), ("verb", "verbs"), ("namespace", "namespaces"),
                        ("url", "nonResourceURLs")):  # fmt: skip
        for value in subject.values(index, field):
            yield axis, value.text, Word(field, value.text, value.path)
    for entry, value in subject.patterns(index):
        for name in entry.resource_names or (None,):
            single = GroupResources(entry.group, (value.text,), () if name is None else (name,))
            yield "entry", single, Word("resources", value.text, value.path)


def find_unreachable(subject: Subject) -> Iterator[Finding]:
    """H09: rules that no request reaches."""
    for index, deaths in _all_deaths(subject):
        if deaths.alive or not deaths.killers:
            continue
        by = ", ".join(f"{number} (line {subject.rule_mark(number).line})" for number in deaths.killers)
        notes = tuple(Note(subject.rule_mark(number), "this rule takes its requests") for number in deaths.killers)
        message = f"rule {index} is unreachable: earlier rules take all its requests: rule {by}"
        same = all(subject.rules[number].level == subject.rules[index].level for number in deaths.killers)
        meaning = "the rule has no effect" + (" and could be removed" if same else "; its level is never used")
        mend = f"move it before rule {deaths.killers[0]}, or remove it"
        yield Finding(subject.rule_mark(index), message, meaning, mend, notes=notes)


def find_dead_words(subject: Subject) -> Iterator[Finding]:
    """M10: words of a reachable rule that an earlier rule has used up."""
    for index, deaths in _all_deaths(subject):
        if not deaths.alive:
            continue
        for word, killer in deaths.dead_words:
            if subject.rules[killer].level == subject.rules[index].level:
                continue
            line = subject.rule_mark(killer).line
            message = (
                f"rule {index}: {word.text!r} in {word.field} has no effect: rule {killer} (line {line}) takes it first"
            )
            level = subject.rules[killer].level.text
            meaning = f"such requests are recorded at {level}, not at {subject.rules[index].level.text}"
            note = Note(subject.rule_mark(killer), f"this rule takes {word.text!r} first")
            mend = f"move this rule before rule {killer}, or drop {word.text!r}"
            yield Finding(subject.mark(*word.path), message, meaning, mend, notes=(note,))


def find_redundant(subject: Subject) -> Iterator[Finding]:
    """T02: a rule whose next neighbour does all that it does."""
    for index in range(len(subject.rules) - 1):
        rule, following = subject.rules[index], subject.rules[index + 1]
        same = (rule.level, set(rule.omit_stages), rule.omit_managed_fields) == (
            following.level, set(following.omit_stages), following.omit_managed_fields,
        )  # fmt: skip
        if same and _combinations(rule) <= _LIMIT and all(covers(following, atom) for atom in atoms_of(rule)):
            message = f"rule {index} says nothing that rule {index + 1} does not say"
            mend = "remove it, or keep it for its comment"
            yield Finding(subject.rule_mark(index), message, "the decision is the same without it", mend)


_HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n"
CHECKS = (
    Check(
        "H09",
        Severity.HIGH,
        "unreachable rule",
        "The first rule that matches decides. A rule whose requests are all taken by earlier rules has no effect.",
        _HEAD + "- level: Metadata\n- level: None\n  users: [a]\n",
        _HEAD + "- level: None\n  users: [a]\n- level: Metadata\n",
        find_unreachable,
    ),
    Check(
        "M10",
        Severity.MEDIUM,
        "word that an earlier rule has used up",
        "A verb, user, namespace, resource or URL of a rule that is reachable has no effect, because an earlier rule "
        "of another level takes all its requests.",
        _HEAD + '- level: None\n  resources:\n  - group: ""\n    resources: [events]\n'
        '- level: Request\n  resources:\n  - group: ""\n    resources: [pods, events]\n',
        _HEAD + '- level: None\n  verbs: [watch]\n  resources:\n  - group: ""\n    resources: [events]\n'
        '- level: Request\n  resources:\n  - group: ""\n    resources: [pods, events]\n',
        find_dead_words,
    ),
    Check(
        "T02",
        Severity.STYLE,
        "redundant neighbour",
        "Two neighbouring rules of the same level where the second takes all that the first does.",
        _HEAD + "- level: Metadata\n  verbs: [get]\n- level: Metadata\n",
        _HEAD + "- level: Request\n  verbs: [create]\n- level: Metadata\n",
        find_redundant,
    ),
)
