"""What a search uses, without running it: commands, macros, lookups, event types, tags, functions, with positions."""

import re
from dataclasses import dataclass

from standin.environment import Environment
from standin.language.errors import SearchError
from standin.language.filters import fields_of
from standin.language.macros import PIECE as MACRO_PIECE
from standin.language.macros import expand, read_call
from standin.language.pipeline import Call, split_pipeline, subsearches
from standin.language.searchtree import Comparison, Membership, parse_clause
from standin.language.source import Source

LOOKUP_COMMANDS = frozenset({"lookup", "inputlookup", "outputlookup"})
EXPRESSION_COMMANDS = frozenset(
    {"eval", "where", "stats", "eventstats", "streamstats", "chart", "timechart", "fieldformat", "head"}
)
OPTION = re.compile(r"\s*[A-Za-z_]\w*\s*=\s*(?:\"[^\"]*\"|[^\s]+)")
LOOKUP_NAME = re.compile(r"\s*(?:\"([^\"]*)\"|([^\s,|\[\]]+))")
FUNCTION = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\b([A-Za-z_]\w*)\(", re.DOTALL)


@dataclass(frozen=True)
class Use:
    """Something that a search names; `kind` is macro, lookup, eventtype, tag or function."""

    kind: str
    name: str
    position: int
    argument_count: int = 0


@dataclass(frozen=True)
class UsedCommand:
    """A command, with what it names itself; commands of its subsearches follow as commands of their own."""

    name: str
    position: int
    uses: tuple[Use, ...]


def macros_of(spl: str) -> list[Use]:
    """Return the macros that a search calls itself, in its own text."""
    found = []
    for match in MACRO_PIECE.finditer(spl):
        if match.group(1) is not None:
            name, values = read_call(match.group(1), match.start())
            found.append(Use("macro", name, match.start(), len(values)))
    return found


def analyse(spl: str, environment: Environment | None = None) -> list[UsedCommand]:
    """Return the commands of a search in order. Raises SearchError where it cannot be read.

    With an environment its macros are put in first, so that what they hold is seen; without one a macro stands for
    nothing but itself. The macros of the typed text are uses of the first command.
    """
    source = expand(spl, environment) if environment is not None else _masked(spl)
    commands = _commands(source.text, 0, source, is_subsearch=False)
    if not commands:
        return [UsedCommand("search", 0, tuple(macros_of(spl)))]
    first, *rest = commands
    return [UsedCommand(first.name, first.position, (*macros_of(spl), *first.uses)), *rest]


def _masked(spl: str) -> Source:
    source = Source()
    if "`" not in spl:
        source.add(spl, 0)
        return source
    text = re.sub(r"`[^`]*`", lambda match: " " * len(match.group()), spl)
    source.add(re.sub(r"\|(\s*)(?=\||$|\])", lambda match: " " * len(match.group()), text), 0)
    return source


def _commands(text: str, offset: int, source: Source, *, is_subsearch: bool) -> list[UsedCommand]:
    if not text.strip():
        return []
    found: list[UsedCommand] = []
    for call in split_pipeline(text, offset, is_subsearch=is_subsearch):
        found.append(UsedCommand(call.name, source.typed(call.name_position) or 0, tuple(_uses(call, source))))
        for start, end in subsearches(call.arguments):
            inner = call.arguments[start + 1 : end - 1]
            found += _commands(inner, call.position + start + 1, source, is_subsearch=True)
    return found


def _uses(call: Call, source: Source) -> list[Use]:
    if call.name in LOOKUP_COMMANDS:
        return _lookup(call, source)
    if call.name == "search":
        return _search(call, source)
    if call.name in EXPRESSION_COMMANDS:
        matches = (match for match in FUNCTION.finditer(_without_subsearches(call.arguments)) if match.group(1))
        return [Use("function", match.group(1), source.typed(call.position + match.start()) or 0) for match in matches]
    return []


def _lookup(call: Call, source: Source) -> list[Use]:
    position = 0
    while (option := OPTION.match(call.arguments, position)) is not None:
        position = option.end()
    match = LOOKUP_NAME.match(call.arguments, position)
    if match is None:
        return []
    return [
        Use(
            "lookup",
            match.group(1) or match.group(2),
            source.typed(call.position + match.start(match.lastindex or 0)) or 0,
        )
    ]


def _search(call: Call, source: Source) -> list[Use]:
    try:
        clause = parse_clause(_without_subsearches(call.arguments), call.position)
    except SearchError as error:
        error.position = source.typed(error.position)
        raise
    uses: list[Use] = []
    for comparison in fields_of(clause):
        kind = comparison.field.partition("::")[0]
        if kind in ("eventtype", "tag"):
            uses += [Use(kind, value, source.typed(comparison.position) or 0) for value in _values(comparison)]
    return uses


def _values(comparison: Comparison | Membership) -> tuple[str, ...]:
    return (comparison.value,) if isinstance(comparison, Comparison) else comparison.values


def _without_subsearches(text: str) -> str:
    for start, end in reversed(subsearches(text)):
        text = text[:start] + "*".ljust(end - start) + text[end:]
    return text
