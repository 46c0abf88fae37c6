"""From a recorded event back to the request that the policy saw.

URI and verb are taken, not objectRef, whose name and namespace the API server fills in from the body after the policy
has decided. The user is `user`, not `impersonatedUser`. A 401 has an empty user: it counts as a request without one.
"""

from functools import lru_cache
from typing import Optional, Tuple

from kube_audit.policy.errors import RequestError
from kube_audit.policy.model import Attributes
from kube_audit.policy.requestinfo import read_request

# The method that a verb was, as far as the parser needs to know it.
_METHODS = {
    "create": "POST",
    "update": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "deletecollection": "DELETE",
    "": "OPTIONS",
}


@lru_cache(maxsize=65_536)
def _attributes(verb: str, uri: str) -> Optional[Attributes]:
    method = _METHODS.get(verb, verb.upper() if verb in ("post", "put", "head", "options") else "GET")
    try:
        request = read_request(method, uri)
    except RequestError:
        return None
    # A watch or a proxied request keeps its own verb; a non-resource request has its method as verb.
    return request._replace(verb=verb) if request.is_resource else request._replace(verb=verb or "get")


def request_of(verb: str, uri: str, user: Optional[str], groups: Tuple[str, ...]) -> Optional[Attributes]:
    """Rebuild a request; None if no API server would have recorded that URI."""
    request = _attributes(verb, uri)
    return None if request is None else request._replace(user=user, groups=groups)
