"""`make run`: play the recorded log, print one table, leave the page open until Ctrl-C (or end at once with --once)."""

import json
import shutil
import signal
import sys
import time
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from demo.chain import Outcome, start
from demo.splunk import DemoError

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build"
PLAIN_WIDTH = 160  # columns where there is no terminal that has its own


@click.command()
@click.option("--package", type=click.Path(path_type=Path, exists=True), required=True, help="The app's package.")
@click.option("--log", type=click.Path(path_type=Path, exists=True), required=True, help="The recorded audit log.")
@click.option("--once", is_flag=True, help="End when the table is printed.")
def demo(package: Path, log: Path, once: bool) -> None:
    """Play a recorded audit log through the app, from the forwarder to an alert."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PLAIN_WIDTH)
    directory = BUILD / "demo"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    (BUILD / "run.json").unlink(missing_ok=True)  # a run that fails leaves no result of an earlier one
    began = time.monotonic()

    def say(step: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:5.1f} s[/dim]  {step}")

    # So that the stand-in ends with the demo, however the demo is ended.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    try:
        with start(package, log, directory, say) as running:
            outcome = running.outcome
            _write(outcome)
            _print(console, outcome)
            if not once:
                console.print(f"\nThe page is at [bold]{outcome.url}[/bold] until Ctrl-C.")
                _wait_for_interrupt()
    except DemoError as error:
        console.print(f"[red]make run:[/red] {error}")
        sys.exit(1)


def _write(outcome: Outcome) -> None:
    (BUILD / "run.json").write_text(json.dumps(outcome._asdict(), indent=1) + "\n")


def _print(console: Console, outcome: Outcome) -> None:
    numbers = zip(("read", "sent", "indexed", "duplicates"), outcome[:4], strict=True)
    console.print("\nevents: " + ", ".join(f"{count:,} {name}" for name, count in numbers))
    findings = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("severity", "detection", "who", "what", "where"):
        findings.add_column(name, overflow="fold")
    for finding in outcome.findings:
        title = finding["detection"].removeprefix("Kube Audit - ").removesuffix(" - Rule")
        findings.add_row(finding["severity"], title, finding["who"], finding["what"], finding["where"])
    console.print(findings)
    console.print(f"alerts: {outcome.alerts_delivered} delivered to a local https receiver")


def _wait_for_interrupt() -> None:
    try:
        signal.pause()
    except KeyboardInterrupt:
        sys.stderr.write("\n")


if __name__ == "__main__":
    demo()
