"""The paths of HEC: event, raw, ack, health; with the faults that were asked for, and the headers that Splunk sends.

An unknown path, and a wrong verb on a known one (405), answer `The requested URL was not found on this server.`
What stands before a wrong event is indexed: the body is read as a stream (splunk-measured, inferred there).
"""

import asyncio
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from aiohttp import web

from standin.events.event import Origin
from standin.hec.body import Body, HecEvent, read_body
from standin.hec.faults import LATE_S, Fault
from standin.hec.replies import REPLIES, Code, Refusal
from standin.hec.tokens import Token, authorize
from standin.instance import Instance

MAX_BODY_BYTES = 838_860_800
CHANNEL_HEADER = "X-Splunk-Request-Channel"
# /event would have to find times in events.
NOT_SUPPORTED = "auto_extract_timestamp"
DEFAULT_HOST = "127.0.0.1:8088"
INSTANCE = web.AppKey("instance", Instance)
GONE = {"text": "The requested URL was not found on this server.", "code": 404}


class Request(NamedTuple):
    """One authorized request with its body unpacked."""

    instance: Instance
    token: Token
    query: Mapping[str, str]
    channel: str | None
    body: bytes
    fault: Fault


Handler = Callable[[Request], Awaitable[web.Response]]


def make_application(instance: Instance) -> web.Application:
    """Return the web application of the HEC port."""
    application = web.Application(client_max_size=MAX_BODY_BYTES)
    application[INSTANCE] = instance
    posts = (
        ("event", take_events, ("", "/event", "/event/1.0")),
        ("raw", take_raw, ("/raw", "/raw/1.0")),
        ("ack", poll, ("/ack", "/ack/1.0")),
    )
    for name, handler, tails in posts:
        for tail in tails:
            application.router.add_post("/services/collector" + tail, _endpoint(name, handler))
            application.router.add_route("*", "/services/collector" + tail, _wrong_verb)
    for tail in ("/health", "/health/1.0"):
        application.router.add_get("/services/collector" + tail, health)
    application.router.add_route("*", "/{rest:.*}", _unknown)
    return application


async def _unknown(request: web.Request) -> web.Response:
    return answer(404, GONE)


async def _wrong_verb(request: web.Request) -> web.Response:
    return answer(405, GONE)


def answer(status: int, document: Mapping[str, object], headers: Mapping[str, str] | None = None) -> web.Response:
    """Answer with JSON, never compressed."""
    text = json.dumps(document, separators=(",", ":"))
    return web.Response(
        text=text,
        status=status,
        content_type="application/json",
        charset="UTF-8",
        headers={"Server": "Splunkd", "X-Content-Type-Options": "nosniff", **(headers or {})},
    )


def refused(refusal: Refusal) -> web.Response:
    """Answer with a code."""
    return answer(REPLIES[refusal.code].status, refusal.document())


