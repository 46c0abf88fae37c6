"""Builds the management API out of the route tables: authentication, arguments, capabilities, errors, headers.

Everything is found below /services and /servicesNS/OWNER/APP, with or without a closing slash. An unknown path is 404,
a known path with a verb that it has not is refused as splunkd refuses it.
"""

import base64
import binascii
import sys
import traceback
from collections.abc import Awaitable, Callable, Iterable

from aiohttp import web

from standin.instance import Instance
from standin.rest.arguments import read_arguments
from standin.rest.atom import Feed, feed_response
from standin.rest.call import Call, Route
from standin.rest.messages import Refused, refusal_response
from standin.searchhead import User

PREFIXES = ("/services", "/servicesNS/{namespace_owner}/{namespace_app}")
# Object names hold slashes only in escaped form, and a path may close with a slash, as splunk-sdk's do.
CLOSING = "{closing_slash:/?}"
HEADERS = {
    "Server": "Splunkd",
    "Vary": "Cookie, Authorization",
    "Cache-Control": "no-store, no-cache, must-revalidate, max-age=0",
    "Expires": "Thu, 26 Oct 1978 00:00:00 GMT",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
# Who asks where no session is needed.
NOT_LOGGED_IN = User(name="", roles=frozenset())
AiohttpHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(application: web.Application, instance: Instance, routes: Iterable[Route], below: str = "") -> None:
    """Add every route under both prefixes, and one that answers all unknown paths."""
    for route in routes:
        handler = _endpoint(instance, route)
        for prefix in ("",) if route.path.startswith("standin/") else PREFIXES:
            application.router.add_route(route.method, f"{below}{prefix}/{route.path}{CLOSING}", handler)
    for prefix in ("/services", "/servicesNS"):
        application.router.add_route("*", below + prefix + "{rest:.*}", _guarded(_unknown))


def _endpoint(instance: Instance, route: Route) -> AiohttpHandler:
    async def answer(request: web.Request) -> web.StreamResponse:
        call = _call(instance, route, request, await request.read())
        if route.takes is not None:
            call.arguments.refuse_others(route.takes)
        if route.capability:
            call.require(*route.capability.split())
        response = await route.handler(call)
        if isinstance(response, Feed):
            return feed_response(response, call.output_mode, instance.clock.now())
        return response

    return _guarded(answer)


def _guarded(handler: AiohttpHandler) -> AiohttpHandler:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            response = await handler(request)
        except Refused as error:
            response = refusal_response(error, await _asked_mode(request))
        except web.HTTPException:
            raise
        except Exception:  # noqa: BLE001 - the boundary: a fault of ours is a 500 and a traceback on stderr
            traceback.print_exc(file=sys.stderr)
            response = refusal_response(Refused(500, "the stand-in failed; see its stderr"), await _asked_mode(request))
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return answer


async def _asked_mode(request: web.Request) -> str:
    """Return `json` only where the request asks for some JSON; errors of wrong modes are XML."""
    try:
        mode = read_arguments(request.rel_url.raw_query_string, await request.read()).output_mode
    except Refused:
        return "xml"
    return "json" if mode.startswith("json") else "xml"


async def _unknown(request: web.Request) -> web.StreamResponse:
    if request.method == "PUT":
        raise Refused(404, "Requested invalid action 'PUT'.")
    if request.method == "PATCH":
        raise Refused(405, "Method Not Allowed")
    if "/services/search/" in request.path:
        raise Refused(404, "Unknown endpoint.", "FATAL")
    raise Refused(404, "Not Found")


def _call(instance: Instance, route: Route, request: web.Request, body: bytes) -> Call:
    user, key = authenticate(instance, request) if route.needs_session else (NOT_LOGGED_IN, "")
    names = path_names(request)
    query = request.rel_url.raw_query_string
    return Call(
        instance=instance,
        user=user,
        session_key=key,
        owner=names.pop("namespace_owner", None),
        app=names.pop("namespace_app", None),
        arguments=read_arguments(query, body if route.has_form else b""),
        names=names,
        body=body,
    )


def session_cookie(request: web.Request) -> str:
    """Return the name of the cookie that holds the session key; cookies know hosts, not ports, so the name does."""
    return f"splunkd_{request.url.port}"


def path_names(request: web.Request) -> dict[str, str]:
    """Return the names in the path; a bare plus sign means a blank there, as splunk-sdk writes it."""
    has_escaped_plus = "%2b" in request.rel_url.raw_path.lower()
    names = {key: name if has_escaped_plus else name.replace("+", " ") for key, name in request.match_info.items()}
    names.pop("closing_slash", None)
    return names


def authenticate(instance: Instance, request: web.Request) -> tuple[User, str]:
    """Find the user of a request by Basic credentials, session key, bearer token or cookie."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        return _basic(instance, rest)
    key = rest.strip() if scheme.lower() in ("splunk", "bearer") else request.cookies.get(session_cookie(request), "")
    if not key:
        raise _unauthorized()
    name = instance.sessions.user_name(key)
    user = instance.user(name) if name is not None else None
    if user is None:
        raise Refused(401, "call not properly authenticated", "WARN")
    return user, key


def _basic(instance: Instance, encoded: str) -> tuple[User, str]:
    try:
        name, _, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _unauthorized() from error
    user = instance.user(name) if instance.accounts.authenticate(name, password) else None
    if user is None:
        raise _unauthorized()
    return user, ""


def _unauthorized() -> Refused:
    return Refused(401, "Unauthorized", headers={"WWW-Authenticate": 'Basic realm="/splunk"'})
