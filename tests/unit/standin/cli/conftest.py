"""Fixtures for tests of the command line."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from standin.cli import standin


@pytest.fixture
def run() -> Callable[..., Result]:
    """Return a runner of `standin` commands."""
    return lambda *arguments: CliRunner().invoke(standin, [str(each) for each in arguments])
