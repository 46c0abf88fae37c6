"""The commands that this stand-in runs, by name. What Splunk has besides is refused by name, the rest is unknown."""

from collections.abc import Callable
from typing import NamedTuple

from standin.commands import evaluating, filtering, selecting
from standin.commands.stream import Search, Step
from standin.language.errors import SearchError, UnknownName, Unsupported
from standin.language.known import COMMANDS
from standin.language.pipeline import Call

Builder = Callable[[Call, Search], Step]


class Command(NamedTuple):
    """How a command is built, and whether it must be the first of a search."""

    build: Builder
    generates: bool = False


REGISTRY: dict[str, Command] = {
    "eval": Command(evaluating.build_eval),
    "fields": Command(selecting.build_fields),
    "head": Command(selecting.build_head),
    "reverse": Command(selecting.build_reverse),
    "table": Command(selecting.build_table),
    "tail": Command(selecting.build_tail),
    "where": Command(filtering.build_where),
}


def build_call(call: Call, search: Search, *, is_first: bool) -> Step:
    """Compile one command."""
    if call.name == "search":
        return filtering.build_search(call, search, is_first=is_first)
    command = REGISTRY.get(call.name)
    if command is None:
        if call.name in COMMANDS:
            raise Unsupported(f"command {call.name}", call.name_position)
        raise UnknownName(f"Unknown search command '{call.name}'.", call.name_position)
    if command.generates and not is_first:
        text = f"Error in '{call.name}' command: This command must be the first command of a search."
        raise SearchError(text, call.name_position)
    return command.build(call, search)
