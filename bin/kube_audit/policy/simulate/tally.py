"""What a policy would make of recorded events, rule by rule.

An event is looked at by its shape: user, groups, verb and resource, with namespace and name only where the policy
asks for them, or the path of a URL. Equal shapes get the same answer, so each is decided once. A log holds thousands
of shapes and millions of events; the memo forgets everything at 200,000 shapes.

Levels only go down in a replay: bodies that were not recorded cannot be made up, so a higher level counts the bytes
that are there, and says that it does.
"""

from typing import Dict, List, NamedTuple, Optional, Tuple

from kube_audit.policy.match import Evaluator
from kube_audit.policy.model import LEVELS, RECEIVED, Level, Policy
from kube_audit.policy.replay import request_of
from kube_audit.policy.simulate.events import Event

_MEMO = 200_000
# The key, quotes, colon and comma around a body.
_BODY_KEYS = {"requestObject": 17, "responseObject": 18}


class Count:
    """Events and bytes of one rule: before, after, and what a log cannot tell."""

    def __init__(self) -> None:
        self.seen = 0
        self.seen_bytes = 0
        self.kept = 0
        self.kept_bytes = 0
        self.grown = 0
        self.first = ""


class Verdict(NamedTuple):
    """The decision for one shape."""

    rule: int
    level: int
    omit_stages: Tuple[str, ...]
    level_text: str


class Tally:
    """Counts events under one policy; rule -1 is no match."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._evaluator = Evaluator(policy)
        self._by_place = any(
            rule.namespaces or any(entry.resource_names for entry in rule.resources) for rule in policy.rules
        )
        self._memo: Dict[Tuple[object, ...], Optional[Verdict]] = {}
        self.counts: Dict[int, Count] = {}
        self.contributors: Dict[Tuple[str, str, str], List[int]] = {}
        self.lost: Dict[Tuple[str, str, str], List[int]] = {}
        self.unreadable = 0
        self.received = 0
        self.first_time = ""
        self.last_time = ""

    def add(self, event: Event, size: int) -> Optional[int]:
        """Count one event; give the bytes that it would take, None if it would not be recorded."""
        verdict = self._verdict(event)
        if verdict is None:
            self.unreadable += 1
            return None
        count = self.counts.get(verdict.rule)
        if count is None:
            count = self.counts[verdict.rule] = Count()
            count.first = f"{event.verb} {event.requestURI}"
        count.seen += 1
        count.seen_bytes += size
        self._note_time(event.stageTimestamp)
        if not verdict.level or event.stage in verdict.omit_stages:
            if verdict.level and event.stage == RECEIVED:
                # The request keeps its other stages.
                self.received += 1
            else:
                self._contribute(self.lost, event, size)
            return None
        recorded = LEVELS.get(event.level, Level.METADATA)
        if verdict.level < recorded:
            size -= self._dropped(event, verdict.level)
        elif verdict.level > recorded and verdict.level > 1 and event.objectRef is not None:
            count.grown += 1
        count.kept += 1
        count.kept_bytes += size
        self._contribute(self.contributors, event, size)
        return size

    def _note_time(self, time: str) -> None:
        if time:
            self.last_time = max(self.last_time, time)
            if not self.first_time or time < self.first_time:
                self.first_time = time

    def _contribute(self, table: Dict[Tuple[str, str, str], List[int]], event: Event, size: int) -> None:
        reference = event.objectRef
        what = event.requestURI.partition("?")[0] if reference is None else reference.resource
        if reference is not None and reference.subresource:
            what = f"{what}/{reference.subresource}"
        key = (event.user.username, event.verb, what)
        entry = table.get(key)
        if entry is None:
            # A scan of random URLs must not fill the memory.
            if len(table) >= _MEMO:
                return
            entry = table[key] = [0, 0]
        entry[0] += 1
        entry[1] += size

    def _dropped(self, event: Event, level: int) -> int:
        dropped = 0
        if event.responseObject:
            dropped += len(bytes(event.responseObject)) + _BODY_KEYS["responseObject"]
        if level < Level.REQUEST and event.requestObject:
            dropped += len(bytes(event.requestObject)) + _BODY_KEYS["requestObject"]
        return dropped

    def _verdict(self, event: Event) -> Optional[Verdict]:
        user, reference = event.user, event.objectRef
        if reference is None:
            shape: Tuple[object, ...] = (user.username, user.groups, event.verb, event.requestURI.partition("?")[0])
        else:
            place = _place(event.requestURI) if self._by_place else ""
            shape = (
                user.username,
                user.groups,
                event.verb,
                reference.resource,
                reference.subresource,
                reference.apiGroup,
                place,
            )
        try:
            return self._memo[shape]
        except KeyError:
            return self._decide(shape, event)

    def _decide(self, shape: Tuple[object, ...], event: Event) -> Optional[Verdict]:
        if len(self._memo) >= _MEMO:
            self._memo.clear()
        user = event.user.username or None
        request = request_of(event.verb, event.requestURI, user, event.user.groups)
        verdict = None
        if request is not None:
            decision = self._evaluator.decide(request)
            rule = -1 if decision.rule is None else decision.rule
            verdict = Verdict(rule, int(decision.level), decision.omit_stages, decision.level.text)
        self._memo[shape] = verdict
        return verdict


def _place(uri: str) -> str:
    """Give what namespace and name are read from: the path, and the query of a list by name."""
    path, _mark, query = uri.partition("?")
    return uri if "metadata.name" in query else path
