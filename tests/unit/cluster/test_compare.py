"""Two recordings are alike when attacks are equal and ordinary life nearly so."""

import json
import lzma
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cluster.compare import Difference, Row, beyond_tolerance, count_folder, differences, rows_of
from cluster.recordings import events_of, recordings, target_of

ATTACK = Row("night", "exec", "get", "pods/exec", "ResponseComplete", 101)
LEASES = Row("night", "", "update", "leases", "ResponseComplete", 200)


@pytest.mark.parametrize(
    ("row", "one", "other", "alike"),
    [
        pytest.param(ATTACK, 2, 2, True, id="equal attacks"),
        pytest.param(ATTACK, 2, 3, False, id="one attack event more"),
        pytest.param(LEASES, 1000, 1090, True, id="within ten per cent"),
        pytest.param(LEASES, 1000, 1150, False, id="more than ten per cent"),
        pytest.param(LEASES, 0, 3, True, id="chance"),
        pytest.param(LEASES, 0, 4, False, id="more than chance"),
        pytest.param(LEASES, 80, 99, True, id="within a quarter of few"),
        pytest.param(LEASES, 60, 90, False, id="more than a quarter of few"),
    ],
)
def test_attacks_must_be_equal_and_ordinary_life_nearly(row: Row, one: int, other: int, alike: bool) -> None:
    """Attack rows differ by nothing, ordinary ones by at most ten per cent, those of few events by a quarter."""
    found = differences(Counter({row: one}), Counter({row: other}))

    assert found == ([] if alike else [Difference(row, one, other)])


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param({"objectRef": {"resource": "pods", "subresource": "exec"}}, "pods/exec", id="subresource"),
        pytest.param({"objectRef": {"resource": "pods"}}, "pods", id="resource"),
        pytest.param({"requestURI": "/version?a=b"}, "/version", id="no resource"),
    ],
)
def test_a_request_is_about_a_resource_or_a_path(event: dict[str, Any], expected: str) -> None:
    """The target is the resource with its subresource, else the path without its query."""
    assert target_of(event) == expected


def test_a_row_knows_the_step_of_a_labelled_request() -> None:
    """An event whose audit id has a label counts for that step, discovery and any other for ordinary life."""
    event = {"auditID": "a", "verb": "get", "requestURI": "/version", "stage": "RequestReceived"}

    discovery = {**event, "requestURI": "/apis?timeout=32s"}

    rows = list(rows_of("night", [event, {**event, "auditID": "b"}, discovery], {"a": "look"}))

    assert [row.step for row in rows] == ["look", "", ""]
    assert rows[0].code == 0


def test_recordings_are_read_by_name(tmp_path: Path) -> None:
    """A recording is found by its name, its events are read and counted."""
    event = {"auditID": "a", "verb": "get", "requestURI": "/version", "stage": "RequestReceived"}
    (tmp_path / "one.jsonl.xz").write_bytes(lzma.compress(json.dumps(event).encode() + b"\n"))
    (tmp_path / "labels.jsonl").write_text("")

    paths = recordings(tmp_path)

    assert list(paths) == ["one"]
    assert events_of(paths["one"]) == [event]
    assert sum(count_folder(tmp_path, paths).values()) == 1


def test_what_few_events_excuse_is_counted() -> None:
    """Rows beyond ten per cent are counted whatever excuses them; attacks, which nothing excuses, are not."""
    other = LEASES._replace(verb="get")

    assert beyond_tolerance(Counter({LEASES: 8, other: 1000, ATTACK: 2}), Counter({LEASES: 7, other: 950})) == 1
