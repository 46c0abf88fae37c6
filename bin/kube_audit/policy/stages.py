"""Which stages of a request become events.

ordinary        RequestReceived                     ResponseComplete
long-running    RequestReceived   ResponseStarted   ResponseComplete
failed login                      ResponseStarted
Panic takes the place of ResponseComplete.
"""

from typing import Iterable, Tuple

from kube_audit.policy.model import COMPLETE, PANIC, RECEIVED, STAGES, STARTED, Attributes, Decision, Level
from kube_audit.policy.requestinfo import is_long_running


def invert(stages: Iterable[str]) -> Tuple[str, ...]:
    """Give the stages that are not in a list, sorted."""
    return tuple(sorted(set(STAGES) - set(stages)))


def stages_of(request: Attributes, panics: bool = False) -> Tuple[str, ...]:
    """Give the stages that a request goes through."""
    if request.user is None:
        return (STARTED,)
    started = (STARTED,) if is_long_running(request) and not panics else ()
    return (RECEIVED, *started, PANIC if panics else COMPLETE)


def recorded_stages(request: Attributes, decision: Decision, panics: bool = False) -> Tuple[str, ...]:
    """Give the stages that a policy's decision lets through."""
    if decision.level is Level.NONE:
        return ()
    return tuple(stage for stage in stages_of(request, panics) if stage not in decision.omit_stages)
