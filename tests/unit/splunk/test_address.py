"""An alert action is no way into the network around Splunk."""

from typing import Callable, List

import pytest

from kube_audit.errors import BadInput
from kube_audit.splunk.address import check, resolve


def resolver(*addresses: str) -> Callable[[str, int], List[str]]:
    """Return a resolver that knows one answer."""
    return lambda _host, _port: list(addresses)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0177.0.0.1/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://0/",
        "https://0.0.0.0/",
        "https://localhost/",
        "https://LOCALHOST:8443/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://168.63.129.16/",
        "https://192.0.0.192/",
        "https://100.100.100.200/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://240.0.0.1/",
        "https://198.18.0.1/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[0:0:0:0:0:ffff:7f00:1]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://[ff02::1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[fec0::1]/",
        "https://[::127.0.0.1]/",
        "https://[::ffff:0:127.0.0.1]/",
    ],
)
def test_address_that_is_not_public_is_refused(url: str) -> None:
    """However it is spelled, as the machine's own resolver reads it."""
    with pytest.raises(BadInput, match=r"not public|has no address"):
        check(url, [])


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "file:///etc/passwd",
        "//hooks.example/",
        "hooks.example",
        "",
        "https://",
        "https:///path",
        "https://user@hooks.example/",
        "https://user:password@hooks.example/",
        "https://hooks.example:port/",
        "https://hooks.example:99999/",
        "https://hooks.example\\@127.0.0.1/",
        "https://hooks.example/ path",
        "https://hooks.example/\r\nHost: other",
        "https://[::1/",
        "javascript:alert(1)",
    ],
)
def test_url_of_another_form_is_refused(url: str) -> None:
    """Only https, a host, perhaps a port; the message holds no password."""
    with pytest.raises(BadInput) as caught:
        check(url, [], resolver("93.184.216.34"))

    assert "password@" not in str(caught.value)


def test_public_address_is_called_where_its_name_was_resolved() -> None:
    """The name is resolved once; path and query are kept."""
    target = check("https://Hooks.Example/a/b?c=d#e", [], resolver("93.184.216.34", "93.184.216.35"))

    assert target == ("hooks.example", 443, "93.184.216.34", "/a/b?c=d")
    assert str(target) == "https://hooks.example:443"


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["2001:4860::1", "::1"]])
def test_name_with_one_private_address_is_refused(addresses: List[str]) -> None:
    """A name may not mix public and private addresses."""
    with pytest.raises(BadInput, match="not public"):
        check("https://hooks.example/", [], resolver(*addresses))


@pytest.mark.parametrize(
    ("url", "allowed", "is_allowed"),
    [
        ("https://127.0.0.1:8443/x", ["127.0.0.1:8443"], True),
        ("https://127.0.0.1:8443/x", [" 127.0.0.1 "], True),
        ("https://127.0.0.1:8444/x", ["127.0.0.1:8443"], False),
        ("https://127.0.0.1/x", ["127.0.0.1:443"], True),
        ("https://localhost:8443/", ["127.0.0.1:8443"], False),
        ("https://LocalHost:8443/", ["localhost:8443"], True),
        ("https://[::1]:8443/", ["[::1]:8443"], True),
        ("https://127.0.0.1:8443/x", ["", "other", "127.0.0.1.example:8443", "127.0.0.1:84"], False),
    ],
)
def test_allow_list_lifts_it_for_one_name(url: str, allowed: List[str], is_allowed: bool) -> None:
    """An entry is a host or host:port, written as in the URL."""
    if is_allowed:
        assert check(url, allowed, resolver("127.0.0.1")).address == "127.0.0.1"
    else:
        with pytest.raises(BadInput, match="allow of"):
            check(url, allowed, resolver("127.0.0.1"))


@pytest.mark.parametrize("host", ["nothing.invalid", "a" * 300 + ".example", "x..y"])
def test_name_that_does_not_resolve_is_bad_input(host: str) -> None:
    """One line, whatever is wrong with the name."""
    with pytest.raises(BadInput, match="has no address"):
        resolve(host, 443)
