"""What each detection would cost a real index on an ordinary log with attacks in it.

    .venv/bin/python -m pytest -s tests/detections/test_cost.py       prints the table

Calculated fields have no terms, so that a detection which does not name raw words first would read every event.
"""

import sys

import pytest

import build
import generate
from cluster.recordings import RECORDED, text_of
from detections.conftest import ROOT, Bench
from standin.cost import Cost
from standin.knowledge.users import User
from standin.searchhead import SearchHead

DETECTIONS = {detection.id: detection for detection in generate.load(ROOT)}
ORDINARY_LINES = 6_000
AT_MOST = 0.05  # of the events of such a log; none may read more


@pytest.fixture(scope="module")
def head(bench: Bench) -> SearchHead:
    """Return a search head over part of an ordinary hour and a day of attacks."""
    ordinary, attacks = (
        text_of(RECORDED / name).splitlines(keepends=True)
        for name in ("ordinary-life.jsonl.xz", "attacks-1.37-typical.jsonl.xz")
    )
    return bench.head_with([*ordinary[:ORDINARY_LINES], *attacks])


def cost(head: SearchHead, spl: str) -> Cost:
    """Return what a search costs."""
    user = User.of(head.configuration, "admin", ["admin"])
    return head.cost(head.search(spl, user=user, app=build.APP), user=user, app=build.APP)


@pytest.mark.parametrize("name", DETECTIONS)
def test_a_detection_reads_a_small_share(head: SearchHead, name: str) -> None:
    """Every detection reads at most 5 % of the events, and the index leads to everything that it finds."""
    search = head.configuration.stanza("savedsearches", DETECTIONS[name].stanza, build.APP)["search"].value

    said = cost(head, search)

    shares = f"{said.read:5} of {said.events} events, {said.slices_read:3} of {said.slices} slices"
    sys.stdout.write(f"{name:24} {shares}  {said.terms[0]}\n")
    assert said.read <= AT_MOST * said.events
    assert (said.missed, said.found > 0) == (0, True)


def test_a_calculated_field_has_no_terms(head: SearchHead) -> None:
    """`user=x` alone reads every event: the app calculates `user`, so that its value need not stand in the text."""
    said = cost(head, "`kube_audit_index` user=system:anonymous")

    assert said.read == said.events
    assert 0 < said.found < said.events
