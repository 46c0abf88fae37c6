"""makeresults: rows out of nothing, or from data that the search spells out."""

import csv
import io
import json
from collections.abc import Iterator

from standin.commands.arguments import Reader
from standin.commands.stream import MAX_ROWS, Search, Step, Stream
from standin.environment import Row
from standin.language.errors import SearchError
from standin.language.pipeline import Call
from standin.values import jsontext

ANNOTATE = {"true": True, "t": True, "yes": True, "1": True, "false": False, "f": False, "no": False, "0": False}
ANNOTATED = ("_raw", "host", "source", "sourcetype", "splunk_server", "splunk_server_group")
SERVER = "standin"
OPTIONS = frozenset({"count", "annotate", "splunk_server", "splunk_server_group", "format", "data"})


def build_makeresults(call: Call, search: Search) -> Step:
    """Make rows with the present time, or read them from `data`; arguments that it does not know are ignored."""
    options = _options(call)
    if "format" in options or "data" in options:
        return _inline(call, options)
    count = _count(call, options.get("count", "1"))
    annotate = ANNOTATE.get(options.get("annotate", "f").lower())
    if annotate is None:
        raise _bad("boolean", "annotate", options["annotate"], call)
    order = ["_time", *(ANNOTATED if annotate else ())]

    def rows() -> Iterator[Row]:
        for _ in range(count):
            row: Row = {"_time": int(search.environment.now)}
            if annotate:
                row["splunk_server"] = SERVER
            yield row

    return lambda stream: Stream(rows(), declared=frozenset(order))


def _options(call: Call) -> dict[str, str]:
    reader = Reader(call)
    options: dict[str, str] = {}
    while not reader.at_end:
        option = reader.accept_option()
        if option is None:
            reader.value("An argument is expected.")
            continue
        name, value = option
        if name in options:
            raise call.error(f"The argument '{name}' is given twice.", reader.position)
        options[name] = value
    return {name: value for name, value in options.items() if name in OPTIONS}


def _count(call: Call, text: str) -> int:
    digits = text.removeprefix("+")
    if not (digits.isdecimal() and digits.isascii()) or len(digits) > 9:
        raise _bad("unsigned int", "count", text, call)
    if int(digits) > MAX_ROWS:
        raise call.error(f"The count {digits} is more than the {MAX_ROWS} rows that a search may hold here.")
    return int(digits)


def _bad(kind: str, name: str, value: str, call: Call) -> SearchError:
    text = f"Invalid option value. Expecting a '{kind}' for option '{name}'. Instead got '{value}'."
    return SearchError(f"Error in 'SearchProcessor': {text}", call.position)


def _inline(call: Call, options: dict[str, str]) -> Step:
    if set(options) != {"format", "data"}:
        raise call.error("format and data go together, without other options.")
    form = options["format"].lower()
    if form not in ("csv", "json"):
        raise call.error(f"The format '{form}' is neither csv nor json.")
    rows = _csv_rows(options["data"]) if form == "csv" else _json_rows(call, options["data"])
    return lambda stream: Stream([dict(row) for row in rows])


def _csv_rows(text: str) -> list[Row]:
    lines = list(csv.reader(io.StringIO(text.strip())))
    if not lines:
        return []
    header, *records = lines
    pairs = ([(name.strip(), cell) for name, cell in zip(header, record, strict=False)] for record in records)
    return [{name: cell for name, cell in one if cell != ""} for one in pairs]


def _json_rows(call: Call, text: str) -> list[Row]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(parsed, list) or not all(isinstance(one, dict) for one in parsed):
        raise call.error("The data must be an array of objects.")
    return [_json_row(one) for one in parsed]


def _json_row(record: dict[str, jsontext.Json]) -> Row:
    row: Row = {"_raw": jsontext.dump(record)}
    for name, value in record.items():
        text = jsontext.as_text(value)
        if text is not None:
            row[name] = text
    return row
