"""Search commands written with splunk-sdk, run by the searches that a user would write."""

from pathlib import Path

import pytest

from standin.environment import TimeBounds
from standin.jobs.interpreter import find
from standin.language.errors import SearchError
from standin.language.search import Result
from unit.standin.external.commands_app import write_app
from unit.standin.laboratory import Lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return a laboratory with the commands."""
    return Lab(write_app(tmp_path_factory.mktemp("apps")))


def result(lab: Lab, spl: str) -> Result:
    """Run a search over a range of time."""
    return lab.head.search(spl, user=lab.user, app=lab.app, bounds=TimeBounds(1000.5, None))


def test_ten_thousand_rows_go_through_every_kind_of_command(lab: Lab) -> None:
    """A generating, an eventing, a streaming and a reporting command with its map phase, one behind the other."""
    spl = '| numbers count=10000 | fields _time number | newest | eval v=place | double field=twice times="3" v | total total=sum place'

    found = result(lab, spl)

    assert found.rows == [{"sum": "50005000.0", "maps": "2"}]
    assert found.fields == ["sum", "maps"]


def test_options_fields_multivalues_and_unicode(lab: Lab) -> None:
    """Options and field lists arrive parsed; with required fields the rest of a row is kept, but not sent."""
    spl = '| makeresults | eval a=split("$;ü;x,y",";"), b="\\"q\\"", c=1 | double times=2 field="twice" a, b'

    row = result(lab, spl).rows[0]

    assert row["twice"] == ["$$", "üü", "x,yx,y", '"q""q"']
    assert (row["a"], row["b"], row["c"], row["seen"]) == (["$", "ü", "x,y"], '"q"', 1, "a,b,twice")


@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_events_are_generated_under_the_python_that_is_wanted(lab: Lab, version: str) -> None:
    """`_time` is a number, rows with `_raw` and `_time` are events; app, owner and bounds reach the command."""
    if find(version) is None:
        pytest.skip(f"no Python {version} on this machine")
    lab.head.host.python = version
    try:
        found = result(lab, "| numbers count=2")
    finally:
        lab.head.host.python = None

    assert found.are_events
    assert [(row["_time"], row["_raw"], row["python"]) for row in found.rows] == [
        (1000, "number 0", version),
        (1001, "number 1", version),
    ]
    assert (found.rows[0]["app"], found.rows[0]["who"], found.rows[0]["from"]) == (lab.app, "admin", "1000.5")


def test_a_reporting_command_without_a_map_phase_gets_the_rows(lab: Lab) -> None:
    """splunk-sdk names a map phase for it all the same; its rows are no events."""
    found = result(lab, '| numbers count=2 | eval n="x" | shout')

    assert found.rows == [{"text": "X!", "rows": "1"}] * 2
    assert (found.fields, found.are_events) == (["text", "rows"], False)


def test_messages_are_shown_and_do_no_harm(lab: Lab) -> None:
    """write_error and write_warning are messages of the search, its rows are there."""
    found = result(lab, "| makeresults | eval n=1 | fail mode=error")

    assert len(found.rows) == 1
    assert [tuple(message) for message in found.messages] == [("ERROR", "bad row 1"), ("WARN", "take care")]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "fail mode=raise",
            r"exited unexpectedly with non-zero error code 1\. It said: ERROR KeyError at .*'no such thing'",
        ),
        ("fail mode=exit", r"non-zero error code 7\. The end of its stderr: I give up"),
        ("fail", r'It said: ERROR A value for "mode" is required'),
        ("double field=x times=0 n", r"It said: ERROR Illegal value: times=0"),
        ("fail mode=log nosuch=1", r"It said: ERROR Unrecognized option: nosuch=1"),
        ("numbers count=1", r"'numbers' command: This command must be the first command of a search"),
    ],
)
def test_what_a_command_refuses_ends_the_search(lab: Lab, call: str, message: str) -> None:
    """An exception, an exit and wrong arguments are errors of the search that say what the command said."""
    with pytest.raises(SearchError, match=r"(?s)Error in .*" + message):
        result(lab, f"| makeresults | eval n=1 | {call}")


def test_the_logger_writes_to_stderr(lab: Lab, capfd: pytest.CaptureFixture[str]) -> None:
    """What self.logger says is passed on; without a server self.service is none."""
    assert result(lab, "| makeresults | eval n=1 | fail mode=log | appendpipe [| head 0]").rows
    assert result(lab, "| whoami").rows == [{"name": "nobody to ask"}]

    assert "logged" in capfd.readouterr().err


def test_a_subsearch_and_the_commands_of_it_end_too(lab: Lab) -> None:
    """A custom command works in a subsearch, and its arguments may come from one."""
    spl = "| makeresults | eval n=1 | double field=x n | append [| numbers count=1] | table x number"

    assert result(lab, spl).rows == [{"x": "11"}, {"number": "0"}]


def test_the_app_is_in_the_state_folder(lab: Lab, tmp_path: Path) -> None:
    """The dispatch folder of a command is gone with it."""
    with lab.head.host.surroundings("admin", "1.1") as around:
        assert (around.home / "etc" / "apps" / lab.app / "bin" / "total.py").is_file()
        assert around.dispatch.is_dir()
    assert not around.home.exists()
