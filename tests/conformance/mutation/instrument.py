"""Imports modules with a switch at each chosen operator, so that one import serves every flip.

`a < b` becomes `SWITCHES[7](a, b)`, where the seventh switch is `operator.lt` until flip 7 is on, then `operator.le`;
`a and b` becomes `(a or b) if SWITCHES[8]() else (a and b)`. While tests are recorded a switch also says that it was
used, which is how a flip's tests are found.
"""

import ast
import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import operator
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, ModuleType

from conformance.mutation.operators import ARITHMETIC, BOOLEANS, COMPARISONS, ROOT, Flip, Place, places

NAME = "_conformance_switches"
Switch = Callable[..., object]


def _in(one: object, many: Sequence[object]) -> bool:
    return one in many


def _not_in(one: object, many: Sequence[object]) -> bool:
    return one not in many


CALLS: dict[type[ast.AST], Switch] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not, ast.In: _in, ast.NotIn: _not_in,
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip


def _no() -> bool:
    return False


def _yes() -> bool:
    return True


class Switches:
    """The switches of all chosen flips, by their place in the list of them."""

    def __init__(self, flips: Sequence[Flip]) -> None:
        self.flips = flips
        self.used: set[int] = set()
        self.on_from_start = False
        self.calls: list[Switch] = [_no] * len(flips)
        self.plain: list[Switch] = [_no] * len(flips)
        self.flipped: list[Switch] = [_yes] * len(flips)
        setattr(builtins, NAME, self.calls)

    def install(self) -> None:
        """Import the modules of the flips with switches from now on, and record which are used."""
        by_module: dict[str, dict[int, int]] = {}
        for at, flip in enumerate(self.flips):
            by_module.setdefault(flip.name, {})[flip.number] = at
        paths = {flip.name: ROOT / flip.module for flip in self.flips}
        early = sorted(set(paths) & set(sys.modules))
        if early:
            raise RuntimeError(f"imported before the switches were in: {', '.join(early)}")
        sys.meta_path.insert(0, _Finder({name: _Loader(name, paths[name], of, self) for name, of in by_module.items()}))

    def place(self, at: int, plain: Switch, flipped: Switch) -> None:
        """Set what a switch does while it is off, and what when it is on."""
        self.plain[at], self.flipped[at] = plain, flipped
        self.calls[at] = flipped if self.on_from_start else self._recording(at, plain)

    def _recording(self, at: int, plain: Switch) -> Switch:
        def call(*arguments: object) -> object:
            self.used.add(at)
            return plain(*arguments)

        return call

    def turn_on(self, at: int) -> None:
        """Flip one operator, and record no more."""
        self.calls[:] = self.plain
        self.calls[at] = self.flipped[at]


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, loaders: dict[str, "_Loader"]) -> None:
        self.loaders = loaders

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Take over the modules that have switches."""
        loader = self.loaders.get(fullname)
        if loader is None:
            return None
        return importlib.util.spec_from_file_location(fullname, loader.path, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: Path, numbers: dict[int, int], switches: Switches) -> None:
        super().__init__(name, str(path))
        self.numbers = numbers
        self.switches = switches

    def get_code(self, fullname: str) -> CodeType:
        """Compile the module with switches; nothing of it is cached."""
        tree = ast.parse(Path(self.path).read_text(encoding="utf-8"))
        compiled: CodeType = compile(switched(tree, self.numbers, self.switches), self.path, "exec")
        return compiled


def switched(tree: ast.Module, numbers: dict[int, int], switches: Switches) -> ast.Module:
    """Return a module's tree with switches at the operators of these numbers."""
    chosen: dict[ast.AST, list[tuple[Place, int]]] = {}
    for number, place in enumerate(places(tree)):
        if number in numbers:
            chosen.setdefault(place.node, []).append((place, numbers[number]))
    changed = _Rewriter(chosen, switches).visit(tree)
    assert isinstance(changed, ast.Module)
    return ast.fix_missing_locations(changed)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, chosen: dict[ast.AST, list[tuple[Place, int]]], switches: Switches) -> None:
        self.chosen = chosen
        self.switches = switches

    def visit(self, node: ast.AST) -> ast.AST:
        """Rewrite from the leaves, so that operands keep their own switches."""
        mine = self.chosen.get(node, [])
        result = self.generic_visit(node)
        for place, at in mine:
            result = ast.copy_location(self._rewritten(result, place, at), node)
        return result

    def _rewritten(self, node: ast.AST, place: Place, at: int) -> ast.AST:
        match place.node:
            case ast.Compare(left=left, ops=[one], comparators=[right]):
                self.switches.place(at, CALLS[type(one)], CALLS[COMPARISONS[type(one)]])
                return _call(at, left, right)
            case ast.Compare() as chain:
                flipped: ast.AST = ast.Compare(chain.left, _with(chain.ops, place.at), chain.comparators)
            case ast.UnaryOp(operand=operand):
                self.switches.place(at, operator.not_, bool)
                return _call(at, operand)
            case ast.BinOp(left=left, op=op, right=right):
                self.switches.place(at, CALLS[type(op)], CALLS[ARITHMETIC[type(op)]])
                return _call(at, left, right)
            case ast.BoolOp() as both:
                flipped = ast.BoolOp(BOOLEANS[type(both.op)](), both.values)
            case ast.AugAssign() as change:
                self.switches.place(at, _no, _yes)
                other = ast.AugAssign(change.target, ARITHMETIC[type(change.op)](), change.value)
                return ast.If(_call(at), [other], [change])
        self.switches.place(at, _no, _yes)
        assert isinstance(node, ast.expr) and isinstance(flipped, ast.expr)
        return ast.IfExp(_call(at), flipped, node)


def _with(ops: list[ast.cmpop], index: int) -> list[ast.cmpop]:
    return [COMPARISONS[type(one)]() if at == index else one for at, one in enumerate(ops)]


def _call(at: int, *arguments: ast.expr) -> ast.Call:
    switch = ast.Subscript(ast.Name(NAME, ast.Load()), ast.Constant(at), ast.Load())
    return ast.Call(switch, list(arguments), [])
