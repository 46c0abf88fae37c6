"""`standin detect`: what scheduled searches find, together and line by line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from unit.standin.laboratory import MakeApp

Run = Callable[..., Result]
SEARCHES = """
[Each Login]
search = index=main login | eval severity=if(user="root", "high", null()) | table user severity
cron_schedule = */5 * * * *
disabled = 1
alert.severity = 5
dispatch.earliest_time = -5m
dispatch.index_earliest = -7m@m

[Many]
search = index=main login | stats count | where count>2
cron_schedule = 0 * * * *
alert.severity = 3

[Report]
search = index=main | stats count
"""
LINES = "2020-01-01T00:00:00Z login user=root\n\n2026-08-02T00:00:00Z login user=bob\nother\n2026-08-02T00:00:00Z login user=eve\n"


@pytest.fixture
def app(make_app: MakeApp) -> Path:
    """Return an app with two scheduled searches and one that is not."""
    return make_app({"default/savedsearches.conf": SEARCHES, "default/props.conf": "[t]\nSHOULD_LINEMERGE = false\n"})


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Return a file of three logins, one of them years ago."""
    (tmp_path / "a.log").write_text(LINES, encoding="utf-8")
    return tmp_path / "a.log"


def rows(result: Result) -> list[tuple[object, ...]]:
    """Return the output as tuples."""
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert all(list(row) == ["detection", "severity", "file", "line"] for row in found)
    return [tuple(row.values()) for row in found]


def test_all_files_are_one_store(run: Run, app: Path, events: Path) -> None:
    """Every scheduled search runs once over all time, enabled or not; severity is the row's, else the alert's name."""
    result = run("detect", "--app", app, "--events", f"{events}:t")

    found = rows(result)
    assert sorted(found, key=str) == [
        ("Each Login", "high", None, None),
        ("Each Login", "severe", None, None),
        ("Each Login", "severe", None, None),
        ("Many", "warn", None, None),
    ]


def test_each_line_is_a_store_of_its_own(run: Run, app: Path, events: Path) -> None:
    """With --each a row tells its file and line, and nothing is counted across lines."""
    result = run("detect", "--each", "--app", app, "--events", f"{events}:t")

    name = str(events)
    assert rows(result) == [
        ("Each Login", "high", name, 1),
        ("Each Login", "severe", name, 3),
        ("Each Login", "severe", name, 5),
    ]


def test_each_runs_searches_that_need_no_event(run: Run, make_app: MakeApp, events: Path) -> None:
    """A search that gives rows without events gives them for every line; one that reads twice is run again."""
    searches = "[Count]\nsearch = index=main nothing | stats count\ncron_schedule = 0 * * * *\n"
    searches += "[Twice]\nsearch = index=main nothing | append [search index=main user=bob | table user] | table user\ncron_schedule = 0 * * * *\n"
    app = make_app({"default/savedsearches.conf": searches, "default/props.conf": "[t]\nSHOULD_LINEMERGE = false\n"})

    found = rows(run("detect", "--each", "--app", app, "--events", f"{events}:t"))

    assert [(row[0], row[3]) for row in found] == [("Count", 1), ("Count", 3), ("Twice", 3), ("Count", 4), ("Count", 5)]


@pytest.mark.parametrize(
    ("search", "ending"),
    [
        pytest.param("x | nonsense", (2, "Unknown search command 'nonsense'"), id="wrong"),
        pytest.param("x | geostats count", (3, "command geostats"), id="unsupported"),
    ],
)
def test_wrong_searches_end_with_their_code(
    run: Run, make_app: MakeApp, events: Path, search: str, ending: tuple[int, str]
) -> None:
    """A search that cannot run ends with the exit code that `standin search` would give."""
    app = make_app({"default/savedsearches.conf": f"[A]\nsearch = {search}\ncron_schedule = 0 * * * *\n"})

    result = run("detect", "--app", app, "--events", f"{events}:t")

    assert (result.exit_code, ending[1] in result.stderr) == (ending[0], True)


def test_cost_gives_a_row_for_each_search(run: Run, app: Path, events: Path) -> None:
    """With --cost every saved search tells what it would read, so that a slow one is seen; not with --each."""
    result = run("detect", "--cost", "--app", app, "--events", f"{events}:t")

    said = [json.loads(line) for line in result.stderr.splitlines()]
    assert rows(result) == rows(run("detect", "--app", app, "--events", f"{events}:t"))
    assert len(said) == 2
    assert all(each["read"] <= each["events"] for each in said), said
    for other in (["--each"], ["--hostile", "1"]):
        assert run("detect", "--cost", *other, "--app", app, "--events", f"{events}:t").exit_code != 0


def test_events_are_required(run: Run, app: Path) -> None:
    """Without event files there is nothing to say."""
    result = run("detect", "--app", app)

    assert result.exit_code != 0
    assert "--events" in result.output


def test_a_hostile_run_says_what_it_did(run: Run, app: Path, events: Path) -> None:
    """With a seed the same searches run over events sent twice and late; counts stand on stderr, findings on stdout."""
    result = run("detect", "--app", app, "--events", f"{events}:t", "--hostile", 4)

    assert {name for name, *_ in rows(result)} == {"Each Login", "Many"}
    assert result.stderr.startswith("hostile 4: ")
    assert "events sent twice 1" in result.stderr


def test_a_hostile_run_line_by_line(run: Run, app: Path, events: Path) -> None:
    """Each line is disturbed alone: it comes twice, and late."""
    result = run("detect", "--app", app, "--events", f"{events}:t", "--each", "--hostile", 4)

    assert [line for _, _, _, line in rows(result)] == [1, 1, 3, 3, 5, 5]
