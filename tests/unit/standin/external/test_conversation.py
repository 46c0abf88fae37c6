"""Commands that do as they should not, written without splunk-sdk: each is an error with a name, and no process stays."""

import os
import threading
import time
from pathlib import Path

import pytest

from standin.commands.stream import Limits
from standin.environment import Row
from standin.knowledge.users import User
from standin.language.errors import LimitReached, SearchError, Unsupported
from standin.language.search import run
from unit.standin.external.raw_command import ECHO, RAW
from unit.standin.laboratory import Lab, MakeApp

SETTINGS = "chunked = true\nfilename = raw.py\n"


def lab_with(make_app: MakeApp, script: str, settings: str = SETTINGS, file: str = "bin/raw.py") -> Lab:
    """Return a laboratory whose app has one command, `raw`."""
    app = make_app({"default/commands.conf": f"[raw]\n{settings}", file: script})
    (app / file).chmod(0o755)
    return Lab(app)


def python(script: str) -> str:
    """Return a script that can read and write chunks, and leaves its process id in its app's folder."""
    return RAW + script


def assert_gone(lab: Lab) -> None:
    """Fail if the command's process is still there."""
    pid = int((lab.configuration.apps[lab.app].path / "bin" / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def search(lab: Lab, spl: str = "| makeresults count=3 | streamstats count as n | fields n | raw") -> list[Row]:
    """Run a search and return its rows."""
    return lab.search(spl)


def test_rows_go_there_and_back(make_app: MakeApp) -> None:
    """Numbers come back as text, multivalues as such, in order; the process ends with the search."""
    lab = lab_with(make_app, python(ECHO))
    spl = '| makeresults count=2 | streamstats count as n | eval m=split("$;ü",";") | fields n m | raw'

    assert search(lab, spl) == [
        {"_time": 1785693600, "n": "1", "m": ["$", "ü"]},
        {"_time": 1785693600, "n": "2", "m": ["$", "ü"]},
    ]
    assert_gone(lab)


def test_a_search_that_needs_no_more_rows_ends_the_command(make_app: MakeApp) -> None:
    """What `head` leaves unread is not waited for."""
    lab = lab_with(make_app, python(ECHO))

    assert len(search(lab, "| makeresults count=3 | raw | head 1")) == 1
    assert_gone(lab)


FAILURES = [
    pytest.param(
        "sys.stderr.write('first\\nlast words\\n'); sys.exit(3)",
        r"External search command exited unexpectedly with non-zero error code 3\. The end of its stderr: first\nlast words",
        id="crash at once",
    ),
    pytest.param("read(); write({}); read(); os._exit(4)", r"non-zero error code 4\.$", id="crash over rows"),
    pytest.param("read(); write({}); read(); sys.exit(0)", r"exit code 0, but no answer", id="silent end"),
    pytest.param("read(); print('hello')", r"during setup: 'hello' is no chunk's first line", id="garbage"),
    pytest.param("read(); write({}); read(); print('x')", r"during search: 'x' is no chunk's", id="garbage over rows"),
    pytest.param("read(); write({'type': 'odd'})", r"during setup: type 'odd' is none of", id="unknown type"),
    pytest.param("read(); write([])", r"during setup: a chunk's metadata is no JSON object", id="no object"),
    pytest.param("read(); write({'error': 'no licence'})", "no licence", id="error reply"),
    pytest.param(
        "read(); write({}); read(); write({'error': 'too hot', 'finished': True})",
        "too hot",
        id="error",
    ),
    pytest.param(
        "read(); write({'inspector': {'messages': [['ERROR', 'no such field']]}}); sys.exit(1)",
        r"error code 1\. It said: ERROR no such field\.",
        id="refused arguments",
    ),
    pytest.param(
        "read(); write({}); read(); write({}, 'a\\n\"x')", r"during search: a chunk's body is no CSV", id="csv"
    ),
    pytest.param(
        "read(); write({}); read(); write({'finished': True}, ''); sys.exit(5)",
        r"non-zero error code 5",
        id="late crash",
    ),
]


@pytest.mark.parametrize(("script", "message"), FAILURES)
def test_a_command_that_fails_is_named(make_app: MakeApp, script: str, message: str) -> None:
    """The error tells command, exit code, what the command said, and the end of its stderr."""
    lab = lab_with(make_app, python(script))

    with pytest.raises(SearchError, match=r"Error in 'raw' command: .*" + message) as caught:
        search(lab)
    assert caught.value.position == len("| makeresults count=3 | streamstats count as n | fields n | ")
    assert_gone(lab)


def test_a_key_that_nobody_has_described_is_refused_by_name(make_app: MakeApp) -> None:
    """What a first reply says and this stand-in does not know is not passed over."""
    with pytest.raises(Unsupported, match="colour in the first reply of command raw"):
        search(lab_with(make_app, python("read(); write({'colour': 'red'})")))


HANGS = [
    pytest.param("read(); write({'maxwait': 0.3}); read(); time.sleep(60)", "", id="no rows, maxwait of the reply"),
    pytest.param(
        "import subprocess; subprocess.Popen(['sleep', '60']); time.sleep(60)",
        "maxwait = 1",
        id="no first reply, maxwait of commands.conf, a child of its own",
    ),
]


@pytest.mark.parametrize(("script", "setting"), HANGS)
def test_a_command_that_hangs_is_ended(make_app: MakeApp, script: str, setting: str) -> None:
    """After maxwait seconds without a word the command is killed with all that it started."""
    lab = lab_with(make_app, python(script), f"{SETTINGS}{setting}\n")
    began = time.monotonic()

    with pytest.raises(LimitReached, match="command 'raw' gave no answer in time"):
        search(lab)
    assert time.monotonic() - began < 20
    assert_gone(lab)


def test_a_search_bounds_the_time_of_its_commands(make_app: MakeApp) -> None:
    """Without maxwait the search's own limit holds."""
    lab = lab_with(make_app, python("time.sleep(60)"))
    environment = lab.head.environment(user=lab.user, app=lab.app)
    with pytest.raises(LimitReached, match="command 'raw' gave no answer in time"):
        run("| makeresults | raw", environment, Limits(seconds=0.5))
    assert_gone(lab)


def test_a_chunk_may_not_be_larger_than_said(make_app: MakeApp) -> None:
    """commands.conf.spec, maxchunksize: the command is terminated."""
    lab = lab_with(
        make_app, python("read(); write({}); read(); write({}, 'x' * 5000)"), f"{SETTINGS}maxchunksize = 4000\n"
    )

    with pytest.raises(SearchError, match="a chunk of 5002 bytes is larger than the 4000 that are allowed"):
        search(lab)
    assert_gone(lab)


def test_neither_side_blocks_the_other(make_app: MakeApp) -> None:
    """A megabyte on stderr, and a reply that is written before the rows have been read, do no harm."""
    script = "sys.stderr.write('x' * 1_000_000); read(); write({}); sys.stdin.buffer.readline(); write({'finished': True}, 'a\\n1\\n')"
    lab = lab_with(make_app, python(script))

    assert search(lab, '| makeresults count=20000 | eval t="long enough to fill a pipe" | raw') == [{"a": "1"}]


def test_a_command_that_is_not_finished_is_asked_again(make_app: MakeApp) -> None:
    """After the last rows empty chunks follow until the command says that it has finished."""
    script = "read(); write({'generating': True})\nfor n in (1, 2, 3):\n    read(); write({'finished': n == 3}, f'n\\n{n}\\n')"

    assert [row["n"] for row in search(lab_with(make_app, python(script)), "| raw")] == ["1", "2", "3"]


def test_a_shell_script_is_a_command(make_app: MakeApp) -> None:
    """Any program can speak the protocol; arguments of commands.conf reach it."""
    script = """#!/bin/sh
IFS=, read -r word head tail; head -c "$head" > /dev/null
printf 'chunked 1.0,20,0\\n{"generating": true}'
IFS=, read -r word head tail; head -c "$head" > /dev/null; head -c "$tail" > /dev/null
body="said
$1"
printf 'chunked 1.0,18,%d\\n{"finished": true}%s' "${#body}" "$body"
"""
    settings = "chunked = true\nfilename = raw.sh\ncommand.arg.1 = hello\n"

    assert search(lab_with(make_app, script, settings, "bin/raw.sh"), "| raw") == [{"said": "hello"}]


def test_a_program_that_cannot_be_started_is_named(make_app: MakeApp) -> None:
    """A path pointer that leads nowhere."""
    settings = "chunked = true\nfilename = raw.path\n"

    with pytest.raises(SearchError, match=r"Cannot find program 'raw' or script '/no/such/thing'"):
        search(lab_with(make_app, "/no/such/thing", settings, "bin/raw.path"), "| raw")


INFO = "import csv; m, _ = read(); write({'generating': True}); read()\ns = m['searchinfo']; write({'finished': True}, 'k\\n' + json.dumps(s).replace('\"', '').replace(',', ';') + '\\n')"


def test_the_first_message_tells_of_the_search(make_app: MakeApp) -> None:
    """The keys are those that Splunk 8.2.1 was recorded to send, in their order."""
    text = str(search(lab_with(make_app, python(INFO)), '| raw x="a b" y')[0]["k"])
    keys = [part.split(":")[0].strip() for part in text.strip("{}").replace("[", "").split("; ") if ":" in part]

    assert keys == [
        *("args", "raw_args", "dispatch_dir", "sid", "app", "owner", "username", "session_key", "splunkd_uri"),
        *("splunk_version", "search", "command", "maxresultrows", "earliest_time", "latest_time"),
    ]
    assert "args: [x=a b; y]" in text and "search: %7C%20raw%20x%3D%22a%20b%22%20y" in text
    assert "maxresultrows: 50000; earliest_time: 0; latest_time: 0" in text and "owner: admin" in text


def test_permissions_are_those_of_the_metadata(make_app: MakeApp) -> None:
    """A command that is not exported is unknown elsewhere; a role that may not read it does not know it either."""
    meta = "[commands]\naccess = read : [ power ], write : [ admin ]\nexport = none\n"
    files = {"default/commands.conf": f"[raw]\n{SETTINGS}", "bin/raw.py": python(ECHO), "metadata/default.meta": meta}
    lab = Lab(make_app(files))
    power, user = (User.of(lab.configuration, "x", [role]) for role in ("power", "user"))

    assert lab.head.search("| makeresults | raw", user=power, app=lab.app).rows
    for who, app in ((power, "search"), (user, lab.app)):
        with pytest.raises(SearchError, match="Unknown search command 'raw'"):
            lab.head.search("| makeresults | raw", user=who, app=app)


def test_a_capability_is_needed(make_app: MakeApp) -> None:
    """authorize.conf.spec: run_custom_command lets a user run custom search commands."""
    lab = lab_with(make_app, python(ECHO))
    nobody = User("x", frozenset({"user"}), capabilities=frozenset({"search"}))

    with pytest.raises(SearchError, match="run_custom_command"):
        lab.head.search("| makeresults | raw", user=nobody, app=lab.app)


def test_a_search_without_an_app_has_no_commands(tmp_path: Path) -> None:
    """What no app defines is unknown, as ever."""
    with pytest.raises(SearchError, match="Unknown search command 'raw'"):
        Lab().search("| makeresults | raw")


def test_a_host_that_stops_ends_its_commands(make_app: MakeApp) -> None:
    """A search that waits for a command ends with an error when its host does."""
    lab = lab_with(make_app, python("time.sleep(60)"))
    threading.Timer(0.5, lab.head.host.running.stop).start()

    with pytest.raises(SearchError, match=r"non-zero error code -9"):
        search(lab)
    assert_gone(lab)
