"""An ordinary hour: what a company's cluster does and what its people and programs ask of it.

Sixteen nodes with heartbeats and leases; controllers that roll deployments and run cron jobs; a GitOps reconciler that
applies the same objects again and again; an operator with custom resources of its own; a scraper and a dashboard that
read; continuous integration that releases; developers; somebody on call who looks into a fault,
with the one shell of the hour; a new joiner who meets closed doors.
"""

from collections.abc import Callable
from contextlib import ExitStack
from random import Random

from cluster import objects
from cluster.actors import Actor, Client
from cluster.control_plane import Cluster
from cluster.scenarios import company
from cluster.schedule import Entry, every, keep
from cluster.script import Decides, Script, Truth

MINUTES = 60.0
OPERATOR = company.account("operators", "certificates", "10.244.3.9", "certificate-operator/1.4.0")
AUTOSCALER = company.account("operators", "autoscaler", "10.244.3.10", "autoscaler/1.1.0")
SERVICES = ("catalog", "cart", "checkout", "search")
LEDGERS = ("ledger", "invoices")
RELEASED = [(name, "shop") for name in SERVICES] + [(name, "payments") for name in LEDGERS]
ON_CALL_SHELL = Truth("D01", Decides(("get", "create"), "pods", "exec"), "execution/pod_exec")
SERVER_SIDE = ("apply", "--server-side", "--field-manager=gitops", "-f", "-")
CUSTOM = "/apis/certificates.example.com/v1/namespaces/shop/certificates"
NEW_VALUE = "--from-literal=password=hunter2-but-longer"
CERTIFICATES = objects.custom_resource("certificates.example.com", "v1", "certificates", "Certificate")
SYSTEM = (company.API_SERVER, company.NODES)
ACTORS = (
    company.ANNA,
    company.BORIS,
    company.PRIYA,
    company.NEWCOMER,
    company.DEPLOYER,
    company.RECONCILER,
    company.PROMETHEUS,
    company.DASHBOARD,
    OPERATOR,
    AUTOSCALER,
)
ADDRESSES = (*SYSTEM, *(actor.address for actor in ACTORS))


def prepare(cluster: Cluster) -> None:
    """Found the company, its operator's custom resource, and the services that are there before the hour begins."""
    company.found(cluster)
    documents: list[objects.Document] = [company.namespace("operators"), CERTIFICATES]
    documents += [company.account_document("operators", name) for name in ("certificates", "autoscaler")]
    documents += _operator_rights()
    documents += [objects.deployment(name, "shop", replicas=5) for name in SERVICES]
    documents += [objects.deployment(name, "payments", replicas=3) for name in LEDGERS]
    documents.append(objects.cron_job("report", "payments", "* * * * *"))
    cluster.admin.kubectl("apply", "-f", "-", document=company.listing(documents))
    cluster.admin.kubectl("wait", "--for=condition=Established", "crd/certificates.certificates.example.com")
    cluster.admin.kubectl("rollout", "status", "deployment/search", "--namespace", "shop", "--timeout=60s")


def _operator_rights() -> list[objects.Document]:
    certificates = objects.rule(["certificates.example.com"], ["*"], ["*"])
    secrets = objects.rule([""], ["secrets", "events"], ["get", "list", "watch", "create", "update", "patch"])
    scale = objects.rule(["apps"], ["deployments", "deployments/scale"], ["get", "list", "watch", "patch"])
    return [
        objects.role("certificate-operator", [certificates, secrets]),
        objects.role("autoscaler", [scale, objects.rule([""], ["pods", "nodes"], company.READ)]),
        objects.binding("certificates", "certificate-operator", objects.service_account("certificates", "operators")),
        objects.binding("autoscaler", "autoscaler", objects.service_account("autoscaler", "operators")),
    ]


def play(cluster: Cluster, script: Script) -> None:
    """Live the hour."""
    with ExitStack() as stack:
        clients = {actor: stack.enter_context(_sign_in(cluster, actor)) for actor in ACTORS}
        keep([entry for write in DIARIES for entry in write(clients, script.random)], script)


