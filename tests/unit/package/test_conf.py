"""The conf files of the app as the stand-in reads them: names exist, searches resolve, roles see little."""

import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import build
from standin.cli.check import command as check
from standin.conf import Configuration
from standin.events import Origin, Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead
from unit.package.sources import ROOT

DEFAULT = ROOT / "default"


@pytest.fixture(scope="session")
def configuration(staged: Path) -> Configuration:
    """Return the staged app's settings."""
    return Configuration.load([staged])


def test_every_name_in_the_app_resolves(staged: Path) -> None:
    """Keys, macros, lookups, eventtypes and tags that the app mentions exist."""
    done = CliRunner().invoke(check, ["--app", str(staged)])

    assert (done.exit_code, done.stdout) == (0, "")


def test_views_of_the_navigation_exist() -> None:
    """Each view that the navigation names is ours, or Splunk's own search or alerts page."""
    named = re.findall(r'<view name="([^"]+)"', (DEFAULT / "data/ui/nav/default.xml").read_text())

    ours = {path.stem for path in (DEFAULT / "data/ui/views").glob("*.xml")}
    assert set(named) - {"search", "alerts"} <= ours


def test_no_stanza_reaches_beyond_the_app() -> None:
    """No [default] stanza, no limits or indexes, and no index but by macro or role."""
    text = {path.name: path.read_text() for path in DEFAULT.glob("*.conf")}

    assert not [name for name, content in text.items() if re.search(r"^\[default\]", content, re.MULTILINE)]
    assert not {"limits.conf", "indexes.conf", "outputs.conf"} & set(text)
    assert "index=" not in "".join(text[name] for name in text if name != "macros.conf")


@pytest.mark.parametrize("role", ["role_kube_audit_admin", "role_kube_audit_analyst"])
def test_roles_see_our_indexes_only(configuration: Configuration, role: str) -> None:
    """Neither role imports a built-in one or reads other indexes."""
    settings = configuration.stanza("authorize", role, build.APP)

    imports = settings["importRoles"].value if "importRoles" in settings else ""
    assert settings["srchIndexesAllowed"].value == "kube_audit;kube_audit_findings"
    assert imports in ("", "kube_audit_analyst")


def test_only_the_admin_role_writes_findings(configuration: Configuration) -> None:
    """Splunk gives collect to every role unless the role takes it back."""
    may_collect = [
        name
        for name in ("kube_audit_admin", "kube_audit_analyst")
        if "run_collect" in User.of(configuration, "somebody", [name]).capabilities
    ]

    assert may_collect == ["kube_audit_admin"]


def test_no_built_in_role_is_touched() -> None:
    """authorize.conf holds our two roles and nothing else."""
    lines = (DEFAULT / "authorize.conf").read_text().splitlines()

    assert [line for line in lines if line.startswith("[")] == ["[role_kube_audit_admin]", "[role_kube_audit_analyst]"]


def test_the_indexed_field_is_the_forwarders() -> None:
    """fields.conf declares the one field that the forwarder writes at index time, and no shared name."""
    assert re.findall(r"^\[(.*)\]", (DEFAULT / "fields.conf").read_text(), re.MULTILINE) == ["kube_audit_cluster"]


@pytest.mark.parametrize("role", ["kube_audit_admin", "kube_audit_analyst"])
def test_a_role_reads_audit_events_and_findings_and_nothing_else(configuration: Configuration, role: str) -> None:
    """Searching all indexes gives such a user ours; macros of the app work for both roles."""
    store = Store()
    for index in ("kube_audit", "kube_audit_findings", "main"):
        store.create_index(index)
    head = SearchHead(configuration, store, time.time)
    for index in ("kube_audit", "kube_audit_findings", "main"):
        head.pipeline.index_hec_event('{"verb":"get"}', Origin(index, "h", "s", "kube:apiserver:audit"), 1.0)
    user = User.of(configuration, "somebody", [role])

    everything = head.search("index=*", user=user, app=build.APP).rows
    by_macro = head.search("`kube_audit_findings_index`", user=user, app=build.APP).rows

    assert sorted(str(row["index"]) for row in everything) == ["kube_audit", "kube_audit_findings"]
    assert [row["index"] for row in by_macro] == ["kube_audit_findings"]
