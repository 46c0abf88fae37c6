"""What attackers find: a namespace with workloads and Secrets, guard rails, and doors that are open too wide."""

import time

from cluster import objects
from cluster.control_plane import Cluster
from cluster.scenarios import company
from cluster.scenarios.attacks import admission
from cluster.scenarios.attacks.backends import BROKEN_PORT, GOOD_PORT
from cluster.scenarios.attacks.persistence import daemon_set, webhook

BOOTSTRAP_TOKEN = ("k4p9x2", "0123456789abcdef")
PODS = 7
LIMIT_S = 60
Documents = list[objects.Document]


def prepare(cluster: Cluster) -> None:
    """Make everything, and wait until the pods run."""
    company.found(cluster)
    guards = [*_rights(), *_guards(), *_webhooks(cluster), *_extensions()]
    for documents in (_namespaces(), guards, [*_workloads(), *_data()]):
        cluster.admin.kubectl("apply", "-f", "-", document=company.listing(documents))
        _settle(cluster)
    names = [f"pod/web-{number}" for number in range(PODS)]
    cluster.admin.kubectl("wait", "--for=condition=Ready", *names, "--namespace", "victim", "--timeout=60s")
    application = objects.custom(
        "argoproj.io/v1alpha1",
        "Application",
        "shop",
        "victim",
        {"source": {"repoURL": "https://git.example.com/shop.git"}},
    )
    cluster.admin.request("POST", "/apis/argoproj.io/v1alpha1/namespaces/victim/applications", application)


def _settle(cluster: Cluster) -> None:
    """Wait for the default service accounts, without which no pod can be made."""
    deadline = time.monotonic() + LIMIT_S
    for name in ("victim", "kube-system", "strict", "noted"):
        path = f"/api/v1/namespaces/{name}/serviceaccounts/default"
        while cluster.admin.request("GET", path).code != 200 and time.monotonic() < deadline:
            time.sleep(0.2)


def _namespaces() -> Documents:
    level = "pod-security.kubernetes.io/"
    labels = {
        "victim": {},
        "public": {},
        "security": {},
        "intruders": {},
        "guarded": {f"{level}enforce": "restricted"},
        "strict": {f"{level}enforce": "restricted"},
        "noted": {f"{level}audit": "restricted"},
    }
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": objects.metadata(name, labels=more)}
        for name, more in labels.items()
    ]


def _rights() -> Documents:
    rbac, csr = "rbac.authorization.k8s.io", "certificates.k8s.io"
    limited = [
        objects.rule([""], ["pods"], ["get", "list"]),
        objects.rule([""], ["pods/exec"], ["get"]),
        objects.rule([rbac], ["clusterroles", "clusterrolebindings"], ["get", "list", "create"]),
        objects.rule([csr], ["certificatesigningrequests"], ["get", "list", "create"]),
    ]
    anybody = objects.user("system:anonymous")
    return [
        objects.role("limited", limited),
        objects.binding("limited", "limited", objects.group("limited")),
        objects.binding("operators", "cluster-admin", objects.group("operators")),
        objects.binding("intruders", "cluster-admin", objects.group("system:serviceaccounts:intruders")),
        objects.role("anybody", [objects.rule([""], ["configmaps"], ["get", "create"])], "public"),
        objects.binding("anybody", "anybody", anybody, "public", "Role"),
        objects.binding("bootstrappers", "system:node-bootstrapper", objects.group("system:bootstrappers")),
        *(objects.binding(f"team-{number}", "view", objects.group(f"team-{number}"), "victim") for number in range(5)),
    ]


def _guards() -> Documents:
    disruption = {"minAvailable": 1, "selector": {"matchLabels": {"app": "nothing"}}}
    storage = {"limits": [{"type": "PersistentVolumeClaim", "max": {"storage": "10Gi"}}]}
    return [
        objects.network_policy("default-deny", "victim"),
        objects.custom("policy/v1", "PodDisruptionBudget", "web", "victim", disruption),
        objects.custom("v1", "ResourceQuota", "limit", "victim", {"hard": {"configmaps": "100"}}),
        objects.custom("v1", "LimitRange", "limit", "victim", storage),
        webhook("guard", policy="Fail"),
        *_policy(),
    ]


def _webhooks(cluster: Cluster) -> Documents:
    """Describe a webhook that answers and one that does not."""
    address, authority = company.NODES, cluster.authority
    return [
        admission.configuration("laboratory", address, admission.PORT, authority, "change refuse"),
        admission.configuration("silent", address, admission.PORT + 900, authority, "ignore"),
    ]


def _policy() -> Documents:
    rule = {"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["deployments"]}
    expression = "!object.metadata.name.startsWith('forbidden-')"
    policy = {
        "matchConstraints": {"resourceRules": [rule]},
        "validations": [{"expression": expression}],
        "failurePolicy": "Fail",
    }
    binding = {"policyName": "no-latest", "validationActions": ["Deny", "Audit"]}
    version = "admissionregistration.k8s.io/v1"
    return [
        objects.custom(version, "ValidatingAdmissionPolicy", "no-latest", "", policy),
        objects.custom(version, "ValidatingAdmissionPolicyBinding", "no-latest", "", binding),
    ]


def _extensions() -> Documents:
    return [objects.custom_resource("argoproj.io", "v1alpha1", "applications", "Application")]


def _workloads() -> Documents:
    pods = [objects.pod(f"web-{number}", "victim", containers=[objects.container("web")]) for number in range(PODS)]
    return [
        *pods,
        objects.pod("batch", "victim"),
        objects.pod("system-pod", "kube-system"),
        objects.deployment("web", "victim"),
        daemon_set("agent", "security"),
        objects.service("web", "victim"),
        # The API server proxies to addresses of pods only: this one has its node's, where the backends listen.
        objects.pod("front", "victim", hostNetwork=True),
        objects.service("front", "victim", ports=[{"port": GOOD_PORT}]),
        objects.service("broken", "victim", ports=[{"port": BROKEN_PORT}], selector={"app": "front"}),
    ]


def _data() -> Documents:
    token_id, token = BOOTSTRAP_TOKEN
    usage = {"token-id": token_id, "token-secret": token, "usage-bootstrap-authentication": "true"}
    usage["auth-extra-groups"] = "system:bootstrappers:kubeadm:default-node-token"
    secrets = {"database": "database-password", "mail": "mail-password", "payment": "payment-key", "signing": "seed"}
    maps = {"aws-auth": {"mapRoles": ""}, "coredns": {"Corefile": ".:53 { forward . /etc/resolv.conf }"}}
    return [
        company.account_document("victim", "web"),
        *(objects.secret(name, "victim", {"value": f"{value}-of-the-victim"}) for name, value in secrets.items()),
        objects.secret(f"bootstrap-token-{token_id}", "kube-system", usage, "bootstrap.kubernetes.io/token"),
        *(objects.config_map(name, "kube-system", data) for name, data in maps.items()),
        *(objects.config_map(f"file-{number}", "victim", {"n": str(number)}) for number in range(10)),
        objects.config_map("info", "public", {"version": "1"}),
        objects.custom("v1", "PersistentVolume", "disk", "", _volume()),
    ]


def _volume() -> objects.Document:
    return {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "hostPath": {"path": "/var/empty"}}
