"""Privilege escalation (catalogue F)."""

from cluster import objects
from cluster.scenarios.attacks.execution import CREATE_POD, create_pod
from cluster.scenarios.attacks.moves import ACCOUNT, APPS, RBAC, Attack, Move, V, kubectl, patch, post, put, together
from cluster.script import Decides

ADMIN_BINDING = "privilege_escalation/cluster_admin_binding"
ROLE = Decides(("create",), "clusterroles")
BINDING = Decides(("create",), "clusterrolebindings")
ME = objects.user("friend@example.com")


def secured(name: str, **context: object) -> Move:
    """Create a pod whose container has a security context."""
    return create_pod(name, containers=[objects.container(name, securityContext=context)])


def allow(name: str, *rules: objects.Document) -> Move:
    """Create a cluster role."""
    return post(f"{RBAC}/clusterroles", objects.role(name, rules))


def bind(name: str, role: str, subject: objects.Document) -> Move:
    """Create a cluster role binding."""
    return post(f"{RBAC}/clusterrolebindings", objects.binding(name, role, subject))


def as_somebody(path: str, **headers: str) -> Move:
    """Read as somebody else, by impersonation headers."""
    return lambda client: client.request(
        "GET", path, headers={f"Impersonate-{name}": value for name, value in headers.items()}
    )


ATTACKS = (
    Attack("F01", "privileged pod", CREATE_POD, secured("f01", privileged=True), level="Request"),
    Attack(
        "F01",
        "privileged init container",
        CREATE_POD,
        create_pod("f01-init", initContainers=[objects.container("init", securityContext={"privileged": True})]),
        level="Request",
    ),
    Attack("F02", "escalation allowed", CREATE_POD, secured("f02", allowPrivilegeEscalation=True), level="Request"),
    Attack("F03", "host processes", CREATE_POD, create_pod("f03", hostPID=True), level="Request"),
    Attack("F04", "host IPC", CREATE_POD, create_pod("f04", hostIPC=True), level="Request"),
    Attack("F05", "host network", CREATE_POD, create_pod("f05", hostNetwork=True), level="Request"),
    Attack(
        "F06",
        "host path",
        CREATE_POD,
        create_pod("f06", volumes=[{"name": "host", "hostPath": {"path": "/"}}]),
        level="Request",
    ),
    Attack(
        "F07",
        "dangerous capabilities",
        CREATE_POD,
        secured("f07", capabilities={"add": ["SYS_ADMIN", "NET_ADMIN"]}),
        level="Request",
    ),
    Attack(
        "F08", "shared process namespace", CREATE_POD, create_pod("f08", shareProcessNamespace=True), level="Request"
    ),
    Attack(
        "F09",
        "cluster-admin by create",
        BINDING,
        kubectl(
            "create", "clusterrolebinding", "f09-create", "--clusterrole=cluster-admin", "--user=friend@example.com"
        ),
        level="Request",
        detection=ADMIN_BINDING,
    ),
    Attack(
        "F09",
        "cluster-admin by server-side apply",
        Decides(("patch",), "clusterrolebindings"),
        kubectl("apply", "--server-side", "-f", "-", document=objects.binding("f09-apply", "cluster-admin", ME)),
        level="Request",
        detection=ADMIN_BINDING,
    ),
    Attack(
        "F09",
        "cluster-admin by client-side apply",
        BINDING,
        kubectl("apply", "-f", "-", document=objects.binding("f09-client", "cluster-admin", ME)),
        level="Request",
        detection=ADMIN_BINDING,
    ),
    Attack(
        "F09",
        "cluster-admin by JSON patch",
        Decides(("patch",), "clusterrolebindings"),
        patch(f"{RBAC}/clusterrolebindings/cluster-admin", [{"op": "add", "path": "/subjects/-", "value": ME}], "json"),
        detection=ADMIN_BINDING,
    ),
    Attack(
        "F09",
        "cluster-admin by replace",
        Decides(("update",), "clusterrolebindings"),
        put(f"{RBAC}/clusterrolebindings/f09-replace", objects.binding("f09-replace", "cluster-admin", ME)),
        level="Request",
        detection=ADMIN_BINDING,
    ),
    Attack(
        "F09",
        "cluster-admin in a namespace",
        Decides(("create",), "rolebindings"),
        post(f"{RBAC}/namespaces/victim/rolebindings", objects.binding("f09", "cluster-admin", ME, "victim")),
        level="Request",
        detection=ADMIN_BINDING,
    ),
    Attack(
        "F10",
        "admin for a default account",
        BINDING,
        bind("f10", "admin", objects.service_account("default", "victim")),
        level="Request",
    ),
    Attack("F11", "any binding", BINDING, bind("f11", "view", ME)),
    Attack(
        "F12",
        "binding of a service account",
        BINDING,
        bind("f12", "edit", objects.service_account("web", "victim")),
        level="Request",
    ),
    Attack("F13", "role of everything", ROLE, allow("f13", objects.rule(["*"], ["*"], ["*"])), level="Request"),
    Attack(
        "F14",
        "everything added to a role",
        Decides(("patch",), "clusterroles"),
        together(
            allow("f14", objects.rule([""], ["pods"], ["get"])),
            patch(
                f"{RBAC}/clusterroles/f14",
                [{"op": "add", "path": "/rules/-", "value": objects.rule(["*"], ["*"], ["*"])}],
                "json",
            ),
        ),
        level="RequestResponse",
    ),
    Attack(
        "F15",
        "role to escalate",
        ROLE,
        allow(
            "f15",
            objects.rule(["rbac.authorization.k8s.io"], ["clusterroles"], ["escalate", "bind"]),
            objects.rule([""], ["users"], ["impersonate"]),
        ),
        level="Request",
    ),
    Attack(
        "F16", "role to exec", ROLE, allow("f16", objects.rule([""], ["pods/exec"], ["create", "get"])), level="Request"
    ),
    Attack(
        "F17",
        "role to proxy to kubelets",
        ROLE,
        allow("f17", objects.rule([""], ["nodes/proxy"], ["get", "create"])),
        level="Request",
    ),
    Attack(
        "F18",
        "role to read Secrets and write workloads",
        ROLE,
        allow(
            "f18", objects.rule([""], ["secrets"], ["get", "list"]), objects.rule(["apps"], ["daemonsets"], ["create"])
        ),
        level="Request",
    ),
    Attack(
        "F19",
        "system role changed",
        Decides(("patch",), "clusterroles"),
        patch(
            f"{RBAC}/clusterroles/system:discovery",
            [{"op": "add", "path": "/rules/-", "value": objects.rule([""], ["secrets"], ["list"])}],
            "json",
        ),
    ),
    Attack(
        "F20",
        "service account writes rights",
        BINDING,
        bind("f20", "view", objects.service_account("web", "victim")),
        ACCOUNT,
    ),
    Attack(
        "F21",
        "privileged impersonation",
        Decides(("list",), "secrets"),
        as_somebody(f"{V}/secrets", User="root@example.com", Group="system:masters"),
    ),
    Attack(
        "F22",
        "binding to the aggregation role",
        BINDING,
        bind("f22", "system:controller:clusterrole-aggregation-controller", ME),
        level="Request",
    ),
    Attack("F23", "role made", ROLE, allow("f23", objects.rule([""], ["configmaps"], ["get"]))),
    Attack(
        "F24",
        "service account does what it never did",
        Decides(("patch",), "deployments"),
        patch(f"{APPS}/deployments/web", {"metadata": {"labels": {"touched": "f24"}}}),
        ACCOUNT,
    ),
)
