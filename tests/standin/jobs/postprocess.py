"""Runs a search over rows instead of events: the `search=` of results, Studio's chained searches, alert conditions.

Its first command gets rows, so `search x=1` filters them.
"""

import re
from collections.abc import Sequence

from standin.commands.registry import build_call
from standin.commands.stream import Search, Stream
from standin.environment import Environment, Row
from standin.language.errors import SearchError
from standin.language.macros import expand
from standin.language.pipeline import split_pipeline
from standin.language.search import Result, build_pipeline, columns

_IS_COMPLETE = re.compile(r"\s*(?:\||search\b)", re.IGNORECASE)


def as_typed(search: str) -> str:
    """Return a search of the API as the search bar would hold it: what has no `search` in front is a command."""
    return search if _IS_COMPLETE.match(search) else f"| {search}"


def run_over(search: str, rows: Sequence[Row], fields: Sequence[str] | None, environment: Environment) -> Result:
    """Return what a search makes of rows whose columns stand in this order."""
    source = expand(as_typed(search), environment)
    running = Search(environment, environment.bounds, pipeline=build_pipeline, text=source.text)
    stream = Stream([dict(row) for row in rows], None if fields is None else list(fields))
    try:
        with running.resources:
            for call in split_pipeline(source.text):
                stream = build_call(call, running, is_first=False)(stream)
            found = list(running.guard(stream.rows))
    except SearchError as error:
        error.position = source.typed(error.position)
        raise
    return Result(found, columns(stream.order, found), running.messages, stream.is_events)
