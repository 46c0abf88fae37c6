"""storage/passwords: secrets of apps; who may list them sees all of them in clear text, as with Splunk."""

from aiohttp import web

from standin.accounts.secrets import Secret
from standin.rest.arguments import PAGING
from standin.rest.atom import Acl, Entry, Feed, single
from standin.rest.call import Call, Route
from standin.rest.collection import page
from standin.rest.messages import Refused, messages_response, not_found

COLLECTION = "storage/passwords"
# Until edit_storage_passwords came with 9.1, administrators alone wrote secrets.
LIST, EDIT = "list_storage_passwords", "edit_storage_passwords admin_all_objects"


def secret_entry(secret: Secret) -> Entry:
    """Return a secret as an entry."""
    content = {
        "realm": secret.realm or None,
        "username": secret.username,
        "password": "********",
        "clear_password": secret.clear_password,
        "encr_password": "$7$standin",
    }
    return Entry(secret.name, content, Acl(secret.app, secret.owner, "app"))


def find(call: Call) -> Secret:
    """Return the secret that the path names."""
    secret = call.instance.secrets.find(call.app, call.name)
    if secret is None:
        raise not_found(call.name)
    return secret


async def listing(call: Call) -> Feed:
    """List secrets."""
    secrets = call.instance.secrets.visible(call.app)
    return page(COLLECTION, [secret_entry(one) for one in secrets], call.arguments)


async def reading(call: Call) -> Feed:
    """Read one secret."""
    return single(COLLECTION, secret_entry(find(call)))


async def creating(call: Call) -> Feed:
    """Store a secret."""
    given = call.arguments
    owner = call.owner if call.owner not in (None, "-") else "nobody"
    secret = Secret(
        given.get("realm", ""), given.required("name"), given.required("password"), call.context_app(), str(owner)
    )
    if call.instance.secrets.find(secret.app, secret.name) is not None:
        raise Refused(409, f"Cannot create credential: an object with name={secret.name} already exists")
    call.instance.secrets.put(secret)
    return single(COLLECTION, secret_entry(secret), 201)


async def editing(call: Call) -> Feed:
    """Change the text of a secret."""
    secret = find(call)._replace(clear_password=call.arguments.required("password"))
    call.instance.secrets.put(secret)
    return single(COLLECTION, secret_entry(secret))


async def deleting(call: Call) -> web.StreamResponse:
    """Delete a secret."""
    call.instance.secrets.remove(find(call))
    return messages_response(200, [], call.output_mode)


ROUTES = [
    Route("GET", COLLECTION, listing, PAGING, LIST),
    Route("GET", COLLECTION + "/{name}", reading, frozenset({"f"}), LIST),
    Route("POST", COLLECTION, creating, frozenset({"name", "password", "realm"}), EDIT),
    Route("POST", COLLECTION + "/{name}", editing, frozenset({"password"}), EDIT),
    Route("DELETE", COLLECTION + "/{name}", deleting, capability=EDIT),
]
