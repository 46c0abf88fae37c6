"""saved/searches: read, create, edit, switch on and off, dispatch; alerts/fired_alerts: what was triggered."""

from dataclasses import replace
from itertools import islice, takewhile
from typing import Any

from aiohttp import web

from standin.conf.private import CONF
from standin.jobs.fired import FiredAlert
from standin.jobs.job import Order
from standin.jobs.saved import REST_NAMES, SavedSearch, SavedSearchError
from standin.jobs.schedule import ScheduleError, run_times
from standin.jobs.scheduler import saved_order
from standin.rest import objects
from standin.rest.arguments import PAGING
from standin.rest.atom import Acl, Entry, Feed, single, timestamp
from standin.rest.call import Call, Route, collection_routes
from standin.rest.collection import page
from standin.rest.jobs import sid_response
from standin.rest.messages import Refused, messages_response, not_found
from standin.rest.sharing import (
    ACL_KEYS,
    acl_of,
    find,
    private_place,
    remove,
    reshare,
    visible,
    write,
    write_private,
    write_shared,
)
from standin.values.timemodifier import resolve_time

COLLECTION = "saved/searches"
MAX_RUNS = 100_000
LISTING = PAGING | {"earliest_time", "latest_time", "listDefaultActionArgs", "add_orphan_field"}
INTEGERS = frozenset({"alert.severity", "max_concurrent"})


def saved_entry(call: Call, saved: SavedSearch) -> Entry:
    """Return a saved search as an entry: its settings under REST's names, and what follows from them."""
    content: dict[str, Any] = dict(objects.typed(saved.settings))
    for rest_name, key in REST_NAMES.items():
        content[rest_name] = content.pop(key, "")
    content |= {
        "is_scheduled": saved.flag("enableSched"),
        "actions": ", ".join(saved.actions),
        "next_scheduled_time": _next_time(call, saved),
        "qualifiedSearch": saved.text("search"),
    }
    content |= {key: int(content[key]) for key in INTEGERS if str(content.get(key, "")).isdigit()}
    return Entry(saved.name, content, acl_of(call, saved))


def _next_time(call: Call, saved: SavedSearch) -> str:
    if not saved.is_due:
        return ""
    try:
        return timestamp(next(run_times(saved.text("cron_schedule"), call.instance.clock.now()), None))
    except ScheduleError:
        return ""


async def listing(call: Call) -> Feed:
    """List the saved searches that the namespace sees."""
    entries = [saved_entry(call, saved) for saved in visible(call)]
    return page(COLLECTION, entries, call.arguments)


async def reading(call: Call) -> Feed:
    """Read one saved search."""
    return single(COLLECTION, saved_entry(call, find(call)))


async def creating(call: Call) -> Feed:
    """Create a saved search in the app of the namespace: its user's own, or everybody's below `nobody`."""
    name, place = call.arguments.required("name"), private_place(call)
    app = call.context_app()
    if not call.arguments.get("search"):
        raise Refused(400, "Cannot create a saved search without 'search'.")
    known = (
        call.instance.private.names(place)
        if place
        else [one for home, one in objects.visible_names(call, CONF) if home == app]
    )
    if name in known:
        raise Refused(409, f"Unable to create saved search with name '{name}'. A saved search with that name exists.")
    values = _values(call)
    if place:
        write_private(call, place, name, values)
        return single(COLLECTION, saved_entry(call, call.instance.private_search(name, place)), 201)
    return single(COLLECTION, saved_entry(call, write_shared(call, app, name, values)), 201)


async def editing(call: Call) -> Feed:
    """Change a saved search."""
    return single(COLLECTION, saved_entry(call, write(call, find(call), _values(call))))


def _values(call: Call) -> dict[str, str]:
    values = {REST_NAMES.get(key, key): value for key, value in call.arguments.without(["name"]).items()}
    if "actions" in values:
        chosen = [action.strip() for action in values.pop("actions").split(",") if action.strip()]
        values |= {f"action.{action}": "1" for action in chosen}
    if values.get("enableSched") == "1" or "cron_schedule" in values:
        call.require("schedule_search")
    _check(values)
    return values


def _check(values: dict[str, str]) -> None:
    """Refuse a cron expression that the scheduler could not read."""
    cron = values.get("cron_schedule", "")
    try:
        if cron:
            next(run_times(cron, 0.0), None)
    except ScheduleError as error:
        raise Refused(400, f'Invalid cron_schedule="{cron}".') from error


async def switching(call: Call) -> Feed:
    """Enable or disable."""
    values = {"disabled": "0" if call.names["switch"] == "enable" else "1"}
    return single(COLLECTION, saved_entry(call, write(call, find(call), values)))


async def deleting(call: Call) -> web.StreamResponse:
    """Remove a saved search that was created here."""
    remove(call, find(call))
    return messages_response(200, [], call.output_mode)


