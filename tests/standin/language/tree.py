"""The tree of an expression of `eval` and `where`; positions count characters of the whole search."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Literal:
    """A number or a text in double quotes."""

    value: int | float | str
    position: int


@dataclass(frozen=True)
class Field:
    """A field, bare or in single quotes."""

    name: str
    position: int


@dataclass(frozen=True)
class Call:
    """A function with its arguments; a braced field name such as `{kind}` never occurs here."""

    name: str
    arguments: "tuple[Node, ...]"
    position: int


@dataclass(frozen=True)
class Unary:
    """`NOT`, or `-` before a number."""

    operator: str
    operand: "Node"
    position: int


@dataclass(frozen=True)
class Chain:
    """Operands joined by one operator: two of them, or more for AND, OR, XOR and concatenation."""

    operator: str
    operands: "tuple[Node, ...]"
    position: int


Node = Literal | Field | Call | Unary | Chain


def field_names(node: Node) -> list[str]:
    """Return the fields that an expression reads, each once, from the left."""
    if isinstance(node, Field):
        return [node.name]
    if isinstance(node, Literal):
        return []
    return list(dict.fromkeys(name for inner in children(node) for name in field_names(inner)))


def children(node: Node) -> "tuple[Node, ...]":
    """Return the nodes right below a node."""
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Unary):
        return (node.operand,)
    return node.operands if isinstance(node, Chain) else ()


def calls(node: Node) -> "list[Call]":
    """Return every call of a function in an expression."""
    inner = [call for child in children(node) for call in calls(child)]
    return [node, *inner] if isinstance(node, Call) else inner
