"""HEC tokens with their rules, and the check of a request's authorization in the order that Splunk 10.4.2 has.

No token 401 code 2, unknown token 403 code 4 (in the query too), valid token in the query 400 code 16 unless the token
allows it, disabled token 403 code 1. So code 16 proves that a token is right.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from standin.accounts.kept import read_rows, write_rows
from standin.hec.acks import Acknowledgements
from standin.hec.replies import Code, Refusal


@dataclass(frozen=True)
class Token:
    """A token as `[http://NAME]` of inputs.conf describes it; without allowed indexes any index name is taken."""

    name: str
    value: str
    index: str = "default"
    indexes: tuple[str, ...] = ()
    sourcetype: str | None = None
    source: str | None = None
    host: str | None = None
    acknowledges: bool = False
    is_disabled: bool = False
    allows_query_string: bool = False


class Tokens:
    """All tokens, and the channels of those that acknowledge; channels are gone after a restart, as with Splunk."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._tokens = {one.name: one for one in read_rows(file, Token)}
        self._channels: dict[tuple[str, str], Acknowledgements] = {}

    def all(self) -> Sequence[Token]:
        """Return the tokens by name."""
        return [self._tokens[name] for name in sorted(self._tokens)]

    def find(self, name: str) -> Token | None:
        """Return a token by its name."""
        return self._tokens.get(name)

    def of_value(self, value: str) -> Token | None:
        """Return the token that a request shows."""
        return next((one for one in self._tokens.values() if one.value == value), None)

    def put(self, token: Token) -> None:
        """Store a token, a new or a changed one."""
        self._tokens[token.name] = token
        write_rows(self._file, self.all())

    def remove(self, name: str) -> None:
        """Delete a token."""
        del self._tokens[name]
        write_rows(self._file, self.all())

    def channel(self, token: Token, name: str) -> Acknowledgements:
        """Return the acknowledgements of a channel, opened when first named."""
        return self._channels.setdefault((token.name, name), Acknowledgements())


def authorize(tokens: Tokens, header: str | None, query_token: str | None) -> Token | Refusal:
    """Find the token of a request by its value, in the header or else in the query."""
    value = _header_token(header) if header else query_token
    if header and value is None:
        return Refusal(Code.INVALID_AUTHORIZATION)
    if not value:
        return Refusal(Code.TOKEN_REQUIRED)
    token = tokens.of_value(value)
    if token is None:
        return Refusal(Code.INVALID_TOKEN)
    if token.is_disabled:
        return Refusal(Code.TOKEN_DISABLED)
    if not header and not token.allows_query_string:
        return Refusal(Code.QUERY_STRING_AUTHORIZATION)
    return token


def _header_token(header: str) -> str | None:
    """Read `Splunk TOKEN`, or Basic credentials whose password is the token; None where it is neither."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "splunk":
        return rest.strip()
    if scheme.lower() == "basic":
        return _basic_password(rest)
    return None


def _basic_password(encoded: str) -> str | None:
    try:
        decoded = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return decoded.partition(":")[2]
