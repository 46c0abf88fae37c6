"""The company whose cluster is recorded: its namespaces, people, programs and what they may do.

Addresses are of documentation and private ranges, bound to the recording's own network namespace:

    10.20.0.2            the API server            10.20.1.10         the nodes' kubelets
    10.20.5.x            people in the office      10.244.x.y         programs in pods
    198.51.100.x, 203.0.113.x                      where attackers come from
"""

from cluster import objects
from cluster.actors import Actor
from cluster.control_plane import Cluster

API_SERVER = "10.20.0.2"
NODES = "10.20.1.10"

ANNA = Actor("anna@example.com", ("developers",), "10.20.5.11")
BORIS = Actor("boris@example.com", ("developers",), "10.20.5.12")
PRIYA = Actor("priya@example.com", ("platform-team",), "10.20.5.20")
NEWCOMER = Actor("noor@example.com", ("trainees",), "10.20.5.31")


def account(place: str, name: str, address: str, user_agent: str) -> Actor:
    """Name a service account as an actor."""
    return Actor(f"system:serviceaccount:{place}:{name}", (), address, user_agent)


DEPLOYER = account("ci", "deployer", "10.244.1.21", "kubectl")
RECONCILER = account("gitops", "reconciler", "10.244.1.40", "gitops-reconciler/2.8.1")
PROMETHEUS = account("monitoring", "prometheus", "10.244.2.15", "Prometheus/3.5.0")
DASHBOARD = account("monitoring", "dashboard", "10.244.2.16", "dashboard/4.2.0")

NAMESPACES = ("shop", "payments", "monitoring", "ci", "gitops", "backup")
ACCOUNTS = (("ci", "deployer"), ("gitops", "reconciler"), ("monitoring", "prometheus"), ("monitoring", "dashboard"))
READ = ("get", "list", "watch")


def found(cluster: Cluster) -> None:
    """Make the company's namespaces, service accounts, roles and bindings."""
    documents: list[objects.Document] = [namespace(name) for name in NAMESPACES]
    documents += [account_document(place, name) for place, name in ACCOUNTS]
    documents += [account_document("shop", "frontend"), *_roles(), *_bindings()]
    cluster.admin.kubectl("apply", "-f", "-", document=listing(documents))


def _roles() -> list[objects.Document]:
    everything = objects.rule(["", "apps", "batch", "networking.k8s.io"], ["*"], READ)
    nodes = objects.rule([""], ["nodes", "nodes/metrics", "pods", "services", "endpoints"], READ)
    return [
        objects.role("read-everything-but-secrets", [_readable(), everything]),
        objects.role("scrape", [nodes, {"nonResourceURLs": ["/metrics"], "verbs": ["get"]}]),
    ]


def _readable() -> objects.Document:
    return objects.rule(["discovery.k8s.io", "events.k8s.io", "autoscaling"], ["*"], READ)


def _bindings() -> list[objects.Document]:
    deployer, reconciler = objects.service_account("deployer", "ci"), objects.service_account("reconciler", "gitops")
    prometheus = objects.service_account("prometheus", "monitoring")
    dashboard = objects.service_account("dashboard", "monitoring")
    return [
        objects.binding("developers", "edit", objects.group("developers"), "shop"),
        objects.binding("developers", "view", objects.group("developers"), "payments"),
        objects.binding("platform-team", "admin", objects.group("platform-team")),
        objects.binding("trainees", "view", objects.group("trainees"), "shop"),
        objects.binding("deployer", "edit", deployer, "shop"),
        objects.binding("deployer", "edit", deployer, "payments"),
        objects.binding("reconciler", "edit", reconciler),
        objects.binding("prometheus", "scrape", prometheus),
        objects.binding("dashboard", "read-everything-but-secrets", dashboard),
    ]


def namespace(name: str) -> objects.Document:
    """Describe a namespace of a team."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": objects.metadata(name, labels={"team": name})}


def account_document(place: str, name: str) -> objects.Document:
    """Describe a service account."""
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": objects.metadata(name, place)}


def listing(items: list[objects.Document]) -> objects.Document:
    """Put objects into one document, as kubectl takes several."""
    return {"apiVersion": "v1", "kind": "List", "items": items}
