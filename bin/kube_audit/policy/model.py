"""The audit policy as values: audit.k8s.io/v1 Policy, its rules, levels and stages."""

import enum
from typing import Iterable, NamedTuple, Optional, Tuple


class Level(enum.IntEnum):
    """How much of a request is recorded; compares by amount."""

    NONE = 0
    METADATA = 1
    REQUEST = 2
    REQUEST_RESPONSE = 3

    @property
    def text(self) -> str:
        """The word that a policy has for it."""
        return LEVEL_TEXTS[self]


LEVEL_TEXTS = {
    Level.NONE: "None",
    Level.METADATA: "Metadata",
    Level.REQUEST: "Request",
    Level.REQUEST_RESPONSE: "RequestResponse",
}
LEVELS = {text: level for level, text in LEVEL_TEXTS.items()}

RECEIVED = "RequestReceived"
STARTED = "ResponseStarted"
COMPLETE = "ResponseComplete"
PANIC = "Panic"
STAGES = (RECEIVED, STARTED, COMPLETE, PANIC)


def union(first: Optional[Iterable[str]], second: Optional[Iterable[str]]) -> Tuple[str, ...]:
    """Join two lists of stages, each stage once, sorted."""
    return tuple(sorted({*(first or ()), *(second or ())}))


class GroupResources(NamedTuple):
    """Resources of one API group; no resources means all of them."""

    group: str = ""
    resources: Tuple[str, ...] = ()
    resource_names: Tuple[str, ...] = ()


class Rule(NamedTuple):
    """One rule; an empty list limits nothing."""

    level: Level
    users: Tuple[str, ...] = ()
    user_groups: Tuple[str, ...] = ()
    verbs: Tuple[str, ...] = ()
    resources: Tuple[GroupResources, ...] = ()
    namespaces: Tuple[str, ...] = ()
    non_resource_urls: Tuple[str, ...] = ()
    omit_stages: Tuple[str, ...] = ()
    omit_managed_fields: Optional[bool] = None


class Policy(NamedTuple):
    """A policy; the first rule that matches decides."""

    rules: Tuple[Rule, ...]
    omit_stages: Tuple[str, ...] = ()
    omit_managed_fields: bool = False


class Attributes(NamedTuple):
    """What the policy sees of a request; `user` is None when authentication failed."""

    verb: str
    is_resource: bool
    path: str
    user: Optional[str] = None
    groups: Tuple[str, ...] = ()
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""


class Decision(NamedTuple):
    """What the policy says of a request; `rule` counts from 0 and is None if none matched."""

    level: Level
    omit_stages: Tuple[str, ...]
    omit_managed_fields: bool
    rule: Optional[int]
