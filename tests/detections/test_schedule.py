"""The shipped schedules on a simulated clock: what was indexed is found whenever it comes, and found once."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

import build
import generate
from detections.conftest import ORIGIN, ROOT, Bench
from standin.environment import TimeBounds
from standin.events import Store
from standin.knowledge.users import User
from standin.searchhead import SearchHead
from standin.values.timemodifier import resolve_time

HERE = Path(__file__).parent
DETECTIONS = {detection.id: detection for detection in generate.load(ROOT)}
START = 1793611800.0 - 1793611800.0 % 300  # the run before the first event of the files
RUN_EVERY_S = 300.0


class Batch(NamedTuple):
    """Lines, and the moment at which they are indexed."""

    indexed_at: float
    lines: Sequence[bytes]


class SetClock:
    """A clock that is where it was put."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def play(bench: Bench, detection: generate.Detection, batches: Sequence[Batch], runs: int) -> list[dict[str, object]]:
    """Index each batch at its time, run the saved search every five minutes, return the findings in order."""
    clock, store = SetClock(), Store()
    for index in ("kube_audit", "kube_audit_findings"):
        store.create_index(index)
    head = SearchHead(bench.configuration, store, clock)
    user = User.of(bench.configuration, "admin", ["admin"])
    settings = bench.configuration.stanza("savedsearches", detection.stanza, build.APP)
    waiting = sorted(batches, key=lambda batch: batch.indexed_at)
    found: list[dict[str, object]] = []
    for number in range(runs):
        now = START + number * RUN_EVERY_S
        while waiting and waiting[0].indexed_at <= now:
            batch = waiting.pop(0)
            clock.now = batch.indexed_at
            head.pipeline.index_file(b"".join(batch.lines), ORIGIN)
        clock.now = now
        bounds = TimeBounds(
            *(
                resolve_time(settings[f"dispatch.{key}"].value, now)
                for key in ("earliest_time", "latest_time", "index_earliest", "index_latest")
            )
        )
        rows = head.search(settings["search"].value, user=user, app=build.APP, bounds=bounds, now=now).rows
        found += [json.loads(str(row["_raw"])) for row in rows]
    return found


def lines_of(name: str) -> list[bytes]:
    """Return the events of a file below tests/detections."""
    return (HERE / f"{name}.jsonl").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("delay", [45.0, 119.5, 180.0, 299.0, 300.0, 301.5, 7_199.0])
def test_a_session_is_found_once_however_late_it_is_indexed(bench: Bench, delay: float) -> None:
    """Slices of index time neither overlap nor leave a gap: one event, one finding."""
    found = play(
        bench,
        DETECTIONS["pod_exec"],
        [Batch(START + 60 + delay, lines_of("pod_exec/fires-session-cut-by-restart"))],
        32,
    )

    assert [finding["user"] for finding in found] == ["alice"]


def test_a_burst_on_both_sides_of_a_slice_is_found(bench: Bench) -> None:
    """Six refused requests before the edge of a slice and six after it are one burst of twelve."""
    lines = lines_of("denied_access_burst/fires-across-five-minutes")
    half = len(lines) // 2

    found = play(
        bench,
        DETECTIONS["denied_access_burst"],
        [Batch(START + 290, lines[:half]), Batch(START + 500, lines[half:])],
        12,
    )

    assert [finding["count"] for finding in found] == [12]


def test_a_burst_that_goes_on_keeps_its_identity(bench: Bench) -> None:
    """Found again with more requests five minutes later, it has the same finding_id."""
    lines = lines_of("denied_access_burst/fires-across-five-minutes")
    cut = 2 * 11

    found = play(
        bench,
        DETECTIONS["denied_access_burst"],
        [Batch(START + 410, lines[:cut]), Batch(START + 600, lines[cut:])],
        12,
    )

    assert [finding["count"] for finding in found] == [11, 12]
    assert len({finding["finding_id"] for finding in found}) == 1


def test_a_burst_that_is_over_is_not_found_again(bench: Bench) -> None:
    """Events that only fill the window of a later run do not fire."""
    found = play(
        bench,
        DETECTIONS["denied_access_burst"],
        [Batch(START + 410, lines_of("denied_access_burst/fires-across-five-minutes"))],
        12,
    )

    assert len(found) == 1


@pytest.mark.parametrize("indexed_at", [421.0, 450.0, 479.0, 480.0, 481.0])
def test_a_burst_is_found_by_one_run(bench: Bench, indexed_at: float) -> None:
    """Events are fresh in the run whose slice they are in, on its edges too, and only fill windows in later ones."""
    found = play(
        bench,
        DETECTIONS["denied_access_burst"],
        [Batch(START + indexed_at, lines_of("denied_access_burst/fires-across-five-minutes"))],
        8,
    )

    assert [finding["count"] for finding in found] == [12]


def test_the_time_of_a_finding_is_the_runs(bench: Bench) -> None:
    """`time` says when the search ran, not when the event happened."""
    found = play(
        bench, DETECTIONS["pod_exec"], [Batch(START + 60, lines_of("pod_exec/fires-session-cut-by-restart"))], 4
    )

    assert [(finding["time"], finding["first_time"]) for finding in found] == [
        ("2026-11-02T09:35:00.000Z", "2026-11-02T09:30:00.149Z")
    ]