def _sign_in(cluster: Cluster, actor: Actor) -> Client:
    if not actor.user.startswith("system:serviceaccount:"):
        return cluster.sign_in(actor)
    namespace, name = actor.user.split(":")[2:]
    return cluster.sign_in_service_account(namespace, name, actor)


Clients = dict[Actor, Client]
Paths = tuple[str, ...]


def _continuous_integration(clients: Clients, random: Random) -> list[Entry]:
    """Release a service every three minutes."""
    client, entries = clients[company.DEPLOYER], []
    for number, minute in enumerate(every(3, MINUTES, start=1)):
        tag = f"2.{number}.{random.randint(0, 9)}"
        name, namespace = random.choice(
            [(name, "shop") for name in SERVICES] + [(name, "payments") for name in LEDGERS]
        )
        replicas = random.randint(4, 8)
        entries.append(Entry(minute, client, "release", _release(client, name, namespace, replicas, tag)))
    return entries


def _release(client: Client, name: str, namespace: str, replicas: int, tag: str) -> Callable[[], object]:
    def act() -> None:
        document = objects.deployment(name, namespace, replicas, tag)
        client.kubectl("apply", "-f", "-", document=document)
        client.kubectl("rollout", "status", f"deployment/{name}", "--namespace", namespace, "--timeout=60s")
        client.kubectl("apply", "-f", "-", document=objects.job(f"migrate-{name}-{tag.replace('.', '-')}", namespace))
        client.kubectl("get", "pods", "--namespace", namespace, "--selector", f"app={name}")

    return act


def _gitops(clients: Clients, random: Random) -> list[Entry]:
    """Apply what the repository says every two minutes; a value changes now and then."""
    client, entries, revision = clients[company.RECONCILER], [], 1
    for minute in every(2, MINUTES, start=0.5):
        revision += random.random() < 0.3
        documents = [objects.service(name, "shop") for name in SERVICES]
        documents += [objects.config_map(name, "shop", {"revision": str(revision)}) for name in SERVICES]
        documents.append(objects.network_policy("default-deny", "shop"))
        entries.append(Entry(minute, client, "reconcile", _apply(client, documents)))
    return entries


def _apply(client: Client, documents: list[objects.Document]) -> Callable[[], object]:
    return lambda: client.kubectl(*SERVER_SIDE, document=company.listing(documents))


def _reading(clients: Clients, random: Random) -> list[Entry]:
    """Scrape every half minute, draw the overview every minute, count replicas every minute."""
    scrape: Paths = ("/metrics", "/api/v1/nodes", "/api/v1/pods?limit=500", "/api/v1/services", "/api/v1/endpoints")
    overview: Paths = (
        "/apis/apps/v1/deployments",
        "/apis/apps/v1/replicasets",
        "/apis/batch/v1/jobs",
        "/api/v1/namespaces",
    )
    overview += ("/api/v1/events?limit=100", "/api/v1/namespaces/shop/pods")
    scale = tuple(f"/apis/apps/v1/namespaces/shop/deployments/{name}/scale" for name in SERVICES)
    return [
        *_polls(clients, company.PROMETHEUS, "scrape", scrape, 0.5),
        *_polls(clients, company.DASHBOARD, "draw the overview", overview, 1.0),
        *_polls(clients, AUTOSCALER, "count replicas", scale, 1.0),
    ]


def _polls(clients: Clients, actor: Actor, name: str, paths: Paths, minutes: float) -> list[Entry]:
    client = clients[actor]

    def act() -> None:
        for path in paths:
            client.request("GET", path)

    return [Entry(minute, client, name, act) for minute in every(minutes, MINUTES, start=0.2)]


def _operator(clients: Clients, random: Random) -> list[Entry]:
    """Watch for certificates, renew one every four minutes: its Secret and its status."""
    client, entries = clients[OPERATOR], []
    for number, minute in enumerate(every(4, MINUTES, start=2)):
        name = f"shop-tls-{number}"
        entries.append(Entry(minute, client, "issue a certificate", _issue(client, name, random.randbytes(24).hex())))
        entries.append(Entry(minute + 1, client, "watch certificates", lambda: client.watch(CUSTOM, seconds=15)))
    return entries


def _issue(client: Client, name: str, key: str) -> Callable[[], object]:
    return lambda: client.python("issue_certificate", name, key)


