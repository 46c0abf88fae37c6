"""The KV store: storage/collections/config (the collections) and storage/collections/data (their documents).

Collections are stanzas of collections.conf and belong to an app: their configuration is asked for as owner nobody
only. Documents belong to an owner, nobody or a user, in the same collection. Lookups see nobody's.

Measured on Splunk 10.4.2: the refusals of the configuration's context, of unknown collections and of batch_find's
elements, batch_save's bare keys, PUT as well as POST, errors in XML unless JSON is asked for. Limits are those of
[kvstore] in limits.conf as shipped; the text of their refusal is a recorded one.
"""

import asyncio
import json
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from aiohttp import web

from standin.conf.metadata import Access
from standin.conf.text import is_true
from standin.knowledge.collections import CollectionId, Document
from standin.knowledge.documents import QueryError, Test, compile_query, narrowed, ordered, read_query
from standin.knowledge.schema import Schema, TypeMismatch
from standin.rest import objects
from standin.rest.arguments import PAGING
from standin.rest.atom import Entry, Feed, single
from standin.rest.call import Call, Route
from standin.rest.collection import page
from standin.rest.messages import Refused, json_response, messages_response
from standin.rest.sharing import ACL_KEYS, roles_of

CONF = "collections"
CONFIG, DATA = "storage/collections/config", "storage/collections/data"
MAX_ROWS = 50_000
MAX_DOCUMENTS = 1_000
MAX_QUERIES = 1_000
MAX_DOCUMENT_BYTES = 16 << 20  # KV store endpoint descriptions, Limits: 16MB per record
FINDING = frozenset({"query", "fields", "limit", "skip", "sort", "shared"})
BOOLEANS = frozenset({"disabled", "enforceTypes", "profilingEnabled", "replicate"})
INVALID_QUERY = "The provided query was invalid."
INVALID_JSON = "JSON in the request is invalid."
NO_DOCUMENT = "Could not find object."
TAKEN = "A document with the same key and user already exists."
LIMITS = "Request exceeds API limits - see limits.conf for details."
Result = TypeVar("Result")


class Collection(NamedTuple):
    """A collection that the request may read, as its owner, and what collections.conf says of its fields."""

    id: CollectionId
    schema: Schema


def require_nobody(call: Call) -> None:
    """Refuse a request about configuration in a user's context; a wildcard owner is everybody's."""
    if call.owner is None or call.owner.lower() not in ("nobody", "-"):
        user = call.user.name if call.owner is None else call.owner
        text = f"Must use user context of 'nobody' when interacting with collection configurations (used user='{user}')"
        raise Refused(400, text)


def find_collection(call: Call) -> tuple[str, str]:
    """Return app and name of the collection that the path names."""
    for app, name in objects.visible_names(call, CONF):
        if name == call.name and app != objects.SYSTEM:
            return app, name
    raise Refused(404, f"An object with name={call.name} does not exist")


def config_entry(call: Call, app: str, name: str) -> Entry:
    """Return a collection with its settings."""
    values = objects.settings(call.instance.configuration, CONF, app, name)
    content = {key: is_true(value) if key in BOOLEANS else value for key, value in values.items()}
    content = {"disabled": False, "enforceTypes": False, **content, "eai:appName": app, "eai:userName": "nobody"}
    return Entry(name, content, objects.acl_of(call, CONF, app, name))


async def listing(call: Call) -> Feed:
    """List the collections of an app, or of all."""
    require_nobody(call)
    names = [each for each in objects.visible_names(call, CONF) if each[0] != objects.SYSTEM]
    return page(CONFIG, [config_entry(call, app, name) for app, name in names], call.arguments)


async def reading(call: Call) -> Feed:
    """Read one collection's configuration."""
    require_nobody(call)
    return single(CONFIG, config_entry(call, *find_collection(call)))


async def creating(call: Call) -> Feed:
    """Create a collection, with field types and accelerations if they are given."""
    require_nobody(call)
    name, app = call.arguments.required("name"), call.context_app()
    if (app, name) in objects.visible_names(call, CONF):
        raise Refused(409, f"An object with name={name} already exists")
    objects.write(call, CONF, app, name, call.arguments.without(["name"]))
    return single(CONFIG, config_entry(call, app, name), 201)


