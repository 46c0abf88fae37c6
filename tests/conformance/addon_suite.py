"""The judge pytest-splunk-addon 6.4.0: the suite that it generates from an add-on, against a running stand-in.

The add-on in `addon/` knows nothing of the product. It is installed in a `standin serve` of its own; its samples are
sent through HEC by the suite itself. The suite runs in an environment of its own (package/locks/knowledge.txt).
"""

import json
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from conformance.subject import ROOT
from conformance.verdict import Verdict

ADDON = Path(__file__).with_name("addon")
INSTALLED = ("default", "lookups", "metadata")
SUITE = ROOT / "build/knowledge-venv/bin/python"
STANDIN = Path(sys.executable).with_name("standin")
TOKEN = "11111111-2222-3333-4444-555555555555"  # noqa: S105 - of a server that lives as long as the suite
PASSWORD = "changeme"  # noqa: S105 - of the same server
START_LIMIT_S = 30
SUITE_LIMIT_S = 300


@contextmanager
def served(package: Path) -> Iterator[Mapping[str, str]]:
    """Start a stand-in with an add-on; yield its addresses."""
    command = [str(STANDIN), "serve", "--app", str(package), "--hec-token", TOKEN, "--password", PASSWORD]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process, selectors.DefaultSelector() as selector:
        try:
            assert process.stdout
            selector.register(process.stdout, selectors.EVENT_READ)
            assert selector.select(START_LIMIT_S), f"standin serve printed nothing for {START_LIMIT_S} s"
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)


def pack(folder: Path) -> Path:
    """Lay the add-on out in a folder, and return a package of what is installed of it."""
    laid_out = shutil.copytree(ADDON, folder / "doors")
    package = folder / "doors.tar.gz"
    with tarfile.open(package, "w:gz") as archive:
        for part in INSTALLED:
            archive.add(laid_out / part, f"doors/{part}")
    return package


def judge_addon(folder: Path) -> Verdict:
    """Run the generated suite; every failed or broken test is a disagreement."""
    with served(pack(folder)) as addresses:
        ports = [str(urlsplit(addresses[name]).port) for name in ("management", "hec")]
        options = {
            "splunk-type": "external",
            "splunk-app": str(folder / "doors"),
            "splunk-data-generator": str(folder / "doors/samples"),
            "splunk-host": "127.0.0.1",
            "splunk-port": ports[0],
            "splunk-hec-port": ports[1],
            "splunk-hec-token": TOKEN,
            "splunk-user": "admin",
            "splunk-password": PASSWORD,
            "search-interval": "0",
            "search-retry": "0",
        }
        command = [
            str(SUITE),
            "-m",
            "pytest",
            "-q",
            "-rfEs",
            "doors/suite",
            *(f"--{k}={v}" for k, v in options.items()),
        ]
        done = subprocess.run(
            command,
            check=False,  # its failures are what is asked for
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SUITE_LIMIT_S,
        )
    return verdict_of(done.stdout)


# What the suite can test besides, and what the add-on would need for it.
SKIPPED = {
    "test_indextime_key_fields": "no token of a sample fills a key field such as src",
    "test_cim_fields_recommended": "no sample in XML names the fields that it recommends",
    "test_requirements_fields": "no sample in XML names the fields that it requires",
    "test_datamodels": "no sample in XML names its data model",
}


def verdict_of(output: str) -> Verdict:
    """Read the suite's own closing lines; a suite that ran nothing is a disagreement too."""
    closing = output.rstrip().rpartition("\n")[2]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", closing)}
    wrong = tuple(re.findall(r"^(?:FAILED|ERROR) (.*)", output, re.MULTILINE))
    skipped = re.findall(r"^SKIPPED .*: (?:.*function )?(.+?)(?: at .*)?$", output, re.MULTILINE)
    run = sum(number for word, number in counts.items() if word != "skipped")
    if not run or (not counts.get("passed") and not wrong):
        wrong = (f"the suite did not run: {closing}",)
    wrong += tuple(f"{name}: skipped for a reason that is not known here" for name in skipped if name not in SKIPPED)
    notes = tuple(f"skipped {name}: {SKIPPED[name]}" for name in skipped if name in SKIPPED)
    return Verdict(f"pytest-splunk-addon 6.4.0 ({counts.get('skipped', 0)} skipped)", run, run, wrong, notes)
