"""configs/conf-CONF and properties: the stanzas of any conf file that exists."""

from functools import cache

from aiohttp import web

from standin.conf.known import Known
from standin.rest import objects
from standin.rest.arguments import PAGING
from standin.rest.atom import Entry, Feed, single
from standin.rest.call import Call, Route
from standin.rest.collection import page
from standin.rest.messages import Refused, messages_response


@cache
def shipped() -> Known:
    """Return the names that Splunk itself defines."""
    return Known.load()


def conf_of(call: Call) -> str:
    """Return the conf of the path; a name that no spec defines is not found."""
    conf = call.names["conf"]
    if not call.instance.configuration.stanzas(conf) and shipped().conf(conf) is not None:
        raise Refused(404, "Not Found")
    return conf


async def listing(call: Call) -> Feed:
    """List the stanzas of a conf file."""
    conf = conf_of(call)
    entries = [objects.conf_entry(call, conf, app, name) for app, name in objects.visible_names(call, conf)]
    return page(f"configs/conf-{conf}", entries, call.arguments)


async def reading(call: Call) -> Feed:
    """Read one stanza."""
    conf = conf_of(call)
    app, name = objects.find_name(call, conf, call.name)
    return single(f"configs/conf-{conf}", objects.conf_entry(call, conf, app, name))


async def creating(call: Call) -> Feed:
    """Create a stanza in the app of the namespace."""
    conf = conf_of(call)
    name = call.arguments.required("name")
    app = call.context_app()
    if call.owner not in (None, "-", "nobody"):
        raise Refused(400, f"private objects of {conf}.conf are not supported by this stand-in; use owner nobody.")
    if (app, name) in objects.visible_names(call, conf):
        raise Refused(409, f"An object with name={name} already exists")
    objects.write(call, conf, app, name, call.arguments.without(["name"]))
    return single(f"configs/conf-{conf}", objects.conf_entry(call, conf, app, name), 201)


async def editing(call: Call) -> Feed:
    """Change settings of a stanza."""
    conf = conf_of(call)
    app, name = objects.find_name(call, conf, call.name)
    target = app if call.app in (None, "-") or app == call.app else call.context_app()
    objects.write(call, conf, target, name, call.arguments.without([]))
    return single(f"configs/conf-{conf}", objects.conf_entry(call, conf, target, name))


async def deleting(call: Call) -> web.StreamResponse:
    """Remove a stanza that was created here."""
    conf = conf_of(call)
    app, name = objects.find_name(call, conf, call.name)
    objects.remove(call, conf, app, name)
    return messages_response(200, [], call.output_mode)


async def files(call: Call) -> Feed:
    """List the conf files that hold something."""
    configuration = call.instance.configuration
    names = sorted({conf for app in configuration.apps.values() for layer in app.layers() for conf in layer})
    return page("properties", [Entry(name, {}) for name in names], call.arguments)


async def stanza_names(call: Call) -> Feed:
    """List the stanzas of a conf file by name alone, which is how splunk-sdk asks whether the file is there."""
    conf = conf_of(call)
    entries = [Entry(name, {}) for _, name in objects.visible_names(call, conf)]
    return page(f"properties/{conf}", entries, call.arguments)


PATH = "configs/conf-{conf}"
ROUTES = [
    Route("GET", PATH, listing, PAGING),
    Route("POST", PATH, creating, None),
    Route("GET", PATH + "/{name}", reading, frozenset({"f"})),
    Route("POST", PATH + "/{name}", editing, None),
    Route("DELETE", PATH + "/{name}", deleting),
    Route("GET", "properties", files, PAGING),
    Route("GET", "properties/{conf}", stanza_names, PAGING),
]
