"""Event types and tags: names for what a row is.

An event type's search is tested on the finished row, after the types that its own search asks for. `eventtype` holds
the names by priority (1 first), then by name. A tag belongs to one value of one field: `tag` holds all of a row's
tags, `tag::FIELD` those of one field.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import unquote

from standin.conf.configuration import Configuration
from standin.conf.errors import Problem, UnknownConf, UnsupportedConf
from standin.conf.text import Setting, is_true
from standin.environment import Row
from standin.language.errors import SearchError, Unsupported
from standin.language.filters import Filter, compile_filter, fields_of
from standin.values.multivalue import as_texts, from_texts, unique


class EventType(NamedTuple):
    """One event type; `asks` are the types that its search names."""

    name: str
    priority: int
    filter: Filter
    asks: frozenset[str]


def event_types(configuration: Configuration, app: str | None, roles: frozenset[str] | None) -> list[EventType]:
    """Return the enabled event types of a view, each after those that it asks for."""
    found = {}
    for name in configuration.stanzas("eventtypes", app, roles):
        settings = configuration.stanza("eventtypes", name, app, roles)
        if "disabled" in settings and is_true(settings["disabled"].value):
            continue
        found[name] = compile_event_type(name, settings)
    return list(_in_order(found))


def compile_event_type(name: str, settings: Mapping[str, Setting]) -> EventType:
    """Compile one event type, or raise ConfError with the words of the language."""
    if "search" not in settings:
        place = next(iter(settings.values()))
        raise UnknownConf(Problem(place.file, place.line, "eventtype", f"[{name}] has no search"))
    setting = settings["search"]
    try:
        compiled = compile_filter(setting.value)
    except Unsupported as error:
        problem = Problem(setting.file, setting.line, "search", f"[{name}]: {error.message}", unsupported=True)
        raise UnsupportedConf(problem) from error
    except SearchError as error:
        raise UnknownConf(Problem(setting.file, setting.line, "search", f"[{name}]: {error.message}")) from error
    asks = {value for clause in fields_of(compiled.clause) if clause.field == "eventtype" for value in _values(clause)}
    priority = settings["priority"].value if "priority" in settings else "10"
    return EventType(name, int(priority) if priority.isdigit() else 10, compiled, frozenset(asks))


def _values(clause: object) -> tuple[str, ...]:
    return getattr(clause, "values", None) or (getattr(clause, "value", ""),)


def _in_order(types: Mapping[str, EventType]) -> Iterator[EventType]:
    done: set[str] = set()
    waiting = sorted(types.values(), key=lambda each: (each.priority, each.name))
    while waiting:
        ready = [each for each in waiting if not (each.asks & types.keys()) - done] or waiting  # a circle is cut
        yield from ready
        done |= {each.name for each in ready}
        waiting = [each for each in waiting if each.name not in done]


class Tagged(NamedTuple):
    """One value of a field, and its enabled tags."""

    field: str
    value: str
    tags: list[str]


def tagged(configuration: Configuration, app: str | None, roles: frozenset[str] | None) -> Iterator[Tagged]:
    """Yield what the tags of a view belong to."""
    for stanza in configuration.stanzas("tags", app, roles):
        field, _, value = stanza.partition("=")
        settings = configuration.stanza("tags", stanza, app, roles)
        names = [name for name, setting in settings.items() if is_true(setting.value)]
        yield Tagged(unquote(field), unquote(value), names)


class Tags:
    """The enabled tags of a view."""

    def __init__(self, configuration: Configuration, app: str | None, roles: frozenset[str] | None) -> None:
        self._by_field: dict[str, dict[str, list[str]]] = {}
        for field, value, names in tagged(configuration, app, roles):
            self._by_field.setdefault(field, {}).setdefault(value, []).extend(names)

    def __call__(self, row: Row, classes: Row) -> None:
        """Add `tag` and `tag::FIELD` of a row to its classes."""
        every: list[str] = []
        for field, by_value in self._by_field.items():
            value = row.get(field)
            if value is None:
                continue
            names = [name for text in as_texts(value) for name in by_value.get(text, ())]
            if found := from_texts(unique(names)):
                classes[f"tag::{field}"] = found
                every += names
        if tags := from_texts(sorted(set(every))):
            classes["tag"] = tags


class Classifier:
    """Event types and tags of one view."""

    def __init__(self, configuration: Configuration, app: str | None, roles: frozenset[str] | None) -> None:
        self._types = event_types(configuration, app, roles)
        self._tags = Tags(configuration, app, roles)

    def __call__(self, row: Row) -> Row:
        """Return `eventtype`, `tag` and `tag::FIELD` of a row, which gets its types on the way."""
        matched: list[EventType] = []
        classes: Row = {}
        for each in self._types:
            if each.filter.matches(row):
                matched.append(each)
                names = [every.name for every in sorted(matched, key=lambda every: (every.priority, every.name))]
                classes["eventtype"] = row["eventtype"] = names[0] if len(names) == 1 else names
        self._tags(row, classes)
        return classes
