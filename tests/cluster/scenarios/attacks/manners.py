"""No attacks: requests whose form in the audit log one has to know. Their labels have the catalogue id `-`."""

from cluster import objects
from cluster.actors import Client
from cluster.scenarios.attacks import admission
from cluster.scenarios.attacks.moves import APPS, NOBODY, Attack, Move, V, get, kubectl, patch, post
from cluster.script import Decides

NEVER = Decides(("no verb",))
MANNER = "-"
GENERATED = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"generateName": "generated-", "namespace": "victim"},
}
APPLY = ("apply", "--server-side", "-f", "-")
SCALED = objects.deployment("web", "victim", replicas=4)


def raw(method: str, path: str, body: str = "", **headers: str) -> Move:
    """Send a request as no library would."""
    return lambda client: client.request(
        method, path, headers={n.replace("_", "-"): v for n, v in headers.items()}, text=body
    )


def manner(name: str, move: Move, identity: str = "operator") -> Attack:
    """Describe a request that is shown for its form alone."""
    return Attack(MANNER, name, NEVER, move, identity)


def admitted(wish: str) -> Move:
    """Create a ConfigMap that says what the admission webhook shall do."""
    document = objects.config_map(f"admission-{wish}", "victim", {})
    head = objects.metadata(f"admission-{wish}", "victim", {admission.LABEL: wish})
    return post(f"{V}/configmaps", {**document, "metadata": head})


def conflicting(client: Client) -> None:
    """Apply a field that another manager owns."""
    client.kubectl(*APPLY, "--field-manager=somebody-else", document=SCALED, check=False)


ATTACKS = (
    manner("dry run on the server", post(f"{V}/configmaps?dryRun=All", objects.config_map("dry", "victim", {}))),
    manner("name made by the server", post(f"{V}/configmaps", GENERATED)),
    manner("new object by server-side apply", kubectl(*APPLY, document=objects.deployment("applied", "victim"))),
    manner("conflict of server-side apply", conflicting),
    manner("already there", post(f"{V}/configmaps", objects.config_map("file-0", "victim", {}))),
    manner("not there", get(f"{V}/configmaps/no-such-thing")),
    manner("not valid", post(f"{V}/services", objects.service("Not_Valid", "victim"))),
    manner("not JSON", raw("POST", f"{V}/configmaps", "{", Content_Type="application/json")),
    manner("media type that is not known", raw("POST", f"{V}/configmaps", "a", Content_Type="text/plain")),
    manner(
        "patch as JSON array",
        patch(f"{V}/services/web", [{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}], "json"),
    ),
    manner("refused by an admission policy", post(f"{APPS}/deployments", objects.deployment("forbidden-1", "victim"))),
    manner("changed by an admission webhook", admitted("change")),
    manner("refused by an admission webhook", admitted("refuse")),
    manner("admission webhook that does not answer", admitted("ignore")),
    manner("a chosen audit id", get(f"{V}/services", Audit_ID="chosen-by-the-client")),
    manner("a long user agent", get(f"{V}/services", User_Agent="long " * 300)),
    manner("no user agent", raw("GET", f"{V}/services", User_Agent="")),
    manner("doubled slash", raw("GET", f"/{V}/services")),
    manner("OPTIONS", raw("OPTIONS", f"{V}/services")),
    manner("HEAD", raw("HEAD", f"{V}/services")),
    manner("a timeout that is no time", get(f"{V}/services?timeout=xx")),
    manner("exec refused, asked directly", get(f"{V}/pods/web-0/exec?command=id&stdout=true"), NOBODY),
    manner("exec refused, with kubectl", kubectl("exec", "web-0", "-n", "victim", "--", "id"), NOBODY),
    manner("logs followed to the end", kubectl("logs", "web-0", "-n", "victim", "--tail=5")),
    manner("label of a node by its owner", kubectl("label", "node", "node-3", "zone=b")),
)
