"""Dashboards: the searches of Dashboard Studio definitions.

Tokens are put in as the definition's own inputs and defaults give them, else as `x`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from standin.checking.subject import Subject
from standin.conf import Problem, Setting

TOKEN = re.compile(r"\$([\w.:-]+)(?:\|\w)?\$")


def check_views(subject: Subject) -> Iterator[Problem]:
    """Compile every search of the app's dashboards."""
    for file in sorted(subject.app.path.glob("*/data/ui/views/*.xml")):
        yield from _check_view(subject, file)


def _check_view(subject: Subject, file: Path) -> Iterator[Problem]:
    text = file.read_text(encoding="utf-8")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314, the app's own file
        definition = root.findtext("definition")
        studio = json.loads(definition) if definition is not None else None
    except (ElementTree.ParseError, json.JSONDecodeError) as error:
        yield Problem(file, getattr(error, "position", (1, 0))[0], "view", f"cannot be read: {error}")
        return
    if not isinstance(studio, dict):
        yield Problem(file, 1, "view", "not a Dashboard Studio definition", unsupported=True)
        return
    for name, query in searches_of(studio):
        line = next((number for number, each in enumerate(text.splitlines(), 1) if f'"{name}"' in each), 1)
        for problem in subject.search(query, Setting(query, file, line)):
            yield problem._replace(line=line, message=f"{name}: {problem.message}")


def searches_of(studio: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return name and text of each search, chains put behind what they extend, tokens put in."""
    sources = studio.get("dataSources")
    sources = sources if isinstance(sources, dict) else {}
    tokens = dict(_tokens(studio))
    found = []
    for name in sources:
        query = _query(sources, name)
        if query:
            found.append((name, TOKEN.sub(lambda match: tokens.get(match[1], "x"), query)))
    return found


def _query(sources: Mapping[str, object], name: str, depth: int = 0) -> str:
    source = sources.get(name)
    options = source.get("options", {}) if isinstance(source, dict) else {}
    query = str(options.get("query", ""))
    base = options.get("extend")
    if isinstance(base, str) and depth < 10:
        return f"{_query(sources, base, depth + 1)} | {query.lstrip('| ')}"
    return query


def _tokens(studio: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    inputs = studio.get("inputs")
    for each in inputs.values() if isinstance(inputs, dict) else ():
        options = each.get("options", {})
        token, default = options.get("token"), options.get("defaultValue")
        if isinstance(token, str) and isinstance(default, str):
            earliest, comma, latest = default.partition(",")
            yield token, default
            if comma:
                yield f"{token}.earliest", earliest
                yield f"{token}.latest", latest
