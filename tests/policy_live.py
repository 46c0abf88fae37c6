"""Requests put to a real API server under three policies, and what its audit log then holds of them.

Each request carries an Audit-ID of its own, by which its events are found again. A line of live.jsonl is
`{"policy", "method", "uri", "user", "groups", "noUser", "level", "stages"}`: a level of None has no stages.
Recorded by `python -m policy_live` (see the Makefile, target policy-record); tests replay the lines without a cluster.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cluster.actors import Actor, Client
from cluster.control_plane import Cluster, Options
from cluster.versions import NEWEST, built_binaries
from policy_cases import RECORDED

POLICIES = ("by-user", "by-resource", "generated")
LINES = RECORDED / "live.jsonl"
SETTLE_S = 1.0
SETTLE_LIMIT_S = 20.0
PEOPLE = (
    Actor("alice", ("developers",), "127.0.0.11"),
    Actor("bob", ("operators",), "127.0.0.12"),
    Actor("carol", ("developers", "operators"), "127.0.0.13"),
    Actor("root", ("system:masters",), "127.0.0.14"),
)
CONFIG_MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "b"}}
NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "prod"}}
BINDING = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRoleBinding",
    "metadata": {"name": "test"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
}
EVERYTHING = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "ClusterRoleBinding",
    "metadata": {"name": "laboratory"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
    "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "operators"}],
}


class Question(NamedTuple):
    """One request: who is an index into PEOPLE, None for somebody who fails to authenticate, -1 for nobody at all."""

    who: int | None
    method: str
    uri: str
    body: object = None


class Live(NamedTuple):
    """What the API server recorded of one request."""

    policy: str
    method: str
    uri: str
    user: str
    groups: list[str]
    noUser: bool
    level: str
    stages: list[str]


def questions() -> Iterator[Question]:
    """Give the requests, in the order in which they make sense."""
    operator, core, apps = 1, "/api/v1/namespaces/default", "/apis/apps/v1/namespaces/default"
    yield Question(3, "POST", "/api/v1/namespaces", NAMESPACE)
    yield Question(operator, "POST", f"{core}/configmaps", CONFIG_MAP)
    yield Question(operator, "PUT", f"{core}/configmaps/settings", CONFIG_MAP)
    yield Question(operator, "GET", f"{core}/configmaps?fieldSelector=metadata.name%3Dsettings")
    yield Question(
        operator, "GET", f"{core}/configmaps?fieldSelector=metadata.name%3Dsettings&watch=1&timeoutSeconds=1"
    )
    yield Question(operator, "GET", f"{core}/configmaps?fieldSelector=metadata.name%3Dsettings&limit=x")
    yield Question(3, "POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", BINDING)
    yield Question(operator, "POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", BINDING)
    for who in (0, 1, 2, 3, None, -1):
        for uri in (
            "/api/v1/pods",
            "/api/v1/namespaces/prod",
            "/api/v1/namespaces/kube-system/secrets",
            f"{core}/secrets/none",
            f"{core}/pods/none/exec?command=sh&stdout=true",
            f"{apps}/deployments/none/scale",
            f"{apps}/deployments/none/status",
            "/api/v1/nodes/none/proxy/metrics",
            "/healthz",
            "/livez/ping",
            "/api",
            "/metrics",
        ):
            yield Question(who, "GET", uri)
    for who in (0, 1, 2):
        yield Question(who, "POST", f"{core}/pods/none/exec?command=sh&stdout=true")
        yield Question(who, "POST", f"{core}/serviceaccounts/default/token", {"spec": {}})
        yield Question(who, "PATCH", f"{apps}/deployments/none/scale", {})
        yield Question(who, "DELETE", f"{core}/pods")
        yield Question(who, "DELETE", "/api/v1/namespaces/none")
        yield Question(who, "PUT", "/api/v1/namespaces/none/finalize", NAMESPACE)
        yield Question(who, "OPTIONS", "/api/v1/pods")
        yield Question(who, "HEAD", f"{core}/configmaps/settings")
        yield Question(who, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": {}})
        yield Question(who, "GET", "/api/v1/pods?watch=1&timeoutSeconds=1")
        yield Question(who, "GET", "/api/v1/watch/namespaces/prod/pods?timeoutSeconds=1")
        yield Question(who, "GET", "/apis/example.com/v1/widgets")
        yield Question(who, "GET", "//api/v1/namespaces/default/pods")
        yield Question(who, "GET", "/api/v1/namespaces/default/pods/none/log")
        yield Question(who, "GET", "/nothing/here")


def ask(policy: str, version: str = NEWEST) -> list[Live]:
    """Start an API server with a policy, put all requests to it, and read its log."""
    path = RECORDED / "policies" / f"{policy}.yaml"
    with tempfile.TemporaryDirectory(prefix="kube-audit-policy-") as name:
        with Cluster(built_binaries(version), Path(name), Options(path, nodes=0, controllers=False)) as cluster:
            cluster.admin.request("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", EVERYTHING)
            people = [cluster.sign_in(person) for person in PEOPLE]
            stranger = cluster.sign_in_with_token(Actor("stranger", (), "127.0.0.15"), "not-a-token")
            nobody = cluster.sign_in_with_token(Actor("nobody", (), "127.0.0.16"), None)
            clients: dict[int | None, Client] = {**dict(enumerate(people)), None: stranger, -1: nobody}
            asked = list(questions())
            for number, question in enumerate(asked):
                with clients[question.who] as client:
                    client.request(question.method, question.uri, question.body, {"Audit-ID": _id(policy, number)})
            events = _events(cluster.audit_log)
        return [_live(policy, question, events.get(_id(policy, number), [])) for number, question in enumerate(asked)]


def _id(policy: str, number: int) -> str:
    return f"{policy}-{number}"


def _events(log: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the log once it no longer grows."""
    deadline = time.monotonic() + SETTLE_LIMIT_S
    size = -1
    while log.stat().st_size != size and time.monotonic() < deadline:
        size = log.stat().st_size
        time.sleep(SETTLE_S)
    events: dict[str, list[dict[str, Any]]] = {}
    for line in log.read_text().splitlines():
        event = json.loads(line)
        events.setdefault(event["auditID"], []).append(event)
    return events


def _live(policy: str, question: Question, events: list[dict[str, Any]]) -> Live:
    person = PEOPLE[question.who] if question.who is not None and question.who >= 0 else None
    user = person.user if person else "system:anonymous" if question.who == -1 else ""
    groups = [*person.groups, "system:authenticated"] if person else ["system:unauthenticated"] if user else []
    level = events[0]["level"] if events else "None"
    stages = [event["stage"] for event in events]
    return Live(policy, question.method, question.uri, user, groups, question.who is None, level, stages)


def main() -> None:
    """Record everything anew."""
    lines = [json.dumps(live._asdict()) for policy in POLICIES for live in ask(policy)]
    LINES.write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
