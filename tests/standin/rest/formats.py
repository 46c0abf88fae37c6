"""Results of a job in the forms that clients ask for, as Splunk 10.4.2 writes them.

Every value is text, several values a list, one value never a list. `_time` is ISO-8601 with milliseconds and offset.
CSV is bare only when purely alphanumeric, else quoted; a missing value is nothing at all.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from standin.environment import Row, Value
from standin.language.search import Message
from standin.rest.atom import escape_xml
from standin.values.multivalue import as_texts

Rendered = str | list[str]


@dataclass(frozen=True)
class Page:
    """The part of a result that is shown."""

    rows: Sequence[Row]
    fields: Sequence[str]
    messages: Sequence[Message] = field(default_factory=tuple)
    offset: int = 0
    is_preview: bool = False
    post_process_count: int | None = None


def render(name: str, value: Value) -> Rendered | None:
    """Return a value as text, or as a list of two texts and more; None for a value without content."""
    if name == "_time" and isinstance(value, int | float):
        return iso_time(value)
    texts = as_texts(value)
    if not texts:
        return None
    return texts[0] if len(texts) == 1 else texts


def iso_time(epoch: float) -> str:
    """Write a time as results do."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="milliseconds")


def render_row(row: Row, fields: Sequence[str]) -> dict[str, Rendered]:
    """Return the row's values that have content, in the order of the fields."""
    values = ((name, render(name, row[name])) for name in fields if name in row)
    return {name: value for name, value in values if value is not None}


def messages_json(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Return messages as JSON has them."""
    return [{"type": message.level, "text": message.text} for message in messages]


def as_json(page: Page) -> dict[str, Any]:
    """Return `output_mode=json`; an empty result has no fields (measured)."""
    head = _head(page)
    if not page.rows:
        return {**head, "results": [], "post_process_count": page.post_process_count or 0}
    return {
        **head,
        "fields": [{"name": name} for name in page.fields],
        "results": [render_row(row, page.fields) for row in page.rows],
        "highlighted": {},
    }


def as_json_rows(page: Page, *, with_metadata: bool) -> dict[str, Any]:
    """Return `output_mode=json_rows`: a list of values a row, null where there is none."""
    rows = [[_cell(row, name) for name in page.fields] for row in page.rows]
    return {**_head(page), "fields": _fields(page, with_metadata=with_metadata), "rows": rows}


def as_json_cols(page: Page, *, with_metadata: bool) -> dict[str, Any]:
    """Return `output_mode=json_cols`: a list of values a field."""
    columns = [[_cell(row, name) for row in page.rows] for name in page.fields]
    return {**_head(page), "fields": _fields(page, with_metadata=with_metadata), "columns": columns}


def _head(page: Page) -> dict[str, Any]:
    head = {
        "preview": page.is_preview,
        "init_offset": page.offset,
        "messages": messages_json(page.messages),
    }
    # Dashboard Studio takes it for the number of results, where it is there.
    counted = {} if page.post_process_count is None else {"post_process_count": page.post_process_count}
    return head | counted


def _fields(page: Page, *, with_metadata: bool) -> list[Any]:
    return [{"name": name} for name in page.fields] if with_metadata else list(page.fields)


def _cell(row: Row, name: str) -> Rendered | None:
    return render(name, row[name]) if name in row else None


def as_csv(page: Page) -> str:
    """Return `output_mode=csv`."""
    if not page.rows:
        return ""
    lines = [",".join(_csv_cell(name) for name in page.fields)]
    lines += [",".join(_csv_cell(_cell(row, name)) for name in page.fields) for row in page.rows]
    return "\n".join(lines) + "\n"


def _csv_cell(value: Rendered | None) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else "\n".join(value)
    if text.isalnum() and text.isascii():
        return text
    return '"' + text.replace('"', '""') + '"'


def as_raw(page: Page) -> str:
    """Return `output_mode=raw`: the text of the events, one a line."""
    return "".join(f"{row['_raw']}\n" for row in page.rows if "_raw" in row)


def as_xml(page: Page) -> str:
    """Return `output_mode=xml`; a search without rows is an empty element (measured)."""
    preview = int(page.is_preview)
    head = "<?xml version='1.0' encoding='UTF-8'?>\n"
    if not page.rows and not page.messages:
        return f"{head}<results preview='{preview}'/>\n"
    return head + "".join(_xml_lines(page, preview))


def _xml_lines(page: Page, preview: int) -> Iterator[str]:
    yield f"<results preview='{preview}'>\n<meta>\n<fieldOrder>\n"
    yield from (f"<field>{escape_xml(name)}</field>\n" for name in page.fields)
    yield "</fieldOrder>\n</meta>\n"
    if page.messages:
        yield "<messages>\n"
        yield from (f"<msg type='{one.level}'>{escape_xml(one.text)}</msg>\n" for one in page.messages)
        yield "</messages>\n"
    for number, row in enumerate(page.rows, page.offset):
        yield from _xml_row(row, page.fields, number)
    yield "</results>\n"


def _xml_row(row: Row, fields: Sequence[str], number: int) -> Iterator[str]:
    yield f"<result offset='{number}'>\n"
    for name, value in render_row(row, fields).items():
        texts = [value] if isinstance(value, str) else value
        yield f"<field k='{_attribute(name)}'>\n"
        if name == "_raw":
            yield f"<v xml:space='preserve' trim='0'>{escape_xml(texts[0])}</v>\n"
        else:
            yield from (f"<value><text>{escape_xml(text)}</text></value>\n" for text in texts)
        yield "</field>\n"
    yield "</result>\n"


def _attribute(text: str) -> str:
    return escape_xml(text).replace("'", "&apos;")


def export_lines(page: Page) -> Iterator[str]:
    """Yield the lines of a JSON export: a document a row, the last marked; without rows one line (measured)."""
    if not page.rows:
        yield '{"preview":false,"lastrow":true}\n'
    last = len(page.rows) - 1
    for number, row in enumerate(page.rows):
        document: dict[str, Any] = {"preview": False, "offset": number}
        if number == last:
            document["lastrow"] = True
        document["result"] = render_row(row, page.fields)
        yield json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
