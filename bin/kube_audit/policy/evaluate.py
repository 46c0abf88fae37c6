"""Requests as JSON lines in, decisions as JSON objects out: the contract of `kube-audit policy evaluate`.

{"method": "GET", "uri": "/api/v1/pods", "user": "alice", "groups": ["dev"]}
{"level": "Metadata", "omitStages": [], "omitManagedFields": false, "rule": 0, "line": 4}
"""

import json
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Union

from kube_audit.errors import BadInput
from kube_audit.policy.errors import PolicyError
from kube_audit.policy.load import Loaded, decode_bytes, load_text, load_value, read_policy_file
from kube_audit.policy.match import Evaluator
from kube_audit.policy.model import Attributes
from kube_audit.policy.requestinfo import read_request
from kube_audit.policy.versions import Version

Answer = Dict[str, object]
_KEPT_POLICIES = 64


class _Ready(NamedTuple):
    """A policy that can answer."""

    loaded: Loaded
    evaluator: Evaluator


class Answers:
    """Answers requests under one policy, or under the policy that a request brings along."""

    def __init__(self, path: Optional[Path], version: Version) -> None:
        self._version = version
        self._kept: Dict[str, Union[_Ready, PolicyError]] = {}
        self._default = self._from_file(path) if path is not None else None

    def answer(self, line: str) -> Answer:
        """Answer one line; a line that is no request is BadInput."""
        request = _read_object(line)
        ready = self._policy_of(request)
        if ready is None:
            raise BadInput("no policy: give --policy, or a policy in the line")
        attributes = read_attributes(request)
        if isinstance(ready, PolicyError):
            return {"error": ready.reason}
        decision = ready.evaluator.decide(attributes)
        return {
            "level": decision.level.text,
            "omitStages": list(decision.omit_stages),
            "omitManagedFields": decision.omit_managed_fields,
            "rule": decision.rule,
            "line": ready.loaded.line_of_rule(decision.rule),
        }

    def _from_file(self, path: Path) -> Union[_Ready, PolicyError]:
        try:
            return _ready(load_text(read_policy_file(path), self._version))
        except PolicyError as error:
            return error

    def _policy_of(self, request: Dict[str, object]) -> Union[_Ready, PolicyError, None]:
        policy = request.get("policy")
        if policy is None:
            return self._default
        if not isinstance(policy, (str, dict)):
            raise BadInput("policy is neither an object nor a text")
        key = policy if isinstance(policy, str) else json.dumps(policy)
        if key not in self._kept:
            if len(self._kept) >= _KEPT_POLICIES:
                self._kept.clear()
            self._kept[key] = self._load(policy)
        return self._kept[key]

    def _load(self, policy: object) -> Union[_Ready, PolicyError]:
        try:
            if isinstance(policy, str):
                text = decode_bytes(policy.encode("utf-8", "surrogatepass"))
                return _ready(load_text(text, self._version))
            return _ready(load_value(policy, self._version))
        except PolicyError as error:
            return error


def _ready(loaded: Loaded) -> _Ready:
    return _Ready(loaded, Evaluator(loaded.policy))


def _read_object(line: str) -> Dict[str, object]:
    try:
        request = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"no JSON object: {error}") from error
    if not isinstance(request, dict):
        raise BadInput("no JSON object")
    return request


def read_attributes(request: Dict[str, object]) -> Attributes:
    """Read the attributes of {"method", "uri", "user", "groups", "noUser"}."""
    method, uri = request.get("method"), request.get("uri")
    if not isinstance(method, str) or not isinstance(uri, str):
        raise BadInput("a request needs the texts method and uri")
    if request.get("noUser"):
        return read_request(method, uri)
    user, groups = request.get("user") or "", request.get("groups") or []
    if not isinstance(user, str) or not isinstance(groups, list) or not all(isinstance(name, str) for name in groups):
        raise BadInput("user must be a text and groups a list of texts")
    return read_request(method, uri, user, [str(name) for name in groups])
