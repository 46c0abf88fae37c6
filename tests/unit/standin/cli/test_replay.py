"""`standin replay`: schedules on a simulated clock, on the small app with a sourcetype that has times."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import small_app
from unit.standin.laboratory import MakeApp

Run = Callable[..., Result]
Lines = list[dict[str, object]]
HOUR = 1_785_542_400.0  # 2026-08-01T00:00:00Z
PROPS = small_app.PROPS.replace("DATETIME_CONFIG = CURRENT", r"EXTRACT-user = user=(?<user>\w+)")
SLICES = """
cron_schedule = */5 * * * *
enableSched = 1
disabled = 1
dispatch.index_earliest = -7m@m
dispatch.index_latest = -2m@m
"""
SEARCHES = f"""
[Kept]
search = index=small failed | table _time user _raw | collect index=kept source=kept
realtime_schedule = 0
dispatch.allow_partial_results = 0
{SLICES}
[Summarised]
search = index=small failed | stats count by user
action.summary_index = 1
action.summary_index._name = totals
{SLICES}
[Skipping]
search = index=small failed | table user
{SLICES}
"""
LOG = "".join(
    f"{word} user={user} 2026-08-01T00:0{minute}:30Z\n"
    for word, user, minute in [
        ("failed", "ann", 1),
        ("passed", "bob", 1),
        ("failed", "cem", 3),
        ("failed", "dan", 7),
        ("failed", "eve", 8),
    ]
)


@pytest.fixture
def replay(run: Run, make_app: MakeApp, tmp_path: Path) -> Callable[..., Lines]:
    """Return what replays five lines of log, with options, and returns the lines that it prints."""
    saved = small_app.SAVED_SEARCHES + SEARCHES
    app = make_app({**small_app.FILES, "default/props.conf": PROPS, "default/savedsearches.conf": saved}, "small")
    (tmp_path / "some.log").write_text(LOG, encoding="utf-8")
    given = ("--app", app, "--events", f"{tmp_path / 'some.log'}:small:log", "--index", "small")

    def play(*options: object) -> Lines:
        result = run("replay", *given, *options)
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]

    return play


def of_kind(lines: Lines, kind: str, *names: str) -> list[tuple[object, ...]]:
    """Return some values of the lines of a kind."""
    return [tuple(line[name] for name in names) for line in lines if line["kind"] == kind]


def users(lines: Lines) -> list[str]:
    """Return whom the findings are about."""
    return [str(raw).split()[1].removeprefix("user=") for (raw,) in of_kind(lines, "finding", "raw")]


def test_findings_are_written_by_the_run_whose_slice_holds_the_event(replay: Callable[..., Lines]) -> None:
    """Index time decides: what was indexed until 00:03 is found at 00:05."""
    lines = replay("--enable", "Kept")

    minutes = [(float(str(at)) - HOUR) / 60 for (at,) in of_kind(lines, "finding", "scheduled")]
    assert sorted(zip(minutes, users(lines), strict=True)) == [(5, "ann"), (10, "cem"), (10, "dan"), (15, "eve")]
    assert of_kind(lines, "finding", "search", "index", "source", "sourcetype")[0] == ("Kept", "kept", "kept", "stash")
    assert lines[-1]["kind"] == "summary"
    assert {key: lines[-1][key] for key in ("events", "findings", "actions", "missed")} == {
        "events": 5,
        "findings": 4,
        "actions": 0,
        "missed": 0,
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(("--from", HOUR + 600), ["eve"], id="from"),
        pytest.param(("--to", HOUR + 600), ["ann", "cem", "dan"], id="to"),
        pytest.param(("--delay", 3600, "--to", HOUR + 3600), [], id="delay"),
    ],
)
def test_only_runs_within_the_span_are_made(
    replay: Callable[..., Lines], options: tuple[object, ...], expected: list[str]
) -> None:
    """After --from and up to --to; events are indexed --delay after their time."""
    assert sorted(users(replay("--enable", "Kept", *options))) == expected


def test_calls_of_actions_are_recorded(replay: Callable[..., Lines]) -> None:
    """Rows as the action would see them; no script runs."""
    lines = replay("--enable", small_app.SEARCH)

    calls = of_kind(lines, "action", "action", "rows")
    assert [(name, len(rows)) for name, rows in calls if isinstance(rows, list)] == [
        ("small_note", 1),
        ("small_note", 2),
        ("small_note", 1),
    ]
    assert calls[0] == ("small_note", [{"word": "failed", "user": "ann"}])


def test_scripts_of_actions_run_when_asked(
    run: Run, make_app: MakeApp, tmp_path: Path, replay: Callable[..., Lines]
) -> None:
    """With --run-actions the child process gets its JSON."""
    notes = tmp_path / "notes"
    saved = tmp_path / "small" / "default" / "savedsearches.conf"
    text = saved.read_text(encoding="utf-8")
    saved.write_text(
        text.replace("action.small_note = 1", f"action.small_note = 1\naction.small_note.param.file = {notes}")
    )

    replay("--enable", small_app.SEARCH, "--run-actions")

    written = [json.loads(line)["payload"] for line in notes.read_text(encoding="utf-8").splitlines()]
    assert written[0]["configuration"]["greeting"] == f"{small_app.SEARCH} by ann"
    assert len(written) == 3


@pytest.mark.parametrize(
    "fault", ["late", "late-third", "skew", "skew=-30m", "skip", "scheduler-down", "scheduler-down=20h"], ids=str
)
def test_continuous_slices_of_index_time_lose_nothing(replay: Callable[..., Lines], fault: str) -> None:
    """Late events, wrong clocks, short slots and a scheduler that is away for less than a day."""
    lines = replay("--enable", "Kept", "--fault", fault)

    assert sorted(users(lines)) == ["ann", "cem", "dan", "eve"]
    assert of_kind(lines, "run", "status") == []
    assert of_kind(lines, "missed", "row") == []


@pytest.mark.parametrize(
    ("fault", "reason", "missed"),
    [
        pytest.param("skip", "did not begin before its next scheduled time", {"ann", "cem", "dan"}, id="skip"),
        pytest.param(
            "scheduler-down", "scheduler was down, and realtime_schedule is 1", {"ann", "cem", "dan", "eve"}, id="down"
        ),
    ],
)
def test_skipping_schedules_lose_their_slices(
    replay: Callable[..., Lines], fault: str, reason: str, missed: set[str]
) -> None:
    """The runs are named with their slices, and so are the rows that a replay without faults has."""
    lines = replay("--enable", "Skipping", "--fault", fault)

    runs = of_kind(lines, "run", "search", "status", "reason")
    assert set(runs) == {("Skipping", "skipped", reason)}
    assert lines[0]["index_earliest"] == float(str(lines[0]["scheduled"])) - 420
    assert {row["user"] for (row,) in of_kind(lines, "missed", "row") if isinstance(row, dict)} == missed
    assert (lines[-1]["skipped"], lines[-1]["missed"]) == (len(runs), len(missed))


def test_a_scheduler_that_is_away_for_longer_than_a_day_loses_runs(replay: Callable[..., Lines]) -> None:
    """Continuous schedules look back 24 hours, and the runs before are named."""
    lines = replay("--enable", "Kept", "--fault", "scheduler-down=30h")

    assert users(lines) == []
    assert len(of_kind(lines, "missed", "row")) == 4
    assert 70 <= len(of_kind(lines, "run", "reason")) <= 72


def test_a_peer_that_is_down_fails_the_run_that_wants_all_or_nothing(replay: Callable[..., Lines]) -> None:
    """With allow_partial_results = 0 the run fails and is named."""
    lines = replay("--enable", "Kept", "--fault", "peer-down")

    assert of_kind(lines, "run", "status", "reason") == [
        ("failed", "a search peer is down, and dispatch.allow_partial_results is 0")
    ]
    assert 0 < len(of_kind(lines, "missed", "row")) < 4


def test_a_peer_that_is_down_is_silent_otherwise(replay: Callable[..., Lines]) -> None:
    """With allow_partial_results = 1, as shipped, nothing is said but what is missed."""
    lines = replay("--enable", "Skipping", "--fault", "peer-down")

    assert of_kind(lines, "run", "status") == []
    assert len(of_kind(lines, "missed", "row")) > 0


def test_a_bound_that_cannot_be_read_skips_its_runs(run: Run, make_app: MakeApp, tmp_path: Path) -> None:
    """Whatever the fault, the reason is in the lines."""
    text = "[A]\nsearch = x\ncron_schedule = */5 * * * *\ndispatch.index_earliest = soon\n"
    app = make_app({"default/savedsearches.conf": text})
    (tmp_path / "some.log").write_text(LOG, encoding="utf-8")

    result = run(
        "replay", "--app", app, "--events", f"{tmp_path / 'some.log'}:t", "--enable", "all", "--fault", "peer-down"
    )

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert {line["status"] for line in lines[:-1]} == {"skipped"}
    assert "no time modifier" in lines[0]["reason"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param((), "no scheduled search is switched on", id="none-enabled"),
        pytest.param(("--enable", "Nobody"), "--enable Nobody: no app has a saved search", id="unknown"),
        pytest.param(("--enable", "all", "--fault", "meteor"), "unknown fault 'meteor'", id="fault"),
    ],
)
def test_wrong_usage_is_named(
    run: Run, replay: Callable[..., Lines], tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    """Nothing is replayed that was not meant."""
    given = ("--app", tmp_path / "small", "--events", f"{tmp_path / 'some.log'}:small:log")

    result = run("replay", *given, *options)

    assert result.exit_code != 0
    assert words in result.output


def test_wrong_searches_end_with_their_code(run: Run, make_app: MakeApp, tmp_path: Path) -> None:
    """Before anything runs, as `standin search` would end."""
    app = make_app({"default/savedsearches.conf": "[A]\nsearch = x | nonsense\ncron_schedule = 0 * * * *\n"})
    (tmp_path / "some.log").write_text(LOG, encoding="utf-8")

    result = run("replay", "--app", app, "--events", f"{tmp_path / 'some.log'}:t", "--enable", "all")

    assert (result.exit_code, "Unknown search command 'nonsense'" in result.stderr) == (2, True)


def test_a_hostile_replay_finds_the_same(replay: Callable[..., Lines]) -> None:
    """Events that come late or twice are found in the runs whose slices they come into."""
    lines = replay("--enable", "Kept", "--hostile", 2)

    assert set(users(lines)) == {"ann", "cem", "dan", "eve"}
    assert lines[-1]["events"] == 6


def test_what_is_summarised_is_a_finding(replay: Callable[..., Lines]) -> None:
    """Rows that `action.summary_index` writes are shown as what `collect` writes is."""
    lines = replay("--enable", "Summarised")

    assert (
        of_kind(lines, "finding", "search", "index", "source", "sourcetype")
        == [("Summarised", "totals", "Summarised", "stash")] * 4
    )
    assert of_kind(lines, "action", "action") == []
