"""`standin replay` of a recorded log under the shipped schedules: what each fault leaves of the findings."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import build
from cluster.recordings import recording, wanted
from detections.conftest import Bench
from standin.cli import standin

LOG = recording("attacks-1.37-full")
FAILED_RUNS = 3  # one of each detection


def replay(app: Path, *faults: str) -> tuple[set[str], list[dict[str, object]]]:
    """Return the identities of the findings, and all lines."""
    options = [option for fault in faults for option in ("--fault", fault)]
    given = ["--app", str(app), "--events", f"{LOG}:kube:apiserver:audit", "--index", "kube_audit", "--enable", "all"]
    result = CliRunner().invoke(standin, ["replay", *given, *options])
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return {json.loads(line["raw"])["finding_id"] for line in lines if line["kind"] == "finding"}, lines


@pytest.fixture(scope="module")
def app(bench: Bench) -> Path:
    """Return the folder of the staged app."""
    return bench.configuration.apps[build.APP].path


@pytest.fixture(scope="module")
def found(app: Path) -> set[str]:
    """Return what is found when all is well."""
    identities, _ = replay(app)
    return identities


def test_all_attacks_are_found_once(app: Path) -> None:
    """Everybody whom the labels name is in a finding, each is written by one run, and no run goes wrong."""
    identities, lines = replay(app)

    findings = [json.loads(str(line["raw"])) for line in lines[:-1]]
    assert {finding["user"] for finding in findings} == {user for _, user in wanted(LOG)}
    assert [line["kind"] for line in lines] == ["finding"] * len(identities) + ["summary"]


def test_a_burst_torn_apart_is_missed_at_worst(app: Path, found: set[str]) -> None:
    """A third of the events late: of a burst too little may come together, which is said; all else is found."""
    identities, lines = replay(app, "late-third")

    assert found - identities == missed(lines)
    assert {row["detection_id"] for row in rows_missed(lines)} <= {"denied_access_burst"}


@pytest.mark.parametrize("fault", ["late", "skew", "skew=-2h", "skip", "scheduler-down"])
def test_nothing_is_missed(app: Path, found: set[str], fault: str) -> None:
    """The same findings by their identities, whatever comes late or waits."""
    identities, lines = replay(app, fault)

    assert identities == found
    assert lines[-1]["missed"] == 0


@pytest.mark.parametrize(
    ("fault", "status", "reason"),
    [
        pytest.param(
            "peer-down", "failed", "a search peer is down, and dispatch.allow_partial_results is 0", id="peer"
        ),
        pytest.param(
            "scheduler-down=30h",
            "skipped",
            "scheduler was down for longer than continuous schedules look back",
            id="scheduler",
        ),
    ],
)
def test_what_a_lost_run_misses_is_said(app: Path, found: set[str], fault: str, status: str, reason: str) -> None:
    """Each lost run is named, so that it can be searched again, and so is what it would have found."""
    identities, lines = replay(app, fault)

    lost = [line for line in lines if line["kind"] == "run"]
    assert len(lost) >= FAILED_RUNS
    assert {(line["status"], line["reason"]) for line in lost} == {(status, reason)}
    assert all("index_earliest" in line for line in lost)
    assert found - identities == missed(lines)


@pytest.mark.parametrize("fault", ["late=30h", "skew=2h"])
def test_events_outside_of_the_searched_times_are_missed(app: Path, found: set[str], fault: str) -> None:
    """Detections look at event times from a day ago to an hour ahead; no run goes wrong, all is missed."""
    _, lines = replay(app, fault)

    assert missed(lines) == found
    assert [line for line in lines if line["kind"] == "run"] == []


def missed(lines: list[dict[str, object]]) -> set[str]:
    """Return the identities of what a replay says that it missed."""
    return {str(row["finding_id"]) for row in rows_missed(lines)}


def rows_missed(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the rows that a replay says that it missed."""
    return [row for line in lines if line["kind"] == "missed" and isinstance(row := line["row"], dict)]