def _people(clients: Clients, random: Random) -> list[Entry]:
    """Let two developers look, tune and restart, each every two to four minutes."""
    entries = []
    for actor in (company.ANNA, company.BORIS):
        minute = random.uniform(0.5, 3)
        while minute < MINUTES:
            name, arguments = random.choice(_habits(random.choice(SERVICES), random.randint(3, 7)))
            entries.append(Entry(minute, clients[actor], name, _run(clients[actor], *arguments)))
            minute += random.uniform(1.5, 3.5)
    return entries


def _habits(service: str, number: int) -> list[tuple[str, tuple[str, ...]]]:
    deployment, shop = f"deployment/{service}", ("--namespace", "shop")
    return [
        ("look at pods", ("get", "pods", *shop, "--output", "wide")),
        ("look at deployments", ("get", "deployments,services", *shop)),
        ("look at events", ("get", "events", *shop)),
        ("describe a deployment", ("describe", deployment, *shop)),
        ("read logs", ("logs", deployment, *shop, "--tail=20")),
        ("scale", ("scale", deployment, f"--replicas={number}", *shop)),
        ("restart", ("rollout", "restart", deployment, *shop)),
        ("annotate", ("annotate", deployment, f"note=checked-{number}", "--overwrite", *shop)),
        ("read a config", ("get", "configmap", service, *shop, "--output", "yaml")),
        ("may I", ("auth", "can-i", "delete", "pods", *shop)),
    ]


def _run(client: Client, *arguments: str) -> Callable[[], object]:
    return lambda: client.kubectl(*arguments, check=False)


def _on_call(clients: Clients, random: Random) -> list[Entry]:
    """Look into a slow checkout from minute twenty on: events, logs, one shell, a restart, a drained node."""
    client, shop = clients[company.PRIYA], ("--namespace", "shop")

    def shell() -> None:
        client.kubectl("exec", "deployment/checkout", *shop, "--", "sh", "-c", "cat /proc/loadavg")

    plan: list[tuple[str, tuple[str, ...]]] = [
        ("look at nodes", ("get", "nodes")),
        ("look at events", ("get", "events", *shop, "--sort-by=.lastTimestamp")),
        ("describe pods", ("describe", "pods", *shop, "--selector", "app=checkout")),
        ("read logs", ("logs", "deployment/checkout", *shop, "--tail=100")),
        ("take a node out", ("cordon", "node-7")),
        ("restart", ("rollout", "restart", "deployment/checkout", *shop)),
        ("watch the restart", ("rollout", "status", "deployment/checkout", *shop, "--timeout=60s")),
        ("put the node back", ("uncordon", "node-7")),
        ("rotate a password", ("create", "secret", "generic", "checkout-db", *shop, NEW_VALUE)),
    ]
    minutes = every(1.5, MINUTES, start=20)
    entries = [
        Entry(minute, client, name, _run(client, *rest)) for minute, (name, rest) in zip(minutes, plan, strict=False)
    ]
    return [*entries, Entry(25.2, client, "on-call shell", shell, ON_CALL_SHELL)]


def _new_joiner(clients: Clients, random: Random) -> list[Entry]:
    """Find out, over the hour, what is open and what is not: six refusals, far apart."""
    tries = [
        ("get", "pods", "--namespace", "shop"),
        ("get", "pods", "--namespace", "payments"),
        ("get", "nodes"),
        ("get", "secrets", "--namespace", "shop"),
        ("auth", "can-i", "--list", "--namespace", "shop"),
        ("get", "configmaps", "--namespace", "shop"),
        ("delete", "pod", "no-such-pod", "--namespace", "shop"),
        ("get", "namespaces"),
        ("logs", "deployment/catalog", "--namespace", "shop", "--tail=5"),
        ("get", "clusterroles"),
    ]
    client = clients[company.NEWCOMER]
    minutes = every(5.5, MINUTES, start=3)
    return [Entry(minute, client, "find out", _run(client, *one)) for minute, one in zip(minutes, tries, strict=False)]


DIARIES = (_continuous_integration, _gitops, _reading, _operator, _people, _on_call, _new_joiner)
