"""What no public rule set covers (catalogue N01 to N18): rights, admission, identities, tokens."""

from cluster import objects
from cluster.scenarios.attacks.credentials import TOKEN
from cluster.scenarios.attacks.escalation import ROLE, allow, as_somebody, bind
from cluster.scenarios.attacks.moves import (
    ACCOUNT,
    ADMISSION,
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
    kubectl,
    patch,
    post,
    together,
)
from cluster.script import Decides

BINDING = Decides(("create",), "clusterrolebindings")
NAMESPACE = Decides(("patch",), "namespaces")
HOOK = f"{ADMISSION}/mutatingwebhookconfigurations/guard"
POLICY = f"{ADMISSION}/validatingadmissionpolicybindings/no-latest"
AGENT = "/apis/apps/v1/namespaces/security/daemonsets/agent"
KINDS_OF_TOKENS: tuple[tuple[str, dict[str, str]], ...] = (
    ("kubernetes.io/service-account-token", {"kubernetes.io/service-account.name": "web"}),
    ("bootstrap.kubernetes.io/token", {}),
)
LONG_TOKEN = {**TOKEN, "spec": {"expirationSeconds": 604800, "audiences": ["https://elsewhere.example.net"]}}


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
)
