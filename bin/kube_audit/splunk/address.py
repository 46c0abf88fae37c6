"""Decides which addresses an alert action may call, so that it is no way into the network around Splunk.

Only https; the name is resolved once, every address it resolves to must be public, and the call goes to that very
address: a name that resolves to another address a moment later gains nothing. Loopback, private, link-local (cloud
metadata among them), multicast, reserved and carrier-grade addresses are refused, also inside IPv4-mapped, 6to4,
NAT64 and Teredo addresses, and however they are spelled (decimal, octal): what counts is what they resolve to. The
admin's allow list, HOST or HOST:PORT as in the URL, lifts this for one name.
"""

import ipaddress
import re
import socket
from typing import Callable, Iterator, List, NamedTuple, Sequence, Union
from urllib.parse import urlsplit

from kube_audit.errors import BadInput

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Resolve = Callable[[str, int], List[str]]

# What Python's tables miss or, by version, take for public: Azure's platform address, protocol assignments (Oracle's
# metadata among them), site-local, local NAT64, documentation.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in ("168.63.129.16/32", "192.0.0.0/24", "fec0::/10", "64:ff9b:1::/48", "3fff::/20")
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Target(NamedTuple):
    """An address that may be called."""

    host: str
    port: int
    address: str
    path: str

    def __str__(self) -> str:
        """Name the target without its path, which may hold a secret."""
        return f"https://{_bracketed(self.host)}:{self.port}"


def resolve(host: str, port: int) -> List[str]:
    """Return the addresses of a host; raises BadInput where it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadInput(f"url: {host!r} has no address: {error}; correct the alert's url") from None
    return [str(entry[4][0]) for entry in found]


def check(url: str, allowed: Sequence[str], resolver: Resolve = resolve) -> Target:
    """Return where to call; raises BadInput with the reason where that is not allowed."""
    host, port, path = _parts(url)
    addresses = resolver(host, port)
    if not _is_listed(host, port, allowed):
        for text in addresses:
            if not is_public(ipaddress.ip_address(text.partition("%")[0])):
                raise BadInput(
                    f"url: {host!r} is at {text}, which is not public; "
                    f"if that is meant, put {_bracketed(host)}:{port} into allow of [alert_post] in kube_audit.conf"
                )
    return Target(host, port, addresses[0], path)


def _parts(url: str) -> "tuple[str, int, str]":
    if re.search(r"[\x00-\x20\x7f\\]", url):
        raise BadInput("url: holds blanks, control characters or backslashes; correct the alert's url")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadInput(f"url: cannot be read: {error}; it must be like https://hooks.example/path") from None
    if parts.scheme != "https":
        raise BadInput(f"url: the scheme is {parts.scheme!r}; only https is called")
    if not host or parts.username is not None or parts.password is not None:
        raise BadInput("url: must name a host, and no user or password; it must be like https://hooks.example/path")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, 443 if port is None else port, path


def _is_listed(host: str, port: int, allowed: Sequence[str]) -> bool:
    name = _bracketed(host).lower()
    return any(entry.strip().lower() in (name, f"{name}:{port}", host.lower()) for entry in allowed if entry.strip())


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_public(address: Address) -> bool:
    """Tell whether an address, and every address inside it, belongs to the public Internet."""
    return all(
        item.is_global
        and not item.is_multicast
        and not item.is_reserved
        and not any(item in net for net in _NOT_PUBLIC)
        for item in _with_embedded(address)
    )


def _with_embedded(address: Address) -> Iterator[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return
    embedded = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    inside = [item for item in embedded if item is not None]
    yield from inside or [address]
