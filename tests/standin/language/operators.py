"""Operators of expressions: comparison, arithmetic, concatenation, truth.

Two values that read as numbers compare as numbers, but a text in quotes always compares as text (Search Reference,
Comparison and conditional functions). Null makes every operator null, except that FALSE AND null is false and
TRUE OR null is true.
"""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from standin.environment import Row
from standin.language.compiled import MAX_TEXT, Compiled, Evaluator, Kind, Result, Scope, to_number, to_text
from standin.language.errors import LimitReached, SearchError
from standin.values.multivalue import as_texts
from standin.values.numbers import Number, add, bounded, scale

Comparison = Callable[[Any, Any], bool]  # two numbers or two texts
COMPARE: dict[str, Comparison] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def compare_values(test: Comparison, left: Result, right: Result) -> bool | None:
    """Compare two values as numbers where both read as one, else as texts; any value of a multivalue may do."""
    if left is None or right is None:
        return None
    if isinstance(left, list) or isinstance(right, list):
        return any(compare_values(test, one, other) for one in _each(left) for other in _each(right))
    numbers = to_number(left), to_number(right)
    if numbers[0] is not None and numbers[1] is not None:
        return test(numbers[0], numbers[1])
    return test(to_text(left), to_text(right))


def _each(value: Result) -> Sequence[Result]:
    return value if isinstance(value, list) else (value,)


def comparison(symbol: str, left: Compiled, right: Compiled) -> Evaluator:
    """Return the closure of one comparison; a text in quotes is on the right wherever there is one."""
    test = COMPARE[symbol]
    if isinstance(left.literal, str) and not isinstance(right.literal, str):
        mirrored = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(symbol, symbol)
        return comparison(mirrored, right, left)
    if isinstance(right.literal, str):
        return _text_comparison(test, left.evaluate, right.literal)
    first, second = left.evaluate, right.evaluate
    return lambda row, scope: compare_values(test, first(row, scope), second(row, scope))


def _text_comparison(test: Comparison, evaluate: Evaluator, literal: str) -> Evaluator:
    def run(row: Row, scope: Scope) -> bool | None:
        value = evaluate(row, scope)
        if value.__class__ is str:
            return test(value, literal)
        if value is None:
            return None
        return any(test(text, literal) for text in as_texts(value))

    return run


def arithmetic(symbol: str, left: Compiled, right: Compiled, *, exact: bool) -> Evaluator:
    """Return the closure of one arithmetic operator; `+` joins texts where both are texts."""
    calculate = EXACTLY[symbol] if exact else CALCULATE[symbol]
    first, second = left.evaluate, right.evaluate
    if symbol == "+" and Kind.TEXT in (left.kind, right.kind):
        return concatenation([first, second])

    def run(row: Row, scope: Scope) -> Result:
        one, other = first(row, scope), second(row, scope)
        a, b = to_number(one), to_number(other)
        if a is not None and b is not None:
            return finite(calculate(a, b))
        joins = symbol == "+" and isinstance(one, str) and isinstance(other, str) and a is None and b is None
        return bounded_text(str(one) + str(other)) if joins else None

    return run


def finite(value: Number | None) -> Number | None:
    """Return a number, None in place of an infinity or no number."""
    return None if value is None or not math.isfinite(value) else value


def bounded_text(text: str) -> str:
    """Return a text, unless it is longer than a search may build."""
    if len(text) > MAX_TEXT:
        raise LimitReached(f"a value grew beyond {MAX_TEXT} characters")
    return text


def divide(left: Number, right: Number) -> Number | None:
    """Divide; by zero is null."""
    return None if right == 0 else scale(left / right, left, right)


def modulo(left: Number, right: Number) -> Number | None:
    """Return the remainder, with the sign of the dividend as in C."""
    if right == 0 or not math.isfinite(left):
        return None
    whole = isinstance(left, int) and isinstance(right, int)
    remainder = math.fmod(left, right)
    return int(remainder) if whole else bounded(remainder)


CALCULATE: dict[str, Callable[[Number, Number], Number | None]] = {
    "+": add,
    "-": lambda left, right: add(left, right, -1),
    "*": lambda left, right: scale(left * right, left, right),
    "/": divide,
    "%": modulo,
}


def _exactly(calculate: Callable[[Number, Number], Number | None]) -> Callable[[Number, Number], Number | None]:
    return lambda left, right: calculate(plain(left), plain(right))


def plain(number: Number) -> Number:
    """Return a number without the memory of how precisely it is known."""
    return float(number) if isinstance(number, float) else number


EXACTLY = {symbol: _exactly(calculate) for symbol, calculate in CALCULATE.items()}


def negation(operand: Compiled) -> Evaluator:
    """Return the closure of unary minus."""
    evaluate = operand.evaluate

    def run(row: Row, scope: Scope) -> Result:
        number = to_number(evaluate(row, scope))
        return None if number is None else CALCULATE["*"](number, -1)

    return run


def concatenation(evaluators: Sequence[Evaluator]) -> Evaluator:
    """Return the closure of `.`: null if any part is."""

    def run(row: Row, scope: Scope) -> str | None:
        joined = ""
        for evaluate in evaluators:
            text = to_text(evaluate(row, scope))
            if text is None:
                return None
            joined += text
            if len(joined) > MAX_TEXT:
                bounded_text(joined)
        return joined

    return run


def conjunction(evaluators: Sequence[Evaluator]) -> Evaluator:
    """Return the closure of AND."""

    def run(row: Row, scope: Scope) -> bool | None:
        outcome: bool | None = True
        for evaluate in evaluators:
            value = evaluate(row, scope)
            if value is False:
                return False
            outcome = None if value is None else outcome
        return outcome

    return run


def disjunction(evaluators: Sequence[Evaluator]) -> Evaluator:
    """Return the closure of OR."""

    def run(row: Row, scope: Scope) -> bool | None:
        outcome: bool | None = False
        for evaluate in evaluators:
            value = evaluate(row, scope)
            if value is True:
                return True
            outcome = None if value is None else outcome
        return outcome

    return run


def exclusive(evaluators: Sequence[Evaluator]) -> Evaluator:
    """Return the closure of XOR."""

    def run(row: Row, scope: Scope) -> bool | None:
        outcome = False
        for evaluate in evaluators:
            value = evaluate(row, scope)
            if value is None:
                return None
            outcome ^= value is True
        return outcome

    return run


def inversion(operand: Compiled) -> Evaluator:
    """Return the closure of NOT; the opposite of null is null."""
    evaluate = operand.evaluate

    def run(row: Row, scope: Scope) -> bool | None:
        value = evaluate(row, scope)
        return None if value is None else value is False

    return run


def check_kinds(symbol: str, operands: Sequence[Compiled], position: int) -> None:
    """Refuse what can never work, as Splunk does before it runs a search."""
    kinds = {operand.kind for operand in operands}
    if symbol in ("AND", "OR", "XOR", "NOT"):
        if kinds - {Kind.BOOLEAN}:
            raise SearchError(f"Type checking failed. '{symbol}' only takes boolean arguments.", position)
    elif (
        Kind.NULL in kinds
        or (Kind.BOOLEAN in kinds and (symbol not in ("==", "!=") or len(kinds) > 1))
        or (symbol not in (".", "-", "*", "/", "%") and {Kind.TEXT, Kind.NUMBER} <= kinds)
    ):
        raise SearchError(f"Type checking failed. The '{symbol}' operator received different types.", position)
    elif symbol in ("-", "*", "/", "%") and Kind.TEXT in kinds:
        raise SearchError(f"Type checking failed. '{symbol}' only takes numbers.", position)
