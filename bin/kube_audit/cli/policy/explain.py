"""`kube-audit policy explain`: why one request is recorded as it is."""

import json
from pathlib import Path
from typing import Optional, Tuple

import click

from kube_audit.cli.policy.options import INPUT_FILE, target_version
from kube_audit.policy.explain import as_object, as_text, explain
from kube_audit.policy.load import load_file
from kube_audit.policy.requestinfo import read_request
from kube_audit.policy.versions import Version


@click.command()
@click.option("--policy", "path", type=INPUT_FILE, required=True, help="The policy.")
@target_version
@click.option(
    "--user", default="kubernetes-admin", show_default=True, help="Authenticated user, not an impersonated one."
)
@click.option(
    "--group", "groups", multiple=True, help="Group of the user; again and again. system:authenticated is added."
)
@click.option("--no-user", is_flag=True, help="The request failed to authenticate (401).")
@click.option("--json", "is_json", is_flag=True, help="One JSON object instead of text.")
@click.argument("method")
@click.argument("uri")
def command(  # noqa: PLR0913, PLR0917 (one parameter an option)
    path: Path,
    version: Version,
    user: str,
    groups: Tuple[str, ...],
    no_user: bool,
    is_json: bool,
    method: str,
    uri: str,
) -> int:
    """Explain why one request, like GET /api/v1/secrets, is recorded as it is.

    Shows what the policy sees of it, each rule that was passed over with the reason, the rule that decides, and which
    stages become events with which content.

    Exit code: 0 done, 2 a policy or request that the API server would refuse.
    """
    loaded = load_file(path, version)
    for warning in loaded.warnings:
        click.echo(f"{path}: the API server warns and goes on: {warning}", err=True)
    member = "system:unauthenticated" if user == "system:anonymous" else "system:authenticated"
    who: Optional[str] = None if no_user else user
    request = read_request(method.upper(), uri, who, tuple(dict.fromkeys((*groups, member))))
    explanation = explain(loaded, request)
    click.echo(json.dumps(as_object(explanation)) if is_json else as_text(explanation), nl=is_json)
    return 0
