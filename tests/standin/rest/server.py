"""Log-in, what the server says of itself and of its caller, apps, and what data/ui holds."""

import asyncio
import platform
from pathlib import Path
from xml.etree import ElementTree as ET

from aiohttp import web

from standin.conf.errors import ConfError
from standin.installation import InstallError
from standin.jobs.saved import is_true
from standin.rest.arguments import PAGING
from standin.rest.atom import Acl, Entry, Feed, single
from standin.rest.call import Call, Route, collection_routes
from standin.rest.collection import page
from standin.rest.messages import Refused, json_response, messages_response, not_found, xml_response

VERSION = "10.4.2"
TIMES = {
    "real_time": ("Real-time", "rt", "rt"),
    "last_15_minutes": ("Last 15 minutes", "-15m", "now"),
    "last_60_minutes": ("Last 60 minutes", "-60m@m", "now"),
    "last_4_hours": ("Last 4 hours", "-4h@m", "now"),
    "last_24_hours": ("Last 24 hours", "-24h@h", "now"),
    "last_7_days": ("Last 7 days", "-7d@h", "now"),
    "last_30_days": ("Last 30 days", "-30d@d", "now"),
    "all_time": ("All time", "0", ""),
}


async def login(call: Call) -> web.StreamResponse:
    """Open a session for a name and password."""
    name, password = call.arguments.get("username", ""), call.arguments.get("password")
    if not password:
        raise Refused(400, "Login failed", "WARN")
    if call.instance.accounts.authenticate(name, password) is None:
        raise Refused(401, "Login failed", "WARN", code="incorrect_username_or_password")
    key = call.instance.sessions.open(name)
    if call.output_mode == "json":
        return json_response({"sessionKey": key, "message": "", "code": ""})
    root = ET.Element("response")
    ET.SubElement(root, "sessionKey").text = key
    return xml_response(root)


async def logout(call: Call) -> web.StreamResponse:
    """Close the session of the request."""
    call.instance.sessions.close(call.session_key)
    return messages_response(200, [], call.output_mode)


async def info(call: Call) -> Feed:
    """Say what this is, as far as clients decide by it: 9.0.2 and newer are spoken to by v2 endpoints."""
    content = {
        "version": VERSION,
        "build": "standin",
        "serverName": "standin",
        "host": "standin",
        "guid": "00000000-0000-4000-8000-000000000000",
        "product_type": "enterprise",
        "instance_type": "standin",
        "os_name": platform.system(),
        "cpu_arch": platform.machine(),
        "isFree": False,
        "isTrial": False,
        "licenseState": "OK",
        "mode": "normal",
        "server_roles": ["indexer", "search_head", "kv_store"],
        "startup_time": int(call.instance.clock.now()),
    }
    return single("server/info", Entry("server-info", content))


async def settings(call: Call) -> Feed:
    """Tell the ports and the host."""
    addresses = call.instance.addresses
    content = {
        "serverName": "standin",
        "host": "standin",
        "mgmtHostPort": addresses.management.rpartition("/")[2],
        "httpport": addresses.web.rpartition(":")[2],
        "enableSplunkWebSSL": False,
        "minFreeSpace": 5000,
        # There is no cluster here to share a secret with; clients such as splunksplwrapper read the key at log-in.
        "pass4SymmKey": "********",
    }
    return single("server/settings", Entry("settings", content))


async def context(call: Call) -> Feed:
    """Tell who the caller is."""
    account = call.instance.accounts.find(call.user.name)
    content = {
        "username": call.user.name,
        "realname": account.real_name if account else "",
        "email": account.email if account else "",
        "roles": sorted(account.roles if account else call.user.roles),
        "capabilities": sorted(call.user.capabilities),
        "defaultApp": account.default_app if account else "launcher",
        "tz": "",
    }
    return single("authentication/current-context", Entry("context", content))


def app_entry(call: Call, name: str) -> Entry:
    """Return an installed app."""
    configuration = call.instance.configuration
    content = {
        "label": configuration.value("app", "ui", "label", name) or name,
        "version": configuration.value("app", "launcher", "version", name) or "",
        "author": configuration.value("app", "launcher", "author", name) or "",
        "description": configuration.value("app", "launcher", "description", name) or "",
        "configured": is_true(configuration.value("app", "install", "is_configured", name) or "0"),
        "disabled": configuration.value("app", "install", "state", name) == "disabled",
        "visible": is_true(configuration.value("app", "ui", "is_visible", name) or "1"),
        "core": False,
    }
    return Entry(name, content, Acl("system", "nobody", "app"))


