"""What a handler of the management API is given, and the table that says which handler takes what."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from aiohttp import web

from standin.instance import Instance
from standin.rest.arguments import PAGING, Arguments
from standin.rest.atom import Feed
from standin.rest.messages import Refused
from standin.searchhead import User


@dataclass(frozen=True)
class Call:
    """One authenticated request; owner and app are the namespace of /servicesNS, None below /services."""

    instance: Instance
    user: User
    session_key: str
    owner: str | None
    app: str | None
    arguments: Arguments
    names: Mapping[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """Return the name of the object in the path."""
        return self.names["name"]

    @property
    def output_mode(self) -> str:
        """Return the output mode."""
        return self.arguments.output_mode

    def context_app(self, default: str = "search") -> str:
        """Return the app in whose context the request stands."""
        return default if self.app in (None, "-", "system") else str(self.app)

    def require(self, *capabilities: str) -> None:
        """Refuse the request unless its user has one of these capabilities."""
        if not self.user.capabilities.intersection(capabilities):
            raise Refused(
                403,
                f"You (user={self.user.name}) do not have permission to perform this operation "
                f"(requires capability: {' OR '.join(capabilities)}).",
                "WARN",
            )


Handler = Callable[[Call], Awaitable[Feed | web.StreamResponse]]
NOTHING: frozenset[str] = frozenset()


class Route(NamedTuple):
    """A method and path below /services or /servicesNS/OWNER/APP; `takes` None lets every
    argument pass, `has_form` says that the body holds arguments too.
    Of several capabilities, separated by blanks, one is enough."""

    method: str
    path: str
    handler: Handler
    takes: frozenset[str] | None = NOTHING
    capability: str = ""
    needs_session: bool = True
    has_form: bool = True


def collection_routes(path: str, listing: Handler, reading: Handler) -> list[Route]:
    """Return the two reading routes that every collection has."""
    return [
        Route("GET", path, listing, PAGING),
        Route("GET", path + "/{name}", reading, frozenset({"f"})),
    ]
