"""Expressions of `eval`, `where`, calculated fields, INGEST_EVAL and macros: parsed and compiled once, run per row."""

from dataclasses import dataclass
from functools import lru_cache, partial

from standin.environment import Environment, Row, Value
from standin.language import operators
from standin.language.compiled import Compiled, Evaluator, Kind, Result, Scope
from standin.language.functions import call
from standin.language.parser import parse_expression
from standin.language.tree import Call, Chain, Field, Literal, Node, Unary
from standin.values.numbers import scale


@dataclass(frozen=True)
class Expression:
    """A compiled expression; `is_boolean` tells one that can filter from one that can be assigned."""

    text: str
    tree: Node
    kind: Kind
    run: Evaluator

    @property
    def is_boolean(self) -> bool:
        """Tell whether the expression is true or false rather than a value."""
        return self.kind is Kind.BOOLEAN

    def evaluate(self, row: Row, environment: Environment | None = None) -> Value | None:
        """Return the value for a row, None for null; a boolean comes as the text True or False."""
        value = self.run(row, Scope.of(environment))
        return str(value) if isinstance(value, bool) else value

    def is_true(self, row: Row, environment: Environment | None = None) -> bool:
        """Tell whether the expression holds for a row; null does not hold."""
        return self.run(row, Scope.of(environment)) is True


@lru_cache(maxsize=4096)  # schedules and `detect` run the same searches again and again
def compile_expression(text: str, offset: int = 0) -> Expression:
    """Compile a text; errors count their position from `offset`. Raises SearchError."""
    return compile_tree(parse_expression(text, offset), text)


def compile_tree(tree: Node, text: str = "") -> Expression:
    """Compile an expression that was parsed already."""
    compiled = compile_node(tree)
    return Expression(text, tree, compiled.kind, compiled.evaluate)


def compile_node(node: Node, *, exact: bool = False) -> Compiled:
    """Compile one node and everything below it; `exact` keeps all digits of calculations."""
    if isinstance(node, Literal):
        return _literal(node)
    if isinstance(node, Field):
        return Compiled(Kind.ANY, _field(node.name), field=node.name)
    if isinstance(node, Call):
        exactly = partial(compile_node, exact=True)
        return call(node, exactly if exact else compile_node, exactly)
    if isinstance(node, Unary):
        return _unary(node, exact)
    return _chain(node, exact)


def _literal(node: Literal) -> Compiled:
    value: Result = node.value
    kind = Kind.TEXT if isinstance(value, str) else Kind.NUMBER
    return Compiled(kind, lambda row, scope: value, literal=value)


def _field(name: str) -> Evaluator:
    return lambda row, scope: row.get(name)


def _unary(node: Unary, exact: bool) -> Compiled:
    operand = compile_node(node.operand, exact=exact)
    operators.check_kinds(node.operator, [operand], node.position)
    if node.operator == "NOT":
        return Compiled(Kind.BOOLEAN, operators.inversion(operand))
    if isinstance(operand.literal, (int, float)):
        return _literal(Literal(scale(-operand.literal, operand.literal, -1), node.position))
    return Compiled(Kind.NUMBER, operators.negation(operand))


def _chain(node: Chain, exact: bool) -> Compiled:
    operands = [compile_node(operand, exact=exact) for operand in node.operands]
    operators.check_kinds(node.operator, operands, node.position)
    evaluators = [operand.evaluate for operand in operands]
    if node.operator == "AND":
        return Compiled(Kind.BOOLEAN, operators.conjunction(evaluators))
    if node.operator == "OR":
        return Compiled(Kind.BOOLEAN, operators.disjunction(evaluators))
    if node.operator == "XOR":
        return Compiled(Kind.BOOLEAN, operators.exclusive(evaluators))
    if node.operator == ".":
        return Compiled(Kind.TEXT, operators.concatenation(evaluators))
    return _pair(node.operator, operands[0], operands[1], exact)


def _pair(symbol: str, left: Compiled, right: Compiled, exact: bool) -> Compiled:
    if symbol in operators.COMPARE:
        return Compiled(Kind.BOOLEAN, operators.comparison(symbol, left, right))
    kinds = {left.kind, right.kind}
    kind = Kind.NUMBER if symbol != "+" or Kind.NUMBER in kinds else Kind.TEXT if Kind.TEXT in kinds else Kind.ANY
    return Compiled(kind, operators.arithmetic(symbol, left, right, exact=exact))