def _endpoint(name: str, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def respond(request: web.Request) -> web.StreamResponse:
        instance = request.app[INSTANCE]
        header = request.headers.get("Authorization")
        token = authorize(instance.tokens, header, request.query.get("token"))
        body = await request.read()
        if isinstance(token, Refusal):
            return refused(token)
        fault = instance.faults.take(name)
        if NOT_SUPPORTED in request.query:
            text = f"{NOT_SUPPORTED} is not supported by this stand-in"
            return answer(400, {"text": text, "code": int(Code.INVALID_DATA_FORMAT)})
        unpacked = _unpacked(request, body)
        if unpacked is None:
            return refused(Refusal(Code.INVALID_DATA_FORMAT, 0))
        channel = request.headers.get(CHANNEL_HEADER) or request.query.get("channel")
        response = await _with_fault(
            request, handler, Request(instance, token, request.query, channel, unpacked, fault)
        )
        if header:
            response.headers["Vary"] = "Authorization"
        return response

    return respond


def _unpacked(request: web.Request, body: bytes) -> bytes | None:
    if request.headers.get("Content-Encoding", "").lower() != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None


async def _with_fault(http_request: web.Request, handler: Handler, request: Request) -> web.StreamResponse:
    """Answer as the fault of this request says, or else as HEC would."""
    fault = request.fault
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if not fault.fails:
        return await handler(request)
    if fault.is_taken:
        await handler(request)
    if fault.is_dropped:
        transport = http_request.transport
        if transport is not None:
            transport.abort()
        return web.Response(status=500)
    if fault.code is not None:
        return refused(Refusal(fault.code))
    return answer(fault.status or 500, {})


async def take_events(request: Request) -> web.Response:
    """Index the events of a body, up to the first that is wrong."""
    if request.token.acknowledges and not request.channel:
        return refused(Refusal(Code.CHANNEL_MISSING))
    body = await asyncio.to_thread(_index_events, request)
    return refused(body.refusal) if body.refusal is not None else accepted(request)


def _index_events(request: Request) -> Body:
    body = read_body(request.body, request.token.indexes)
    events = ((event.raw, origin_of(request, event), event.time, event.fields) for event in body.events)
    request.instance.pipeline.index_hec_events(events)
    return body


def origin_of(request: Request, event: HecEvent) -> Origin:
    """Return what an event is filed under: its own words, then the query's, then the token's."""
    token, query = request.token, request.query
    index = event.index or query.get("index") or token.index
    return Origin(
        index="main" if index == "default" else index,
        host=event.host or query.get("host") or token.host or DEFAULT_HOST,
        source=event.source or query.get("source") or token.source or f"http:{token.name}",
        sourcetype=event.sourcetype or query.get("sourcetype") or token.sourcetype or "httpevent",
    )


async def take_raw(request: Request) -> web.Response:
    """Index a body as the data of a file, broken into events by the sourcetype's settings."""
    token = request.token
    if token.acknowledges and not request.channel:
        return refused(Refusal(Code.CHANNEL_MISSING))
    if not request.body.strip():
        return refused(Refusal(Code.NO_DATA))
    index = request.query.get("index")
    if token.indexes and index is not None and index not in token.indexes:
        return refused(Refusal(Code.INCORRECT_INDEX, 0))
    time = _query_time(request.query)
    origin = origin_of(request, HecEvent(""))
    await asyncio.to_thread(request.instance.pipeline.index_hec_raw, request.body, origin, time)
    return accepted(request)


def _query_time(query: Mapping[str, str]) -> float | None:
    try:
        return float(query["time"]) if "time" in query else None
    except ValueError:
        return None


def accepted(request: Request) -> web.Response:
    """Say that events were taken, with an id where the token acknowledges."""
    document: dict[str, object] = {"text": "Success", "code": 0}
    if request.token.acknowledges and request.channel:
        channel = request.instance.tokens.channel(request.token, request.channel)
        document["ackId"] = channel.issue(_ready_at(request))
    return answer(200, document)


def _ready_at(request: Request) -> float:
    if request.fault.ack == "never":
        return float("inf")
    return request.instance.clock.now() + (LATE_S if request.fault.ack == "late" else 0.0)


async def poll(request: Request) -> web.Response:
    """Tell which acknowledgements have come."""
    if not request.token.acknowledges:
        return refused(Refusal(Code.ACK_DISABLED))
    if not request.channel:
        return refused(Refusal(Code.CHANNEL_MISSING))
    try:
        numbers = [int(one) for one in json.loads(request.body)["acks"]]
    except (ValueError, KeyError, TypeError):
        return refused(Refusal(Code.INVALID_DATA_FORMAT))
    channel = request.instance.tokens.channel(request.token, request.channel)
    return answer(200, {"acks": channel.poll(numbers, request.instance.clock.now())})


async def health(request: web.Request) -> web.Response:
    """Say that HEC is well, without asking who wants to know."""
    fault = request.app[INSTANCE].faults.take("health")
    return refused(Refusal(fault.code if fault.code is not None else Code.HEALTHY))
