"""What must hold when a recorded log went through the whole chain."""

from typing import Any

from cluster.recordings import events_of, wanted
from demo.chain import APP, Running
from e2e.conftest import LOG


def test_every_event_is_indexed_once(chain: Running) -> None:
    """What was read was sent and indexed, and nothing twice."""
    events = len(events_of(LOG))

    assert chain.outcome[:4] == (events, events, events, 0)


def test_every_attack_is_among_the_findings(chain: Running) -> None:
    """Each actor whom the recording's labels name is named by a finding, and nobody else is."""
    attackers = {user for _, user in wanted(LOG)}

    assert {finding["who"] for finding in chain.outcome.findings} == attackers


def test_a_finding_says_who_what_where(chain: Running) -> None:
    """No text of a finding is empty or stands for a value that was not found."""
    for finding in chain.outcome.findings:
        assert all(finding.values()), finding
        assert "unknown" not in finding.values(), finding


def test_each_finding_is_posted_once(chain: Running) -> None:
    """The alert action delivers every finding as one JSON document with its row."""
    posted = [document["result"]["finding_id"] for document in chain.alerts.received]
    found = chain.splunk.search("`kube_audit_findings_index` | table finding_id", APP)

    assert sorted(posted) == sorted(row["finding_id"] for row in found)


def test_the_cluster_is_known(chain: Running) -> None:
    """The indexed field that the forwarder sets becomes the field that searches use, and is found by name=value."""
    counts = chain.splunk.search("`kube_audit_index` kube_audit_cluster=demo | stats count by cluster", APP)

    assert counts == [{"cluster": "demo", "count": str(chain.outcome.indexed)}]


def test_no_secret_is_indexed(chain: Running) -> None:
    """Values of Secrets and issued tokens of the recording are nowhere in the index; their key names are."""
    secrets = {text for event in events_of(LOG) for text in _secrets(event)}
    rows = chain.splunk.search("`kube_audit_index` (secrets OR token) | table _raw", APP)
    indexed = "\n".join(row["_raw"] for row in rows)

    assert len(secrets) > 2
    assert [text for text in secrets if text in indexed] == []


def _secrets(event: dict[str, Any]) -> list[str]:
    """Return the values in one event's bodies that nobody may see."""
    texts: list[str] = []
    resource = event.get("objectRef", {}).get("resource")
    for body in (event.get("requestObject"), event.get("responseObject")):
        if not isinstance(body, dict):
            continue
        if resource == "secrets":
            texts += [*body.get("data", {}).values(), *body.get("stringData", {}).values()]
        if resource == "serviceaccounts" and event["objectRef"].get("subresource") == "token":
            texts.append(body.get("status", {}).get("token", ""))
    return [text for text in texts if text]
