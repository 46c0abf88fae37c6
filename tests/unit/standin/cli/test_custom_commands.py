"""Custom search commands in `standin search`, `detect`, `replay` and `check`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from unit.standin.external.raw_command import MARK, RAW
from unit.standin.laboratory import MakeApp

Run = Callable[..., Result]
FILES = {
    "default/commands.conf": "[mark]\nchunked = true\nfilename = raw.py\n",
    "default/savedsearches.conf": "[Marked]\nsearch = index=main | mark | table seen\n"
    "cron_schedule = */5 * * * *\nenableSched = 1\ndispatch.index_earliest = -7m@m\ndispatch.index_latest = -2m@m\n"
    "counttype = number of events\nrelation = greater than\nquantity = 0\n",
    "default/props.conf": "[t]\nSHOULD_LINEMERGE = false\n",
    "bin/raw.py": RAW + MARK,
}


@pytest.fixture
def given(make_app: MakeApp, tmp_path: Path) -> tuple[object, ...]:
    """Return the options for an app with one command and a file of one event."""
    (tmp_path / "a.log").write_text("2026-08-01T00:01:30Z one\n", encoding="utf-8")
    return ("--app", make_app(FILES), "--events", f"{tmp_path / 'a.log'}:t")


def test_search_runs_it(run: Run, given: tuple[object, ...]) -> None:
    """One row goes there and comes back."""
    result = run("search", *given, "--json", "index=main | mark | table seen")

    assert json.loads(result.stdout) == {"seen": "1"}


@pytest.mark.parametrize("each", [(), ("--each",)])
def test_detect_runs_it(run: Run, given: tuple[object, ...], each: tuple[str, ...]) -> None:
    """A scheduled search may call it, over all events and over each."""
    assert json.loads(run("detect", *given, *each).stdout)["detection"] == "Marked"


def test_replay_runs_it(run: Run, given: tuple[object, ...]) -> None:
    """The scheduled run over the event succeeds."""
    lines = [json.loads(line) for line in run("replay", *given, "--enable", "all").stdout.splitlines()]

    assert [line for line in lines if line["kind"] == "run"] == []
    assert lines[-1]["kind"] == "summary"


def test_check_knows_it(run: Run, make_app: MakeApp) -> None:
    """A search that calls it is right, one whose command has no program is not."""
    app = make_app(FILES)
    assert run("check", "--app", app).exit_code == 0
    (app / "bin" / "raw.py").unlink()

    result = run("check", "--app", app)
    assert result.exit_code == 1
    assert "commands.conf:3: command: [mark]: Cannot find program 'mark' or script 'raw.py'." in result.stdout


def test_version_1_ends_with_its_exit_code(run: Run, make_app: MakeApp) -> None:
    """Right in Splunk, not supported here: exit 3 and the name."""
    app = make_app({**FILES, "default/commands.conf": "[mark]\nfilename = raw.py\n"})

    result = run("search", "--app", app, "| makeresults | mark")
    assert result.exit_code == 3
    assert "[mark]: version 1 of the protocol (chunked = false) is not supported by this stand-in" in result.stderr
