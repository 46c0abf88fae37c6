"""The modular input as splunkd starts it: a child process, XML in, XML out."""

import json
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Dict, List
from xml.sax.saxutils import escape

import pytest

from fakes import line, lines
from workplace import wait_for

ENTRY = Path(__file__).parents[3] / "bin" / "kube_audit_file.py"
SESSION_KEY = "session-key-that-stays-inside"


def definition(root: Path, **parameters: str) -> str:
    """Return what splunkd writes to a starting input."""
    texts = "".join(f'<param name="{name}">{escape(value)}</param>' for name, value in parameters.items())
    stanza = f'<stanza name="kube_audit_file://a" app="kube_audit">{texts}</stanza>'
    metadata = f"<server_host>h</server_host><server_uri>https://127.0.0.1:1</server_uri><session_key>{SESSION_KEY}</session_key>"
    place = f"<checkpoint_dir>{root / 'checkpoints'}</checkpoint_dir>"
    return f"<input>{metadata}{place}<configuration>{stanza}</configuration></input>"


class Input:
    """One started input."""

    def __init__(self, root: Path, **parameters: str) -> None:
        self.stdout, self.stderr = root / "stdout", root / "stderr"
        with self.stdout.open("wb") as out, self.stderr.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, str(ENTRY)], stdin=subprocess.PIPE, stdout=out, stderr=errors, env={"LC_ALL": "C"}
            )
        assert self.process.stdin is not None
        self.process.stdin.write(definition(root, **parameters).encode())
        self.process.stdin.close()

    def wait_for(self, count: int) -> "Input":
        """Wait until so many events were written."""
        wait_for(lambda: self.stdout.read_bytes().count(b"</event>") >= count, f"event number {count}")
        return self

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=10)

    def events(self) -> List[Dict[str, str]]:
        """Return what was written, which must be whole XML."""
        return [
            {**event.attrib, **{item.tag: item.text or "" for item in event}}
            for event in ET.fromstring(self.stdout.read_bytes())  # noqa: S314 (our own child wrote it)
        ]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log."""
    path = tmp_path / "audit.log"
    path.write_bytes(lines(0, 5))
    return path


def test_events_come_out_as_splunkd_takes_them(tmp_path: Path, log: Path) -> None:
    """Bytes, time and source are those of the forwarder; host and index are left to the stanza."""
    running = Input(tmp_path, path=str(log), host="cp-1", index="kube_audit").wait_for(5)

    assert running.end() == 0
    events = running.events()
    assert [event["data"].encode() for event in events] == lines(0, 5).splitlines()
    assert events[3] == {
        "stanza": "kube_audit_file://a",
        "unbroken": "1",
        "time": "1795475971.000003",
        "source": str(log),
        "sourcetype": "kube:apiserver:audit",
        "data": line(3).decode(),
        "done": "",
    }


def test_sigterm_ends_it_with_its_checkpoint_written(tmp_path: Path, log: Path) -> None:
    """The stream is closed, and the next start goes on behind it."""
    first = Input(tmp_path, path=str(log)).wait_for(5)
    assert first.end() == 0
    with log.open("ab") as file:
        file.write(lines(5, 3))

    second = Input(tmp_path, path=str(log)).wait_for(3)

    assert second.end() == 0
    assert [event["data"].encode() for event in second.events()] == lines(5, 3).splitlines()


def test_after_a_crash_the_tail_is_sent_again(tmp_path: Path, log: Path) -> None:
    """What stood in splunkd's pipe may be lost with it."""
    Input(tmp_path, path=str(log)).wait_for(5).end(signal.SIGKILL)

    again = Input(tmp_path, path=str(log)).wait_for(5)

    assert again.end() == 0
    assert [event["data"].encode() for event in again.events()] == lines(0, 5).splitlines()


def test_secrets_and_what_is_no_event_stay_here(tmp_path: Path, log: Path) -> None:
    """The same redaction and quarantine as in the forwarder."""
    body = {"kind": "Secret", "data": {"password": "aHVudGVyMg=="}}
    log.write_bytes(b"nonsense\n" + line(1, requestObject=body) + b"\n")
    running = Input(tmp_path, path=str(log)).wait_for(1)

    assert running.end() == 0
    (event,) = running.events()
    assert json.loads(event["data"])["requestObject"]["data"] == {"password": "[redacted]"}
    (quarantine,) = (tmp_path / "checkpoints").rglob("refused.jsonl")
    assert json.loads(quarantine.read_text())["text"] == "nonsense"


