"""The laboratory's command line: `python -m cluster build|record`, called by the Makefile.

Exit codes: 0 done or not run for lack of something (one line says what), 1 failed, 2 wrong usage.
"""

import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import click

from cluster import isolation
from cluster.build import build
from cluster.control_plane import Options
from cluster.errors import LaboratoryError, NotRun
from cluster.modules import write_module
from cluster.record import POLICIES, Scenario, run, save
from cluster.scenarios import company, first_log
from cluster.versions import KUBERNETES_COMPONENTS, MODULES, NEWEST, VERSIONS

RECORDED = Path(__file__).parent.parent / "recorded"
SCENARIOS = (
    Scenario(
        "first-log",
        first_log.prepare,
        first_log.play,
        Options(POLICIES / "full.yaml", company.API_SERVER, node_address=company.NODES),
        datetime(2026, 11, 2, 8, 0, tzinfo=UTC),
        seed=1,
    ),
)


@click.group()
def laboratory() -> None:
    """Build a real Kubernetes and record its audit log."""


@laboratory.command("build")
@click.option("--version", "versions", multiple=True, type=click.Choice(VERSIONS), help="Only these versions.")
def build_command(versions: tuple[str, ...]) -> None:
    """Build the binaries that are not built yet."""
    for version in versions or VERSIONS:
        click.echo(f"cluster: Kubernetes {version} in {build(version, click.echo)}")


@laboratory.command("module")
@click.argument("component", type=click.Choice(KUBERNETES_COMPONENTS))
@click.argument("version")
def module_command(component: str, version: str) -> None:
    """Write go.mod and go.sum of a component's module from Kubernetes' own; its main.go must be there."""
    write_module(MODULES / f"{component}-{version}", version)


@laboratory.command("record")
@click.option("--scenario", "names", multiple=True, type=click.Choice([each.name for each in SCENARIOS]))
@click.option("--folder", type=click.Path(path_type=Path), default=RECORDED, show_default=True)
def record_command(names: tuple[str, ...], folder: Path) -> None:
    """Play the scenarios, record them, and say how long each took."""
    if not isolation.is_isolated():
        isolation.enter(first_log.ADDRESSES)
    for scenario in SCENARIOS:
        if not names or scenario.name in names:
            _record(scenario, folder)


def _record(scenario: Scenario, folder: Path) -> None:
    started = time.monotonic()
    recording = run(scenario, NEWEST, lambda text: click.echo(f"record: {scenario.name}: {text}"))
    for name, number in save(scenario, recording, folder).items():
        click.echo(f"{name:36} {number:7}")
    click.echo(f"record: {scenario.name} took {time.monotonic() - started:.0f} s")


def main() -> None:
    """Run the command line; a request to end is an ordinary end, so that everything is cleaned up."""
    signal.signal(signal.SIGTERM, _end)
    try:
        laboratory.main(standalone_mode=False)
    except NotRun as reason:
        click.echo(f"cluster: not run: {reason}", err=True)
    except LaboratoryError as error:
        click.echo(f"cluster: {error}", err=True)
        sys.exit(1)
    except click.ClickException as error:
        click.echo(f"cluster: {error.format_message()}", err=True)
        sys.exit(2)
    except click.Abort:
        sys.exit(130)


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
