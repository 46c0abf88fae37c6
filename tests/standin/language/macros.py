"""Search macros: `` `name` `` and `` `name(a, "b, c")` `` are replaced by their definitions, as text, outside quotes.

Arguments lose their outer quotes; `$argument$` in a definition is replaced; definitions may hold macros, 100 deep.
A text in three backticks is a comment.
"""

import re
from collections.abc import Sequence

from standin.environment import Environment, Macro
from standin.language.compiled import Scope
from standin.language.errors import MalformedSearch, SearchError, UnknownName
from standin.language.evaluate import compile_expression
from standin.language.source import MAX_LENGTH, Source

MAX_DEPTH = 100
PIECE = re.compile(r'\\[^`]|"(?:[^"\\]|\\.)*"|```.*?```|`((?:[^`"]|"(?:[^"\\]|\\.)*")*)`|`', re.DOTALL)
CALL = re.compile(r"\s*([^()\s]+?)\s*(?:\((.*)\))?\s*", re.DOTALL)
ARGUMENT = re.compile(r'((?:"(?:[^"\\]|\\.)*"|\((?:[^()"]|"(?:[^"\\]|\\.)*")*\)|[^,"])*)(,|$)', re.DOTALL)
ESCAPE = re.compile(r'\\(["\\])')
NOT_FOUND = (
    "Error in 'SearchParser': The search specifies a macro '{}' that cannot be found. Reasons include: "
    'the macro name is misspelled, you do not have "read" permission for the macro, '
    "or the macro has not been shared with this application. "
    "Click Settings, Advanced search, Search Macros to view macro information."
)


def expand(text: str, environment: Environment) -> Source:
    """Return the search with every macro replaced."""
    source = Source()
    _expand(text, environment, source, 0, None)
    return source


def _expand(text: str, environment: Environment, source: Source, depth: int, origin: int | None) -> None:
    if depth > MAX_DEPTH or source.length > MAX_LENGTH:
        raise SearchError(
            "Error in 'SearchParser': Macro expansion exceeded its limits; a macro may call itself.", origin
        )
    position = 0
    for match in PIECE.finditer(text):
        source.add(
            text[position : match.start()], position if origin is None else origin, from_macro=origin is not None
        )
        at = match.start() if origin is None else origin
        position = match.end()
        if match.group(1) is not None:
            definition = _definition(match.group(1), environment, at)
            _expand(definition, environment, source, depth + 1, at)
        elif match.group().startswith("```"):
            source.add(" ", at, from_macro=True)
        elif match.group() == "`":
            raise MalformedSearch("Error in 'SearchParser': Mismatched backtick.", at)
        else:
            source.add(match.group(), at, from_macro=origin is not None)
    source.add(text[position:], position if origin is None else origin, from_macro=origin is not None)


def _definition(call: str, environment: Environment, position: int) -> str:
    name, values = read_call(call, position)
    macro = environment.macro(name, len(values))
    if macro is None:
        raise UnknownName(NOT_FOUND.format(f"{name}({len(values)})" if values else name), position)
    _validate(macro, name, values, position)
    definition = fill(macro.definition, macro.arguments, values)
    return _evaluated(definition, environment, name, position) if macro.is_eval else definition


def read_call(call: str, position: int) -> tuple[str, list[str]]:
    """Split `name(a, b)` into its name and its arguments."""
    match = CALL.fullmatch(call)
    if match is None:
        raise MalformedSearch(f"Error in 'SearchParser': The macro call {call!r} is malformed.", position)
    arguments = match.group(2)
    return match.group(1), [] if arguments is None or not arguments.strip() else _arguments(arguments, position)


def _arguments(text: str, position: int) -> list[str]:
    values: list[str] = []
    start = 0
    while True:
        match = ARGUMENT.match(text, start)
        if match is None:
            raise MalformedSearch("Error in 'SearchParser': The arguments of a macro are malformed.", position)
        values.append(_unquote(match.group(1).strip()))
        if not match.group(2):
            return values
        start = match.end()


def _unquote(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return ESCAPE.sub(r"\1", text[1:-1]) if is_quoted else text


def fill(definition: str, names: Sequence[str], values: Sequence[str]) -> str:
    """Replace `$name$` by its value, all at once."""
    table = dict(zip(names, values, strict=False))
    return re.sub(r"\$([^$\s]+)\$", lambda match: table.get(match.group(1), match.group()), definition)


def _validate(macro: Macro, name: str, values: Sequence[str], position: int) -> None:
    if not macro.validation:
        return
    expression = compile_expression(fill(macro.validation, macro.arguments, values))
    outcome = expression.run({}, Scope())
    failed = outcome is not True if expression.is_boolean else outcome is not None
    if failed:
        reason = macro.error_message if expression.is_boolean else str(outcome)
        raise SearchError(f"Error in 'SearchParser': The macro {name!r} refuses its arguments: {reason}", position)


def _evaluated(definition: str, environment: Environment, name: str, position: int) -> str:
    outcome = compile_expression(definition).evaluate({}, environment)
    if not isinstance(outcome, str):
        reason = f"The definition of macro '{name}' is expected to be an eval expression that returns a string."
        raise SearchError(f"Error in 'SearchParser': {reason}", position)
    return outcome
