"""Mathematical and statistical functions of eval. A result that is no finite number is null."""

import math
from collections.abc import Callable
from functools import reduce

from standin.environment import Row
from standin.language.compiled import Evaluator, Kind, Result, Scope, to_number
from standin.language.functions.signature import Function, Site, strict
from standin.language.operators import finite, plain
from standin.values.multivalue import as_texts
from standin.values.numbers import Measured, Number, bounded, normal, round_decimals, round_significant

MAX_DECIMALS = 15


def guarded(apply: Callable[..., Number | None]) -> Callable[..., Result]:
    """Let a mathematical error, an infinity and no number be null."""

    def run(*values: Number) -> Result:
        try:
            return finite(apply(*values))
        except (ValueError, OverflowError, ZeroDivisionError):
            return None

    return run


def _round(value: Number, digits: Number = 0) -> Number:
    decimals = min(int(digits), MAX_DECIMALS)
    if decimals <= 0:
        return normal(round_decimals(float(value), decimals))
    return Measured(float(value), decimals)


def _absolute(value: Number) -> Number:
    return Measured(abs(value), value.decimals) if isinstance(value, Measured) else abs(value)


def _power(base: Number, exponent: Number) -> Number | None:
    """Raise; the result has the decimals of the base, as measured."""
    result = math.pow(base, exponent)
    if isinstance(base, Measured):
        return Measured(result, base.decimals)
    return normal(round_decimals(result, 0)) if isinstance(base, int) else result


def _exact_power(base: Number, exponent: Number) -> Number | None:
    return normal(math.pow(base, exponent))


def _pow(site: Site) -> Evaluator:
    inside_exact = site.compile is site.compile_exact
    return strict("nn", Kind.NUMBER, guarded(_exact_power if inside_exact else _power)).build(site)


def _logarithm(value: Number, base: Number = 10) -> Number:
    return normal(math.log10(value) if base == 10 else math.log(value, base))


def _significant(value: Number) -> Number:
    return normal(value if not isinstance(value, Measured) else round_significant(value, value.digits))


def _exact(site: Site) -> Evaluator:
    evaluate = site.arguments[0].evaluate

    def run(row: Row, scope: Scope) -> Result:
        number = to_number(evaluate(row, scope))
        return None if number is None else normal(plain(number))

    return run


def _random(site: Site) -> Evaluator:
    return lambda row, scope: scope.chance.randrange(2**31)


def _refuse_texts(site: Site) -> None:
    if any(argument.kind is Kind.TEXT for argument in site.arguments):
        raise site.invalid()


def _values(site: Site) -> Callable[[Row, Scope], list[tuple[Number | None, str]]]:
    evaluators = [argument.evaluate for argument in site.arguments]

    def collect(row: Row, scope: Scope) -> list[tuple[Number | None, str]]:
        values = [value for evaluate in evaluators if (value := evaluate(row, scope)) is not None]
        texts = [text for value in values if not isinstance(value, bool) for text in as_texts(value)]
        return [(to_number(text), text) for text in texts]

    return collect


def _extreme(wants_greatest: bool) -> Callable[[Site], Evaluator]:
    """Order numbers by value and any text after every number (Search Reference, max and min of eval)."""

    def build(site: Site) -> Evaluator:
        if not site.arguments:
            raise site.invalid()
        collect = _values(site)

        def run(row: Row, scope: Scope) -> Result:
            values = collect(row, scope)
            if not values:
                return None
            best = (max if wants_greatest else min)(values, key=_rank)
            return best[1] if best[0] is None else best[0]

        return run

    return build


def _rank(value: tuple[Number | None, str]) -> tuple[bool, Number, str]:
    number, text = value
    return (number is None, 0 if number is None else number, text if number is None else "")


def _sum(site: Site) -> Evaluator:
    _refuse_texts(site)
    collect = _values(site)

    def run(row: Row, scope: Scope) -> Result:
        numbers = [number for number, _ in collect(row, scope) if number is not None]
        return bounded(sum(numbers)) if numbers else None

    return run


def _average(site: Site) -> Evaluator:
    _refuse_texts(site)
    collect = _values(site)

    def run(row: Row, scope: Scope) -> Result:
        numbers = [number for number, _ in collect(row, scope) if number is not None]
        return normal(float(sum(numbers) / len(numbers))) if numbers else None

    return run


def _bitwise(apply: Callable[[int, int], int]) -> Function:
    def run(*values: Number) -> Result:
        return reduce(apply, (int(value) for value in values))

    return strict("nnn*", Kind.NUMBER, run)


def _shift(sign: int) -> Function:
    def run(value: Number, places: Number) -> Result:
        distance = int(places) * sign
        shifted = int(value) << distance if 0 <= distance < 64 else int(value) >> min(abs(distance), 64)
        return bounded(shifted & (2**53 - 1))

    return strict("nn", Kind.NUMBER, run)


def plain_function(apply: Callable[..., float]) -> Function:
    """Declare a function of one number."""
    return strict("n", Kind.NUMBER, guarded(lambda value: normal(float(apply(value)))))


PLAIN: dict[str, Callable[..., float]] = {
    "acos": math.acos, "acosh": math.acosh, "asin": math.asin, "asinh": math.asinh, "atan": math.atan,
    "atanh": math.atanh, "cos": math.cos, "cosh": math.cosh, "sin": math.sin, "sinh": math.sinh, "tan": math.tan,
    "tanh": math.tanh, "ceiling": math.ceil, "ceil": math.ceil, "floor": math.floor, "exp": math.exp, "ln": math.log,
    "sqrt": math.sqrt,
}  # fmt: skip

FUNCTIONS = {
    **{name: plain_function(apply) for name, apply in PLAIN.items()},
    "abs": strict("n", Kind.NUMBER, _absolute),
    "atan2": strict("nn", Kind.NUMBER, guarded(math.atan2)),
    "hypot": strict("nn", Kind.NUMBER, guarded(lambda x, y: normal(math.hypot(x, y)))),
    "round": strict("nn?", Kind.NUMBER, guarded(_round)),
    "pow": Function("nn", Kind.NUMBER, _pow),
    "log": strict("nn?", Kind.NUMBER, guarded(_logarithm)),
    "sigfig": strict("n", Kind.NUMBER, _significant),
    "exact": Function("v", Kind.NUMBER, _exact),
    "pi": Function("", Kind.NUMBER, lambda site: lambda row, scope: math.pi),
    "random": Function("", Kind.NUMBER, _random),
    "max": Function("x*", Kind.ANY, _extreme(True)),
    "min": Function("x*", Kind.ANY, _extreme(False)),
    "sum": Function("vv*", Kind.NUMBER, _sum),
    "avg": Function("vv*", Kind.NUMBER, _average),
    "bit_and": _bitwise(lambda x, y: x & y),
    "bit_or": _bitwise(lambda x, y: x | y),
    "bit_xor": _bitwise(lambda x, y: x ^ y),
    "bit_shift_left": _shift(1),
    "bit_shift_right": _shift(-1),
}
