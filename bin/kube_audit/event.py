"""One audit event as it was written: its bytes, when it happened, and the object it is about.

Bytes are never rebuilt; what is sent is what stood in the log, redaction aside. Decoding only reads what decides
where the event goes. `auditID` names a request but is chosen by the client, so it is never an identity.
"""

from typing import NamedTuple, Optional

from kube_audit.clock import epoch_text
from kube_audit.codec import read_routing
from kube_audit.errors import BadInput


class AuditEvent(NamedTuple):
    """An audit event: the bytes of its JSON object, its time as epoch text, and the object of the request."""

    raw: bytes
    time: Optional[str]
    resource: str
    subresource: str
    api_group: str


class NotAnEvent(BadInput):
    """A line that is no audit event; the message is the reason that stands in the quarantine."""


def read_event(raw: bytes) -> AuditEvent:
    """Read one line; raises NotAnEvent with the reason where it is no Kubernetes audit event."""
    try:
        routing = read_routing(raw)
    except BadInput as error:
        raise NotAnEvent(f"not JSON: {error}") from None
    if routing.kind is not None and routing.kind != "Event":
        raise NotAnEvent(f"kind is {routing.kind[:40]!r}, not 'Event'")
    if routing.api_version is not None and not routing.api_version.startswith("audit.k8s.io/"):
        raise NotAnEvent(f"apiVersion is {routing.api_version[:40]!r}, not of group 'audit.k8s.io'")
    if not routing.audit_id or not routing.stage:
        missing = "stage" if routing.audit_id else "auditID"
        raise NotAnEvent(f"no {missing}: not a Kubernetes audit event")
    time = epoch_text(routing.stage_time or "") or epoch_text(routing.received_time or "")
    return AuditEvent(raw, time, routing.resource, routing.subresource, routing.api_group)