async def apps(call: Call) -> Feed:
    """List the installed apps."""
    names = call.instance.configuration.apps
    return page("apps/local", [app_entry(call, name) for name in names], call.arguments)


async def app(call: Call) -> Feed:
    """Read one installed app."""
    if call.name not in call.instance.configuration.apps:
        raise not_found(call.name)
    return single("apps/local", app_entry(call, call.name))


async def install(call: Call) -> Feed:
    """Install an app from a tarball on this machine (`filename=1`, or `name` and `filename` the path)."""
    call.require("install_apps")
    given = call.arguments
    path = given.required("name") if given.get("filename", "").lower() in ("", "1", "true") else given["filename"]
    if not Path(path).is_file():
        raise Refused(400, f"{path}: only tarballs can be installed, and this is no file")
    try:
        name = await asyncio.to_thread(call.instance.install, Path(path))
    except (InstallError, ConfError) as error:
        raise Refused(400, str(error)) from error
    return single("apps/local", app_entry(call, name), 201)


async def times(call: Call) -> Feed:
    """List the ranges of the time picker."""
    entries = [
        Entry(
            name, {"label": label, "earliest_time": earliest, "latest_time": latest, "disabled": False, "order": number}
        )
        for number, (name, (label, earliest, latest)) in enumerate(TIMES.items())
        if earliest != "rt"
    ]
    return page("data/ui/times", entries, call.arguments)


async def messages(call: Call) -> Feed:
    """List what the instance wants to tell its administrator: nothing, ever (a healthy one has none, measured)."""
    return page("messages", [], call.arguments)


async def kvstore_status(call: Call) -> Feed:
    """Tell that the KV store is ready."""
    return single("kvstore/status", Entry("status", {"current": {"status": "ready", "standalone": 1}}))


def view_files(call: Call) -> dict[tuple[str, str], Path]:
    """Return the views that the caller may see, local ones before shipped ones."""
    configuration = call.instance.configuration
    wanted = list(configuration.apps) if call.app in (None, "-") else [call.context_app()]
    found = {}
    for name in (one for one in wanted if one in configuration.apps):
        for layer in ("default", "local"):
            for file in sorted((configuration.apps[name].path / layer / "data" / "ui" / "views").glob("*.xml")):
                if configuration.access("views", file.stem, name).may_read(call.user.roles):
                    found[name, file.stem] = file
    return found


def view_entry(app_name: str, name: str, file: Path) -> Entry:
    """Return a view with its source."""
    text = file.read_text(encoding="utf-8")
    try:
        root = ET.fromstring(text)  # noqa: S314 - files of an installed app
    except ET.ParseError:
        root = ET.Element("view")
    content = {
        "eai:data": text,
        "eai:type": "views",
        "label": root.findtext("label") or name,
        "isDashboard": root.tag in ("dashboard", "form"),
        "isVisible": True,
        "rootNode": root.tag,
        "version": root.get("version", "1.0"),
        "disabled": False,
    }
    return Entry(name, content, Acl(app_name, "nobody", "app"))


async def views(call: Call) -> Feed:
    """List the views of an app, or of all."""
    entries = [view_entry(app_name, name, file) for (app_name, name), file in view_files(call).items()]
    return page("data/ui/views", entries, call.arguments)


async def view(call: Call) -> Feed:
    """Read one view."""
    for (app_name, name), file in view_files(call).items():
        if name == call.name:
            return single("data/ui/views", view_entry(app_name, name, file))
    raise not_found(call.name)


ROUTES = [
    Route("POST", "auth/login", login, frozenset({"username", "password", "cookie"}), needs_session=False),
    Route("DELETE", "authentication/httpauth-tokens/{name}", logout),
    Route("GET", "server/info", info, PAGING),
    Route("GET", "server/settings", settings, PAGING),
    Route("GET", "authentication/current-context", context, PAGING),
    Route("POST", "apps/local", install, frozenset({"name", "filename", "update"})),
    Route("GET", "data/ui/times", times, PAGING),
    Route("GET", "messages", messages, PAGING),
    Route("GET", "kvstore/status", kvstore_status, PAGING),
    *collection_routes("apps/local", apps, app),
    *collection_routes("data/ui/views", views, view),
]
