"""authentication/users and authorization/roles: who there is, and what roles allow."""

from dataclasses import replace

from aiohttp import web

from standin.accounts.roles import PREFIX, read_role, role_names, with_imports
from standin.accounts.users import Account, AccountError
from standin.rest import objects
from standin.rest.arguments import PAGING, Arguments
from standin.rest.atom import Entry, Feed, single
from standin.rest.call import Call, Route
from standin.rest.collection import page
from standin.rest.messages import Refused, messages_response, not_found

USERS, ROLES = "authentication/users", "authorization/roles"
USER_KEYS = frozenset(
    {
        "name",
        "password",
        "oldpassword",
        "roles",
        "realname",
        "email",
        "defaultApp",
        "tz",
        "createrole",
        "force-change-pass",
    }
)
# REST's names of a role's settings, and authorize.conf's.
ROLE_KEYS = {
    "imported_roles": "importRoles",
    "srchIndexesAllowed": "srchIndexesAllowed",
    "srchIndexesDefault": "srchIndexesDefault",
    "srchFilter": "srchFilter",
}


def user_entry(call: Call, account: Account) -> Entry:
    """Return a user."""
    roles = with_imports(call.instance.configuration, account.roles)
    content = {
        "roles": list(account.roles),
        "realname": account.real_name,
        "email": account.email,
        "defaultApp": account.default_app,
        "type": "Splunk",
        "tz": "",
        "capabilities": sorted({name for role in roles for name in role.capabilities}),
    }
    return Entry(account.name, content)


def find_user(call: Call) -> Account:
    """Return the user that the path names."""
    account = call.instance.accounts.find(call.name)
    if account is None:
        raise not_found(call.name)
    return account


async def users(call: Call) -> Feed:
    """List users: all for administrators, oneself for others."""
    may_list = "edit_user" in call.user.capabilities
    accounts = [one for one in call.instance.accounts.all() if may_list or one.name == call.user.name]
    return page(USERS, [user_entry(call, one) for one in accounts], call.arguments)


async def user(call: Call) -> Feed:
    """Read one user."""
    if call.name != call.user.name:
        call.require("edit_user")
    return single(USERS, user_entry(call, find_user(call)))


def known_roles(call: Call, arguments: Arguments) -> tuple[str, ...]:
    """Read `roles`; one that does not exist is refused."""
    chosen = tuple(arguments.all("roles"))
    for name in chosen:
        if name not in role_names(call.instance.configuration):
            raise Refused(400, f"In handler 'users': Role={name} is invalid")
    return chosen


async def create_user(call: Call) -> Feed:
    """Create a user."""
    given = call.arguments
    roles = known_roles(call, given)
    if not roles:
        raise Refused(400, "In handler 'users': at least one role is required")
    account = Account(given.required("name"), roles, given.get("realname", ""), given.get("email", ""))
    try:
        call.instance.accounts.add(account, given.required("password"))
    except AccountError as error:
        raise Refused(409, str(error)) from error
    return single(USERS, user_entry(call, find_user_named(call, account.name)), 201)


def find_user_named(call: Call, name: str) -> Account:
    """Return a user that is there."""
    account = call.instance.accounts.find(name)
    assert account is not None, "just stored"
    return account


async def edit_user(call: Call) -> Feed:
    """Change a user: roles and names by administrators, the own password by everybody."""
    account, given = find_user(call), call.arguments
    if set(given) - {"password", "oldpassword", "output_mode"} or call.name != call.user.name:
        call.require("edit_user")
    account = replace(
        account,
        roles=known_roles(call, given) or account.roles,
        real_name=given.get("realname", account.real_name),
        email=given.get("email", account.email),
        default_app=given.get("defaultApp", account.default_app),
    )
    if "password" in given:
        account = account.with_password(given.required("password"))
    call.instance.accounts.put(account)
    return single(USERS, user_entry(call, account))


async def delete_user(call: Call) -> web.StreamResponse:
    """Delete a user and end its sessions."""
    account = find_user(call)
    call.instance.accounts.remove(account.name)
    call.instance.sessions.close_all_of(account.name)
    return messages_response(200, [], call.output_mode)


def role_entry(call: Call, name: str) -> Entry:
    """Return a role, with what it imports apart."""
    role = read_role(call.instance.configuration, name)
    if role is None:
        raise not_found(name)
    imported = with_imports(call.instance.configuration, role.imports)
    content = {
        "capabilities": sorted(role.capabilities),
        "imported_roles": list(role.imports),
        "imported_capabilities": sorted({one for each in imported for one in each.capabilities}),
        "srchIndexesAllowed": list(role.allowed_indexes),
        "srchIndexesDefault": list(role.default_indexes),
        "imported_srchIndexesAllowed": sorted({one for each in imported for one in each.allowed_indexes}),
        "imported_srchIndexesDefault": sorted({one for each in imported for one in each.default_indexes}),
        "srchFilter": role.search_filter,
    }
    return Entry(name, content)


async def roles(call: Call) -> Feed:
    """List roles."""
    names = role_names(call.instance.configuration)
    return page(ROLES, [role_entry(call, name) for name in names], call.arguments)


async def role(call: Call) -> Feed:
    """Read one role."""
    return single(ROLES, role_entry(call, call.name))


async def create_role(call: Call) -> Feed:
    """Create a role."""
    name = call.arguments.required("name")
    if name in role_names(call.instance.configuration):
        raise Refused(409, f"An object with name={name} already exists")
    write_role(call, name)
    return single(ROLES, role_entry(call, name), 201)


async def edit_role(call: Call) -> Feed:
    """Change a role."""
    role_entry(call, call.name)
    write_role(call, call.name)
    return single(ROLES, role_entry(call, call.name))


def write_role(call: Call, name: str) -> None:
    """Write a role into authorize.conf."""
    given = call.arguments
    values = {conf: ";".join(given.all(rest)) for rest, conf in ROLE_KEYS.items() if rest in given}
    values |= dict.fromkeys(given.all("capabilities"), "enabled")
    objects.write(call, "authorize", "search", PREFIX + name, values)


async def capabilities(call: Call) -> Feed:
    """List every capability that some role has."""
    configuration = call.instance.configuration
    every = {one for each in with_imports(configuration, role_names(configuration)) for one in each.capabilities}
    return single("authorization/capabilities", Entry("capabilities", {"capabilities": sorted(every)}))


ROLE_ARGUMENTS = frozenset({"name", "capabilities", *ROLE_KEYS})
ROUTES = [
    Route("GET", USERS, users, PAGING),
    Route("GET", USERS + "/{name}", user, frozenset({"f"})),
    Route("POST", USERS, create_user, USER_KEYS, "edit_user"),
    Route("POST", USERS + "/{name}", edit_user, USER_KEYS),
    Route("DELETE", USERS + "/{name}", delete_user, capability="edit_user"),
    Route("GET", ROLES, roles, PAGING),
    Route("GET", ROLES + "/{name}", role, frozenset({"f"})),
    Route("POST", ROLES, create_role, ROLE_ARGUMENTS, "edit_roles"),
    Route("POST", ROLES + "/{name}", edit_role, ROLE_ARGUMENTS, "edit_roles"),
    Route("GET", "authorization/capabilities", capabilities, PAGING),
]
