"""From method and URI to what the policy sees (pkg/endpoints/request/requestinfo.go of k8s.io/apiserver).

/api/v1/namespaces/NAMESPACE/RESOURCE/NAME/SUBRESOURCE/...      resource request, group ""
/apis/GROUP/VERSION/...                                         resource request
anything with fewer parts or another first part                 non-resource request, verb = method
"""

from typing import List, Optional, Sequence, Tuple
from urllib.parse import unquote

from kube_audit.policy.errors import RequestError
from kube_audit.policy.model import Attributes
from kube_audit.policy.selectors import read_list_options

_VERBS = {"POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_PATH_VERBS = ("proxy", "watch")
_NAMESPACE_SUBRESOURCES = ("status", "finalize")
# pkg/controlplane/apiserver/config.go of k8s.io/kubernetes.
LONG_RUNNING_VERBS = frozenset({"watch", "proxy"})
LONG_RUNNING_SUBRESOURCES = frozenset({"attach", "exec", "proxy", "log", "portforward"})


def read_request(method: str, uri: str, user: Optional[str] = None, groups: Sequence[str] = ()) -> Attributes:
    """Give the attributes of a request; `user` is None for one that failed to authenticate."""
    path, query = _split_uri(uri)
    belongs = tuple(groups) if user is not None else ()
    parts = path.strip("/").split("/") if path.strip("/") else []
    group = ""
    if len(parts) < 3 or parts[0] not in ("api", "apis") or (parts[0] == "apis" and len(parts) < 4):
        return Attributes(method.lower(), False, path, user, belongs)
    if parts[0] == "apis":
        group = parts[1]
        parts = parts[1:]
    verb, parts = _verb(method, parts[2:], uri)
    namespace, parts = _namespace(parts)
    resource, name, subresource = _object(verb, parts)
    if not name and verb == "get":
        options = read_list_options(query)
        verb, name = ("watch" if options.is_watch else "list"), options.name
    if not name and verb == "delete":
        verb = "deletecollection"
    return Attributes(verb, True, path, user, belongs, group, resource, subresource, namespace, name)


def is_long_running(request: Attributes) -> bool:
    """Tell whether a request has a ResponseStarted stage of its own."""
    if request.verb in LONG_RUNNING_VERBS:
        return True
    if request.is_resource:
        return request.subresource in LONG_RUNNING_SUBRESOURCES
    return request.path.startswith("/debug/pprof/")


def _split_uri(uri: str) -> Tuple[str, str]:
    path, _mark, query = uri.partition("?")
    if "://" in path.split("/", 1)[0] + "//" and not path.startswith("/"):
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    if not path.startswith("/") and path != "*":
        raise RequestError(f"uri {uri!r} does not start with '/'")
    if "%" in path:
        _require_escapes(path, uri)
        path = unquote(path, errors="surrogateescape")
    return path, query


def _require_escapes(path: str, uri: str) -> None:
    for piece in path.split("%")[1:]:
        if len(piece) < 2 or any(digit not in "0123456789abcdefABCDEF" for digit in piece[:2]):
            raise RequestError(f"uri {uri!r} has an invalid escape '%{piece[:2]}'")


def _verb(method: str, parts: List[str], uri: str) -> Tuple[str, List[str]]:
    if parts[0] in _PATH_VERBS:
        if len(parts) < 2:
            # The API server answers 500 before its audit filter.
            raise RequestError(f"unable to determine kind and namespace from url, {uri}")
        return parts[0], parts[1:]
    return _VERBS.get(method, ""), parts


def _namespace(parts: List[str]) -> Tuple[str, List[str]]:
    if parts[0] != "namespaces" or len(parts) < 2:
        return "", parts
    if len(parts) > 2 and parts[2] not in _NAMESPACE_SUBRESOURCES:
        return parts[1], parts[2:]
    return parts[1], parts


def _object(verb: str, parts: List[str]) -> Tuple[str, str, str]:
    name = parts[1] if len(parts) > 1 else ""
    # What follows a legacy /proxy/ path is the backend's.
    subresource = parts[2] if len(parts) > 2 and verb != "proxy" else ""
    return parts[0], name, subresource
