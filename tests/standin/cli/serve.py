"""`standin serve`: an instance on three loopback ports, until SIGTERM. Exit codes: 0 stopped, 1 could not start."""

import asyncio
import json
import sys
import tempfile
from pathlib import Path

import click

from standin.conf.errors import ConfError
from standin.hec.tokens import Token
from standin.installation import InstallError
from standin.instance import Instance, Settings
from standin.rest.serving import Ports, PortTakenError, Server, serve

Packages = tuple[Path, ...]


@click.command("serve")
@click.option(
    "--app", "apps", multiple=True, type=click.Path(path_type=Path), help="An app to install: tarball or folder."
)
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Where everything is kept.")
@click.option("--management-port", type=click.IntRange(0, 65535), default=0, help="HTTPS; 0 is a free one.")
@click.option("--hec-port", type=click.IntRange(0, 65535), default=0, help="HTTPS; 0 is a free one.")
@click.option("--web-port", type=click.IntRange(0, 65535), default=0, help="HTTP; 0 is a free one.")
@click.option("--hec-token", help="A HEC token that is there from the start.")
@click.option("--user", default="admin", show_default=True, help="Name of the administrator.")
@click.option("--password", default="changeme", show_default=True, help="Password of the administrator.")
@click.option("--now", type=float, help="Time at which the clock starts, in epoch seconds.")
@click.option("--python", metavar="X.Y", help="Python to prefer for the apps' scripts, where they allow it.")
@click.option(
    "--page", type=click.Path(path_type=Path, dir_okay=False), help="JSON file: what the page shows (standin.page)."
)
def command(  # noqa: PLR0913, PLR0917 - one parameter an option
    apps: Packages,
    state: Path | None,
    management_port: int,
    hec_port: int,
    web_port: int,
    hec_token: str | None,
    user: str,
    password: str,
    now: float | None,
    python: str | None,
    page: Path | None,
) -> int:
    """Serve the management API, HEC and a page, on 127.0.0.1 only.

    Prints one JSON line once all ports answer: management, hec, web (URLs) and ca (the PEM file to verify the first
    two by).
    """
    with tempfile.TemporaryDirectory(prefix="standin-") as scratch:
        settings = Settings(state or Path(scratch), user, password, now, python)
        ports = Ports(management_port, hec_port, web_port)
        try:
            server, instance = prepare(settings, ports, apps, hec_token, _page_config(page))
        except (ConfError, InstallError, PortTakenError, OSError) as error:
            raise click.ClickException(str(error)) from error
        asyncio.run(_serve(server, instance))
    return 0


def _page_config(page: Path | None) -> str:
    if page is None:
        return "{}"
    try:
        return json.dumps(json.loads(page.read_bytes()))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise click.ClickException(f"--page: {page}: cannot be read as JSON: {reason}") from error


def prepare(
    settings: Settings, ports: Ports, apps: Packages, hec_token: str | None, page_config: str
) -> tuple[Server, Instance]:
    """Make an instance with its apps, and its ports."""
    try:
        settings.state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"--state: {settings.state}: cannot be made: {error.strerror}") from error
    instance = Instance(settings)
    for app in apps:
        instance.install(app)
    if hec_token is not None:
        instance.tokens.put(Token("default", hec_token))
    return Server(instance, ports, page_config), instance


async def _serve(server: Server, instance: Instance) -> None:
    def ready() -> None:
        instance.start()
        addresses = instance.addresses._asdict() | {"ca": str(server.ca_file)}
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()

    await serve(server, ready)
    instance.stop()
