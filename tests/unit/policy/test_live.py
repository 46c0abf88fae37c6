"""Replay of requests that a real API server recorded under three policies: same level, same stages."""

from typing import Any, Dict, List

from kube_audit.policy.load import load_file
from kube_audit.policy.match import Evaluator
from kube_audit.policy.requestinfo import read_request
from kube_audit.policy.stages import recorded_stages
from policy_cases import RECORDED, read_lines

LINES = list(read_lines(RECORDED / "live.jsonl"))


def predicted(line: Dict[str, Any]) -> Dict[str, Any]:
    """Say what the engine expects of one request."""
    evaluator = Evaluator(load_file(RECORDED / "policies" / f"{line['policy']}.yaml").policy)
    request = read_request(line["method"], line["uri"], None if line["noUser"] else line["user"], line["groups"])
    decision = evaluator.decide(request)
    return {"level": decision.level.text, "stages": list(recorded_stages(request, decision))}


def test_the_real_api_server_agrees() -> None:
    """Each of the recorded requests (200 and more, three policies) has the level and stages that the engine predicts.

    A decision whose stages are all omitted leaves no event, so its level cannot be seen.
    """
    wrong: List[Any] = []
    for line in LINES:
        expected = predicted(line)
        seen = {"level": line["level"], "stages": line["stages"]}
        if seen != expected and not (not expected["stages"] and not seen["stages"]):
            wrong.append((line, expected))

    assert wrong == []
    assert len(LINES) >= 200
    assert {line["policy"] for line in LINES} == {"by-user", "by-resource", "generated"}
    assert {line["level"] for line in LINES} == {"None", "Metadata", "Request", "RequestResponse"}
