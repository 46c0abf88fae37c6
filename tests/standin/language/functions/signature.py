"""How a function of eval is declared: what it takes, what it gives, and how its closure is built.

One letter per parameter; `?` after a letter makes it optional, `*` after the last lets it repeat.

    s  text      a number literal is refused before running (Splunk refuses upper(1)); a number in a field is its text
    n  number    a text literal is refused; a text in a field that reads as no number makes the result null
    b  boolean   v  any value but the literal null       x  any value, null too
    t  like s, but one value only: a multivalue gives null and a warning (text functions "not supported on multivalue")
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from standin.environment import Row
from standin.language.compiled import Compiled, Evaluator, Kind, Result, Scope, to_number, to_text
from standin.language.errors import SearchError
from standin.language.tree import Call, Node

Compile = Callable[[Node], Compiled]
REFUSED = {
    "s": {Kind.NUMBER, Kind.BOOLEAN, Kind.NULL},
    "n": {Kind.TEXT, Kind.BOOLEAN, Kind.NULL},
    "b": {Kind.TEXT, Kind.NUMBER, Kind.NULL, Kind.ANY},
    "v": {Kind.NULL, Kind.BOOLEAN},
    "x": set(),
    "t": {Kind.NUMBER, Kind.BOOLEAN, Kind.NULL},
}
CONVERT: dict[str, Callable[[Result], Result]] = {"s": to_text, "t": to_text, "n": to_number}


class Site(NamedTuple):
    """One call in a search: its node, its compiled arguments, and compilers for nodes inside it."""

    node: Call
    arguments: list[Compiled]
    compile: Compile
    compile_exact: Compile

    def invalid(self) -> SearchError:
        """Return Splunk's complaint about the arguments."""
        return SearchError(f"The arguments to the '{self.node.name}' function are invalid.", self.node.position)


class Function(NamedTuple):
    """A function: its parameters, the kind it gives, and the builder of its closure."""

    parameters: str
    result: Kind
    build: Callable[[Site], Evaluator]


def strict(parameters: str, result: Kind, apply: Callable[..., Result]) -> Function:
    """Declare a function that is null where any argument is, and gets its arguments converted."""
    letters = split_parameters(parameters)

    def build(site: Site) -> Evaluator:
        steps: list[tuple[Evaluator, Conversion]] = []
        for index, argument in enumerate(site.arguments):
            letter = letters[min(index, len(letters) - 1)][0]
            evaluate = single(site.node.name, argument.evaluate) if letter == "t" else argument.evaluate
            steps.append((evaluate, CONVERT.get(letter)))
        return _one(steps[0], apply) if len(steps) == 1 else _many(steps, apply)

    return Function(parameters, result, build)


def single(name: str, evaluate: Evaluator) -> Evaluator:
    """Return the evaluator, where a multivalue is null and said."""

    def run(row: Row, scope: Scope) -> Result:
        value = evaluate(row, scope)
        if isinstance(value, list):
            scope.warn(
                f"{name} is not supported on multivalue fields and gives null (Search Reference, text functions)"
            )
            return None
        return value

    return run


Conversion = Callable[[Result], Result] | None


def _one(step: tuple[Evaluator, Conversion], apply: Callable[..., Result]) -> Evaluator:
    evaluate, convert = step

    def run(row: Row, scope: Scope) -> Result:
        value = evaluate(row, scope)
        if value is not None and convert is not None:
            value = convert(value)
        return None if value is None else apply(value)

    return run


def _many(steps: Sequence[tuple[Evaluator, Conversion]], apply: Callable[..., Result]) -> Evaluator:
    def run(row: Row, scope: Scope) -> Result:
        values = []
        for evaluate, convert in steps:
            value = evaluate(row, scope)
            if value is not None and convert is not None:
                value = convert(value)
            if value is None:
                return None
            values.append(value)
        return apply(*values)

    return run


def split_parameters(parameters: str) -> list[str]:
    """Split `sn?` into `s`, `n?`."""
    pieces: list[str] = []
    for letter in parameters:
        if letter in "?*":
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces


def check(site: Site, parameters: str) -> None:
    """Refuse a wrong count of arguments and literals of a wrong kind, as Splunk does before running."""
    pieces = split_parameters(parameters)
    least = sum("?" not in piece and "*" not in piece for piece in pieces)
    most = None if "*" in parameters else len(pieces)
    count = len(site.arguments)
    if count < least or (most is not None and count > most):
        raise site.invalid()
    for index, argument in enumerate(site.arguments):
        if argument.kind in REFUSED[pieces[min(index, len(pieces) - 1)][0]]:
            raise site.invalid()
