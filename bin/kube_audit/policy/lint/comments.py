"""Comments of a policy: where they are, so that rules without one are seen and fixes lose none."""

import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

from kube_audit.policy.document import Alias, Mapping, Node, Scalar, Sequence
from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.positions import Lines

_COMMENT = re.compile(r"(?:(?<=\s)|(?<![^\r\n]))#[^\r\n]*")


class Comment(NamedTuple):
    """One comment, from its # to the end of its line."""

    start: int
    end: int
    line: int
    text: str


def find_comments(text: str, lines: Lines, root: Optional[Node]) -> List[Comment]:
    """List the comments of a text; a # inside a quoted or block scalar is none."""
    spans = sorted(scalar_spans(lines, root))
    found = []
    position = 0
    for match in _COMMENT.finditer(text):
        while position < len(spans) and spans[position][1] <= match.start():
            position += 1
        if position < len(spans) and spans[position][0] <= match.start():
            continue
        found.append(Comment(match.start(), match.end(), lines.mark(match.start()).line, match.group()))
    return found


def comments_of(subject: Subject) -> List[Comment]:
    """List the comments of a policy."""
    return find_comments(subject.text, subject.lines, subject.root)


def scalar_spans(lines: Lines, root: Optional[Node]) -> Iterator[Tuple[int, int]]:
    """Give the offsets of every scalar."""
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            yield lines.offset(node.start), lines.offset(node.end)
        elif isinstance(node, Sequence):
            waiting += node.items
        elif isinstance(node, Mapping):
            waiting += [part for entry in node.entries for part in entry]
        else:
            assert isinstance(node, Alias)
