"""The one place that chooses how JSON is decoded and how batches are compressed.

    stand-alone forwarder    msgspec (only the routing fields, bodies left alone) and isal
    inside Splunk            json and zlib: compiled wheels do not enter the app

Both give the same answers; a test runs both on the same lines. Strict JSON on both: no NaN, no Infinity.
"""

import json
import zlib
from typing import Any, Callable, Dict, NamedTuple, Optional

from kube_audit.errors import BadInput


class Routing(NamedTuple):
    """The few fields of an audit event that decide where it goes and what is taken out of it."""

    kind: Optional[str]
    api_version: Optional[str]
    audit_id: Optional[str]
    stage: Optional[str]
    stage_time: Optional[str]
    received_time: Optional[str]
    resource: str
    subresource: str
    api_group: str


def read_json(text: bytes) -> Any:  # noqa: ANN401 (JSON is any)
    """Decode strict JSON; raises BadInput with the decoder's reason."""
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise BadInput("nested too deep") from None
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError, integers of more than 4,300 digits
        raise BadInput(str(error)) from None


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON number")


def routing_by_json(text: bytes) -> Routing:
    """Read the routing fields with the standard library; raises BadInput where the text is no JSON object."""
    document = read_json(text)
    if not isinstance(document, dict):
        raise BadInput("not a JSON object")
    reference = document.get("objectRef")
    reference = reference if isinstance(reference, dict) else {}
    return Routing(
        _text(document, "kind"),
        _text(document, "apiVersion"),
        _text(document, "auditID"),
        _text(document, "stage"),
        _text(document, "stageTimestamp"),
        _text(document, "requestReceivedTimestamp"),
        _text(reference, "resource") or "",
        _text(reference, "subresource") or "",
        _text(reference, "apiGroup") or "",
    )


def _text(document: Dict[str, Any], key: str) -> Optional[str]:
    value = document.get(key)
    return value if isinstance(value, str) else None


def pack_by_zlib(body: bytes) -> bytes:
    """Compress a body to gzip with the standard library."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)  # 31: a gzip frame around the stream
    return packer.compress(body) + packer.flush()


read_routing: Callable[[bytes], Routing] = routing_by_json
pack: Callable[[bytes], bytes] = pack_by_zlib

try:
    import msgspec
except ImportError:
    pass
else:

    class _Reference(msgspec.Struct):
        resource: str = ""
        subresource: str = ""
        apiGroup: str = ""

    class _Event(msgspec.Struct):
        kind: Optional[str] = None
        apiVersion: Optional[str] = None
        auditID: Optional[str] = None
        stage: Optional[str] = None
        stageTimestamp: Optional[str] = None
        requestReceivedTimestamp: Optional[str] = None
        objectRef: Optional[_Reference] = None

    _decoder = msgspec.json.Decoder(_Event)
    _no_reference = _Reference()

    def routing_by_msgspec(text: bytes) -> Routing:
        """Read the routing fields without building the rest; what msgspec refuses is asked of json."""
        try:
            event = _decoder.decode(text)
            text.decode("utf-8")  # strings that msgspec skips are not checked by it
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return routing_by_json(text)
        reference = event.objectRef or _no_reference
        return Routing(
            event.kind,
            event.apiVersion,
            event.auditID,
            event.stage,
            event.stageTimestamp,
            event.requestReceivedTimestamp,
            reference.resource,
            reference.subresource,
            reference.apiGroup,
        )

    read_routing = routing_by_msgspec

try:
    from isal import isal_zlib
except ImportError:
    pass
else:

    def pack_by_isal(body: bytes) -> bytes:
        """Compress a body to gzip, at five times the speed."""
        packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, 31)
        packed: bytes = packer.compress(body) + packer.flush()
        return packed

    pack = pack_by_isal
