"""search/jobs and search/v2/jobs: dispatch, list, read, control, results, events, export.

A search has to begin with a command or a pipe: `index=x` alone is an unknown command over REST. An unknown command is
refused at dispatch; every other fault shows as FATAL messages (measured on Splunk 10.4.2).
"""

import asyncio

from aiohttp import web

from standin.environment import TimeBounds
from standin.external.host import DISPATCH, folder_name
from standin.jobs.job import DEFAULT_TTL_S, SAVED_TTL_S, Job, Order, State
from standin.jobs.postprocess import as_typed
from standin.jobs.registry import SidTakenError
from standin.language.errors import SearchError
from standin.rest.arguments import PAGING, Arguments
from standin.rest.atom import Feed, entry_xml, feed_json
from standin.rest.call import Call, Handler, Route
from standin.rest.collection import page as page_of
from standin.rest.formats import Page, export_lines
from standin.rest.job_content import job_entry
from standin.rest.messages import Refused, json_response, messages_response, xml_response
from standin.rest.results import cut, failed_response, page_response
from standin.values.timemodifier import resolve_time

MISSING_SEARCH = (
    "The required 'search' parameter for the Splunk platform REST API search/jobs endpoint is not specified."
)
PARSE_S = 0.05
UNKNOWN_COMMAND = "Unknown search command"


def order_of(call: Call) -> Order:
    """Read what a client asks to be searched."""
    arguments = call.arguments
    search = arguments.get("search", "")
    if not search.strip():
        raise Refused(400, MISSING_SEARCH, "FATAL")
    now = _time(arguments, "now", call.instance.clock.now()) or call.instance.clock.now()
    names = ("earliest_time", "latest_time", "index_earliest", "index_latest")
    bounds = TimeBounds(*(_time(arguments, name, now) for name in names))
    _check_order(bounds)
    typed = as_typed(search)
    return Order(
        search=typed,
        user=call.user,
        app=arguments.get("namespace") or call.context_app(),
        now=now,
        bounds=bounds,
        earliest_text=arguments.get("earliest_time", ""),
        latest_text=arguments.get("latest_time", ""),
        label=arguments.get("label", ""),
        ttl_s=arguments.number("timeout", DEFAULT_TTL_S),
        added_length=len(typed) - len(search),
    )


def _time(arguments: Arguments, name: str, now: float) -> float | None:
    text = arguments.get(name, "").strip()
    if not text:
        return None
    try:
        return resolve_time(text, now)
    except ValueError as error:
        raise Refused(400, f"Invalid {name}.", "FATAL") from error


def _check_order(bounds: TimeBounds) -> None:
    if bounds.earliest is not None and bounds.latest is not None and bounds.latest <= bounds.earliest:
        raise Refused(400, "Invalid latest_time: latest_time must be after earliest_time.", "FATAL")


async def dispatch(call: Call) -> web.StreamResponse:
    """Start a search; `oneshot` answers with its rows, `blocking` when it is done."""
    call.require("search")
    order = order_of(call)
    mode = call.arguments.get("exec_mode", "normal")
    if mode not in ("normal", "blocking", "oneshot"):
        raise Refused(400, f"Invalid exec_mode '{mode}'.", "FATAL")
    try:
        job = call.instance.jobs.dispatch(order, call.arguments.get("id"))
    except SidTakenError as error:
        raise Refused(400, str(error), "FATAL") from error
    # An unknown command is found while parsing, which Splunk does before it answers.
    await finished(job, PARSE_S if mode == "normal" else None)
    _refuse_unknown_command(call, job)
    if mode == "oneshot":
        call.instance.jobs.remove(job.sid)
        if job.is_failed:
            return failed_response(job, call.output_mode, status=200)
        return page_response(cut(result_page(job), call.arguments), call.arguments, leading_newline=True)
    return sid_response(job.sid, call.output_mode)


def _refuse_unknown_command(call: Call, job: Job) -> None:
    if job.is_failed and job.messages[0].text.startswith(UNKNOWN_COMMAND):
        call.instance.jobs.remove(job.sid)
        raise Refused(400, job.messages[0].text, "FATAL", position=job.failure_position)


