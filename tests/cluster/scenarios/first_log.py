"""The spine's log: some minutes of an ordinary morning, and the attacks of the first three detections.

The attackers work while the others do: a contractor opens shells in a pod, a backup administrator binds himself to
cluster-admin in four ways, a stolen token of the shop's front end asks for what it may not have.
"""

import json
from contextlib import ExitStack

from cluster import objects
from cluster.actors import Actor, Client
from cluster.control_plane import Cluster
from cluster.scenarios import company
from cluster.script import Decides, Script, Truth

CONTRACTOR = Actor("contractor-7@example.com", ("developers",), "203.0.113.50")
BACKUP_ADMIN = Actor("backup-admin@example.com", ("backup-admins",), "198.51.100.7")
FRONTEND = company.account("shop", "frontend", "198.51.100.23", "curl/8.5.0")

ADMIN_BINDING = "privilege_escalation/cluster_admin_binding"
EXEC = Truth("D01", Decides(("get", "create"), "pods", "exec"), "execution/pod_exec")
BIND = Truth("F09", Decides(("create", "patch", "update"), "clusterrolebindings"), ADMIN_BINDING)
BIND_IN_NAMESPACE = Truth("F09", Decides(("create", "patch"), "rolebindings"), ADMIN_BINDING)
DENIED = Truth("B05", Decides(code=403), "discovery/denied_access_burst")

ADDRESSES = (
    company.API_SERVER,
    company.NODES,
    *(actor.address for actor in (company.ANNA, company.BORIS, company.PRIYA, company.NEWCOMER)),
    *(actor.address for actor in (company.DEPLOYER, company.RECONCILER, company.PROMETHEUS, company.DASHBOARD)),
    *(actor.address for actor in (CONTRACTOR, BACKUP_ADMIN, FRONTEND)),
)


def prepare(cluster: Cluster) -> None:
    """Found the company, and give the backup administrators the right that one of them abuses."""
    company.found(cluster)
    rbac = "rbac.authorization.k8s.io"
    rights = [
        objects.rule([rbac], ["clusterrolebindings", "rolebindings"], ["get", "list", "create", "patch", "update"]),
        objects.rule([rbac], ["clusterroles"], ["bind", "get", "list"]),
    ]
    for document in (
        objects.role("backup-admins", rights),
        objects.binding("backup-admins", "backup-admins", objects.group("backup-admins")),
        objects.deployment("catalog", "shop"),
        objects.deployment("ledger", "payments"),
    ):
        cluster.admin.kubectl("apply", "-f", "-", document=document)
    for namespace, name in (("shop", "catalog"), ("payments", "ledger")):
        cluster.admin.kubectl("rollout", "status", f"deployment/{name}", "--namespace", namespace, "--timeout=60s")


class Cast:
    """The clients of everybody who appears."""

    def __init__(self, cluster: Cluster, stack: ExitStack) -> None:
        people = (company.ANNA, company.BORIS, company.PRIYA, company.NEWCOMER, CONTRACTOR, BACKUP_ADMIN)
        clients = [stack.enter_context(cluster.sign_in(person)) for person in people]
        self.anna, self.boris, self.priya, self.newcomer, self.contractor, self.backup_admin = clients
        accounts = (company.DEPLOYER, company.RECONCILER, company.PROMETHEUS, company.DASHBOARD, FRONTEND)
        programs = [self._program(cluster, stack, actor) for actor in accounts]
        self.deployer, self.reconciler, self.prometheus, self.dashboard, self.frontend = programs

    @staticmethod
    def _program(cluster: Cluster, stack: ExitStack, actor: Actor) -> Client:
        namespace, name = actor.user.split(":")[2:]
        return stack.enter_context(cluster.sign_in_service_account(namespace, name, actor))


def play(cluster: Cluster, script: Script) -> None:
    """Play the whole morning."""
    with ExitStack() as stack:
        cast = Cast(cluster, stack)
        _morning(cast, script)
        _shells(cast, script)
        _work(cast, script, rounds=3)
        _bindings(cast, script)
        _work(cast, script, rounds=2)
        _denials(cast, script)
        _work(cast, script, rounds=2)


def _morning(cast: Cast, script: Script) -> None:
    with script.step("look around", cast.anna):
        cast.anna.kubectl("get", "pods", "--namespace", "shop")
        cast.anna.kubectl("get", "deployments", "--namespace", "shop", "--output", "wide")
        cast.anna.kubectl("describe", "deployment", "catalog", "--namespace", "shop")
    script.pause(0.5, 1.5)
    with script.step("first day: some doors are closed", cast.newcomer):
        cast.newcomer.kubectl("get", "pods", "--namespace", "shop")
        cast.newcomer.kubectl("get", "pods", "--namespace", "payments", check=False)
        cast.newcomer.kubectl("get", "secrets", "--namespace", "shop", check=False)
    with script.step("store a password", cast.anna):
        literal = "--from-literal=password=correct-horse-battery-staple"
        cast.anna.kubectl("create", "secret", "generic", "catalog-database", literal, "--namespace", "shop")
        cast.anna.kubectl("get", "secrets", "--namespace", "shop")
        cast.anna.kubectl("get", "secret", "catalog-database", "--namespace", "shop", "--output", "yaml")
    with script.step("token for a scraper", cast.priya):
        cast.priya.kubectl("create", "serviceaccount", "scraper", "--namespace", "monitoring")
        cast.priya.kubectl("create", "token", "scraper", "--namespace", "monitoring")


