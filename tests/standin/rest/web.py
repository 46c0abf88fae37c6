"""The web port: plain HTTP on loopback, with the stand-in's page, its static files and splunkd's paths below __raw.

    /, /en-US/app/APP/VIEW     the page; whoever loads it on this machine is signed in as the administrator
    /en-US/account/login       POST username, password: sign in as somebody else
    /static/NAME               files of the page
    /standin/page.json         what the page shows, as `serve --page` gave it
    /en-US/splunkd/__raw/...   the management handlers

The session is a cookie for this site only; a POST has to bring the form key back, as Splunk Web wants it. A request
whose Host is no loopback name is refused, so that no foreign web page can reach in by a name of its own.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from standin import page
from standin.instance import Instance
from standin.rest.router import add_routes, session_cookie
from standin.rest.tables import ROUTES

RAW = "/en-US/splunkd/__raw"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
INSTANCE = web.AppKey("instance", Instance)
CONFIG = web.AppKey("config", str)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_application(instance: Instance, page_config: str = "{}") -> web.Application:
    """Return the web application of the web port; `page_config` is the JSON that the page reads."""
    application = web.Application(middlewares=[_guard], client_max_size=1 << 26)
    application[INSTANCE] = instance
    application[CONFIG] = page_config
    application.router.add_get("/", _page)
    application.router.add_get("/en-US/app/{app}/{view}", _page)
    application.router.add_post("/en-US/account/login", _login)
    application.router.add_get("/static/{name}", _static)
    application.router.add_get("/standin/page.json", _page_config)
    add_routes(application, instance, ROUTES, below=RAW)
    return application


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse foreign hosts and POSTs without the form key; add the headers of every answer."""
    if request.host.rpartition(":")[0] not in LOOPBACK and request.host not in LOOPBACK:
        return web.Response(status=403, text="this page is for this machine only\n")
    if request.path.startswith(RAW) and request.method not in ("GET", "HEAD") and not _has_form_key(request):
        return web.Response(status=401, text="the form key is missing or wrong; load the page again\n")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


def form_key_cookie(request: web.Request) -> str:
    """Return the name of the cookie that holds the form key; Splunk's own packages look for it by the port."""
    return f"splunkweb_csrf_token_{request.url.port}"


def _has_form_key(request: web.Request) -> bool:
    expected = request.cookies.get(form_key_cookie(request), "")
    given = request.headers.get("X-Splunk-Form-Key", "")
    return bool(expected) and hmac.compare_digest(expected, given)


def _sign_in(request: web.Request, response: web.StreamResponse, name: str) -> None:
    key = request.app[INSTANCE].sessions.open(name)
    response.set_cookie(session_cookie(request), key, httponly=True, samesite="Strict", path="/")
    # Not HttpOnly: the page's scripts have to read it.
    response.set_cookie(form_key_cookie(request), secrets.token_hex(16), samesite="Strict", path="/")


async def _page(request: web.Request) -> web.StreamResponse:
    file = page.asset("index.html")
    assert file is not None, "the page's frame is part of the package"
    response = web.Response(body=file.read_bytes(), content_type="text/html", charset="utf-8")
    instance = request.app[INSTANCE]
    if instance.sessions.user_name(request.cookies.get(session_cookie(request), "")) is None:
        _sign_in(request, response, instance.settings.administrator)
    return response


async def _login(request: web.Request) -> web.StreamResponse:
    form = await request.post()
    name, password = str(form.get("username", "")), str(form.get("password", ""))
    if request.app[INSTANCE].accounts.authenticate(name, password) is None:
        return web.Response(status=401, text="wrong user or password\n")
    response = web.Response(status=303, headers={"Location": "/"})
    _sign_in(request, response, name)
    return response


async def _static(request: web.Request) -> web.StreamResponse:
    file: Path | None = page.asset(request.match_info["name"])
    if file is None:
        return web.Response(status=404, text="no such file\n")
    return web.FileResponse(file, headers={"Cache-Control": "no-cache"})


async def _page_config(request: web.Request) -> web.StreamResponse:
    return web.Response(text=request.app[CONFIG], content_type="application/json")
