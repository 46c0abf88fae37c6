"""How a server's certificate is verified against a CA that the admin names.

Chain, dates and name are verified, as always. What Python 3.13 checks beyond that (VERIFY_X509_STRICT: that the CA's
certificate carries every extension that RFC 5280 asks for) is left out for a named CA: certificates that Splunk makes
at installation, and those of many a company's own CA, do not, and curl and Splunk itself accept them.
"""

import ssl
from pathlib import Path
from typing import Any

from requests.adapters import HTTPAdapter


def trusting(ca_file: Path) -> ssl.SSLContext:
    """Return a context that trusts this CA and no other."""
    context = ssl.create_default_context(cafile=str(ca_file))
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


class Adapter(HTTPAdapter):
    """Connects with what urllib3's pools know of TLS and requests does not pass on."""

    def __init__(self, **pool: Any) -> None:  # noqa: ANN401 (as urllib3 takes them)
        self._pool = pool
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:  # noqa: ANN401
        """Add our own to what the pool is made with."""
        super().init_poolmanager(connections, maxsize, block, **more, **self._pool)
