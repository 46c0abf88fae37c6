"""A web port with canned answers, for tests of the page alone: the page's files, one view, searches known by a word.

`Canned` answers what Dashboard Studio and the page ask splunkd for while a search runs. Which rows a search gets is
decided by the first word of `answers` that stands in it; a search with none of them has no results. `refusals` work
the same way: `(text, position)` is answered at dispatch, as splunkd does for an unknown command.
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiohttp import web

from standin.page import BUILD, STATIC, asset

Row = Mapping[str, str | list[str]]
RAW = "/en-US/splunkd/__raw"
RESULTS = ("results", "results_preview", "events")


@dataclass
class Canned:
    """What is answered; `searches` collects every search that was sent, oldest first."""

    app: str = "demo"
    view: tuple[str, str] = ("overview", "")
    config: Mapping[str, object] = field(default_factory=dict)
    answers: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    refusals: Mapping[str, tuple[str, int | None]] = field(default_factory=dict)
    state: Mapping[str, object] | None = None
    searches: list[str] = field(default_factory=list)

    def rows(self, search: str) -> Sequence[Row]:
        """Return the rows of the first word that the search holds."""
        return next((rows for word, rows in self.answers.items() if word in search), [])

    def refusal(self, search: str) -> tuple[str, int | None] | None:
        """Return the refusal of the first word that the search holds."""
        return next((refusal for word, refusal in self.refusals.items() if word in search), None)

    def application(self) -> web.Application:
        """Return the routes."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/", page),
                web.get("/en-US/app/{app}/{view}", page),
                web.get("/static/state.json", self._state),
                web.get("/static/{name}", static),
                web.get("/standin/page.json", self._config),
                web.get(RAW + "/servicesNS/-/{app}/data/ui/views", self._views),
                web.get(RAW + "/servicesNS/-/{app}/data/ui/views/{view}", self._views),
                web.post(RAW + "/servicesNS/{owner}/{app}/search/jobs", self._dispatch),
                web.get(RAW + "/services/search/jobs", self._jobs),
                web.get(RAW + "/services/search/jobs/{sid}", self._jobs),
                web.post(RAW + "/{path:services/search/(v2/)?jobs/[^/]+/control}", control),
                web.route("*", RAW + "/{path:services/search/(v2/)?jobs}/{sid}/{kind}", self._results),
                web.get(RAW + "/{path:.*data/ui/times}", times),
                web.get(RAW + "/services/authentication/current-context", context),
            ]
        )
        return app

    async def _state(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self.state) if self.state else web.FileResponse(BUILD / "state.json")

    async def _config(self, _: web.Request) -> web.Response:
        return web.json_response({"app": self.app, "view": self.view[0], "title": "Canned", **self.config})

    async def _views(self, _: web.Request) -> web.Response:
        name, xml = self.view
        content = {"eai:data": xml, "label": "Overview"}
        return web.json_response({"entry": [{"name": name, "acl": {"app": self.app}, "content": content}]})

    async def _dispatch(self, request: web.Request) -> web.Response:
        search = str((await request.post())["search"])
        refusal = self.refusal(search)
        if refusal:
            text, position = refusal
            message = {"type": "FATAL", "text": text, "position": position}
            return web.json_response({"messages": [message]}, status=400)
        self.searches.append(search)
        return web.json_response({"sid": f"{len(self.searches) - 1}"}, status=201)

    async def _jobs(self, request: web.Request) -> web.Response:
        sids = [request.match_info["sid"]] if "sid" in request.match_info else request.query.getall("id", [])
        return web.json_response({"entry": [self._job(sid.strip("'\"").rsplit("/", 1)[-1]) for sid in sids]})

    def _job(self, sid: str) -> dict[str, object]:
        rows = self.rows(self.searches[int(sid)])
        return {
            "name": self.searches[int(sid)],
            "content": {
                "sid": sid,
                "dispatchState": "DONE",
                "doneProgress": 1,
                "isDone": True,
                "isFailed": False,
                "isFinalized": False,
                "eventCount": len(rows),
                "resultCount": len(rows),
                "resultPreviewCount": len(rows),
                "scanCount": len(rows),
                "runDuration": 0.01,
                "messages": [],
            },
        }

    async def _results(self, request: web.Request) -> web.Response:
        values = {**request.query, **(await request.post())}
        search = str(values.get("search") or self.searches[int(request.match_info["sid"])])
        rows = self.rows(search)
        names = list(dict.fromkeys(name for row in rows for name in row))
        body: dict[str, object] = {"preview": False, "init_offset": 0, "messages": []}
        body["fields"] = [{"name": name} for name in names]
        if "search" in values:
            body["post_process_count"] = len(rows)
        if values.get("output_mode") == "json_cols":
            body["columns"] = [[row.get(name) for row in rows] for name in names]
        else:
            first, count = int(str(values.get("offset", 0))), int(str(values.get("count", 0))) or len(rows)
            body["results"] = rows[first : first + count]
        return web.json_response(body)


async def page(_: web.Request) -> web.FileResponse:
    """Answer the page's one document."""
    return web.FileResponse(STATIC / "index.html")


async def static(request: web.Request) -> web.FileResponse:
    """Answer one of the page's files."""
    path = asset(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path)


async def control(_: web.Request) -> web.Response:
    """Agree to whatever a job is told."""
    return web.json_response({"messages": [{"type": "INFO", "text": "Search job cancelled."}]})


async def times(_: web.Request) -> web.Response:
    """Answer no presets for the time picker."""
    return web.json_response({"entry": []})


async def context(_: web.Request) -> web.Response:
    """Answer a user who may do nothing special."""
    content = {"username": "admin", "capabilities": []}
    return web.json_response({"entry": [{"name": "context", "content": content}]})


@contextmanager
def served(canned: Canned) -> Iterator[str]:
    """Serve on a free port of 127.0.0.1 from a thread; yield the address."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    runner = web.AppRunner(canned.application())

    async def start() -> str:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    try:
        yield asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
