"""Small changes to a policy's text: values replaced, list items and keys removed, everything else left as it is."""

from typing import List, Optional

from kube_audit.policy.document import Mapping, Node, Scalar, Sequence, last_line, target_of
from kube_audit.policy.lint.finding import Edit, Fix
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.locate import entries
from kube_audit.policy.schema import Path


def fix_of(edit: Optional[Edit], assumption: str) -> Optional[Fix]:
    """Make a fix of one edit, if the text can be edited there."""
    return Fix((edit,), assumption) if edit is not None else None


def replace_value(subject: Subject, path: Path, text: str) -> Optional[Edit]:
    """Replace one scalar, in quotes where it had some or needs some."""
    node = subject.node(*path)
    return replace_node(subject, node, text) if node is not None else None


def replace_node(subject: Subject, node: Node, text: str) -> Optional[Edit]:
    """Replace a scalar node by another text."""
    if not isinstance(node, Scalar) or node.start.line != node.end.line:
        return None
    start, end = subject.lines.offset(node.start), subject.lines.offset(node.end)
    old = subject.text[start:end]
    quote = old[0] if old[:1] in ("'", '"') and old[-1:] == old[:1] else ""
    if not quote and (not text or not text[0].isalnum() or ":" in text or "*" in text):
        quote = '"'
    return Edit(start, end, f"{quote}{text}{quote}")


def remove_item(subject: Subject, path: Path) -> Optional[Edit]:
    """Remove one item of a list that has others."""
    parent = subject.node(*path[:-1])
    index = path[-1]
    if not isinstance(parent, Sequence) or not isinstance(index, int) or len(parent.items) < 2:
        return None
    if not parent.flow:
        return remove_lines(subject, parent.items[index])
    if index + 1 < len(parent.items):
        start, end = parent.items[index].start, parent.items[index + 1].start
    else:
        start, end = parent.items[index - 1].end, parent.items[index].end
    return Edit(subject.lines.offset(start), subject.lines.offset(end), "")


def remove_lines(subject: Subject, node: Node) -> Optional[Edit]:
    """Remove the lines of a block that no other value shares."""
    start, _next = subject.lines.span(node.start.line)
    _start, end = subject.lines.span(last_line(node))
    return Edit(start, end, "")


def remove_key(subject: Subject, path: Path) -> Optional[Edit]:
    """Remove a key with its value from a map that has others."""
    parent = subject.node(*path[:-1])
    mapping = target_of(parent) if parent is not None else None
    if not isinstance(mapping, Mapping) or mapping is not parent or len(mapping.entries) < 2:
        return None
    pairs = list(mapping.entries)
    index = next((n for n, (key, _value) in enumerate(pairs) if isinstance(key, Scalar) and key.text == path[-1]), None)
    if index is None:
        return None
    return _flow_key(subject, pairs, index) if mapping.flow else _block_key(subject, pairs, index)


def _flow_key(subject: Subject, pairs: List, index: int) -> Edit:  # type: ignore[type-arg]
    if index + 1 < len(pairs):
        start, end = pairs[index][0].start, pairs[index + 1][0].start
    else:
        start, end = pairs[index - 1][1].end, pairs[index][1].end
    return Edit(subject.lines.offset(start), subject.lines.offset(end), "")


def _block_key(subject: Subject, pairs: List, index: int) -> Optional[Edit]:  # type: ignore[type-arg]
    key, value = pairs[index]
    if index == 0:
        # The first key of a list item stands behind the dash: the next key takes its place.
        if index + 1 >= len(pairs):
            return None
        return Edit(subject.lines.offset(key.start), subject.lines.offset(pairs[1][0].start), "")
    start, _next = subject.lines.span(key.start.line)
    _start, end = subject.lines.span(last_line(value))
    return Edit(start, end, "")


def indent_of(subject: Subject, line: int) -> int:
    """Count the spaces in front of a line."""
    start, end = subject.lines.span(line)
    text = subject.text[start:end]
    return len(text) - len(text.lstrip(" "))


def key_of(subject: Subject, path: Path) -> Optional[Scalar]:
    """Find the key node of a path."""
    found = [
        key for key, _value in entries(subject.node(*path[:-1])) if isinstance(key, Scalar) and key.text == path[-1]
    ]
    return found[-1] if found else None


def line_text(subject: Subject, line: int) -> str:
    """Give a line without its break."""
    start, end = subject.lines.span(line)
    return subject.text[start:end].rstrip("\r\n")
