"""What the `collect` command writes for one result row.

A row with `_raw` is written as that text; its time is the first ISO time in the text's first 128 characters, as
summary indexing finds it, else `_time`, else the present. A row without `_raw` becomes

    MM/DD/YYYY HH:MM:SS +0000, field="value", other="value"

and its time is `info_min_time`, else `_time`, else the beginning of what was searched, else the present (Search
Reference, collect). Before its fields stand `search_name` and `search_now` where a saved search is summarised, and
`info_min_time`, `info_max_time`, `info_search_time` unless `addinfo` is false: a bound that is open is left out. A
marker is appended. A row with `_raw` gets none of these before its text: no source shows how.
"""

from collections.abc import Mapping
from typing import NamedTuple

from standin.environment import Row, TimeBounds, Value
from standin.events.timestamp import first_iso_time
from standin.values.multivalue import as_texts
from standin.values.numbers import read_number
from standin.values.timeformat import format_time

LOOKAHEAD = 128
STAMP = "%m/%d/%Y %H:%M:%S +0000"
FALSE = ("f", "false", "0")
UNBOUNDED = TimeBounds()


class Collected(NamedTuple):
    """Text and time of one summary event."""

    raw: str
    time: float


def collected(row: Row, options: Mapping[str, str], now: float, bounds: TimeBounds = UNBOUNDED) -> Collected:
    """Return what is indexed for a row of a search over some time that began now."""
    raw = row.get("_raw")
    if raw is not None:
        text = "\n".join(as_texts(raw))
        found = first_iso_time(text[:LOOKAHEAD])
        return Collected(_marked(text, options), found if found is not None else _number(row.get("_time"), now))
    began = now if bounds.earliest is None else bounds.earliest
    time = _number(row.get("info_min_time"), _number(row.get("_time"), began))
    stamp = [] if options.get("addtime", "true").lower() in FALSE else [format_time(time, STAMP) or ""]
    known = information(options, now, bounds)
    kept = [name for name in row if not name.startswith("_") and name not in known]
    pairs = [f'{name}="{_escaped(text)}"' for name in kept for text in as_texts(row[name])]
    told = [f"{name}={value}" for name, value in known.items()]
    return Collected(_marked(", ".join([*stamp, *told, *pairs]), options), time)


def information(options: Mapping[str, str], now: float, bounds: TimeBounds) -> dict[str, str]:
    """Return what an event says of the search that it comes from, as it is written."""
    told: dict[str, str] = {}
    if "name" in options:
        told |= {"search_name": f'"{_escaped(options["name"])}"', "search_now": f"{now:.3f}"}
    if options.get("addinfo", "true").lower() not in FALSE:
        times = {"info_min_time": bounds.earliest, "info_max_time": bounds.latest, "info_search_time": now}
        told |= {name: f"{time:.3f}" for name, time in times.items() if time is not None}
    return told


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _marked(text: str, options: Mapping[str, str]) -> str:
    return f"{text}, {options['marker']}" if options.get("marker") else text


def _number(value: Value | None, default: float) -> float:
    found = read_number(value) if isinstance(value, str) else value
    return float(found) if isinstance(found, (int, float)) else default
