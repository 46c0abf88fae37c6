"""saved/eventtypes: event types as objects of the API, stanzas of eventtypes.conf."""

from aiohttp import web

from standin.language.errors import SearchError
from standin.language.filters import compile_filter
from standin.rest import objects
from standin.rest.arguments import PAGING
from standin.rest.atom import Entry, Feed, single
from standin.rest.call import Call, Route
from standin.rest.collection import page
from standin.rest.messages import Refused, messages_response

CONF = "eventtypes"
COLLECTION = "saved/eventtypes"
SETTABLE = frozenset({"name", "search", "description", "priority", "disabled", "color"})


def entry(call: Call, app: str, name: str) -> Entry:
    """Return an event type."""
    values = objects.settings(call.instance.configuration, CONF, app, name)
    content = {"disabled": False, "tags": "", **objects.typed(values)}
    return Entry(name, content, objects.acl_of(call, CONF, app, name))


async def listing(call: Call) -> Feed:
    """List the event types that the namespace sees."""
    return page(COLLECTION, [entry(call, *each) for each in objects.visible_names(call, CONF)], call.arguments)


async def reading(call: Call) -> Feed:
    """Read one event type."""
    return single(COLLECTION, entry(call, *objects.find_name(call, CONF, call.name)))


async def creating(call: Call) -> Feed:
    """Create an event type in the app of the namespace."""
    name, app = call.arguments.required("name"), call.context_app()
    call.arguments.required("search")
    if (app, name) in objects.visible_names(call, CONF):
        raise Refused(409, f"An object with name={name} already exists")
    return _written(call, app, name, 201)


async def editing(call: Call) -> Feed:
    """Change an event type."""
    return _written(call, *objects.find_name(call, CONF, call.name))


def _written(call: Call, app: str, name: str, status: int = 200) -> Feed:
    values = call.arguments.without(["name"])
    try:
        compile_filter(values.get("search", "*"))
    except SearchError as error:
        raise Refused(400, str(error)) from error
    objects.write(call, CONF, app, name, values)
    return single(COLLECTION, entry(call, app, name), status)


async def switching(call: Call) -> Feed:
    """Enable or disable."""
    app, name = objects.find_name(call, CONF, call.name)
    objects.write(call, CONF, app, name, {"disabled": "0" if call.names["switch"] == "enable" else "1"})
    return single(COLLECTION, entry(call, app, name))


async def deleting(call: Call) -> web.StreamResponse:
    """Remove an event type that was created here."""
    app, name = objects.find_name(call, CONF, call.name)
    objects.remove(call, CONF, app, name)
    return messages_response(200, [], call.output_mode)


ROUTES = [
    Route("GET", COLLECTION, listing, PAGING),
    Route("GET", COLLECTION + "/{name}", reading, frozenset({"f"})),
    Route("POST", COLLECTION, creating, SETTABLE),
    Route("POST", COLLECTION + "/{name}", editing, SETTABLE),
    Route("POST", COLLECTION + "/{name}/{switch:enable|disable}", switching),
    Route("DELETE", COLLECTION + "/{name}", deleting),
]
