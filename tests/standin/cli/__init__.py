"""The command `standin`: one module per subcommand, imported only when it is called.

Exit codes of `search`: 0 done, 1 wrong usage or an unreadable file, 2 a search or conf that is wrong,
3 a construct that is right in Splunk but not supported here. Other subcommands say theirs in their help.
"""

import gc
import importlib
import sys

import click

COMMANDS = {
    "search": "standin.cli.search",
    "detect": "standin.cli.detect",
    "check": "standin.cli.check",
    "replay": "standin.cli.replay",
    "serve": "standin.cli.serve",
}
WRONG_USAGE = 1
# A search makes rows by the hundred thousand and no circles of objects; looking for circles every 700 rows cost a
# third of its time.
GARBAGE_EVERY = 100_000


class CommandTable(click.Group):
    """A group whose subcommands are modules that hold a click command named `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the subcommands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one subcommand."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name]).command
        assert isinstance(command, click.Command)
        return command


@click.group(cls=CommandTable)
def standin() -> None:
    """Run a Splunk app's searches, field mappings and alerts without Splunk."""


def main() -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(GARBAGE_EVERY)
    try:
        status = standin.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"standin: {error.format_message()}", err=True)
        sys.exit(WRONG_USAGE)
    except click.Abort:
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)
