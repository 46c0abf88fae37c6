"""Filtering, sorting and paging of collections, as Splunk 10.4.2 does it.

Sorted by name; `count=0` means all and reports perPage 10000000; without `count` 30; `search=name=x` is an exact field,
a bare `search=x` a substring of any value; `f=` (repeatable, wildcards) narrows the content.
"""

from dataclasses import replace
from fnmatch import fnmatchcase

from standin.rest.arguments import Arguments
from standin.rest.atom import Entry, Feed
from standin.rest.messages import Refused

DEFAULT_COUNT = 30
ALL = 10_000_000


def page(collection: str, entries: list[Entry], arguments: Arguments, *, can_create: bool = True) -> Feed:
    """Return the part of a collection that the arguments ask for."""
    chosen = _sorted(_filtered(entries, arguments.get("search", "")), arguments)
    count = arguments.number("count", DEFAULT_COUNT)
    offset = max(arguments.number("offset", 0), 0)
    # Splunk reads a negative count as unsigned: everything.
    per_page = ALL if count <= 0 else count
    shown = [_narrowed(entry, arguments.all("f")) for entry in chosen[offset : offset + per_page]]
    return Feed(collection, shown, len(chosen), per_page, offset, can_create)


def _filtered(entries: list[Entry], wanted: str) -> list[Entry]:
    for term in wanted.split():
        entries = [entry for entry in entries if _matches(entry, term)]
    return entries


def _matches(entry: Entry, term: str) -> bool:
    name, equals, value = term.partition("=")
    if equals:
        found = entry.name if name in ("name", "title") else entry.content.get(name)
        return _text(found) == value.strip('"')
    texts = [entry.name, *(_text(one) for one in entry.content.values())]
    return any(term.strip('"').lower() in text.lower() for text in texts)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def _sorted(entries: list[Entry], arguments: Arguments) -> list[Entry]:
    direction = arguments.get("sort_dir", "asc")
    if direction not in ("asc", "desc"):
        raise Refused(400, f'Unknown sort order "{direction}".')
    key = arguments.get("sort_key", "name")
    if key == "name":
        return sorted(entries, key=lambda entry: entry.name.lower(), reverse=direction == "desc")
    return sorted(entries, key=lambda entry: _text(entry.content.get(key)), reverse=direction == "desc")


def _narrowed(entry: Entry, patterns: list[str]) -> Entry:
    if not patterns:
        return entry
    kept = {key: value for key, value in entry.content.items() if any(fnmatchcase(key, one) for one in patterns)}
    return replace(entry, content=kept)
