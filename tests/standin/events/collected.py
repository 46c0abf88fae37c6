"""What the `collect` command writes for one result row.

A row with `_raw` is written as that text; its time is the first ISO time in the text's first 128 characters, as
summary indexing finds it, else `_time`, else the present. A row without `_raw` becomes

    MM/DD/YYYY HH:MM:SS +0000, field="value", other="value"

and its time is `info_min_time`, else `_time`, else the present (Search Reference, collect). A marker is appended.
"""

from collections.abc import Mapping
from typing import NamedTuple

from standin.environment import Row, Value
from standin.events.timestamp import first_iso_time
from standin.values.multivalue import as_texts
from standin.values.numbers import read_number
from standin.values.timeformat import format_time

LOOKAHEAD = 128
STAMP = "%m/%d/%Y %H:%M:%S +0000"


class Collected(NamedTuple):
    """Text and time of one summary event."""

    raw: str
    time: float


def collected(row: Row, options: Mapping[str, str], now: float) -> Collected:
    """Return what is indexed for a row."""
    raw = row.get("_raw")
    if raw is not None:
        text = "\n".join(as_texts(raw))
        found = first_iso_time(text[:LOOKAHEAD])
        return Collected(_marked(text, options), found if found is not None else _number(row.get("_time"), now))
    time = _number(row.get("info_min_time"), _number(row.get("_time"), now))
    pairs = [f'{name}="{_escaped(text)}"' for name, value in row.items() if _is_kept(name) for text in as_texts(value)]
    stamp = (
        [format_time(time, STAMP) or ""] if options.get("addtime", "true").lower() not in ("f", "false", "0") else []
    )
    return Collected(_marked(", ".join([*stamp, *pairs]), options), time)


def _is_kept(name: str) -> bool:
    return not name.startswith("_")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _marked(text: str, options: Mapping[str, str]) -> str:
    return f"{text}, {options['marker']}" if options.get("marker") else text


def _number(value: Value | None, default: float) -> float:
    found = read_number(value) if isinstance(value, str) else value
    return float(found) if isinstance(found, (int, float)) else default