def sid_response(sid: str, output_mode: str, status: int = 201) -> web.Response:
    """Answer with the id of a new job."""
    if output_mode == "json":
        return json_response({"sid": sid}, status=status)
    text = f"<?xml version='1.0' encoding='UTF-8'?>\n<response>\n<sid>{sid}</sid>\n</response>\n"
    return web.Response(text=text, status=status, content_type="text/xml", charset="UTF-8")


async def finished(job: Job, timeout_s: float | None = None) -> None:
    """Wait until a job is done, or for some time, without holding up other requests."""
    if job.future is not None:
        await asyncio.wait([asyncio.wrap_future(job.future)], timeout=timeout_s)


def result_page(job: Job) -> Page:
    """Return all rows of a job; a failed one has messages only."""
    if job.outcome is None:
        return Page([], [], job.messages, is_preview=not job.is_done)
    return Page(job.outcome.rows, job.outcome.fields, job.messages)


def find_job(call: Call) -> Job:
    """Return the job of a request; others' jobs are there for administrators only."""
    job = call.instance.jobs.find(call.name)
    if job is None or not may_see(call, job):
        raise Refused(404, "Unknown sid.", "FATAL")
    return job


def may_see(call: Call, job: Job) -> bool:
    """Tell whether a user may see a job: its own, or all with the capability that administrators have."""
    return job.order.user.name == call.user.name or "admin_all_objects" in call.user.capabilities


async def listing(call: Call) -> Feed | web.StreamResponse:
    """List jobs; `id=` (repeatable) asks for some, as Dashboard Studio does while it polls."""
    wanted = call.arguments.all("id")
    jobs = [job for job in call.instance.jobs.all() if may_see(call, job) and (not wanted or job.sid in wanted)]
    await asyncio.to_thread(call.instance.jobs.count_scanned, jobs)
    entries = [job_entry(job, call.instance.clock.now()) for job in jobs]
    return page_of("search/jobs", entries, call.arguments, can_create=False)


async def reading(call: Call) -> web.StreamResponse:
    """Read one job; XML has the bare entry, JSON a feed with one."""
    job = find_job(call)
    now = call.instance.clock.now()
    await asyncio.to_thread(call.instance.jobs.count_scanned, [job])
    entry = job_entry(job, now)
    if call.output_mode == "json":
        feed = Feed("search/jobs", [entry], 1, can_create=False, is_single=True)
        return json_response(feed_json(feed, now) | {"paging": {"total": 1, "perPage": 0, "offset": 0}})
    return xml_response(entry_xml("search/jobs", entry))


async def deleting(call: Call) -> web.StreamResponse:
    """Cancel a job and forget it."""
    job = find_job(call)
    call.instance.jobs.remove(job.sid)
    return messages_response(200, [("INFO", "Search job cancelled.", None)], call.output_mode)


async def control(call: Call) -> web.StreamResponse:
    """Pause, finalize, touch, keep or cancel a job."""
    job = find_job(call)
    text = _control(call, job, call.arguments.get("action", ""))
    return messages_response(200, [("INFO", text, None)], call.output_mode)


def _control(call: Call, job: Job, action: str) -> str:
    if action == "cancel":
        call.instance.jobs.remove(job.sid)
        return "Search job cancelled."
    if action in ("save", "unsave", "setttl"):
        return _keep(call, job, action)
    if action == "finalize":
        job.is_finalized = True
        return "Search job finalized."
    if action in ("pause", "unpause"):
        _pause(job, paused=action == "pause")
        return "Search job paused." if action == "pause" else "Search job continued."
    if action == "touch":
        return "Search job touched."
    if action in ("enablepreview", "disablepreview"):
        return "Search job preview settings changed."
    raise Refused(400, "Unknown action.", "FATAL")


def _keep(call: Call, job: Job, action: str) -> str:
    job.is_saved = action == "save"
    if action == "setttl":
        job.ttl_s = call.arguments.number("ttl", DEFAULT_TTL_S)
    ttl = SAVED_TTL_S if job.is_saved else job.ttl_s
    return f"The ttl of the search job was changed to {ttl}."


