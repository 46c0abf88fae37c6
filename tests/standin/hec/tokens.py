"""HEC tokens with their rules, and the check of a request's authorization in the order that Splunk 10.4.2 has.

No token 401 code 2, unknown token 403 code 4 (in the query too), valid token in the query 400 code 16 unless the token
allows it, disabled token 403 code 1. So code 16 proves that a token is right.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

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
    channels: dict[str, Acknowledgements] = field(default_factory=dict, compare=False, repr=False)

    def channel(self, name: str) -> Acknowledgements:
        """Return the acknowledgements of a channel, opened when first named."""
        return self.channels.setdefault(name, Acknowledgements())


def authorize(tokens: Mapping[str, Token], header: str | None, query_token: str | None) -> Token | Refusal:
    """Find the token of a request by its value, in the header or else in the query."""
    value = _header_token(header) if header else query_token
    if header and value is None:
        return Refusal(Code.INVALID_AUTHORIZATION)
    if not value:
        return Refusal(Code.TOKEN_REQUIRED)
    token = tokens.get(value)
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
