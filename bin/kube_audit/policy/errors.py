"""What can be wrong with a policy, a request or a file that holds one.

    KubeAuditError
      x BadInput                    exit code 2
          + PolicyError             the API server would refuse this policy; `reason` is its own text
          + RequestError            this is no request that reaches the audit filter

`str(error)` is `FILE:LINE:COLUMN: reason` as far as these are known.
"""

from typing import NamedTuple, Optional, Tuple

from kube_audit.errors import BadInput
from kube_audit.policy.positions import Mark


class Fault(NamedTuple):
    """One of several reasons to refuse a policy."""

    reason: str
    mark: Optional[Mark]


class PolicyError(BadInput):
    """A policy that the API server would refuse, or that we refuse to read; `reason` has no position in front."""

    def __init__(
        self, reason: str, mark: Optional[Mark] = None, source: str = "", faults: Tuple[Fault, ...] = ()
    ) -> None:
        self.reason = reason
        self.mark = mark
        self.source = source
        self.faults = faults or (Fault(reason, mark),)
        where = [source] if source else []
        if mark is not None:
            where += [str(mark.line), str(mark.column)] if source else [f"line {mark.line}"]
        super().__init__(": ".join([":".join(where), reason]) if where else reason)

    def located(self, source: str) -> "PolicyError":
        """Name the file that the policy came from."""
        return PolicyError(self.reason, self.mark, source, self.faults)


class RequestError(BadInput):
    """A method and URI that the API server answers before its audit filter sees them."""
