"""Saved searches of one user and of everybody: which a request sees, where it writes, how they are shared.

/servicesNS/USER/APP       USER's own and what the app shares; what is created belongs to USER alone
/servicesNS/nobody/APP     what the app shares
/servicesNS/-/APP          everybody's, as far as the caller may know of them

Another user's own are for those with `admin_all_objects`. Sources: REST API tutorials, "Managing knowledge objects";
REST API user manual, "Namespace" and "Access Control List"; authorize.conf.spec, admin_all_objects.
"""

from collections.abc import Iterator

from standin.conf.errors import ConfError
from standin.conf.metadata import Access
from standin.conf.private import CONF, Place
from standin.jobs.saved import SavedSearch
from standin.rest import objects
from standin.rest.atom import Acl
from standin.rest.call import Call
from standin.rest.messages import Refused, not_found

SHARED = (None, "nobody")
SHARINGS = ("user", "app", "global")
ACL_KEYS = frozenset({"sharing", "owner", "perms.read", "perms.write"})


def visible(call: Call) -> list[SavedSearch]:
    """Return the saved searches that a request's namespace shows; a user's own before the app's of that name."""
    own = [
        call.instance.private_search(name, place)
        for place in _places(call)
        for name in call.instance.private.names(place)
    ]
    hidden = {(one.app, one.name) for one in own if one.owner == call.user.name}
    names = (each for each in objects.visible_names(call, CONF) if each not in hidden)
    return sorted([*own, *(call.instance.saved_search(name, app) for app, name in names)], key=_by_name)


def _by_name(saved: SavedSearch) -> str:
    return saved.name.lower()


def _places(call: Call) -> Iterator[Place]:
    """Yield the users and apps whose own searches the request may see."""
    if call.owner == "nobody":
        return
    owners = {call.user.name if call.owner is None else call.owner}
    for place in call.instance.private.places():
        is_named = "-" in owners or place.user in owners
        is_here = call.app == "-" or place.app == call.context_app()
        if is_named and is_here and _may_know(call, place.user):
            yield place


def _may_know(call: Call, owner: str) -> bool:
    return owner == call.user.name or "admin_all_objects" in call.user.capabilities


def find(call: Call) -> SavedSearch:
    """Return the saved search that the path names, the caller's own first, or refuse."""
    found = [saved for saved in visible(call) if saved.name == call.name]
    if not found:
        raise not_found(call.name)
    return min(found, key=lambda saved: (not saved.is_private, saved.owner != call.user.name))


def private_place(call: Call) -> Place | None:
    """Return where the request creates a user's own object, None where it creates a shared one."""
    if call.owner in SHARED or call.owner == "-":
        return None
    owner = str(call.owner)
    if not _may_know(call, owner):
        raise objects.forbidden(call, owner)
    if call.context_app() not in call.instance.configuration.apps:
        raise not_found(call.context_app())
    return Place(owner, call.context_app())


def write(call: Call, saved: SavedSearch, values: dict[str, str]) -> SavedSearch:
    """Change settings where the search lives; return it as it is then."""
    if not saved.is_private:
        return write_shared(call, saved.app, saved.name, values)
    place = Place(saved.owner, saved.app)
    write_private(call, place, saved.name, values)
    return call.instance.private_search(saved.name, place)


def write_shared(call: Call, app: str, name: str, values: dict[str, str]) -> SavedSearch:
    """Write into the app, if the user may."""
    objects.write(call, CONF, app, name, values)
    call.instance.scheduler.refresh()
    return call.instance.saved_search(name, app)


def write_private(call: Call, place: Place, name: str, values: dict[str, str]) -> None:
    """Write what belongs to one user."""
    try:
        call.instance.private.write(place, name, values)
    except ConfError as error:
        raise Refused(400, error.problem.message) from error
    call.instance.scheduler.refresh()


def remove(call: Call, saved: SavedSearch) -> None:
    """Forget a saved search."""
    if saved.is_private:
        call.instance.private.remove(Place(saved.owner, saved.app), saved.name)
    else:
        objects.remove(call, CONF, saved.app, saved.name)
    call.instance.scheduler.refresh()


def acl_of(call: Call, saved: SavedSearch) -> Acl:
    """Return who may do what with a saved search."""
    if saved.is_private:
        return Acl(saved.app, saved.owner, "user", read=(saved.owner,), write=(saved.owner,))
    return objects.acl_of(call, CONF, saved.app, saved.name)


def reshare(call: Call, saved: SavedSearch) -> SavedSearch:
    """Move a saved search between its owner and the app, and set its permissions there."""
    sharing, owner = call.arguments.required("sharing"), call.arguments.required("owner")
    if sharing not in SHARINGS:
        raise Refused(400, f"Invalid sharing {sharing!r}; it is one of {', '.join(SHARINGS)}.")
    if sharing == "user":
        return _take_back(call, saved, owner)
    if saved.is_private:
        stored = call.instance.private.own(Place(saved.owner, saved.app), saved.name)
        _require_app_write(call, saved)
        write_shared(call, saved.app, saved.name, stored)
        call.instance.private.remove(Place(saved.owner, saved.app), saved.name)
    _require_app_write(call, saved)
    before = call.instance.configuration.access(CONF, saved.name, saved.app)
    read, writing = roles_of(call, "perms.read") or before.read, roles_of(call, "perms.write") or before.write
    access = Access(read, writing, sharing == "global", owner)
    call.instance.configuration.set_access(saved.app, CONF, saved.name, access)
    call.instance.scheduler.refresh()
    return call.instance.saved_search(saved.name, saved.app)


def roles_of(call: Call, key: str) -> frozenset[str]:
    """Read a list of roles, separated by commas."""
    named = ",".join(call.arguments.all(key)).split(",")
    return frozenset(role.strip() for role in named if role.strip())


def _require_app_write(call: Call, saved: SavedSearch) -> None:
    if not call.instance.configuration.access(CONF, saved.name, saved.app).may_write(call.user.roles):
        raise objects.forbidden(call, saved.name)


def _take_back(call: Call, saved: SavedSearch, owner: str) -> SavedSearch:
    """Give a search to one user; one that an app ships stays the app's."""
    place = Place(owner, saved.app)
    if saved.is_private and saved.owner == owner:
        return saved
    if not _may_know(call, owner):
        raise objects.forbidden(call, saved.name)
    stored = (
        call.instance.private.own(Place(saved.owner, saved.app), saved.name)
        if saved.is_private
        else {key: one.value for key, one in call.instance.configuration.own(CONF, saved.name, saved.app).items()}
    )
    remove(call, saved)
    write_private(call, place, saved.name, stored)
    return call.instance.private_search(saved.name, place)
