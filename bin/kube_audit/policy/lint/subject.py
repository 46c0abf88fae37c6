"""A policy under inspection: what it says, where it says it, and how it answers requests."""

from typing import Iterator, NamedTuple, Optional, Tuple

from kube_audit.policy.document import Node, Sequence, target_of
from kube_audit.policy.errors import PolicyError
from kube_audit.policy.flags import Flags
from kube_audit.policy.load import Loaded
from kube_audit.policy.locate import find_exact, find_key, find_node
from kube_audit.policy.match import Evaluator
from kube_audit.policy.model import Attributes, Decision, GroupResources, Level, Rule
from kube_audit.policy.positions import Lines, Mark
from kube_audit.policy.requestinfo import read_request
from kube_audit.policy.resources import ResourceTable, resource_table
from kube_audit.policy.schema import Path
from kube_audit.policy.versions import NEWEST, Version

# Someone whom no rule names.
ORDINARY_USER = "someone@kube-audit.invalid"
ORDINARY_GROUPS = ("system:authenticated",)


class Value(NamedTuple):
    """One string of a list in a rule, and where it stands."""

    text: str
    path: Path


class Options(NamedTuple):
    """What a policy is checked against."""

    version: Version = NEWEST
    flags: Optional[Flags] = None


class Subject:
    """One policy text; `loaded` is None when the API server refuses it, `error` says why."""

    def __init__(self, text: str, options: Options, loaded: Optional[Loaded], error: Optional[PolicyError]) -> None:
        self.text = text
        self.lines = Lines(text)
        self.version = options.version
        self.flags = options.flags
        self.loaded = loaded
        self.error = error
        self.resources: ResourceTable = resource_table()
        self.evaluator = Evaluator(loaded.policy) if loaded is not None else None

    @property
    def root(self) -> Optional[Node]:
        """The tree of the text."""
        return self.loaded.root if self.loaded else None

    @property
    def rules(self) -> Tuple[Rule, ...]:
        """The rules, none if the policy is refused."""
        return self.loaded.policy.rules if self.loaded else ()

    def mark(self, *path: object) -> Mark:
        """Tell where the value at a path starts, or the nearest above it."""
        node = find_node(self.root, tuple(step for step in path if isinstance(step, (str, int))))
        return node.start if node is not None else Mark(1, 1)

    def key_mark(self, *path: object) -> Mark:
        """Tell where the key of a path stands."""
        steps = tuple(step for step in path if isinstance(step, (str, int)))
        key = find_key(self.root, steps)
        return key.start if key is not None else self.mark(*steps)

    def node(self, *path: object) -> Optional[Node]:
        """Find the node at exactly this path."""
        return find_exact(self.root, tuple(step for step in path if isinstance(step, (str, int))))

    def rule_mark(self, index: int) -> Mark:
        """Tell where a rule starts."""
        return self.mark("rules", index)

    def values(self, index: int, field: str) -> Iterator[Value]:
        """Give the strings of a list field of a rule."""
        names = {"userGroups": "user_groups", "nonResourceURLs": "non_resource_urls", "omitStages": "omit_stages"}
        for position, text in enumerate(getattr(self.rules[index], names.get(field, field))):
            yield Value(text, ("rules", index, field, position))

    def entries(self, index: int) -> Iterator[Tuple[GroupResources, Path]]:
        """Give the resources entries of a rule."""
        for position, entry in enumerate(self.rules[index].resources):
            yield entry, ("rules", index, "resources", position)

    def patterns(self, index: int) -> Iterator[Tuple[GroupResources, Value]]:
        """Give the resource patterns of a rule with the entry that they stand in."""
        for entry, path in self.entries(index):
            for position, pattern in enumerate(entry.resources):
                yield entry, Value(pattern, (*path, "resources", position))

    def decide(self, request: Attributes) -> Decision:
        """Ask the policy; a refused policy records nothing."""
        if self.evaluator is None:
            return Decision(Level.NONE, (), False, None)
        return self.evaluator.decide(request)

    def is_alone(self, path: Path) -> bool:
        """Tell whether a list item is the only one of its list."""
        parent = self.node(*path[:-1])
        sequence = target_of(parent) if parent is not None else None
        return isinstance(sequence, Sequence) and len(sequence.items) == 1


def ordinary(method: str, uri: str) -> Attributes:
    """A request of an ordinary authenticated user."""
    return read_request(method, uri, ORDINARY_USER, ORDINARY_GROUPS)
