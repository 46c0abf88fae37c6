"""Functions that ask what a value is: isnull, isnum, typeof and their like."""

from collections.abc import Callable

from standin.environment import Row
from standin.language.compiled import Compiled, Evaluator, Kind, Result, Scope, to_number
from standin.language.functions.signature import Function, Site

Question = Callable[[Result], bool]


def _ask(question: Question) -> Callable[[Site], Evaluator]:
    def build(site: Site) -> Evaluator:
        evaluate = site.arguments[0].evaluate
        return lambda row, scope: question(evaluate(row, scope))

    return build


def _is_number(argument: Compiled, value: Result) -> bool:
    return argument.kind is not Kind.TEXT and to_number(value) is not None


def _isnum(site: Site) -> Evaluator:
    argument = site.arguments[0]
    return lambda row, scope: _is_number(argument, argument.evaluate(row, scope))


def _isint(site: Site) -> Evaluator:
    argument = site.arguments[0]

    def run(row: Row, scope: Scope) -> bool:
        value = argument.evaluate(row, scope)
        return _is_number(argument, value) and isinstance(to_number(value), int)

    return run


def _isstr(site: Site) -> Evaluator:
    argument = site.arguments[0]

    def run(row: Row, scope: Scope) -> bool:
        value = argument.evaluate(row, scope)
        return isinstance(value, str) and not _is_number(argument, value)

    return run


def _typeof(site: Site) -> Evaluator:
    argument = site.arguments[0]

    def run(row: Row, scope: Scope) -> str:
        value = argument.evaluate(row, scope)
        if value is None:
            return "Invalid"
        if isinstance(value, bool):
            return "Bool"
        if isinstance(value, list):
            return "Multivalue"
        return "Number" if _is_number(argument, value) else "String"

    return run


FUNCTIONS = {
    "isnull": Function("x", Kind.BOOLEAN, _ask(lambda value: value is None)),
    "isnotnull": Function("x", Kind.BOOLEAN, _ask(lambda value: value is not None)),
    "isbool": Function("x", Kind.BOOLEAN, _ask(lambda value: isinstance(value, bool))),
    "isnum": Function("x", Kind.BOOLEAN, _isnum),
    "isint": Function("x", Kind.BOOLEAN, _isint),
    "isstr": Function("x", Kind.BOOLEAN, _isstr),
    "ismv": Function("x", Kind.BOOLEAN, _ask(lambda value: isinstance(value, list))),
    "typeof": Function("x", Kind.TEXT, _typeof),
}
