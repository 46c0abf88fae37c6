"""`standin check`: does everything that an app's conf names exist? One `FILE:LINE: kind: message` for each fault."""

from pathlib import Path

import click

from standin.checking import check_apps, open_questions
from standin.conf import ConfError

PROBLEMS, UNREADABLE = 1, 2


@click.command()
@click.option("--app", "apps", multiple=True, required=True, type=click.Path(path_type=Path), help="Folder of an app.")
def command(apps: tuple[Path, ...]) -> None:
    """Check that every search, macro, lookup, event type, tag and conf key resolves.

    Prints `FILE:LINE: kind: message` for each problem, and on stderr what a saved search depends on and no source
    settles. Exit 0: no problem. 1: some. 2: an app that cannot be read.
    """
    for app in apps:
        if not app.is_dir():
            click.echo(f"standin: no folder {app}", err=True)
            raise click.exceptions.Exit(UNREADABLE)
    try:
        problems, warnings = check_apps(apps), open_questions(apps)
    except (ConfError, OSError) as error:
        click.echo(f"standin: {error}", err=True)
        raise click.exceptions.Exit(UNREADABLE) from error
    for warning in warnings:
        click.echo(str(warning), err=True)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise click.exceptions.Exit(PROBLEMS)
