"""The words of the text that each detection asks an index for, before anything is calculated."""

import pytest

import build
import generate
from detections.conftest import ROOT, Bench
from standin.knowledge.users import User

DETECTIONS = {detection.id: detection for detection in generate.load(ROOT)}
WHERE = "index::kube_audit sourcetype::kube:apiserver:audit"
TERMS = {
    "cluster_admin_binding": f"AND admin cluster {WHERE} [ OR clusterrolebindings rolebindings ]",
    "denied_access_burst": f"AND {WHERE} [ OR 401 403 ]",
    "pod_exec": f"AND {WHERE} [ OR [ AND exec pods ] [ AND nodes proxy ] ]",
}


@pytest.mark.parametrize("name", DETECTIONS)
def test_a_detection_names_words_that_no_match_lacks(bench: Bench, name: str) -> None:
    """Index, source type and rare words: what the app calculates has no terms and would read every event."""
    head, user = bench.head_with([]), User.of(bench.configuration, "admin", ["admin"])
    search = bench.configuration.stanza("savedsearches", DETECTIONS[name].stanza, build.APP)["search"].value

    said = head.cost(head.search(search, user=user, app=build.APP), user=user, app=build.APP)

    assert said.terms == (f"[ {TERMS[name]} ]",)
