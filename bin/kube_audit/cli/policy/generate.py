"""`kube-audit policy generate`: a policy for a goal, and everything around it."""

import sys
from pathlib import Path
from typing import List, Optional, Tuple

import click

from kube_audit.cli.policy.options import INPUT_FILE, target_version
from kube_audit.errors import BadInput, WrongUsage
from kube_audit.policy.coverage import as_text
from kube_audit.policy.detections import CATALOGUE, Detection, choose, load_detections, shipped_detections
from kube_audit.policy.generate.budget import drop_until
from kube_audit.policy.generate.goals import GOALS, Commented
from kube_audit.policy.generate.make import Generated, Request, generate
from kube_audit.policy.generate.surround import DISTRIBUTIONS, Webhook
from kube_audit.policy.simulate.events import Reader
from kube_audit.policy.simulate.tally import Tally
from kube_audit.policy.versions import Version


@click.command()
@click.option(
    "--goal", type=click.Choice(GOALS), default="detections", show_default=True, help="What the policy is for."
)
@click.option(
    "--detection", "ids", multiple=True, metavar="ID", help="Serve this detection; again and again; default all."
)
@click.option("--without", multiple=True, metavar="ID", help="Do not serve this detection.")
@click.option("--detections", "folder", type=click.Path(file_okay=False, path_type=Path), help="Folder of detections.")
@click.option("--distribution", type=click.Choice(DISTRIBUTIONS), default="plain", help="How the API server is run.")
@target_version
@click.option("--max-gb-per-day", "ceiling", type=click.FloatRange(0, min_open=True), help="Ceiling; needs --sample.")
@click.option("--sample", multiple=True, type=INPUT_FILE, help="Recorded audit log to measure; again and again.")
@click.option("--webhook-url", help="Receiver of the audit webhook, https://HOST:PORT/PATH.")
@click.option("--webhook-ca", help="Path on the control plane: PEM file that the receiver is signed by.")
@click.option("--webhook-cert", help="Path on the control plane: client certificate.")
@click.option("--webhook-key", help="Path on the control plane: key of the client certificate.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for all files; default: policy only."
)
def command(  # noqa: PLR0913, PLR0917 (one parameter an option)
    goal: str,
    ids: Tuple[str, ...],
    without: Tuple[str, ...],
    folder: Optional[Path],
    distribution: str,
    version: Version,
    ceiling: Optional[float],
    sample: Tuple[Path, ...],
    webhook_url: Optional[str],
    webhook_ca: Optional[str],
    webhook_cert: Optional[str],
    webhook_key: Optional[str],
    out: Optional[Path],
) -> int:
    """Write a commented audit policy.

    Goals: cis (CIS 3.2.1 and 3.2.2), detections (bodies of what they read, too), forensic (bodies of all writes to
    built-in resources). With --out, the flags of kube-apiserver, the webhook's kubeconfig and the patch or
    configuration of the distribution are written beside it.

    What lint flags at medium or above is never written, nor a policy that leaves a chosen detection uncovered.

    Exit code: 0 done, 1 no policy fits, 2 a file that cannot be used.
    """
    if (ceiling is None) != (not sample):
        raise WrongUsage("--max-gb-per-day and --sample belong together")
    if webhook_url is None and (webhook_ca or webhook_cert or webhook_key):
        raise WrongUsage("--webhook-ca, --webhook-cert and --webhook-key need --webhook-url")
    chosen = _chosen(goal, folder, ids, without)
    webhook = Webhook(webhook_url, webhook_ca, webhook_cert, webhook_key) if webhook_url else None
    request = Request(goal, tuple(chosen), distribution, webhook, version)
    made = generate(request)
    if ceiling is not None:
        made = generate(request._replace(dropped=tuple(_dropped(made, sample, chosen, ceiling))))
    _write(made, out)
    return 0


def _chosen(goal: str, folder: Optional[Path], ids: Tuple[str, ...], without: Tuple[str, ...]) -> List[Detection]:
    if goal == "cis" and not ids and folder is None:
        return [found for found in CATALOGUE if found.id not in without]
    known = load_detections(folder) if folder else shipped_detections()
    choose(known, without)
    return [found for found in choose(known, ids) if found.id not in without]


def _dropped(made: Generated, sample: Tuple[Path, ...], chosen: List[Detection], ceiling: float) -> List[Commented]:
    reader = Reader()
    lines = (line for path in sample for line in reader.read(path))
    return drop_until(lines, Tally(made.loaded.policy), chosen, ceiling)


def _write(made: Generated, out: Optional[Path]) -> None:
    if out is None:
        click.echo(made.text, nl=False)
        return
    try:
        for name, text in {"audit-policy.yaml": made.text, **made.around.files}.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            click.echo(str(path))
    except OSError as error:
        raise BadInput(f"{out}: cannot be written: {error.strerror}") from error
    if made.covered:
        click.echo(as_text(made.covered), nl=False, file=sys.stderr)
