"""`kube-audit policy coverage`: which detections a policy leaves blind."""

import json
from pathlib import Path
from typing import Optional, Tuple

import click

from kube_audit.cli.policy.options import INPUT_FILE, target_version
from kube_audit.errors import BadInput
from kube_audit.policy.coverage import as_lookup, as_text, coverage, rows
from kube_audit.policy.detections import CATALOGUE, choose, load_detections, shipped_detections
from kube_audit.policy.load import load_file
from kube_audit.policy.versions import Version


@click.command()
@click.option("--policy", "path", type=INPUT_FILE, required=True, help="The policy.")
@target_version
@click.option("--detection", "ids", multiple=True, metavar="ID", help="Only this detection; again and again.")
@click.option(
    "--detections",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of detections; default are the shipped ones, else the built-in catalogue.",
)
@click.option("--catalogue", is_flag=True, help="Use the built-in catalogue (CIS 3.2.2 and more).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Form of the report.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write a CSV lookup file for Splunk too.")
def command(  # noqa: PLR0913, PLR0917 (one parameter an option)
    path: Path,
    version: Version,
    ids: Tuple[str, ...],
    folder: Optional[Path],
    catalogue: bool,
    form: str,
    out: Optional[Path],
) -> int:
    """Say for each detection whether a policy records what it needs.

    covered, too low (bodies are missing), blind (not recorded), or leaking (recorded with secrets), with the rule and
    line that decide.

    Exit code: 0 all covered, 1 some are not, 2 a file that cannot be used.
    """
    loaded = load_file(path, version)
    known = list(CATALOGUE) if catalogue else load_detections(folder) if folder else shipped_detections()
    covered = coverage(loaded, choose(known, ids))
    if form == "json":
        summary = [{"detection_id": result.detection.id, "status": result.status} for result in covered]
        report = {"policy": str(path), "detections": summary, "needs": list(rows(covered))}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        click.echo(as_text(covered), nl=False)
    if out is not None:
        _write(out, as_lookup(covered))
    return int(any(result.status != "covered" for result in covered))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from error
