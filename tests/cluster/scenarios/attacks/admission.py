"""An admission webhook of the laboratory's own, which changes or refuses ConfigMaps as they wish.

    label `admission: change`   one JSON patch and an audit annotation
    label `admission: refuse`   denied, with a message

It listens on the nodes' address, with a certificate of the cluster's authority.
"""

import base64
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cluster import objects
from cluster.certificates import KeyPair

PORT = 8097
LABEL = "admission"
PATCH = [{"op": "add", "path": "/data", "value": {"added-by": "webhook"}}]
RULE = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}


class AdmissionWebhook:
    """The webhook, listening between enter and exit."""

    def __init__(self, address: str, files: KeyPair) -> None:
        self._server = ThreadingHTTPServer((address, PORT), _Review)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Review(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Answer one AdmissionReview."""
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps({**review, "response": respond(review["request"])}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def respond(request: dict[str, Any]) -> dict[str, object]:
    """Decide about one request."""
    wish = request["object"]["metadata"].get("labels", {}).get(LABEL)
    answer: dict[str, object] = {"uid": request["uid"], "allowed": wish != "refuse"}
    if wish == "refuse":
        return {**answer, "status": {"code": 403, "message": "the laboratory refuses this"}}
    if wish == "change":
        patch = base64.b64encode(json.dumps(PATCH).encode()).decode()
        return {**answer, "patchType": "JSONPatch", "patch": patch, "auditAnnotations": {"changed": "data"}}
    return answer


def configuration(name: str, address: str, port: int, authority: Path, value: str) -> objects.Document:
    """Describe the webhook's configuration, for ConfigMaps with one value of the label."""
    bundle = base64.b64encode(authority.read_bytes()).decode()
    hook = {
        "name": f"{name}.example.com",
        "clientConfig": {"url": f"https://{address}:{port}/", "caBundle": bundle},
        "rules": [RULE],
        "objectSelector": {"matchExpressions": [{"key": LABEL, "operator": "In", "values": value.split()}]},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "failurePolicy": "Ignore",
        "timeoutSeconds": 2,
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [hook],
    }