async def dispatching(call: Call) -> web.StreamResponse:
    """Run a saved search now, as its caller; `trigger_actions` is refused."""
    saved = find(call)
    call.require("search")
    if call.arguments.flag("trigger_actions"):
        raise Refused(400, "trigger_actions is not supported by this stand-in; move the clock instead.")
    job = call.instance.jobs.dispatch(_order(call, saved))
    return sid_response(job.sid, call.output_mode)


def _order(call: Call, saved: SavedSearch) -> Order:
    given = {key: value for key, value in call.arguments.items() if key.startswith("dispatch.")}
    changed = replace(saved, settings={**saved.settings, **given})
    try:
        return saved_order(changed, call.user, call.instance.clock.now())
    except (SavedSearchError, ValueError) as error:
        raise Refused(400, f"{saved.name}: {error}") from error


async def sharing(call: Call) -> Feed:
    """Say whose a saved search is and who may do what with it."""
    saved = find(call)
    return single(f"{COLLECTION}/{saved.name}/acl", Entry("acl", {}, acl_of(call, saved)))


async def resharing(call: Call) -> Feed:
    """Share a saved search, take it back, give it to somebody, set who reads and writes it."""
    saved = reshare(call, find(call))
    return single(f"{COLLECTION}/{saved.name}/acl", Entry("acl", {}, acl_of(call, saved)))


async def scheduled_times(call: Call) -> Feed:
    """List when a saved search runs in a range of time."""
    saved, now = find(call), call.instance.clock.now()
    try:
        start, end = (resolve_time(call.arguments.required(name), now) for name in ("earliest_time", "latest_time"))
        runs = takewhile(lambda at: at <= end, run_times(saved.text("cron_schedule"), start))
        times = list(islice(runs, MAX_RUNS))
    except (ScheduleError, ValueError) as error:
        raise Refused(400, f"{saved.name}: {error}") from error
    content = {"scheduled_times": [int(at) for at in times]}
    return single(f"{COLLECTION}/{saved.name}/scheduled_times", Entry(saved.name, content, acl_of(call, saved)))


async def history(call: Call) -> Feed:
    """List the jobs of a saved search."""
    name = find(call).name
    jobs = [job for job in call.instance.jobs.all() if job.order.label == name]
    entries = [Entry(job.sid, {"isDone": job.is_done, "isScheduled": job.order.is_scheduled}) for job in jobs]
    return page(f"{COLLECTION}/{name}/history", entries, call.arguments)


async def fired_listing(call: Call) -> Feed:
    """List the searches whose alerts were triggered, with a sum of all under `-`."""
    alerts = call.instance.fired.current(call.instance.clock.now())
    counts: dict[tuple[str, str, str], int] = {}
    for alert in alerts:
        key = alert.savedsearch_name, alert.app, alert.owner
        counts[key] = counts.get(key, 0) + alert.triggered_alerts
    entries = [Entry("-", {"triggered_alert_count": sum(counts.values())})]
    entries += [
        Entry(name, {"triggered_alert_count": count}, Acl(app, owner, "app"))
        for (name, app, owner), count in counts.items()
    ]
    return page("alerts/fired_alerts", entries, call.arguments, can_create=False)


def fired_content(alert: FiredAlert) -> dict[str, Any]:
    """Return what the API tells of a triggered alert."""
    return {
        "savedsearch_name": alert.savedsearch_name,
        "sid": alert.sid,
        "severity": alert.severity,
        "actions": alert.actions,
        "alert_type": "historical",
        "digest_mode": alert.is_digest,
        "triggered_alerts": alert.triggered_alerts,
        "trigger_time": alert.trigger_time,
        "trigger_time_rendered": timestamp(alert.trigger_time),
        "expiration_time_rendered": timestamp(alert.expires_at),
    }


async def fired_reading(call: Call) -> Feed:
    """List the triggered alerts of one search, or of all under `-`."""
    alerts = call.instance.fired.current(call.instance.clock.now())
    chosen = [alert for alert in alerts if call.name in ("-", alert.savedsearch_name)]
    if not chosen and call.name != "-":
        raise not_found(call.name)
    entries = [Entry(alert.sid, fired_content(alert), Acl(alert.app, alert.owner, "app")) for alert in chosen]
    return page(f"alerts/fired_alerts/{call.name}", entries, call.arguments, can_create=False)


ITEM = COLLECTION + "/{name}"
ROUTES = [
    Route("GET", COLLECTION, listing, LISTING),
    Route("GET", ITEM, reading, LISTING),
    Route("POST", COLLECTION, creating, None),
    Route("POST", ITEM, editing, None),
    Route("DELETE", ITEM, deleting),
    Route("POST", ITEM + "/dispatch", dispatching, None),
    Route("GET", ITEM + "/history", history, LISTING),
    Route("GET", ITEM + "/scheduled_times", scheduled_times, frozenset({"earliest_time", "latest_time"})),
    Route("POST", ITEM + "/{switch:enable|disable}", switching),
    Route("GET", ITEM + "/acl", sharing, frozenset({"f"})),
    Route("POST", ITEM + "/acl", resharing, ACL_KEYS),
    *collection_routes("alerts/fired_alerts", fired_listing, fired_reading),
]
