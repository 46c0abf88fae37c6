"""Run a search: macros, pipeline, commands, result.

`run` is what everything calls. It takes the search as typed in the search bar (no leading pipe means `search`) or as
the REST API wants it (with `search` in front), and raises SearchError for whatever is wrong with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from standin.commands.prestats import appended
from standin.commands.registry import build_call
from standin.commands.stream import (
    DEFAULT_LIMITS,
    ONE_MACHINE,
    Doubt,
    Leeway,
    Limits,
    Message,
    Read,
    Search,
    Step,
    Stream,
    run_steps,
)
from standin.environment import Environment, Row
from standin.language.errors import MalformedSearch, SearchError
from standin.language.macros import expand
from standin.language.pipeline import split_pipeline
from standin.language.source import Source

__all__ = ["Message", "Read", "Result", "compile_search", "run"]

MAX_LENGTH = 200_000  # characters as typed


@dataclass
class Result:
    """What a search gave: rows, its columns in order, what it said, whether its rows are still events, what it read."""

    rows: list[Row]
    fields: list[str]
    messages: list[Message] = field(default_factory=list)
    are_events: bool = False
    reads: list[Read] = field(default_factory=list)


def run(spl: str, environment: Environment, limits: Limits = DEFAULT_LIMITS, leeway: Leeway = ONE_MACHINE) -> Result:
    """Run a search to its end. Raises SearchError with the position in the text as typed."""
    source = _expand(spl, environment)
    try:
        search = Search(
            environment, environment.bounds, pipeline=build_pipeline, limits=limits, leeway=leeway, text=source.text
        )
        with search.resources:
            stream = build_pipeline(source.text, 0, search)(Stream([]))
            rows = list(search.guard(stream.rows))
            return Result(rows, columns(stream.order, rows), search.messages, stream.is_events, search.reads)
    except SearchError as error:
        error.position = source.typed(error.position)
        raise
    except RecursionError:
        raise MalformedSearch("The search is nested too deeply.", 0) from None


class Checked(NamedTuple):
    """What a search that was not run has against it: errors, one a command at most, and doubts."""

    errors: list[SearchError]
    doubts: list[Doubt]


def compile_search(spl: str, environment: Environment) -> list[Doubt]:
    """Check a whole search, subsearches included, without running it; return its doubts. Raises SearchError."""
    checked = check_search(spl, environment)
    if checked.errors:
        raise checked.errors[0]
    return checked.doubts


def check_search(spl: str, environment: Environment) -> Checked:
    """Check each command of a search, subsearches included, without running it."""
    search = Search(environment, environment.bounds, is_dry=True, pipeline=build_pipeline)
    try:
        source = _expand(spl, environment)
    except SearchError as error:
        return Checked([error], [])
    errors: list[SearchError] = []
    try:
        calls = split_pipeline(source.text)
        leading = appended(calls) | {0}
        for index, call in enumerate(calls):
            try:
                build_call(call, search, is_first=index in leading)
            except SearchError as error:
                errors.append(error)
    except SearchError as error:
        errors.append(error)
    for found in errors:
        found.position = source.typed(found.position)
    return Checked(errors, [doubt._replace(position=source.typed(doubt.position)) for doubt in search.doubts])


def _expand(spl: str, environment: Environment) -> Source:
    text = spl.encode("utf-8", "replace").decode("utf-8")
    if len(text) > MAX_LENGTH:
        raise MalformedSearch(f"The search is longer than {MAX_LENGTH} characters.", 0)
    return expand(text, environment)


def build_pipeline(
    text: str, offset: int, search: Search, *, is_subsearch: bool = False, goes_on: bool = False
) -> Step:
    """Compile a pipeline into one step; one that goes on is run over rows that another has made."""
    calls = split_pipeline(text, offset, is_subsearch=is_subsearch)
    leading = appended(calls) | ({0} if not goes_on else set())
    steps = [build_call(call, search, is_first=index in leading) for index, call in enumerate(calls)]
    if goes_on:
        return partial(run_steps, steps)
    return search.leeway.arranged(calls, steps, search)


def columns(order: Sequence[str] | None, rows: Sequence[Row]) -> list[str]:
    """Return the columns: what a command declared, then every other field by name."""
    declared = list(order or ())
    seen: set[str] = set()
    for row in rows:
        seen.update(row)
    return declared + sorted(seen.difference(declared))