def test_any_character_survives_the_way(tmp_path: Path, log: Path) -> None:
    """XML's own characters, other scripts, and what XML does not know."""
    agent = "<&>\"']]> é 日本 \U0001f600 \ufffe\uffff \x7f"
    log.write_bytes(json.dumps({**json.loads(line(1)), "userAgent": agent}, ensure_ascii=False).encode() + b"\n")
    running = Input(tmp_path, path=str(log)).wait_for(1)

    assert running.end() == 0
    (event,) = running.events()
    assert json.loads(event["data"])["userAgent"] == agent


def test_log_lines_tell_what_was_done_and_no_secret(tmp_path: Path, log: Path) -> None:
    """As add-ons of Splunk's own write them; the row of the cluster lookup is spelled out."""
    running = Input(tmp_path, path=str(log), cluster="prod", host="cp-1", index="kube_audit").wait_for(5)
    running.end()

    told = running.stderr.read_text()
    assert SESSION_KEY not in told
    assert f"row=cp-1,{log},prod,prod,prod" in told
    assert "action=ended n_events=5 n_quarantined=0 n_redacted=0 event_index=kube_audit" in told
    assert all(row.split()[0] in ("INFO", "WARN", "ERROR") for row in told.splitlines())


def call(*arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    """Call the input with arguments."""
    return subprocess.run(
        [sys.executable, str(ENTRY), *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        ([], "no XML", "ERROR action=failed reason='ParseError"),
        (["--validate-arguments"], "no XML", "ERROR action=failed reason='ParseError"),
        (
            [],
            definition(Path("nowhere"), path="audit.log"),
            "ERROR action=failed modular_input_name=kube_audit_file://a",
        ),
        (["--unknown"], "", "ERROR Invalid arguments"),
    ],
    ids=["run", "validate", "path", "option"],
)
def test_a_wrong_call_is_one_line(arguments: List[str], stdin: str, told: str) -> None:
    """No traceback goes to splunkd.log, and nothing is told twice."""
    done = call(*arguments, stdin=stdin)

    assert done.returncode == 1
    assert done.stderr.startswith(told)
    assert done.stderr.count("\n") == 1


def test_scheme_names_the_arguments() -> None:
    """What Settings > Data inputs shows."""
    done = call("--scheme")

    scheme = ET.fromstring(done.stdout)  # noqa: S314 (our own child wrote it)
    arguments = {arg.attrib["name"]: arg.findtext("required_on_create") for arg in scheme.iter("arg")}
    assert done.returncode == 0
    assert arguments == {"path": "true", "cluster": "false"}
    assert scheme.findtext("use_single_instance") == "false"
    assert scheme.findtext("use_external_validation") == "true"


@pytest.mark.parametrize(
    ("path", "cluster", "told"),
    [
        ("{root}/audit.log", "prod", ""),
        ("{root}/audit*.log", "", ""),
        ("{root}/not-yet.log", "prod", ""),
        ("audit.log", "prod", "not absolute"),
        ("", "prod", "not absolute"),
        ("{root}", "prod", "is a directory"),
        ("{root}/nowhere/audit.log", "prod", "no directory"),
        ("{root}/audit.log", "../prod", "cluster"),
        ("{root}/audit.log", "a b", "cluster"),
    ],
)
def test_arguments_are_validated(tmp_path: Path, log: Path, path: str, cluster: str, told: str) -> None:
    """What cannot work is refused with a sentence that Splunk Web shows."""
    values = {"path": path.format(root=tmp_path), "cluster": cluster}
    texts = "".join(f'<param name="{name}">{value}</param>' for name, value in values.items())
    item = f'<items><session_key>{SESSION_KEY}</session_key><item name="a">{texts}</item></items>'

    done = call("--validate-arguments", stdin=item)

    assert log.exists()
    assert done.returncode == (1 if told else 0)
    assert told in done.stdout
    assert SESSION_KEY not in done.stdout + done.stderr
