"""Finding the nodes of a document by their path; later keys win, as they do in the value."""

from typing import Iterator, Optional, Tuple

from kube_audit.policy.document import Mapping, Node, Scalar, Sequence, target_of
from kube_audit.policy.schema import Path


def find_node(root: Optional[Node], path: Path) -> Optional[Node]:
    """Find the node at a path, or the nearest one above it that exists."""
    node = root
    for step in path:
        child = _child(node, step) if node is not None else None
        if child is None:
            return node
        node = child
    return node


def find_exact(root: Optional[Node], path: Path) -> Optional[Node]:
    """Find the node at a path, or None."""
    node = root
    for step in path:
        node = _child(node, step) if node is not None else None
    return node


def find_key(root: Optional[Node], path: Path) -> Optional[Node]:
    """Find the key under which the last step of a path stands."""
    parent = find_exact(root, path[:-1])
    pairs = [key for key, _value in entries(parent) if isinstance(key, Scalar) and key.text == path[-1]]
    return pairs[-1] if pairs else None


def entries(node: Optional[Node]) -> Iterator[Tuple[Node, Node]]:
    """Give keys and values of a map; nothing for anything else."""
    mapping = target_of(node) if node is not None else None
    return iter(mapping.entries if isinstance(mapping, Mapping) else ())


def _child(node: Node, step: object) -> Optional[Node]:
    node = target_of(node)
    if isinstance(node, Sequence) and isinstance(step, int):
        return node.items[step] if step < len(node.items) else None
    found = None
    for key, value in entries(node):
        if isinstance(key, Scalar) and key.text == step:
            found = value
    return found
