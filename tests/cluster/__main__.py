"""The laboratory's command line: `python -m cluster build|record`, called by the Makefile.

Exit codes: 0 done or not run for lack of something (one line says what), 1 failed, 2 wrong usage.
"""

import signal
import sys
import time
from pathlib import Path
from types import FrameType

import click

from cluster import isolation
from cluster.build import build, build_peers
from cluster.compare import beyond_tolerance, count_folder, differences
from cluster.errors import LaboratoryError, NotRun
from cluster.modules import write_module
from cluster.record import Scenario, run, save
from cluster.recordings import recordings
from cluster.relabel import relabel
from cluster.scenarios.attacks import ATTACKS, truth_of
from cluster.scenarios.catalogue import ADDRESSES, scenarios
from cluster.truth_document import document
from cluster.versions import KUBERNETES_COMPONENTS, MODULES, VERSIONS

AGAIN = Path("build/recorded")
RECORDED = Path(__file__).parent.parent / "recorded"
SCENARIOS = scenarios()


@click.group()
def laboratory() -> None:
    """Build a real Kubernetes and record its audit log."""


@laboratory.command("build")
@click.option("--version", "versions", multiple=True, type=click.Choice(VERSIONS), help="Only these versions.")
def build_command(versions: tuple[str, ...]) -> None:
    """Build the binaries that are not built yet."""
    for version in versions or VERSIONS:
        click.echo(f"cluster: Kubernetes {version} in {build(version, click.echo)}")


@laboratory.command("peers")
def peers_command() -> None:
    """Build the collector and the driver of the API server's own audit backends."""
    click.echo(f"peers: in {build_peers(click.echo)}")


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
        isolation.enter(ADDRESSES)
    for scenario in SCENARIOS:
        if not names or scenario.name in names:
            _record(scenario, folder)


def _record(scenario: Scenario, folder: Path) -> None:
    started = time.monotonic()
    recording = run(scenario, lambda text: click.echo(f"record: {scenario.name}: {text}"))
    for name, number in save(scenario, recording, folder).items():
        click.echo(f"{name:36} {number:7}")
    click.echo(f"record: {scenario.name} took {time.monotonic() - started:.0f} s")


@laboratory.command("record-diff")
@click.argument("one", type=click.Path(path_type=Path, exists=True), default=RECORDED)
@click.argument("other", type=click.Path(path_type=Path, exists=True), default=AGAIN)
def record_diff_command(one: Path, other: Path) -> int:
    """Compare the recordings that two folders have in common; exit 1 when one differs by more than it may."""
    names = sorted(recordings(one).keys() & recordings(other).keys())
    counts = [count_folder(folder, names) for folder in (one, other)]
    found = differences(*counts)
    for row, first, second in found:
        what = f"{row.verb} {row.target} {row.stage} {row.code or ''}"
        click.echo(f"{row.scenario:22} {row.step or 'ordinary life':44} {what:60} {first:6} {second:6}")
    rows = len(counts[0].keys() | counts[1].keys())
    few = beyond_tolerance(*counts) - sum(not difference.row.step for difference in found)
    said = f"{rows} rows, {len(found)} differ; {few} of few events are beyond ten per cent"
    click.echo(f"record-diff: {', '.join(names) or 'nothing in common'}: {said}")
    return 1 if found or not names else 0


@laboratory.command("relabel")
@click.option("--folder", type=click.Path(path_type=Path), default=RECORDED, show_default=True)
def relabel_command(folder: Path) -> None:
    """Label the recordings of attacks anew, as the scripts are now; nothing is recorded."""
    truths = {attack.name: truth_of(attack) for attack in ATTACKS}
    click.echo(f"relabel: {relabel(folder, truths)} labels changed")


@laboratory.command("truth")
@click.option("--folder", type=click.Path(path_type=Path), default=RECORDED, show_default=True)
def truth_command(folder: Path) -> None:
    """Write truth.md from the recordings of attacks."""
    (folder / "truth.md").write_text(document(folder))


def main() -> None:
    """Run the command line; a request to end is an ordinary end, so that everything is cleaned up."""
    signal.signal(signal.SIGTERM, _end)
    try:
        sys.exit(laboratory.main(standalone_mode=False))
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
