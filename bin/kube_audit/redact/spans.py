"""Where each value of a JSON document begins and ends in its bytes.

For documents that a JSON decoder has accepted: this finds places, it does not judge. It works on bytes with an
explicit stack, so that depth costs no recursion, keeps every one of several equal keys, and lets the caller replace
one value while all other bytes stay as they are.
"""

import json
import re
from typing import List, NamedTuple, Optional, Tuple

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


class Node:
    """A value: its bytes are [start, end); an object has members, an array has items, others have neither."""

    __slots__ = ("end", "items", "members", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.end = start
        self.members: Optional[List[Tuple[str, Node]]] = None
        self.items: Optional[List[Node]] = None

    def all(self, name: str) -> List["Node"]:
        """Return every member of that name, in document order."""
        return [node for key, node in self.members or () if key == name]


class Replacement(NamedTuple):
    """Bytes [start, end) of the document become `text`; `where` are the paths of the values that went."""

    start: int
    end: int
    text: bytes
    where: Tuple[str, ...]


def parse(document: bytes) -> Node:
    """Find the places of all values of a valid JSON document."""
    root = Node(0)
    root.items = []
    stack = [root]
    key: Optional[str] = None
    awaiting_key = False
    for match in _TOKEN.finditer(document):
        token = match[0]
        if token in (b"{", b"["):
            node = _attach(stack[-1], key, match.start())
            if token == b"{":
                node.members = []
            else:
                node.items = []
            stack.append(node)
            awaiting_key = token == b"{"
        elif token in (b"}", b"]"):
            stack.pop().end = match.end()
            awaiting_key = False
        elif token == b",":
            awaiting_key = stack[-1].members is not None
        elif token == b":":
            continue
        elif awaiting_key:
            key = _text(token)
            awaiting_key = False
        else:
            _attach(stack[-1], key, match.start()).end = match.end()
    return root.items[0]


def _attach(parent: Node, key: Optional[str], start: int) -> Node:
    node = Node(start)
    if parent.members is not None:
        parent.members.append((key or "", node))
    elif parent.items is not None:
        parent.items.append(node)
    return node


def _text(token: bytes) -> str:
    return str(json.loads(token, strict=False)) if b"\\" in token else token[1:-1].decode("utf-8")


def string(document: bytes, node: Node) -> Optional[str]:
    """Return the text of a string value, None for any other value."""
    token = document[node.start : node.end]
    return _text(token) if token[:1] == b'"' else None


def replace(document: bytes, replacements: List[Replacement]) -> bytes:
    """Put the replacements in place; they must not overlap."""
    pieces = []
    position = 0
    for item in sorted(replacements):
        pieces += [document[position : item.start], item.text]
        position = item.end
    pieces.append(document[position:])
    return b"".join(pieces)
