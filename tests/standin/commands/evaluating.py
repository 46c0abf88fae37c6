"""eval: assignments from the left to the right, each seeing those before it."""

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from standin.commands.framing import EVAL_FRAME, framed
from standin.commands.stream import Search, Step, Stream
from standin.commands.subsearch import expand_subsearches
from standin.environment import Row
from standin.language.compiled import Evaluator, Kind, Scope, check_size
from standin.language.errors import SearchError
from standin.language.pipeline import Call
from standin.values.multivalue import as_text

TARGET = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s=,()"']+))\s*=(?!=)""")
PIECE = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[(),]", re.DOTALL)
BRACES = re.compile(r"\{([^{}]+)\}")
BOOLEAN = "Fields cannot be assigned a boolean result. Instead, try if([bool expr], [expr], [expr])."


class Assignment(NamedTuple):
    """One `target = expression`."""

    target: str
    run: Evaluator
    is_templated: bool


def read_assignments(text: str, position: int) -> list[Assignment]:
    """Parse and compile a list of assignments."""
    if not text.strip():
        raise SearchError(f"Error in {EVAL_FRAME}: The expression is malformed. An expression is missing.", position)
    return [_assignment(piece, position + start) for piece, start in _split(text)]


def _split(text: str) -> Iterator[tuple[str, int]]:
    depth, start = 0, 0
    for match in PIECE.finditer(text):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if match.group() == "," and depth == 0:
            yield text[start : match.start()], start
            start = match.end()
    yield text[start:], start


def _assignment(text: str, position: int) -> Assignment:
    match = TARGET.match(text)
    if match is None:
        problem = "The destination key is missing." if text.strip() else "An expression is missing."
        raise SearchError(f"Error in {EVAL_FRAME}: The expression is malformed. {problem}", position)
    target = next(group for group in match.groups() if group is not None)
    expression = framed(text[match.end() :], position + match.end(), EVAL_FRAME)
    if expression.kind is Kind.BOOLEAN:
        raise SearchError(f"Error in {EVAL_FRAME}: {BOOLEAN}", position)
    is_templated = match.group(2) is None and BRACES.search(target) is not None
    return Assignment(target, expression.run, is_templated)


def assign(assignments: list[Assignment], row: Row, scope: Scope) -> None:
    """Apply assignments to a row; null takes the field away."""
    for target, run, is_templated in assignments:
        name = _fill(target, row) if is_templated else target
        value = run(row, scope)
        if value is None:
            row.pop(name, None)
        else:
            check_size(value)
            row[name] = str(value) if isinstance(value, bool) else value


def _fill(target: str, row: Row) -> str:
    return BRACES.sub(lambda match: as_text(row[match.group(1)]) if match.group(1) in row else "", target)


def build_eval(call: Call, search: Search) -> Step:
    """Set fields to the values of expressions."""
    expanded = expand_subsearches(call, search)
    assignments = read_assignments(expanded.arguments, expanded.position)
    names = [assignment.target for assignment in assignments if not assignment.is_templated]
    return partial(_eval, assignments, names, search)


def _eval(assignments: list[Assignment], names: list[str], search: Search, stream: Stream) -> Stream:
    return stream.with_rows(_assigned(assignments, search, stream)).declaring(*names)


def _assigned(assignments: list[Assignment], search: Search, stream: Stream) -> Iterator[Row]:
    scope = search.scope
    for row in search.guard(stream.rows):
        assign(assignments, row, scope)
        yield row
