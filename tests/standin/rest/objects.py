"""Stanzas of conf files as objects of the API: which a user may see, whose they are, how they are written."""

from collections.abc import Mapping

from standin.conf.configuration import Configuration
from standin.conf.errors import ConfError
from standin.jobs.saved import is_true
from standin.rest.atom import Acl, Entry
from standin.rest.call import Call
from standin.rest.messages import Refused, not_found

SYSTEM = "system"
# Keys that JSON carries as booleans whatever conf they stand in.
BOOLEANS = frozenset(
    {"disabled", "is_visible", "is_scheduled", "realtime_schedule", "alert.suppress", "alert.digest_mode", "iseval"}
)


def visible_names(call: Call, conf: str) -> list[tuple[str, str]]:
    """Return (app, name) of the stanzas that the request's user sees from its namespace, [default] aside."""
    configuration = call.instance.configuration
    apps = list(configuration.apps) if call.app == "-" else [call.context_app()]
    seen: dict[tuple[str, str], None] = {}
    for app in apps:
        for name in configuration.stanzas(conf, app, call.user.roles) if app in configuration.apps else ():
            home = configuration.home(conf, name, app) or SYSTEM
            if call.app != "-" or home in (app, SYSTEM):
                seen[home, name] = None
    return sorted(seen, key=lambda key: key[1].lower())


def find_name(call: Call, conf: str, name: str) -> tuple[str, str]:
    """Return (app, name) of one stanza, or refuse."""
    for home, one in visible_names(call, conf):
        if one == name:
            return home, one
    raise not_found(name)


def settings(configuration: Configuration, conf: str, app: str, name: str) -> dict[str, str]:
    """Return the values of a stanza over its defaults, as its app sees it."""
    view = None if app == SYSTEM else app
    return {key: one.value for key, one in configuration.stanza(conf, name, view).items()}


def acl_of(call: Call, conf: str, app: str, name: str) -> Acl:
    """Return who may do what with a stanza."""
    if app == SYSTEM:
        return Acl(SYSTEM, "nobody", "system", can_write="admin" in call.user.roles)
    access = call.instance.configuration.access(conf, name, app)
    return Acl(
        app=app,
        owner=access.owner,
        sharing="global" if access.exported else "app",
        read=tuple(sorted(access.read)),
        write=tuple(sorted(access.write)),
        can_write=access.may_write(call.user.roles),
    )


def conf_entry(call: Call, conf: str, app: str, name: str) -> Entry:
    """Return a stanza as an entry of configs/conf-CONF."""
    values = settings(call.instance.configuration, conf, app, name)
    content = {"disabled": False, **typed(values), "eai:appName": app, "eai:userName": call.user.name}
    return Entry(name, content, acl_of(call, conf, app, name))


def typed(values: Mapping[str, str]) -> dict[str, str | bool]:
    """Return values with the booleans that JSON shows as such."""
    return {key: is_true(value) if key in BOOLEANS else value for key, value in values.items()}


def write(call: Call, conf: str, app: str, name: str, values: Mapping[str, str]) -> None:
    """Write settings into an app's local folder, if the user may, as conf files know them."""
    configuration = call.instance.configuration
    target = "search" if app == SYSTEM else app
    if target not in configuration.apps:
        raise not_found(target)
    access = configuration.access(conf, name, target)
    if not access.may_write(call.user.roles):
        raise forbidden(call, name)
    try:
        configuration.set(target, conf, name, values)
    except ConfError as error:
        raise Refused(400, error.problem.message) from error


def forbidden(call: Call, name: str) -> Refused:
    """Say that a user may not change an object."""
    return Refused(403, f"User '{call.user.name}' does not have permission to write {name!r}.", "WARN")


def remove(call: Call, conf: str, app: str, name: str) -> None:
    """Take a stanza out of an app's local folder; what the app ships cannot be removed."""
    configuration = call.instance.configuration
    if app == SYSTEM or name in configuration.apps[app].default.get(conf, {}):
        raise Refused(405, f"Cannot remove {name!r}: it is part of app {app!r} as shipped.")
    if not configuration.access(conf, name, app).may_write(call.user.roles):
        raise forbidden(call, name)
    configuration.remove(app, conf, name)
