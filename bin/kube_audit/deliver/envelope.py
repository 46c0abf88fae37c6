"""The form in which one event is sent to the HTTP Event Collector.

    {"time":1795475971.123456,"host":"cp-1","source":"/var/log/kubernetes/audit.log",
     "sourcetype":"kube:apiserver:audit","index":"kube_audit","fields":{"kube_audit_cluster":"prod"},"event":{…}}

The event's bytes stand in it as they are, the time with the digits of the event's own stageTimestamp. A batch is
envelopes one after the other, one a line.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, Optional, Union

from kube_audit.names import SOURCETYPE


@dataclass(frozen=True)
class Origin:
    """What all events of one forwarder share."""

    host: str
    index: Optional[str]
    cluster: Optional[str]


@lru_cache(maxsize=4096)
def _between(origin: Origin, source: str) -> bytes:
    """Everything between the time and the event: the same for all events of a log."""
    parts: Dict[str, Union[str, Dict[str, str]]] = {"host": origin.host, "source": source, "sourcetype": SOURCETYPE}
    if origin.index is not None:
        parts["index"] = origin.index
    if origin.cluster is not None:
        parts["fields"] = {"kube_audit_cluster": origin.cluster}
    return b"," + json.dumps(parts, separators=(",", ":")).encode("ascii")[1:-1] + b',"event":'


def wrap(origin: Origin, source: str, time: str, event: bytes) -> bytes:
    """Put an event into its envelope; `time` is seconds since 1970 as text."""
    return b'{"time":' + time.encode("ascii") + _between(origin, source) + event + b"}\n"
