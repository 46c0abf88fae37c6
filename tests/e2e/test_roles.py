"""What the app's own roles may do on an installed app."""

import pytest

from demo.chain import APP, Running
from demo.splunk import DemoError, Splunk

PASSWORD = "a-Password-0f-this-test"  # noqa: S105


@pytest.fixture(scope="module")
def analyst(chain: Running) -> Splunk:
    """A user who is an analyst and nothing else."""
    chain.splunk.post("/services/authentication/users", name="ana", password=PASSWORD, roles="kube_audit_analyst")
    return chain.splunk.as_user("ana", PASSWORD)


def test_analyst_sees_events_and_findings(chain: Running, analyst: Splunk) -> None:
    """An analyst reads both indexes through the app's macros and fields."""
    events = analyst.search("`kube_audit_index` | stats count", APP)
    findings = analyst.search("`kube_audit_findings_index` | stats count by severity", APP)

    assert events == [{"count": str(chain.outcome.indexed)}]
    assert sum(int(row["count"]) for row in findings) == len(chain.outcome.findings)


def test_analyst_sees_no_other_index(analyst: Splunk) -> None:
    """Splunk's own logs stay hidden from an analyst."""
    assert analyst.search("index=_internal | head 1", APP) == []


@pytest.mark.parametrize("path", ["saved/searches/{search}", "configs/conf-kube_audit/alert_post"])
def test_analyst_changes_nothing(analyst: Splunk, path: str) -> None:
    """An analyst can neither switch a detection off nor change where alerts may go."""
    search = analyst.saved_searches(APP)[0]

    with pytest.raises(DemoError, match="403"):
        analyst.post(f"/servicesNS/nobody/{APP}/{path.format(search=search)}", disabled="1")