def _work(cast: Cast, script: Script, rounds: int) -> None:
    for _ in range(rounds):
        tag = f"1.{script.random.randint(1, 9)}.{script.random.randint(0, 20)}"
        _release(cast, script, tag)
        _reconcile(cast, script, tag)
        _observe(cast, script)
        script.pause(3, 8)


def _release(cast: Cast, script: Script, tag: str) -> None:
    with script.step("release", cast.deployer):
        document = objects.deployment("cart", "shop", replicas=script.random.randint(2, 4), tag=tag)
        cast.deployer.kubectl("apply", "-f", "-", document=document)
        image = f"ledger={objects.REGISTRY}/ledger:{tag}"
        cast.deployer.kubectl("set", "image", "deployment/ledger", image, "--namespace", "payments")
        cast.deployer.kubectl("rollout", "status", "deployment/cart", "--namespace", "shop", "--timeout=60s")
        name = f"migrate-{tag.replace('.', '-')}"
        cast.deployer.kubectl("apply", "-f", "-", document=objects.job(name, "shop"))
    with script.step("scale and tune", cast.boris):
        replicas = script.random.randint(1, 3)
        cast.boris.kubectl("scale", "deployment/catalog", f"--replicas={replicas}", "--namespace", "shop")
        cast.boris.kubectl("apply", "-f", "-", document=objects.config_map("catalog", "shop", {"version": tag}))
        cast.boris.kubectl("logs", "deployment/catalog", "--namespace", "shop")


def _reconcile(cast: Cast, script: Script, tag: str) -> None:
    with script.step("reconcile", cast.reconciler):
        for document in (
            objects.config_map("routes", "shop", {"revision": tag, "cart": "http://cart.shop"}),
            objects.service("cart", "shop"),
            objects.service("catalog", "shop"),
        ):
            arguments = ("apply", "--server-side", "--field-manager=gitops", "-f", "-")
            cast.reconciler.kubectl(*arguments, document=document)


def _observe(cast: Cast, script: Script) -> None:
    with script.step("scrape", cast.prometheus):
        for path in ("/api/v1/nodes", "/api/v1/pods?limit=500", "/api/v1/services", "/metrics"):
            cast.prometheus.request("GET", path)
        cast.prometheus.watch("/api/v1/pods", seconds=1)
    with script.step("draw the overview", cast.dashboard):
        for path in ("/apis/apps/v1/deployments", "/apis/batch/v1/jobs", "/api/v1/events?limit=100"):
            cast.dashboard.request("GET", path)


def _shells(cast: Cast, script: Script) -> None:
    pod = cast.contractor.kubectl("get", "pods", "--namespace", "shop", "--selector", "app=catalog", "--output", "name")
    name = pod.output.split()[0]
    shell = ("exec", name, "--namespace", "shop", "--", "sh", "-c")
    with script.step("shell over WebSocket", cast.contractor, EXEC):
        cast.contractor.kubectl(*shell, "id; env | sort | head -3")
    script.pause(4, 9)
    with script.step("shell over SPDY", cast.contractor, EXEC):
        environment = {"KUBECTL_REMOTE_COMMAND_WEBSOCKETS": "false"}
        command = "cat /var/run/secrets/kubernetes.io/serviceaccount/token || true"
        cast.contractor.kubectl(*shell, command, environment=environment)


def _bindings(cast: Cast, script: Script) -> None:
    me = objects.user(BACKUP_ADMIN.user)
    with script.step("bind by create", cast.backup_admin, BIND):
        arguments = ("create", "clusterrolebinding", "backup-restore", f"--user={BACKUP_ADMIN.user}")
        cast.backup_admin.kubectl(*arguments, "--clusterrole=cluster-admin")
    script.pause(4, 9)
    with script.step("bind by server-side apply", cast.backup_admin, BIND):
        document = objects.binding("backup-agent", "cluster-admin", objects.service_account("default", "backup"))
        cast.backup_admin.kubectl("apply", "--server-side", "-f", "-", document=document)
    with script.step("bind by JSON patch of the built-in binding", cast.backup_admin, BIND):
        patch = f'[{{"op":"add","path":"/subjects/-","value":{_json(me)}}}]'
        cast.backup_admin.kubectl("patch", "clusterrolebinding", "cluster-admin", "--type=json", f"--patch={patch}")
    with script.step("bind in one namespace", cast.backup_admin, BIND_IN_NAMESPACE):
        document = objects.binding("backup-restore", "cluster-admin", me, "kube-system")
        cast.backup_admin.kubectl("create", "-f", "-", document=document)


def _denials(cast: Cast, script: Script) -> None:
    paths = [f"/api/v1/namespaces/{name}/secrets" for name in (*company.NAMESPACES, "default", "kube-system")]
    paths += ["/api/v1/nodes", "/api/v1/pods", "/api/v1/configmaps", "/apis/apps/v1/deployments"]
    paths += ["/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", "/api/v1/persistentvolumes"]
    paths += ["/api/v1/namespaces/shop/pods", "/api/v1/namespaces/payments/configmaps"]
    with script.step("ask for what is not allowed", cast.frontend, DENIED):
        for path in paths:
            cast.frontend.request("GET", path)
            script.pause(0.5, 4)


def _json(document: objects.Document) -> str:
    return json.dumps(document, separators=(",", ":"))
