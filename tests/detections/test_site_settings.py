"""What a site sets in a local layer holds for the shipped detections: addresses behind trusted proxies, clusters.

The macro of addresses, which stands before anything is counted, also makes requests many here, to fill a window.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import build
from detections.conftest import Bench
from detections.made import Json, found, identity_of
from detections.test_cluster_admin_binding import bound
from detections.test_denied_access_burst import TEN, denied
from detections.test_pod_exec import executed
from standin.conf import Configuration

BEHIND_A_PROXY = "eval src=mvindex(src_chain, -2)"  # the last address is the proxy's
CHAIN = ["198.51.100.9", "203.0.113.50", "10.0.0.1"]
EVENTS: dict[str, list[Json]] = {
    "cluster_admin_binding": [bound(sourceIPs=CHAIN)],
    "pod_exec": [executed(sourceIPs=CHAIN)],
    "denied_access_burst": denied(TEN, sourceIPs=CHAIN),
}
SiteOf = Callable[[str], Bench]


@pytest.fixture
def site(bench: Bench, tmp_path: Path) -> Configuration:
    """Return the settings of an app that is a site's own to change."""
    app = tmp_path / build.APP
    shutil.copytree(bench.configuration.apps[build.APP].path, app, ignore=shutil.ignore_patterns("bin", "lib", "local"))
    return Configuration.load([app])


@pytest.fixture
def site_of(site: Configuration) -> SiteOf:
    """Return what makes a bench whose site has its own definition of `kube_audit_real_src`."""

    def with_address(definition: str) -> Bench:
        site.set(build.APP, "macros", "kube_audit_real_src", {"definition": definition})
        return Bench(site)

    return with_address


@pytest.mark.parametrize("identity", EVENTS)
def test_a_cluster_that_no_table_names_is_unknown(bench: Bench, site: Configuration, identity: str) -> None:
    """A site whose own table of clusters has no default gets the same findings, with the same identity."""
    (site.apps[build.APP].path / "lookups" / "own.csv").write_text("host,source,cluster,dest,dvc\nother,*,a,a,a\n")
    site.set(build.APP, "transforms", "kube_audit_clusters", {"filename": "own.csv", "min_matches": "0"})

    shipped, own = (found(one, identity, EVENTS[identity]) for one in (bench, Bench(site)))

    assert [finding["cluster"] for finding in own] == ["unknown"]
    assert [finding["finding_id"] for finding in own] == [finding["finding_id"] for finding in shipped]


@pytest.mark.parametrize("identity", EVENTS)
def test_a_finding_names_the_address_that_the_site_takes(site_of: SiteOf, identity: str) -> None:
    """Every detection asks the site's macro which address of the chain a request came from."""
    findings = found(site_of(BEHIND_A_PROXY), identity, EVENTS[identity])

    assert [finding["src"] for finding in findings] == ["203.0.113.50"]


def test_nobody_is_told_apart_by_the_address_that_the_site_takes(site_of: SiteOf) -> None:
    """Unauthenticated requests through one proxy are of as many actors as there are addresses behind it."""
    nobody = {"user": {"username": "system:anonymous"}}
    events = [
        *denied(TEN, sourceIPs=["198.51.100.1", "10.0.0.1"], **nobody),
        *denied([second + 1 for second in TEN], sourceIPs=["198.51.100.2", "10.0.0.1"], **nobody),
    ]

    findings = found(site_of(BEHIND_A_PROXY), "denied_access_burst", events)

    assert sorted((one["src"], one["count"]) for one in findings) == [("198.51.100.1", 10), ("198.51.100.2", 10)]


def test_nobody_from_no_address_is_one_actor(site_of: SiteOf) -> None:
    """Where the site's macro finds no address, nobody comes from `unknown`."""
    (finding,) = found(site_of(BEHIND_A_PROXY), "denied_access_burst", denied(TEN, user={}))

    actor = "system:unauthenticated from unknown"
    assert finding["finding_id"] == identity_of("denied_access_burst", "unknown", actor, "1793611800.000000")
    assert finding["src"] == "unknown"


WANTED = "_time, _indextime, event_hash, stage_time, cluster, user, src, verb, uri, resource, subresource, namespace"
FULL = "the window's limit of 10,000 events was reached: counts may be too low"
WINDOWS = [
    pytest.param([*TEN[:9], 599.0], 1_000, 10_000, True, id="full in ten minutes"),
    pytest.param([*TEN[:9], 601.0], 1_111, 9_999, False, id="one less in ten minutes, full in eleven"),
]


@pytest.mark.parametrize(("seconds", "times", "peak", "full"), WINDOWS)
def test_a_full_window_says_so(site_of: SiteOf, seconds: list[float], times: int, peak: int, full: bool) -> None:
    """From 10,000 refused requests within ten minutes on, a finding says that more may not have been counted."""
    many = site_of(f"eval copy=mvrange(0, {times}) | fields {WANTED}, copy, status_code | mvexpand copy")

    (finding,) = found(many, "denied_access_burst", denied(seconds))

    assert finding["count"] == len(seconds) * times
    assert finding["reasons"][1] == f"most within 10 minutes: {peak} (threshold 10)"
    assert (FULL in finding["reasons"]) == full
