"""Which operators of a module can be flipped, and into what.

Comparisons, `and`/`or`, `not`, `+`/`-`, `*`/`/` and `+=`/`-=`. Types that are joined (`X | Y`) are no operators, and
neither are comparisons with a clock (MEASURED). The number of an operator is its place in the order of `ast.walk`, so
that a seed chooses the same ones everywhere.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
ENGINE = ("values", "language", "commands", "events", "knowledge", "conf")
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
BOOLEANS: dict[type[ast.boolop], type[ast.boolop]] = {ast.And: ast.Or, ast.Or: ast.And}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip
# How far a clock or the memory is, which is never exactly at its bound, and how often either is looked at: flips of
# these change no answer.
MEASURED = {"monotonic", "peak_memory"}
OFTEN = "CHECK_EVERY"
# Written by people who derive the committed table, not run by the engine.
LEFT_OUT = ("conf/derive_known.py",)


class Place(NamedTuple):
    """An operator: the node that holds it, and which one of a chain of comparisons it is."""

    node: ast.Compare | ast.BoolOp | ast.UnaryOp | ast.BinOp | ast.AugAssign
    at: int

    @property
    def operator(self) -> ast.AST:
        """Return the operator itself."""
        return self.node.ops[self.at] if isinstance(self.node, ast.Compare) else self.node.op


class Flip(NamedTuple):
    """One operator of one module that is flipped."""

    module: Path  # from the root of the repository
    number: int
    line: int
    what: str

    @property
    def name(self) -> str:
        """Return the name that the module is imported by."""
        parts = self.module.relative_to("tests").with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def folder(self) -> str:
        """Return the folder of the engine that the module is in."""
        return self.module.parts[2]

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.what}"


def places(tree: ast.AST) -> Iterator[Place]:
    """Yield the operators that can be flipped, in the order of their numbers."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare() if not _is_measured(node):
                yield from (Place(node, at) for at, one in enumerate(node.ops) if type(one) in COMPARISONS)
            case ast.UnaryOp(op=ast.Not()) | ast.BoolOp():
                yield Place(node, 0)
            case ast.BinOp() | ast.AugAssign() if type(node.op) in ARITHMETIC:
                yield Place(node, 0)


def _is_measured(node: ast.Compare) -> bool:
    """Tell whether a comparison is with a clock or with the memory in use, or only says how often they are asked."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls}
    return bool(names & MEASURED) or any(isinstance(one, ast.Name) and one.id == OFTEN for one in ast.walk(node))


def flips_of(module: Path) -> list[Flip]:
    """Return every flip that can be made in a module."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    return [
        Flip(module, number, place.node.lineno, type(place.operator).__name__)
        for number, place in enumerate(places(tree))
    ]


def engine_flips() -> list[Flip]:
    """Return every flip that can be made in the engine."""
    base = ROOT / "tests" / "standin"
    modules = sorted(path for folder in ENGINE for path in (base / folder).rglob("*.py"))
    kept = [path for path in modules if str(path.relative_to(base)) not in LEFT_OUT]
    return [flip for path in kept for flip in flips_of(path.relative_to(ROOT))]
