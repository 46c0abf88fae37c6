"""Addresses and subnets, for `cidrmatch`, for subnets in searches and for lookups with `match_type = CIDR`."""

import ipaddress
from collections.abc import Callable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """Return the subnet that `address/bits` spells (host bits are ignored), None for anything else."""
    if "/" not in text:
        return None
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def address(text: str) -> Address | None:
    """Return the address that a text spells, None for anything else."""
    try:
        return ipaddress.ip_address(text.strip())
    except ValueError:
        return None


def contains(subnet: Network, text: str) -> bool:
    """Tell whether a text is an address, or a subnet, inside a subnet."""
    found = address(text)
    if found is not None:
        return found in subnet
    inner = network(text)
    if isinstance(subnet, ipaddress.IPv4Network):
        return isinstance(inner, ipaddress.IPv4Network) and inner.subnet_of(subnet)
    return isinstance(inner, ipaddress.IPv6Network) and inner.subnet_of(subnet)


def matcher(text: str) -> Callable[[str], bool] | None:
    """Return a test for addresses inside the subnet that the text spells, None where it spells none."""
    subnet = network(text)
    if subnet is None:
        return None
    return lambda candidate: contains(subnet, candidate)