async def editing(call: Call) -> Feed:
    """Change field types and accelerations."""
    require_nobody(call)
    app, name = find_collection(call)
    objects.write(call, CONF, app, name, call.arguments.without([]))
    return single(CONFIG, config_entry(call, app, name))


async def deleting(call: Call) -> web.StreamResponse:
    """Delete a collection with all its documents."""
    require_nobody(call)
    app, name = find_collection(call)
    objects.remove(call, CONF, app, name)
    call.instance.head.collections.drop(CollectionId(app, name))
    return messages_response(200, [], call.output_mode)


async def sharing(call: Call) -> Feed:
    """Say who may do what with a collection."""
    app, name = find_collection(call)
    return single(f"{CONFIG}/{name}/acl", Entry("acl", {}, objects.acl_of(call, CONF, app, name)))


async def resharing(call: Call) -> Feed:
    """Set who reads and writes a collection, and whether other apps see it."""
    app, name = find_collection(call)
    wanted, owner = call.arguments.required("sharing"), call.arguments.required("owner")
    if wanted not in ("app", "global"):
        raise Refused(400, f"Invalid sharing {wanted!r}: a collection belongs to an app, or to all.")
    before = call.instance.configuration.access(CONF, name, app)
    if not before.may_write(call.user.roles):
        raise objects.forbidden(call, name)
    read, writing = roles_of(call, "perms.read") or before.read, roles_of(call, "perms.write") or before.write
    call.instance.configuration.set_access(app, CONF, name, Access(read, writing, wanted == "global", owner))
    return await sharing(call)


def collection_of(call: Call, *, writes: bool) -> Collection:
    """Return the collection whose documents a request is about; without a namespace they are the caller's own."""
    app, name = find_collection(call)
    configuration = call.instance.configuration
    if writes and not configuration.access(CONF, name, app).may_write(call.user.roles):
        raise objects.forbidden(call, name)
    owner = call.user.name if call.owner is None else "nobody" if call.owner.lower() in ("nobody", "-") else call.owner
    if owner not in ("nobody", call.user.name) and "admin_all_objects" not in call.user.capabilities:
        raise objects.forbidden(call, name)
    return Collection(CollectionId(app, name, owner), Schema(configuration.stanza(CONF, name, app)))


async def query(call: Call) -> web.StreamResponse:
    """Return the documents that a query finds; with `shared` nobody's too."""
    collection = collection_of(call, writes=False)
    given = call.arguments
    ids = [collection.id]
    if given.flag("shared") and collection.id.owner != "nobody":
        ids.append(collection.id._replace(owner="nobody"))
    passes = readable(lambda: read_query(given.get("query", "")))
    found = [one for each in ids for one in call.instance.head.collections.documents(each) if passes(one)]
    found = readable(lambda: narrowed(_cut(call, ordered(found, given.get("sort", ""))), given.get("fields", "")))
    return json_response(found)


def readable(read: Callable[[], Result]) -> Result:
    """Read a part of a query, or refuse the request."""
    try:
        return read()
    except QueryError as error:
        raise Refused(400, INVALID_QUERY) from error


def _cut(call: Call, found: list[Document]) -> list[Document]:
    skip = max(call.arguments.number("skip", 0), 0)
    limit = call.arguments.number("limit", 0)
    rows = min(limit, MAX_ROWS) if limit > 0 else MAX_ROWS
    return found[skip : skip + rows]


async def read_document(call: Call) -> web.StreamResponse:
    """Return one document."""
    found = call.instance.head.collections.find(collection_of(call, writes=False).id, call.names["key"])
    if found is None:
        raise Refused(404, NO_DOCUMENT)
    return json_response(found)


async def insert(call: Call) -> web.StreamResponse:
    """Add a document; its key is made where it has none."""
    collection = collection_of(call, writes=True)
    key = call.instance.head.collections.insert(collection.id, typed(collection, document_of(body_of(call))))
    if key is None:
        raise Refused(409, TAKEN)
    return json_response({"_key": key}, status=201)


async def replace(call: Call) -> web.StreamResponse:
    """Put another document in the place of one: all updates are wholesale."""
    collection = collection_of(call, writes=True)
    key = call.names["key"]
    document = typed(collection, document_of(body_of(call)))
    if call.instance.head.collections.find(collection.id, key) is None:
        raise Refused(404, NO_DOCUMENT)
    call.instance.head.collections.save(collection.id, [{**document, "_key": key}])
    return json_response({"_key": key})


