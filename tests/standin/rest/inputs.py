"""data/inputs: HEC tokens (`http`) and the modular inputs of the apps; data/modular-inputs: their schemes."""

import asyncio
import uuid

from aiohttp import web

from standin.hec.tokens import Token
from standin.inputs.scheme import SchemeError, Stanza
from standin.inputs.supervisor import ValidationError, interval_s, kind_of
from standin.jobs.saved import is_true
from standin.rest import objects
from standin.rest.arguments import PAGING, Arguments
from standin.rest.atom import Acl, Entry, Feed, single
from standin.rest.call import Call, Route
from standin.rest.collection import page
from standin.rest.messages import Refused, messages_response, not_found

HTTP = "data/inputs/http"
TOKEN_KEYS = frozenset(
    {"name", "token", "index", "indexes", "sourcetype", "source", "host", "useACK", "disabled", "description",
     "allowQueryStringAuth"}
)  # fmt: skip


def token_entry(token: Token) -> Entry:
    """Return a HEC token."""
    content = {
        "token": token.value,
        "index": token.index,
        "indexes": list(token.indexes),
        "sourcetype": token.sourcetype or "",
        "source": token.source or "",
        "host": token.host or "",
        "useACK": token.acknowledges,
        "disabled": token.is_disabled,
        "allowQueryStringAuth": token.allows_query_string,
    }
    return Entry(f"http://{token.name}", content, Acl("splunk_httpinput", "nobody", "app"))


def read_token(name: str, given: Arguments, before: Token) -> Token:
    """Apply the arguments of a request to a token."""
    indexes = tuple(one for text in given.all("indexes") for one in text.split(",") if one)
    token = Token(
        name=name,
        value=given.get("token", before.value),
        index=given.get("index", before.index),
        indexes=indexes or before.indexes,
        sourcetype=given.get("sourcetype", before.sourcetype or "") or None,
        source=given.get("source", before.source or "") or None,
        host=given.get("host", before.host or "") or None,
        acknowledges=given.flag("useACK", before.acknowledges),
        is_disabled=given.flag("disabled", before.is_disabled),
        allows_query_string=given.flag("allowQueryStringAuth", before.allows_query_string),
    )
    if token.indexes and token.index not in token.indexes:
        raise Refused(400, f"The default index '{token.index}' has to be one of the allowed indexes.")
    return token


def find_token(call: Call) -> Token:
    """Return the token that the path names, with or without `http://`."""
    found = call.instance.tokens.find(call.name.removeprefix("http://"))
    if found is None:
        raise not_found(call.name)
    return found


async def tokens(call: Call) -> Feed:
    """List the HEC tokens."""
    return page(HTTP, [token_entry(one) for one in call.instance.tokens.all()], call.arguments)


async def token(call: Call) -> Feed:
    """Read one HEC token."""
    return single(HTTP, token_entry(find_token(call)))


async def create_token(call: Call) -> Feed:
    """Create a HEC token; its value is made up where none is given."""
    name = call.arguments.required("name")
    if call.instance.tokens.find(name) is not None:
        raise Refused(409, f"An object with name=http://{name} already exists")
    created = read_token(name, call.arguments, Token(name, str(uuid.uuid4())))
    call.instance.tokens.put(created)
    return single(HTTP, token_entry(created), 201)


async def edit_token(call: Call) -> Feed:
    """Change a HEC token."""
    before = find_token(call)
    after = read_token(before.name, call.arguments, before)
    call.instance.tokens.put(after)
    return single(HTTP, token_entry(after))


async def delete_token(call: Call) -> web.StreamResponse:
    """Delete a HEC token."""
    call.instance.tokens.remove(find_token(call).name)
    return messages_response(200, [], call.output_mode)


def check_kind(call: Call) -> str:
    """Return the scheme of the path; an unknown one is not found."""
    kind = call.names["kind"]
    if call.instance.inputs.script(kind) is None:
        raise Refused(404, "Not Found")
    return kind


def input_entry(call: Call, stanza: Stanza) -> Entry:
    """Return a modular input."""
    name = stanza.name.partition("://")[2]
    content = dict(stanza.settings) | {"disabled": is_true(stanza.settings.get("disabled", "0"))}
    return Entry(name, content, objects.acl_of(call, "inputs", stanza.app, stanza.name))


def find_input(call: Call) -> Stanza:
    """Return the modular input that the path names."""
    stanza = call.instance.inputs.stanzas().get(f"{check_kind(call)}://{call.name}")
    if stanza is None:
        raise not_found(call.name)
    return stanza


async def inputs(call: Call) -> Feed:
    """List the inputs of one scheme."""
    kind = check_kind(call)
    found = [one for name, one in call.instance.inputs.stanzas().items() if name.startswith(f"{kind}://")]
    return page(f"data/inputs/{kind}", [input_entry(call, one) for one in found], call.arguments)


