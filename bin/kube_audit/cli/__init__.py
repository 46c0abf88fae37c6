"""The command `kube-audit`: one module per subcommand, imported only when it is called.

Exit codes: 0 done, 1 findings or a failed check, 2 bad input, 64 wrong usage; one line on stderr says why.
"""

import importlib
import sys
from typing import ClassVar, List, Mapping, Optional

import click

from kube_audit import __version__
from kube_audit.errors import KubeAuditError, WrongUsage

COMMANDS = {
    "forward": "kube_audit.cli.forward",
    "policy": "kube_audit.cli.policy",
}


class CommandTable(click.Group):
    """A group whose subcommands are modules that hold a click command named `command`."""

    table: ClassVar[Mapping[str, str]] = COMMANDS

    def list_commands(self, ctx: click.Context) -> List[str]:
        """Name the subcommands in alphabetical order."""
        return sorted(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> Optional[click.Command]:
        """Import the module of one subcommand."""
        if cmd_name not in self.table:
            return None
        command = importlib.import_module(self.table[cmd_name]).command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=CommandTable)
@click.version_option(__version__, prog_name="kube-audit")
def kube_audit() -> None:
    """Kubernetes audit events on their way into Splunk."""


def main() -> None:
    """Run the command line and end the process with the exit code that the contract names."""
    try:
        status = kube_audit.main(standalone_mode=False)
    except click.UsageError as error:
        _end(error.format_message(), WrongUsage.exit_code)
    except KubeAuditError as error:
        _end(str(error), error.exit_code)
    except click.Abort:
        _end("interrupted", 130)
    sys.exit(status if isinstance(status, int) else 0)


def _end(message: str, status: int) -> None:
    click.echo(f"kube-audit: {message}", err=True)
    sys.exit(status)
