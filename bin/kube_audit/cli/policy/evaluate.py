"""`kube-audit policy evaluate`: JSON lines of requests in, JSON lines of decisions out."""

import json
from pathlib import Path
from typing import Iterator, Optional

import click

from kube_audit.cli.policy.options import INPUT_FILE, target_version
from kube_audit.errors import BadInput
from kube_audit.policy.evaluate import Answers
from kube_audit.policy.versions import Version


@click.command()
@click.option("--policy", "path", type=INPUT_FILE, help="Policy for lines that carry none of their own.")
@target_version
@click.argument("requests", type=click.Path(allow_dash=True, path_type=str), default="-")
def command(path: Optional[Path], version: Version, requests: str) -> int:
    """Say what a policy records of each request.

    REQUESTS (default: standard input) holds one JSON object a line: {"method", "uri", "user", "groups"}, and if need
    be "policy" (an object or YAML text) and "noUser": true for a request that failed to authenticate. Out comes, in
    the same order, {"level", "omitStages", "omitManagedFields", "rule", "line"}; rule counts from 0 and is null when
    no rule matched, line counts from 1. A policy that the API server would refuse gives {"error"}.

    Exit code: 0 when every line was answered, 2 when a line was no request.
    """
    answers = Answers(path, version)
    wrong = None
    for number, line in enumerate(_lines(requests), start=1):
        if not line.strip():
            continue
        try:
            answer = answers.answer(line)
        except BadInput as error:
            wrong = wrong or BadInput(f"line {number}: {error}")
            answer = {"error": str(error)}
        click.echo(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogateescape"))
    if wrong is not None:
        raise wrong
    return 0


def _lines(requests: str) -> Iterator[str]:
    try:
        with click.open_file(requests, encoding="utf-8", errors="surrogateescape") as lines:
            yield from lines
    except OSError as error:
        raise BadInput(f"{requests}: cannot be read: {error.strerror}") from error
