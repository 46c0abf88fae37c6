"""Run splunk-appinspect on the package: `python package/appinspect.py ARCHIVE`.

It runs once a mode of `appinspect.yml`, in an environment of its own (`build/inspect-venv`, from `locks/inspect.txt`),
offline. A run passes with no error, failure, future failure or skipped check (one dotfile makes AppInspect skip nearly
all), with the known number of checks at least, and with no warning that the list does not accept by check and file. An
entry of the list that no mode met is an error too. Exit 0 all passed, 1 something did not, 2 it could not run.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / "build" / "inspect-venv"
LOCK = ROOT / "package" / "locks" / "inspect.txt"
RULES = ROOT / "package" / "appinspect.yml"
FATAL = ("error", "failure", "future_failure", "skipped")
COLUMNS = ("success", "not_applicable", "warning", *FATAL)


class InspectError(Exception):
    """AppInspect could not be run."""


class Mode(NamedTuple):
    """One run: all checks, or those with a tag."""

    name: str
    tag: str
    minimum_checks: int


class Message(NamedTuple):
    """What a check said about a file, which is empty where it names none."""

    check: str
    file: str
    text: str


class Report(NamedTuple):
    """The outcome of one run."""

    mode: Mode
    counts: dict[str, int]
    warnings: list[Message]
    fatal: list[Message]


def problems_of(report: Report, accepted: frozenset[tuple[str, str]]) -> list[str]:
    """Return why a run does not pass, nothing if it does."""
    found = [f"{message.check}: {message.file or '-'}: {message.text}" for message in report.fatal]
    found += [f"{report.counts[kind]} {kind}" for kind in FATAL if report.counts.get(kind)]
    total = sum(report.counts.values())
    if total < report.mode.minimum_checks:
        found.append(f"only {total} checks ran, {report.mode.minimum_checks} are known")
    found += [
        f"warning not accepted: {message.check}: {message.file or '-'}: {message.text}"
        for message in report.warnings
        if (message.check, message.file) not in accepted
    ]
    return [f"{report.mode.name}: {problem}" for problem in found]


def stale_entries(reports: Iterable[Report], accepted: frozenset[tuple[str, str]]) -> list[str]:
    """Return a problem for each accepted warning that no run gave."""
    met = {(message.check, message.file) for report in reports for message in report.warnings}
    return [f"{RULES.name}: {check} in {file or '-'} is accepted but never given" for check, file in accepted - met]


def parse(mode: Mode, document: Any) -> Report:  # noqa: ANN401 - AppInspect's JSON
    """Read AppInspect's report."""
    checks = [check for report in document["reports"] for group in report["groups"] for check in group["checks"]]
    return Report(
        mode,
        {kind: int(document["summary"].get(kind, 0)) for kind in COLUMNS},
        [message for check in checks if check["result"] == "warning" for message in _messages(check)],
        [message for check in checks if check["result"] in FATAL for message in _messages(check)],
    )


def _messages(check: Any) -> list[Message]:  # noqa: ANN401 - AppInspect's JSON
    said = check["messages"] or [{"message": "no message"}]
    return [Message(check["name"], _file_of(entry), " ".join(entry["message"].split())[:200]) for entry in said]


def _file_of(entry: Any) -> str:  # noqa: ANN401 - AppInspect's JSON
    name = entry.get("message_filename")
    return "" if name in (None, "None") else str(name)


def prepare() -> Path:
    """Return AppInspect's command, installed when its lock has changed."""
    stamp, wanted = VENV / ".complete", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        shutil.rmtree(VENV, ignore_errors=True)
        pip = (VENV / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        _run([sys.executable, "-m", "venv", VENV], "could not make build/inspect-venv")
        _run([*pip, "--require-hashes", "--requirement", LOCK], f"could not install {LOCK.name}; check the network")
        stamp.write_text(wanted)
    _run(
        [VENV / "bin" / "python", "-c", "import magic"],
        "libmagic is missing; install it with the system's package manager "
        "(Debian, Ubuntu: libmagic1; Fedora: file-libs; macOS: libmagic)",
    )
    return VENV / "bin" / "splunk-appinspect"


def inspect(command: Path, archive: Path, mode: Mode) -> Report:
    """Run AppInspect in one mode."""
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "report.json"
        tags: list[str | Path] = ["--included-tags", mode.tag] if mode.tag else []
        options: list[str | Path] = ["--mode", "precert", *tags, "--data-format", "json", "--max-messages", "all"]
        quiet: list[str | Path] = ["--output-file", output, "--skip-trusted-libraries-update"]
        done = subprocess.run(
            [command, "inspect", archive, *options, *quiet], capture_output=True, text=True, check=False
        )
        if not output.is_file():
            raise InspectError(f"splunk-appinspect wrote no report for {archive}: {done.stderr.strip()[-300:]}")
        return parse(mode, json.loads(output.read_text()))


def _run(command: Sequence[str | Path], complaint: str) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise InspectError(complaint)


def table(reports: Iterable[Report]) -> str:
    """Return the counts as lines of text."""
    lines = [f"{'mode':18}" + "".join(f"{column:>16}" for column in COLUMNS)]
    for report in reports:
        lines.append(f"{report.mode.name:18}" + "".join(f"{report.counts.get(column, 0):>16}" for column in COLUMNS))
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Inspect the archive that the command line names."""
    parser = argparse.ArgumentParser(description="Run splunk-appinspect in all modes.")
    parser.add_argument("archive", type=Path)
    archive = parser.parse_args(arguments).archive
    rules = yaml.safe_load(RULES.read_text())
    accepted = frozenset((entry["check"], entry["file"]) for entry in rules["accepted_warnings"])
    try:
        command = prepare()
        reports = [inspect(command, archive, Mode(**mode)) for mode in rules["modes"]]
    except InspectError as error:
        print(f"inspect: {error}", file=sys.stderr)
        return 2
    print(table(reports))
    problems = [problem for report in reports for problem in problems_of(report, accepted)]
    problems += stale_entries(reports, accepted)
    for problem in problems:
        print(problem)
    print(f"inspect: {'failed' if problems else 'passed'}, {len(accepted)} kinds of warning accepted by check and file")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
