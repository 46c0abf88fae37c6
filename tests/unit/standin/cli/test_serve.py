"""`standin serve` as a process: what it prints, how it ends, what it refuses."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from serving import NOW
from small_app import FILES, NAME, SEARCH, write_package

START = [sys.executable, "-c", "from standin.cli import main; main()", "serve"]
STOP_S = 5.0


@contextmanager
def started(*options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, str]]]:
    """Start a server and read the line that it prints."""
    child = subprocess.Popen([*START, *options], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield child, json.loads(child.stdout.readline())
    finally:
        child.kill()
        child.wait()


def test_serve_answers_and_ends_on_sigterm(tmp_path: Path) -> None:
    """One JSON line names all ports; the app from a tarball is there; SIGTERM is exit code 0 within 5 s."""
    options = ["--app", str(write_package(tmp_path)), "--state", str(tmp_path / "state"), "--hec-token", "T"]
    with started(*options, "--now", "1790000000", "--user", "root", "--password", "pw") as (child, addresses):
        assert set(addresses) == {"management", "hec", "web", "ca"}
        info = requests.get(
            addresses["management"] + f"/services/apps/local/{NAME}?output_mode=json",
            auth=("root", "pw"),
            verify=addresses["ca"],
            timeout=10,
        )
        assert info.json()["entry"][0]["content"]["version"] == "1.2.3"
        taken = requests.post(
            addresses["hec"] + "/services/collector",
            data='{"event":"x"}',
            headers={"Authorization": "Splunk T"},
            verify=addresses["ca"],
            timeout=10,
        )
        assert taken.json()["code"] == 0
        assert requests.get(addresses["web"], timeout=10).status_code == 200
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        assert child.wait(STOP_S) == 0
        assert time.monotonic() - began < STOP_S


def test_sigterm_waits_for_no_script(tmp_path: Path) -> None:
    """An alert action that hangs holds the end up for less than 5 s."""
    hanging = {**FILES, "bin/small_note.py": "import time\ntime.sleep(60)\n"}
    options = ["--app", str(write_package(tmp_path, hanging)), "--hec-token", "T", "--now", str(NOW)]
    with started(*options) as (child, addresses):
        management = requests.Session()
        management.trust_env, management.verify, management.auth = False, addresses["ca"], ("admin", "changeme")

        def post(path: str, **form: str) -> None:
            with suppress(requests.ConnectionError):
                management.post(addresses["management"] + path, data=form, timeout=60)

        post("/services/data/indexes", name="small")
        post(f"/servicesNS/nobody/{NAME}/saved/searches/{SEARCH}", disabled="0", counttype="always")
        jump = threading.Thread(target=post, args=["/standin/clock"], kwargs={"set": str(NOW + 300)})
        jump.start()
        wait_for_dispatch(addresses["ca"])
        child.send_signal(signal.SIGTERM)
        assert child.wait(STOP_S) == 0
        jump.join()


def wait_for_dispatch(ca_file: str) -> None:
    """Wait until the results of the alert were written, which is when its script starts."""
    dispatch = Path(ca_file).parents[2] / "var" / "run" / "splunk" / "dispatch"
    end = time.monotonic() + 20
    while not any(dispatch.glob("*/results.csv.gz")):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_events_and_settings_outlive_a_restart(tmp_path: Path) -> None:
    """With `--state` events, users, tokens and secrets are there again."""
    state = ["--state", str(tmp_path / "state"), "--hec-token", "T"]
    made: dict[str, dict[str, str]] = {
        "/services/authentication/users": {"name": "ann", "password": "pw", "roles": "user"},
        "/services/data/inputs/http": {"name": "other", "token": "O", "useACK": "1"},
        "/servicesNS/nobody/search/storage/passwords": {"name": "key", "password": "secret"},
    }
    with started(*state) as (child, addresses):
        for path, form in made.items():
            answer = requests.post(
                addresses["management"] + path,
                data=form,
                auth=("admin", "changeme"),
                verify=addresses["ca"],
                timeout=10,
            )
            assert answer.status_code == 201
        requests.post(
            addresses["hec"] + "/services/collector",
            data='{"event":"x"}',
            headers={"Authorization": "Splunk T"},
            verify=addresses["ca"],
            timeout=10,
        )
        child.terminate()
        child.wait(STOP_S)
    with started(*state) as (_, addresses):
        index = requests.get(
            addresses["management"] + "/services/data/indexes/main?output_mode=json",
            auth=("admin", "changeme"),
            verify=addresses["ca"],
            timeout=10,
        )
        assert index.json()["entry"][0]["content"]["totalEventCount"] == 1
        for path, form in made.items():
            listed = requests.get(
                addresses["management"] + path + "?output_mode=json",
                auth=("admin", "changeme"),
                verify=addresses["ca"],
                timeout=10,
            )
            assert any(form["name"] in entry["name"] for entry in listed.json()["entry"])


@pytest.mark.parametrize("option", ["--management-port", "--hec-port", "--web-port"])
def test_a_taken_port_is_one_line(option: str) -> None:
    """The line names the option and the port; the exit code is not 0."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run([*START, option, port], capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert option in done.stderr and port in done.stderr


def test_an_app_with_an_unknown_key_is_refused_by_name(tmp_path: Path) -> None:
    """What no spec defines does not start: file, line and key are named."""
    wrong = {**FILES, "default/savedsearches.conf": "[x]\nsearch = index=x\ncolour = red\n"}
    done = subprocess.run(
        [*START, "--app", str(write_package(tmp_path, wrong))], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert "savedsearches.conf:3" in done.stderr and "colour" in done.stderr


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--app", "nowhere.tar.gz"], "nowhere.tar.gz"),
        (["--page", "nowhere.json"], "--page: nowhere.json: "),
        (["--state", "/proc/nowhere"], "--state: /proc/nowhere: "),
    ],
)
def test_a_missing_file_is_one_line(options: list[str], named: str) -> None:
    """What cannot be read is named."""
    done = subprocess.run([*START, *options], capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert named in done.stderr