async def delete(call: Call) -> web.StreamResponse:
    """Delete what a query finds, everything without one."""
    collection = collection_of(call, writes=True)
    store = call.instance.head.collections
    passes: Test = readable(lambda: read_query(call.arguments.get("query", "")))
    keys = [str(one["_key"]) for one in store.documents(collection.id) if passes(one)]
    await asyncio.to_thread(lambda: [store.remove(collection.id, key) for key in keys])
    return json_response({})


async def delete_document(call: Call) -> web.StreamResponse:
    """Delete one document."""
    if not call.instance.head.collections.remove(collection_of(call, writes=True).id, call.names["key"]):
        raise Refused(404, NO_DOCUMENT)
    return json_response({})


async def batch_save(call: Call) -> web.StreamResponse:
    """Insert or replace many documents; answer with their keys."""
    collection = collection_of(call, writes=True)
    documents = body_of(call)
    if not isinstance(documents, list):
        raise Refused(400, INVALID_JSON)
    if len(documents) > MAX_DOCUMENTS:
        reason = f"(Too many documents for a single batch save, max_documents_per_batch_save={MAX_DOCUMENTS})"
        raise Refused(400, f"{LIMITS} {reason}")
    kept = [typed(collection, document_of(one)) for one in documents]
    return json_response(call.instance.head.collections.save(collection.id, kept))


async def batch_find(call: Call) -> web.StreamResponse:
    """Answer many queries, each with a list of documents."""
    collection = collection_of(call, writes=False)
    queries = body_of(call)
    if not isinstance(queries, list) or not all(isinstance(one, dict) for one in queries):
        raise Refused(400, INVALID_QUERY)
    if len(queries) > MAX_QUERIES:
        raise Refused(400, f"{LIMITS} (Too many queries for a single batch, max_queries_per_batch={MAX_QUERIES})")
    tests = [readable(lambda one=one: compile_query(one.get("query", {}))) for one in queries]  # type: ignore[misc]
    documents = call.instance.head.collections.documents(collection.id)
    return json_response([[one for one in documents if test(one)][:MAX_ROWS] for test in tests])


def body_of(call: Call) -> object:
    """Read the JSON of a request."""
    try:
        parsed: object = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, INVALID_JSON) from error
    return parsed


def document_of(value: object) -> Document:
    """Return a value as a document."""
    if not isinstance(value, dict):
        raise Refused(400, INVALID_JSON)
    if len(json.dumps(value)) > MAX_DOCUMENT_BYTES:
        raise Refused(400, f"{LIMITS} (A document is larger than {MAX_DOCUMENT_BYTES} bytes)")
    return value


def typed(collection: Collection, document: Document) -> Document:
    """Return a document with the types of its collection."""
    try:
        return collection.schema.applied(document)
    except TypeMismatch as error:
        raise Refused(400, str(error)) from error


def _data(method: str, path: str, handler: Callable[[Call], object], takes: frozenset[str] = frozenset()) -> Route:
    return Route(method, f"{DATA}/{{name}}{path}", handler, takes, has_form=False)  # type: ignore[arg-type]


ROUTES = [
    Route("GET", CONFIG, listing, PAGING),
    Route("POST", CONFIG, creating, None),
    Route("GET", CONFIG + "/{name}", reading, frozenset({"f"})),
    Route("POST", CONFIG + "/{name}", editing, None),
    Route("DELETE", CONFIG + "/{name}", deleting),
    Route("GET", CONFIG + "/{name}/acl", sharing, PAGING),
    Route("POST", CONFIG + "/{name}/acl", resharing, ACL_KEYS),
    *(_data(method, "/batch_save", batch_save) for method in ("POST", "PUT")),
    *(_data(method, "/batch_find", batch_find) for method in ("POST", "PUT")),
    _data("GET", "", query, FINDING),
    _data("POST", "", insert),
    _data("DELETE", "", delete, frozenset({"query"})),
    _data("GET", "/{key}", read_document),
    _data("POST", "/{key}", replace),
    _data("DELETE", "/{key}", delete_document),
]
