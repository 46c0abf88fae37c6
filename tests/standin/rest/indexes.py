"""data/indexes, and receivers/simple, which indexes one body without HEC."""

import re
from typing import Any

from aiohttp import web

from standin.events.event import Origin
from standin.rest.arguments import PAGING
from standin.rest.atom import Acl, Entry, Feed, single
from standin.rest.call import Call, Route
from standin.rest.collection import page
from standin.rest.messages import Refused, json_response, messages_response, not_found

COLLECTION = "data/indexes"
DEFAULTS: dict[str, Any] = {
    "maxTotalDataSizeMB": 500_000,
    "frozenTimePeriodInSecs": 188_697_600,
    "enableDataIntegrityControl": False,
}
SETTABLE = frozenset({"name", "datatype", "homePath", "coldPath", "thawedPath", *DEFAULTS})
_NAME = re.compile(r"_?[a-z0-9][a-z0-9_-]*")


def index_entry(call: Call, name: str) -> Entry:
    """Return an index; counts are integers, the size is text (measured)."""
    store = call.instance.store
    content = {
        **DEFAULTS,
        "disabled": False,
        "isInternal": name.startswith("_"),
        "datatype": "event",
        "totalEventCount": store.count(name),
        "currentDBSizeMB": "1",
    }
    return Entry(name, content, Acl("search", "nobody", "app"))


def visible(call: Call) -> list[str]:
    """Name the indexes that the caller may see."""
    return [name for name in call.instance.store.indexes if call.user.may_search(name)]


async def listing(call: Call) -> Feed:
    """List the indexes."""
    return page(COLLECTION, [index_entry(call, name) for name in visible(call)], call.arguments)


async def reading(call: Call) -> Feed:
    """Read one index."""
    if call.name not in visible(call):
        raise not_found(call.name)
    return single(COLLECTION, index_entry(call, call.name))


async def creating(call: Call) -> Feed:
    """Create an index."""
    call.require("indexes_edit")
    name = call.arguments.required("name")
    if not _NAME.fullmatch(name) or name == "kvstore":
        raise Refused(400, f"Invalid index name {name!r}: lower-case letters, digits, _ and - only.")
    if name in call.instance.store.indexes:
        raise Refused(409, f"Index name={name} already exists.")
    call.instance.store.create_index(name)
    return single(COLLECTION, index_entry(call, name), 201)


async def deleting(call: Call) -> web.StreamResponse:
    """Drop an index with its events."""
    call.require("indexes_edit")
    if call.name not in visible(call):
        raise not_found(call.name)
    call.instance.store.remove_index(call.name)
    return messages_response(200, [], call.output_mode)


async def receive(call: Call) -> web.StreamResponse:
    """Index the body of the request; its arguments are in the query only."""
    # `power` may and `user` may not (measured); of the capabilities that tell them apart this one is about events.
    call.require("edit_tcp", "edit_log_alert_event")
    if not call.body.strip():
        raise Refused(400, "empty body", "WARN")
    query = call.arguments
    index = query.get("index", "default")
    if index != "default" and index not in call.instance.store.indexes:
        raise Refused(400, f"supplied index '{index}' missing", "WARN")
    place = {
        "index": index,
        "bytes": len(call.body),
        "host": query.get("host", "127.0.0.1"),
        "source": query.get("source", "http-simple"),
        "sourcetype": query.get("sourcetype", "unknown-too_small"),
    }
    origin = Origin(
        "main" if index == "default" else index, *(str(place[key]) for key in ("host", "source", "sourcetype"))
    )
    call.instance.pipeline.index_hec_raw(call.body, origin)
    return json_response(place)


ROUTES = [
    Route("GET", COLLECTION, listing, PAGING | {"datatype"}),
    Route("POST", COLLECTION, creating, SETTABLE),
    Route("GET", COLLECTION + "/{name}", reading, frozenset({"f", "datatype"})),
    Route("DELETE", COLLECTION + "/{name}", deleting),
    Route("POST", "receivers/simple", receive, None, has_form=False),
]