async def one_input(call: Call) -> Feed:
    """Read one input."""
    return single(f"data/inputs/{call.names['kind']}", input_entry(call, find_input(call)))


async def create_input(call: Call) -> Feed:
    """Create an input, validated by its own script, and start it."""
    kind = check_kind(call)
    stanza = Stanza(f"{kind}://{call.arguments.required('name')}", call.context_app(), call.arguments.without(["name"]))
    if stanza.name in call.instance.inputs.stanzas():
        raise Refused(409, f"An object with name={call.arguments['name']} already exists")
    await validate(call, kind, stanza, is_new=True)
    return await store(call, stanza, 201)


async def edit_input(call: Call) -> Feed:
    """Change an input; it is started again where something changed."""
    before = find_input(call)
    changed = call.arguments.without(["name"])
    await validate(call, call.names["kind"], Stanza(before.name, before.app, {**before.settings, **changed}))
    return await store(call, Stanza(before.name, before.app, changed))


async def switch_input(call: Call) -> Feed:
    """Enable or disable an input."""
    stanza = find_input(call)
    disabled = "0" if call.names["switch"] == "enable" else "1"
    return await store(call, Stanza(stanza.name, stanza.app, {"disabled": disabled}))


async def store(call: Call, stanza: Stanza, status: int = 200) -> Feed:
    """Write an input and let it take effect."""
    objects.write(call, "inputs", stanza.app, stanza.name, stanza.settings)
    await asyncio.to_thread(call.instance.inputs.apply)
    kind = kind_of(stanza.name)
    stored = call.instance.inputs.stanzas()[stanza.name]
    return single(f"data/inputs/{kind}", input_entry(call, stored), status)


async def validate(call: Call, kind: str, stanza: Stanza, *, is_new: bool = False) -> None:
    """Refuse arguments that the scheme does not declare, lacks, or that its script does not accept."""
    supervisor = call.instance.inputs
    try:
        interval_s(stanza)
        scheme = await asyncio.to_thread(supervisor.scheme, kind)
        for name in stanza.settings:
            if name not in scheme.argument_names():
                raise Refused(400, f'Argument "{name}" is not supported by this handler.')
        missing = [
            one.name for one in scheme.arguments if one.is_required_on_create and not stanza.settings.get(one.name)
        ]
        missing = [name for name in missing if name != "name"]
        if is_new and missing:
            raise Refused(400, f"The following required arguments are missing: {', '.join(missing)}.")
        await asyncio.to_thread(supervisor.validate, stanza)
    except SchemeError as error:
        raise Refused(500, str(error)) from error
    except ValueError as error:
        raise Refused(400, str(error)) from error
    except ValidationError as error:
        raise Refused(400, f"Encountered the following error while trying to save: {error}") from error


async def delete_input(call: Call) -> web.StreamResponse:
    """Stop and delete an input."""
    stanza = find_input(call)
    objects.remove(call, "inputs", stanza.app, stanza.name)
    await asyncio.to_thread(call.instance.inputs.apply)
    return messages_response(200, [], call.output_mode)


async def schemes(call: Call) -> Feed:
    """List the schemes of all apps."""
    found = [await asyncio.to_thread(call.instance.inputs.scheme, kind) for kind in call.instance.inputs.kinds()]
    entries = [
        Entry(
            one.name,
            {
                "title": one.title,
                "description": one.description,
                "endpoint": {
                    "args": {arg.name: {"required_on_create": arg.is_required_on_create} for arg in one.arguments}
                },
                "streaming_mode": "xml",
            },
        )
        for one in found
    ]
    return page("data/modular-inputs", entries, call.arguments, can_create=False)


LIST_TOKENS = "list_token_http edit_token_http"
ITEM = "data/inputs/{kind}/{name}"
ROUTES = [
    Route("GET", HTTP, tokens, PAGING, LIST_TOKENS),
    Route("POST", HTTP, create_token, TOKEN_KEYS, "edit_token_http"),
    Route("GET", HTTP + "/{name}", token, frozenset({"f"}), LIST_TOKENS),
    Route("POST", HTTP + "/{name}", edit_token, TOKEN_KEYS, "edit_token_http"),
    Route("DELETE", HTTP + "/{name}", delete_token, capability="edit_token_http"),
    Route("GET", "data/inputs/{kind}", inputs, PAGING, "list_inputs"),
    Route("POST", "data/inputs/{kind}", create_input, None),
    Route("GET", ITEM, one_input, frozenset({"f"}), "list_inputs"),
    Route("POST", ITEM, edit_input, None),
    Route("DELETE", ITEM, delete_input),
    Route("POST", ITEM + "/{switch:enable|disable}", switch_input),
    Route("GET", "data/modular-inputs", schemes, PAGING),
]
