"""What an alert action is told, and how it is run."""

import csv
import gzip
import json
import sys
from pathlib import Path

import pytest

from standin.environment import Row
from standin.jobs.actions import Call, Host, Script, configuration, payload, run_script, write_results

HOST = Host("here", "https://127.0.0.1:1", "http://127.0.0.1:2")
ROWS: list[Row] = [{"user": "eve", "_time": 1.5, "group": ["a$", "b"]}, {"user": "bob"}]


def call(**settings: str) -> Call:
    """Return a call with settings; `_` in names stands for `.`."""
    return Call(
        action="note",
        app="small",
        owner="nobody",
        search_name="A search",
        search="index=x",
        sid="s1",
        rows=ROWS,
        fields=["_time", "user", "group"],
        settings={key.replace("_", "."): value for key, value in settings.items()},
        trigger_time=99.0,
    )


def test_results_are_a_gzip_csv_with_multivalue_twins(tmp_path: Path) -> None:
    """Several values are lines of one cell, and `$a$;$b$` in the twin, dollars doubled."""
    file = tmp_path / "deep" / "results.csv.gz"
    write_results(file, ROWS, ["user", "group"])

    with gzip.open(file, "rt", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows == [
        ["user", "__mv_user", "group", "__mv_group"],
        ["eve", "", "a$\nb", "$a$$$;$b$"],
        ["bob", "", "", ""],
    ]


def test_the_payload_is_splunks(tmp_path: Path) -> None:
    """Names of keys as Splunk has them, the first row as text, several values as a list."""
    document = payload(call(param_url="https://x"), HOST, tmp_path / "r.gz", "key")

    assert json.loads(json.dumps(document)) == {
        "app": "small",
        "owner": "nobody",
        "result_id": "0",
        "results_file": str(tmp_path / "r.gz"),
        "results_link": "http://127.0.0.1:2/app/small/search?sid=s1",
        "search_uri": "/servicesNS/nobody/small/saved/searches/A%20search",
        "server_host": "here",
        "server_uri": "https://127.0.0.1:1",
        "session_key": "key",
        "sid": "s1",
        "search_name": "A search",
        "configuration": {"url": "https://x"},
        "result": {"user": "eve", "_time": "1.5", "group": ["a$", "b"]},
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$name$ in $app$", "A search in small"),
        ("$result.user$ at $trigger_time$", "eve at 99"),
        ("$job.resultCount$ rows", "2 rows"),
        ("$result.absent$|$nonsense$", "|"),
        ("5$ and no token", "5$ and no token"),
    ],
)
def test_tokens_are_replaced(text: str, expected: str) -> None:
    """A token that is not known is empty; a single dollar is a dollar."""
    assert configuration(call(param_x=text), HOST) == {"x": expected}


def run(code: str, **settings: str) -> tuple[int | None, list[str]]:
    """Run Python code as the script of a call; return its exit code and the log."""
    log: list[str] = []
    script = Script([sys.executable, "-c", code], {})
    status = run_script(call(**settings), script, {"a": 1}, lambda level, _, text: log.append(f"{level} {text}"))
    return status, log


def test_a_script_gets_the_document_and_its_words_are_logged() -> None:
    """Levels in front of stderr lines are kept, others are INFO."""
    status, log = run(
        "import json, sys; assert json.load(sys.stdin) == {'a': 1} and sys.argv[1:] == ['--execute'];"
        "sys.stderr.write('WARN beware\\nplain\\n')"
    )

    assert status == 0
    assert "WARN action=note STDERR - WARN beware" in log
    assert "INFO action=note STDERR - plain" in log


def test_a_failing_script_is_an_error_in_the_log() -> None:
    """The exit code is told."""
    status, log = run("raise SystemExit(7)")

    assert status == 7
    assert log[-1].startswith("ERROR") and log[-1].endswith("exit code=7")


def test_a_script_that_takes_too_long_is_ended() -> None:
    """After `maxtime` it is killed."""
    status, log = run("import time; time.sleep(60)", maxtime="1s")

    assert status is None
    assert "maxtime=1s" in log[-1]