def _pause(job: Job, *, paused: bool) -> None:
    if not job.is_done:
        job.state = State.PAUSED if paused else State.RUNNING


async def results(call: Call) -> web.StreamResponse:
    """Return the rows of a finished job; before that there is no content."""
    job = find_job(call)
    if not job.is_done:
        return web.Response(status=204)
    return await _rows(call, job)


async def preview(call: Call) -> web.StreamResponse:
    """Return the rows of a job as far as it is."""
    job = find_job(call)
    return await _rows(call, job)


async def _rows(call: Call, job: Job) -> web.StreamResponse:
    if job.is_failed:
        return failed_response(job, call.output_mode)
    page = result_page(job)
    post_process = call.arguments.get("search", "").strip()
    if post_process and job.is_done:
        page = await asyncio.to_thread(_post_process, call, job, page, post_process)
    return page_response(cut(page, call.arguments), call.arguments)


def _post_process(call: Call, job: Job, page: Page, search: str) -> Page:
    try:
        outcome = call.instance.search_rows(search, page.rows, job.order, page.fields)
    except SearchError as error:
        raise Refused(400, str(error), "FATAL") from error
    messages = [*page.messages, *outcome.messages]
    return Page(outcome.rows, outcome.fields, messages, post_process_count=len(outcome.rows))


EVENT_FIELDS = ("_raw", "_time", "host", "index", "source", "sourcetype", "_indextime", "linecount", "splunk_server")


async def events(call: Call) -> web.StreamResponse:
    """Return the events of a job; a search that transforms them has none left."""
    job = find_job(call)
    if not job.is_done:
        return web.Response(status=204)
    if job.is_failed:
        return failed_response(job, call.output_mode)
    rows = job.outcome.rows if job.outcome is not None and job.outcome.are_events else []
    return page_response(cut(Page(rows, EVENT_FIELDS, job.messages), call.arguments), call.arguments)


async def export(call: Call) -> web.StreamResponse:
    """Run a search and send its rows; its job is not kept."""
    call.require("search")
    job = call.instance.jobs.dispatch(order_of(call))
    await finished(job)
    call.instance.jobs.remove(job.sid)
    if job.is_failed:
        return failed_response(job, call.output_mode)
    if call.output_mode != "json":
        return page_response(result_page(job), call.arguments)
    text = "".join(export_lines(result_page(job)))
    return web.Response(text=text, content_type="application/json", charset="UTF-8")


async def summary(call: Call) -> web.StreamResponse:
    """Return the empty summary that a job without field discovery has."""
    find_job(call)
    text = "<?xml version='1.0' encoding='UTF-8'?>\n<results preview='0'/>\n"
    return web.Response(text=text, content_type="text/xml", charset="UTF-8")


async def search_log(call: Call) -> web.StreamResponse:
    """Return what custom commands of a job wrote to their stderr; a job without them has an empty log."""
    job = find_job(call)
    file = call.instance.settings.state / DISPATCH / folder_name(job.sid) / "search.log"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return web.Response(text=text, content_type="text/plain", charset="UTF-8")


def _job_routes(base: str) -> list[Route]:
    rows: list[tuple[str, Handler]] = [("results", results), ("results_preview", preview), ("events", events)]
    reading_routes = [
        Route(method, f"{base}/{{name}}/{part}", handler, None) for part, handler in rows for method in ("GET", "POST")
    ]
    return [
        Route("POST", base, dispatch, None),
        Route("GET", base, listing, None),
        Route("POST", f"{base}/export", export, None),
        Route("GET", f"{base}/{{name}}", reading, None),
        Route("DELETE", f"{base}/{{name}}", deleting, None),
        Route("POST", f"{base}/{{name}}/control", control, frozenset({"action", "ttl", "priority"})),
        Route("GET", f"{base}/{{name}}/summary", summary, PAGING),
        Route("GET", f"{base}/{{name}}/search.log", search_log, PAGING),
        *reading_routes,
    ]


ROUTES = [*_job_routes("search/jobs"), *_job_routes("search/v2/jobs")]
