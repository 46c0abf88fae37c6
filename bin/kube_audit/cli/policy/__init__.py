"""The command `kube-audit policy`: one module per subcommand, imported only when it is called."""

from typing import ClassVar, Mapping

import click

from kube_audit.cli import CommandTable


class PolicyTable(CommandTable):
    """The subcommands of `kube-audit policy`."""

    table: ClassVar[Mapping[str, str]] = {
        "coverage": "kube_audit.cli.policy.coverage",
        "evaluate": "kube_audit.cli.policy.evaluate",
        "explain": "kube_audit.cli.policy.explain",
        "generate": "kube_audit.cli.policy.generate",
        "lint": "kube_audit.cli.policy.lint",
        "simulate": "kube_audit.cli.policy.simulate",
    }


@click.group(cls=PolicyTable)
def command() -> None:
    """Generate, lint, explain, simulate and measure Kubernetes audit policies.

    All commands decide as the API server does: the first rule that matches a request sets its level.
    """
