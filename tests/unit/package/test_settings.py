"""What the staged app promises by plain settings: each with the reason for which it is so, and no setting besides.

Settings whose value is SPL (searches, macros, calculated fields) and the mapping of events have tests that run them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import build
import generate
from standin.conf import Configuration
from standin.conf.metadata import Access, Metadata
from standin.knowledge.users import User
from unit.package.sources import ROOT

DETECTIONS = generate.load(ROOT)
SEVERITIES = {"cluster_admin_binding": "6", "denied_access_burst": "4", "pod_exec": "4"}
EXPORTED = (
    "alert_actions",
    "eventtypes",
    "fields",
    "lookups",
    "macros",
    "props",
    "savedsearches",
    "tags",
    "transforms",
)
READS = {
    *("change_own_password", "export_results_is_visible", "get_metadata", "get_typeahead", "list_tokens_own"),
    *("rest_apps_view", "rest_properties_get", "search"),
}
DESCRIPTION = (
    "Collects, maps and watches Kubernetes API server audit logs: who did what, from where, and was it allowed."
)
POSTS = "Posts each finding as one JSON document to an https address."


class Promise(NamedTuple):
    """The settings of one stanza, and why they are these."""

    conf: str
    stanza: str
    why: str
    settings: Mapping[str, str]


PYTHONS = {"python.version": "python3", "python.required": "3.9, 3.13"}  # what Splunk 9.4 and 10 bring
PROMISES = [
    Promise("app", "id", "AppInspect wants both, equal to the manifest's", {"name": build.APP, "version": "0.1.0"}),
    Promise(
        "app",
        "install",
        "it is usable as it is installed, and no set-up page is asked for",
        {"is_configured": "false", "state": "enabled", "build": "1"},
    ),
    Promise(
        "app",
        "launcher",
        "the page of apps says what it is and whose",
        {"author": "Kubernetes Audit for Splunk contributors", "description": DESCRIPTION, "version": "0.1.0"},
    ),
    Promise(
        "app",
        "package",
        "it is not on Splunkbase: nothing is asked there",
        {"id": build.APP, "check_for_updates": "false"},
    ),
    Promise("app", "triggers", "our own conf is read at every use", {"reload.kube_audit": "simple"}),
    Promise(
        "app",
        "ui",
        "it has dashboards, in both themes",
        {"is_visible": "true", "label": "Kubernetes Audit for Splunk", "supported_themes": "light,dark"},
    ),
    Promise(
        "alert_actions",
        "kube_audit_post",
        "a script of ours, asked with JSON, ended after a minute, posting nowhere until somebody says where",
        {
            "is_custom": "1",
            "label": "Post to HTTPS (Kubernetes Audit)",
            "description": POSTS,
            "icon_path": "alert_kube_audit_post.png",
            "payload_format": "json",
            **PYTHONS,
            "maxtime": "1m",
            "param.url": "",
        },
    ),
    Promise("fields", "kube_audit_cluster", "without it name=value finds nothing", {"INDEXED": "true"}),
    Promise(
        "inputs",
        "kube_audit_file",
        "events get the mapped source type",
        {**PYTHONS, "sourcetype": "kube:apiserver:audit"},
    ),
    Promise("kube_audit", "alert_post", "as shipped, no private address is trusted", {"ca_file": "", "allow": ""}),
    Promise(
        "server", "shclustering", "cluster members share our conf", {"conf_replication_include.kube_audit": "true"}
    ),
    Promise("tags", "eventtype=kube_audit_authentication", "CIM Authentication", {"authentication": "enabled"}),
    Promise("tags", "eventtype=kube_audit_change", "CIM Change", {"change": "enabled"}),
    Promise("tags", "eventtype=kube_audit_finding", "CIM Alerts", {"alert": "enabled"}),
    Promise(
        "transforms",
        "kube_audit_clusters",
        "one row by host and source, in any case, else unknown",
        {
            "filename": "kube_audit_clusters.csv",
            "match_type": "WILDCARD(host), WILDCARD(source)",
            "case_sensitive_match": "false",
            "max_matches": "1",
            "min_matches": "1",
            "default_match": "unknown",
        },
    ),
    Promise(
        "transforms", "kube_audit_detections", "what findings say of each", {"filename": "kube_audit_detections.csv"}
    ),
]


@pytest.fixture(scope="module")
def configuration(staged: Path) -> Configuration:
    """Return the staged app's settings, and none of Splunk's own."""
    return Configuration.load([staged], system_defaults=False)


def own(configuration: Configuration, conf: str, stanza: str) -> dict[str, str]:
    """Return what the app itself sets."""
    return {key: setting.value for key, setting in configuration.stanza(conf, stanza, build.APP).items()}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: f"{one.conf}-{one.stanza}")
def test_a_stanza_says_what_it_must(configuration: Configuration, promise: Promise) -> None:
    """Each setting has its reason; nothing is set without one."""
    assert own(configuration, promise.conf, promise.stanza) == promise.settings, promise.why


@pytest.mark.parametrize("conf", sorted({promise.conf for promise in PROMISES}))
def test_there_is_no_other_stanza(configuration: Configuration, conf: str) -> None:
    """A stanza that nobody promised is not shipped."""
    promised = sorted(promise.stanza for promise in PROMISES if promise.conf == conf)

    assert sorted(configuration.stanzas(conf, build.APP)) == promised


def test_audit_events_are_read_as_they_were_written(configuration: Configuration) -> None:
    """What applies before anything is searched, on forwarders and indexers, and what Splunk Web shows of it."""
    settings = own(configuration, "props", "kube:apiserver:audit")
    derived = {key for key in settings if key.startswith("EVAL-")}

    assert {key: value for key, value in settings.items() if key not in derived} == {
        # a line is an event, on universal forwarders too
        "SHOULD_LINEMERGE": "false",
        "LINE_BREAKER": r"([\r\n]+)",
        "EVENT_BREAKER_ENABLE": "true",
        "EVENT_BREAKER": r"([\r\n]+)",
        # none is cut
        "TRUNCATE": "0",
        # the event's own time: the last stageTimestamp of the line
        "TIME_PREFIX": r'(?s)\A.*"stageTimestamp"\s*:\s*"',
        "TIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%6NZ",
        "TZ": "UTC",
        "MAX_TIMESTAMP_LOOKAHEAD": "32",
        # raw names stay, as public rules use them
        "KV_MODE": "json",
        "LOOKUP-kube_audit_clusters": "kube_audit_clusters host source OUTPUTNEW cluster dest dvc",
        # it is offered where somebody adds a file by hand
        "category": "Application",
        "description": "Kubernetes API server audit events (audit.k8s.io), one JSON object a line",
        "pulldown_type": "true",
    }


@pytest.mark.parametrize("detection", DETECTIONS, ids=lambda one: one.id)
def test_a_saved_search_runs_as_designed(configuration: Configuration, detection: generate.Detection) -> None:
    """Disabled; every five minutes over its slice of index time; each row an alert, once a day; no action is on."""
    settings = own(configuration, "savedsearches", detection.stanza)

    assert settings.pop("description") == detection.description
    search = settings.pop("search").splitlines()
    assert search[0].startswith("`kube_audit_index` `kube_audit_sourcetype` ")
    # what a site leaves out comes before the one macro that writes findings
    assert [line.strip(" \\") for line in search[-2:]] == [
        f"| `kube_audit_{detection.id}_filter`",
        f"| `kube_audit_emit({detection.id})`",
    ]
    assert settings == {
        "disabled": "1",
        "enableSched": "1",
        "cron_schedule": "*/5 * * * *",
        "realtime_schedule": "0",
        "dispatch.allow_partial_results": "0",
        "dispatch.earliest_time": "-24h",
        "dispatch.latest_time": "+1h",
        "dispatch.index_earliest": "-17m@m" if detection.id == "denied_access_burst" else "-7m@m",
        "dispatch.index_latest": "-2m@m",
        "counttype": "number of events",
        "relation": "greater than",
        "quantity": "0",
        "alert.digest_mode": "0",
        "alert.severity": SEVERITIES[detection.id],
        "alert.suppress": "1",
        "alert.suppress.fields": "finding_id",
        "alert.suppress.period": "24h",
        "alert.track": "0",
        "action.kube_audit_post": "0",
        "action.notable": "0",
        "action.risk": "0",
    }


@pytest.mark.parametrize(
    ("macro", "definition"),
    [
        pytest.param("kube_audit_index", "index=kube_audit", id="events"),
        pytest.param("kube_audit_findings_index", "index=kube_audit_findings", id="findings"),
        pytest.param("kube_audit_sourcetype", 'sourcetype="kube:apiserver:audit"', id="source type"),
        pytest.param("kube_audit_denied_access_burst_threshold", "10", id="threshold"),
        *(pytest.param(f"kube_audit_{one.id}_filter", "search *", id=one.id) for one in DETECTIONS),
    ],
)
def test_what_a_site_sets_is_a_macro(configuration: Configuration, macro: str, definition: str) -> None:
    """Indexes, source types, thresholds and filters are set by a macro of one line."""
    assert own(configuration, "macros", macro) == {"definition": definition}


@pytest.mark.parametrize(
    ("role", "capabilities"),
    [
        pytest.param("kube_audit_analyst", READS, id="an analyst reads"),
        pytest.param(
            "kube_audit_admin",
            READS | {"edit_own_objects", "run_collect", "run_sendalert", "schedule_search"},
            id="an administrator runs detections, too",
        ),
    ],
)
def test_a_role_has_what_it_needs_and_no_more(configuration: Configuration, role: str, capabilities: set[str]) -> None:
    """The capabilities that each role brings by itself."""
    user = User.of(configuration, "somebody", [role])

    assert user.capabilities == capabilities
    assert user.default_indexes == ("kube_audit",)
    assert own(configuration, "authorize", f"role_{role}")["srchIndexesDefault"] == "kube_audit"


def test_an_analysts_searches_are_bounded(configuration: Configuration) -> None:
    """Six searches at once and 500 MB of results, for both roles; and collect is taken back, which all others have."""
    settings = own(configuration, "authorize", "role_kube_audit_analyst")

    assert (settings["srchJobsQuota"], settings["srchDiskQuota"], settings["run_collect"]) == ("6", "500", "disabled")
    assert own(configuration, "authorize", "role_kube_audit_admin")["importRoles"] == "kube_audit_analyst"


@pytest.mark.parametrize("kind", [*EXPORTED, "views", "inputs", "nav"])
def test_knowledge_is_shared_and_nothing_else(staged: Path, kind: str) -> None:
    """Other apps see what explains events; views stay here. Administrators write, everybody reads."""
    metadata, problems = Metadata.read(staged)

    writers = frozenset({"admin", "sc_admin", "kube_audit_admin"})
    assert metadata.access(kind, "any") == Access(frozenset({"*"}), writers, exported=kind in EXPORTED)
    assert problems == []
