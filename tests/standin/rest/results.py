"""Sends the rows of a job in the output mode that was asked for."""

from aiohttp import web

from standin.jobs.job import Job
from standin.rest import formats
from standin.rest.arguments import Arguments
from standin.rest.formats import Page
from standin.rest.messages import Refused, json_response, messages_response

DEFAULT_COUNT = 100
TEXT_MODES = {"csv": ("text/csv", formats.as_csv), "raw": ("text/plain", formats.as_raw)}


def page_response(page: Page, arguments: Arguments, *, leading_newline: bool = False) -> web.Response:
    """Render a page of results."""
    mode = arguments.output_mode
    with_metadata = arguments.flag("show_metadata")
    if mode == "json":
        return json_response(formats.as_json(page))
    if mode == "json_rows":
        return json_response(formats.as_json_rows(page, with_metadata=with_metadata))
    if mode == "json_cols":
        return json_response(formats.as_json_cols(page, with_metadata=with_metadata))
    if mode in TEXT_MODES:
        content_type, write = TEXT_MODES[mode]
        text = write(page)
        # A oneshot search writes one blank line before its CSV (measured).
        text = "\n" + text if leading_newline and text and mode == "csv" else text
        return web.Response(text=text, content_type=content_type if text else "text/plain", charset="UTF-8")
    return web.Response(text=formats.as_xml(page), content_type="text/xml", charset="UTF-8")


def failed_response(job: Job, output_mode: str, status: int = 400) -> web.Response:
    """Answer for a job that failed: its messages, no results; an error but for a oneshot (measured)."""
    mode = "json" if output_mode.startswith("json") else "xml"
    messages = [(one.level, one.text, None) for one in job.messages]
    return messages_response(status, messages, mode, position=job.failure_position)


def cut(page: Page, arguments: Arguments) -> Page:
    """Return the rows that count and offset ask for; `count=0` means all, a negative offset counts from the end."""
    count = arguments.number("count", DEFAULT_COUNT)
    offset = arguments.number("offset", 0)
    if count < 0:
        raise Refused(400, "Invalid count.", "FATAL")
    if offset < 0:
        offset = max(len(page.rows) + offset, 0)
    rows = page.rows[offset:] if count == 0 else page.rows[offset : offset + count]
    return Page(rows, _chosen_fields(page, arguments), page.messages, offset, page.is_preview, page.post_process_count)


def _chosen_fields(page: Page, arguments: Arguments) -> list[str]:
    """Narrow the fields to those that `f` and `field_list` name."""
    names = [*arguments.all("f"), *(arguments.get("field_list", "").split(",") if arguments.get("field_list") else ())]
    return [name for name in page.fields if name in names] if names else list(page.fields)
