"""Options that several subcommands of `kube-audit policy` share."""

from pathlib import Path
from typing import Callable, Optional, TypeVar

import click

from kube_audit.policy.versions import NEWEST, OLDEST, Version, parse_version

_Command = TypeVar("_Command", bound=Callable[..., object])
# What cannot be read is bad input (2), not wrong usage (64): reading says so, click does not look.
INPUT_FILE = click.Path(path_type=Path)


def _read_version(_context: click.Context, _parameter: click.Parameter, value: Optional[str]) -> Version:
    return NEWEST if value is None else parse_version(value)


def target_version(function: _Command) -> _Command:
    """Add --target-version; the command receives a Version named `version`."""
    return click.option(
        "--target-version",
        "version",
        metavar="V",
        callback=_read_version,
        help=f"Kubernetes version of the API server, {OLDEST} to {NEWEST}; default is the newest.",
    )(function)
