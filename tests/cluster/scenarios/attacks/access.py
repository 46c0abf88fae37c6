"""Initial access, authentication, unknown origin (catalogue A) and denied access, discovery (catalogue B)."""

from cluster import objects
from cluster.scenarios.attacks.moves import (
    ACCOUNT,
    ANONYMOUS,
    BAD_TOKEN,
    LIMITED,
    MASTERS,
    NETWORKING,
    NOBODY,
    POWERLESS_ACCOUNT,
    RBAC,
    Attack,
    V,
    get,
    kubectl,
    post,
    shell,
    together,
)
from cluster.script import Decides

DENIED = "discovery/denied_access_burst"
POD_EXEC = "execution/pod_exec"
PUBLIC = "/api/v1/namespaces/public"
PLACES = ("default", "kube-system", "kube-public", "victim", "public", "shop", "payments", "monitoring", "ci", "gitops")
SECRETS_EVERYWHERE = [get(f"/api/v1/namespaces/{place}/secrets") for place in PLACES]
RECON = [
    get(f"/api/v1/{kind}") for kind in ("namespaces", "nodes", "pods", "configmaps", "serviceaccounts", "services")
]
RECON += [get(f"{RBAC}/{kind}") for kind in ("roles", "clusterroles", "rolebindings", "clusterrolebindings")]
WHAT_MAY_I = {
    "apiVersion": "authorization.k8s.io/v1",
    "kind": "SelfSubjectAccessReview",
    "spec": {"resourceAttributes": {"verb": "create", "resource": "pods", "namespace": "victim"}},
}
BALANCED = objects.service("kubernetes-dashboard", "victim", type="LoadBalancer")
NODE_PORT = objects.service("debug", "victim", type="NodePort")
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
PLAIN_INGRESS = objects.custom(
    "networking.k8s.io/v1",
    "Ingress",
    "plain",
    "victim",
    {"rules": [{"host": "a.example.com"}], "defaultBackend": BACKEND},
)
FOR_EVERYBODY = objects.binding("open-doors", "view", objects.group("system:unauthenticated"))

ATTACKS = (
    Attack(
        "A01", "anonymous request allowed", Decides(("get",), "configmaps"), get(f"{PUBLIC}/configmaps/info"), ANONYMOUS
    ),
    Attack("A02", "any anonymous call", Decides(), get("/apis/apps/v1/deployments"), ANONYMOUS),
    Attack("A03", "anonymous denied burst", Decides(code=403), together(*SECRETS_EVERYWHERE[:8]), ANONYMOUS),
    Attack("A04", "anonymous pod list", Decides(("list",), "pods"), get("/api/v1/pods"), ANONYMOUS),
    Attack(
        "A05",
        "anonymous enumeration",
        Decides(),
        together(*RECON, get("/console"), get("/admin"), get("/.env")),
        ANONYMOUS,
        detection=DENIED,
    ),
    Attack(
        "A06",
        "anonymous write to pods",
        Decides(("create",), "pods"),
        post(f"{V}/pods", objects.pod("x", "victim")),
        ANONYMOUS,
    ),
    Attack(
        "A07",
        "anonymous creates a ConfigMap",
        Decides(("create",), "configmaps", code=201),
        post(f"{PUBLIC}/configmaps", objects.config_map("left-here", "public", {"a": "b"})),
        ANONYMOUS,
    ),
    Attack("A08", "a token that nobody issued", Decides(code=401), get("/api/v1/pods"), BAD_TOKEN),
    Attack(
        "A09",
        "rights for everybody",
        Decides(("create",), "clusterrolebindings"),
        post(f"{RBAC}/clusterrolebindings", FOR_EVERYBODY),
        level="Request",
    ),
    Attack("A11", "service account from outside", Decides(), get("/api/v1/namespaces"), ACCOUNT),
    Attack("A13", "the break-glass name", Decides(), kubectl("get", "nodes"), MASTERS, user="kubernetes-admin"),
    Attack(
        "A15",
        "Secret read by an unusual program",
        Decides(("get",), "secrets"),
        get(f"{V}/secrets/database"),
        user_agent="Wget/1.21.3",
    ),
    Attack(
        "A16",
        "Secret read by an unusual user",
        Decides(("get",), "secrets"),
        kubectl("get", "secret", "database", "-n", "victim"),
    ),
    Attack(
        "A17",
        "Secrets listed from a new network",
        Decides(("list",), "secrets"),
        get("/api/v1/namespaces/kube-system/secrets"),
    ),
    Attack("A20", "kubectl by somebody new", Decides(), kubectl("get", "pods", "--all-namespaces")),
    Attack("A21", "a hunting tool's user agent", Decides(), get("/version"), user_agent="kube-hunter/0.6.8"),
    Attack(
        "A22",
        "dashboard put outside",
        Decides(("create",), "services"),
        post(f"{V}/services", BALANCED),
        level="Request",
    ),
    Attack("A23", "NodePort", Decides(("create",), "services"), post(f"{V}/services", NODE_PORT), level="Request"),
    Attack(
        "A24",
        "ingress without TLS",
        Decides(("create",), "ingresses"),
        post(f"{NETWORKING}/ingresses", PLAIN_INGRESS),
        level="Request",
    ),
    Attack("B01", "one refusal", Decides(code=403), get(f"{V}/secrets"), NOBODY),
    Attack(
        "B02",
        "forbidden create",
        Decides(("create",), "pods", code=403),
        post(f"{V}/pods", objects.pod("y", "victim")),
        NOBODY,
    ),
    Attack("B03", "refusal by a new program", Decides(code=403), get(f"{V}/pods"), NOBODY, user_agent="rakkess/0.5.1"),
    Attack("B04", "service account refused", Decides(code=403), get("/api/v1/nodes"), POWERLESS_ACCOUNT),
    Attack("B05", "denied burst", Decides(code=403), together(*SECRETS_EVERYWHERE, *RECON), NOBODY, detection=DENIED),
    Attack(
        "B06",
        "denied burst of a service account",
        Decides(code=403),
        together(*SECRETS_EVERYWHERE, *RECON[:6]),
        POWERLESS_ACCOUNT,
        detection=DENIED,
    ),
    Attack("B07", "allowed and denied, mixed", Decides(), together(get(f"{V}/pods"), *RECON), LIMITED),
    Attack("B08", "many kinds read", Decides(("list",)), together(*RECON)),
    Attack("B09", "what may I", Decides(("create",)), kubectl("auth", "can-i", "--list"), NOBODY),
    Attack(
        "B09",
        "may I, by a program",
        Decides(("create",), "selfsubjectaccessreviews"),
        post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", WHAT_MAY_I),
        POWERLESS_ACCOUNT,
    ),
    Attack(
        "B10",
        "shell path in the URI",
        Decides(("get", "create"), "pods", "exec"),
        shell("/bin/bash -c /usr/bin/curl"),
        detection=POD_EXEC,
    ),
    Attack("B13", "roles read", Decides(("list",), "clusterroles"), get(f"{RBAC}/clusterroles")),
)
