"""`standin search` from the shell's side: arguments, output, exit codes."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from unit.standin.laboratory import MakeApp

Run = Callable[..., Result]
LINES = (
    '{"user":{"name":"alice"},"codes":[1,2],"at":"2026-01-15T10:00:00.25Z"}\n'
    '{"user":{"name":"bob"},"codes":[3],"at":"2026-01-15T10:00:01Z"}\n'
)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Return a file of two JSON events."""
    file = tmp_path / "some.log"
    file.write_text(LINES, encoding="utf-8")
    return file


def test_rows_are_json_in_order(run: Run, events: Path) -> None:
    """With --json each row is one object: fields in order, several values a list, `_time` a number, no null."""
    result = run("search", "--events", f"{events}:some:type", "--json", "* | table _time user.name codes{} nothing")

    assert result.exit_code == 0, result.output
    assert [list(json.loads(line).items()) for line in result.stdout.splitlines()] == [
        [("_time", 1768471201), ("user.name", "bob"), ("codes{}", "3")],
        [("_time", 1768471200.25), ("user.name", "alice"), ("codes{}", ["1", "2"])],
    ]


def test_events_keep_their_text(run: Run, events: Path) -> None:
    """A row that is still an event has `_time`, `_raw` and what the command line said of it."""
    options = "--source", "some-source", "--host", "some-host", "--index", "some_index"
    result = run("search", "--events", f"{events}:some:type", *options, "--json", "index=some_index user.name=alice")

    row = json.loads(result.stdout)
    assert row["_raw"] == LINES.splitlines()[0]
    assert row["_time"] == 1768471200.25
    told = {name: row[name] for name in ("index", "host", "source", "sourcetype")}
    assert told == {"index": "some_index", "host": "some-host", "source": "some-source", "sourcetype": "some:type"}


def test_without_a_time_it_is_now(run: Run, tmp_path: Path) -> None:
    """Without --app a line without an ISO time takes --now, not the time of the line before."""
    (tmp_path / "a").write_text("at 2026-01-15 10:00:00,5 first\nsecond\n", encoding="utf-8")

    result = run("search", "--events", f"{tmp_path / 'a'}:t", "--now", "1700000000", "--json", "* | table _time")

    assert [json.loads(line)["_time"] for line in result.stdout.splitlines()] == [1768471200.5, 1700000000]


def test_compressed_files(run: Run, tmp_path: Path) -> None:
    """A compressed file is read by its suffix."""
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(LINES.encode()))

    result = run("search", "--events", f"{tmp_path / 'a.log.gz'}:t", "--json", "user.name=bob | table user.name")

    assert json.loads(result.stdout) == {"user.name": "bob"}


def test_an_app_changes_what_is_seen(run: Run, events: Path, make_app: MakeApp) -> None:
    """With --app its conf applies, and Splunk's own defaults to everything else."""
    app = make_app(
        {"default/props.conf": "[some:type]\nSHOULD_LINEMERGE = false\nKV_MODE = json\nEVAL-who = 'user.name'\n"}
    )

    result = run("search", "--app", app, "--events", f"{events}:some:type", "--json", "who=alice | table who")

    assert json.loads(result.stdout) == {"who": "alice"}


def test_text_output(run: Run, events: Path) -> None:
    """Without --json events are their text, other rows a table."""
    raw = run("search", "--events", f"{events}:t", "user.name=alice")
    table = run("search", "--events", f"{events}:t", "user.name=alice | table user.name at")

    assert raw.stdout == LINES.splitlines()[0] + "\n"
    assert table.stdout == "user.name  at\nalice      2026-01-15T10:00:00.25Z\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["* | nonsense"], 2, "Unknown search command 'nonsense'. at position 4: 'nonsense'", id="unknown"),
        pytest.param(["* | geostats count"], 3, "not supported by this stand-in: command geostats", id="unsupported"),
        pytest.param(
            ["* | eval a=nonsense(1)"], 2, "The 'nonsense' function is unsupported or undefined.", id="function"
        ),
    ],
)
def test_errors_end_with_their_code(run: Run, arguments: list[str], code: int, message: str) -> None:
    """What is wrong ends with 2, what is only not supported here with 3; one line says what and where."""
    result = run("search", *arguments)

    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""


def test_wrong_conf_ends_with_2(run: Run, make_app: MakeApp) -> None:
    """A key that does not exist ends the search before it starts, with its file and line."""
    app = make_app({"default/props.conf": "[a]\nTRUNCAT = 1\n"})

    result = run("search", "--app", app, "*")

    assert result.exit_code == 2
    assert f"{app / 'default/props.conf'}:2: key: no spec defines TRUNCAT" in result.stderr


def test_unsupported_conf_ends_with_3(run: Run, make_app: MakeApp) -> None:
    """A key that is right in Splunk and not here ends with 3."""
    app = make_app({"default/props.conf": "[a]\nCHECK_FOR_HEADER = true\n"})

    assert run("search", "--app", app, "*").exit_code == 3


def test_missing_file_is_one_line(run: Run) -> None:
    """A file that cannot be read ends with 1 and names it."""
    result = run("search", "--events", "/no/such/file:t", "*")

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "/no/such/file" in result.stderr


def test_zstd_is_refused(run: Run) -> None:
    """A compression that cannot be read is refused, not taken for text."""
    result = run("search", "--events", "some.zst:t", "*")

    assert result.exit_code == 1
    assert "zstd is not supported here" in result.stderr


def test_cost_says_what_an_index_would_read(run: Run, events: Path) -> None:
    """With --cost one JSON object on stderr tells of events, slices and terms; the rows stay as they are."""
    plain = run("search", "--events", f"{events}:t", "--json", "index=main bob | table user.name")

    result = run("search", "--events", f"{events}:t", "--json", "--cost", "index=main bob | table user.name")

    said = json.loads(result.stderr)
    assert result.stdout == plain.stdout
    assert said["terms"] == ["[ AND bob index::main ]"]
    assert 0 < said["read"] < said["events"]
    assert (said["share"], said["slices_share"]) == (round(said["read"] / said["events"], 4), 1.0)


def test_json_is_a_flag(run: Run, events: Path) -> None:
    """SPL is the only positional argument."""
    result = run("search", "--events", f"{events}:t", "--json", "*", "extra")

    assert result.exit_code != 0


def test_a_hostile_search_says_what_it_did(run: Run, events: Path) -> None:
    """--hostile SEED does what Splunk leaves open in another way, and counts it on stderr."""
    result = run("search", "--events", f"{events}:some:type", "--hostile", "1", "--json", "* | stats count")

    assert json.loads(result.stdout) == {"count": "3"}
    assert result.stderr == (
        "hostile 1: events late 1, events of one time reordered 2, events read on indexer-2 2,"
        " events read on indexer-3 1, events sent twice 1, statistics merged in any order 1\n"
    )
