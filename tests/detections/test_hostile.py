"""Whatever Splunk leaves open is done in another way: the findings stay the same.

Three indexers, events of one time in any order, sorts that start from another order, one event of a hundred sent twice
and one late, fields that no search names gone, subsearches cut: `standin … --hostile SEED`.
"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import build
import generate
from cluster.recordings import RECORDED, text_of
from detections.conftest import ROOT, Bench
from detections.test_detections import DETECTIONS, FILES, lines_of, name_of
from standin.cli import standin
from standin.hostile import Hostility

SEEDS = range(4)
LOG = RECORDED / "attacks-1.37-full.jsonl.xz"
Finding = dict[str, object]


def findings(bench: Bench, lines: list[bytes], detections: list[generate.Detection], seed: int | None) -> list[Finding]:
    """Return what detections write, by identity and without the time of the run."""
    head = bench.head_with(lines)
    if seed is not None:
        head.hostility = Hostility(seed)
        head.hostility.disturb(head.store)
    written = [event for detection in detections for event in bench.detect(head, detection)[1]]
    found = {str(one.pop("finding_id")): one for one in (json.loads(str(event["_raw"])) for event in written)}
    for one in found.values():
        del one["time"]
    return [{"finding_id": identity, **found[identity]} for identity in sorted(found)]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_each_file_gives_the_same_findings(bench: Bench, path: Path) -> None:
    """The findings of each file of events are equal in every key, and silent files stay silent."""
    detection = [DETECTIONS[path.parent.name]]
    expected = findings(bench, lines_of(path), detection, None)

    for seed in SEEDS:
        assert findings(bench, lines_of(path), detection, seed) == expected, f"seed {seed}"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_recorded_log_gives_the_same_findings(bench: Bench, seed: int) -> None:
    """So are those of all detections together over a recorded log."""
    lines = text_of(LOG).splitlines(keepends=True)
    detections = generate.load(ROOT)
    expected = findings(bench, lines, detections, None)

    assert expected
    assert findings(bench, lines, detections, seed) == expected


def test_the_shipped_schedules_find_the_same(bench: Bench) -> None:
    """On a simulated clock, with events that come late while others have been searched, each finding is written."""
    app = bench.configuration.apps[build.APP].path

    assert replay(app) == replay(app, "--hostile", "6")


def replay(app: Path, *options: str) -> set[str]:
    """Return the identities of the findings that the shipped schedules write."""
    events = f"{LOG}:kube:apiserver:audit"
    given = ["--app", str(app), "--events", events, "--index", "kube_audit", "--enable", "all"]
    result = CliRunner().invoke(standin, ["replay", *given, *options])
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return {json.loads(line["raw"])["finding_id"] for line in lines if line["kind"] == "finding"}
