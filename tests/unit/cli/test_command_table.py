"""The table of subcommands."""

import pytest
from click.testing import CliRunner

from kube_audit.cli import kube_audit


def test_help_names_the_product() -> None:
    """`kube-audit --help` answers without importing any subcommand that is not asked for."""
    result = CliRunner().invoke(kube_audit, ["--version"])

    assert result.exit_code == 0
    assert "kube-audit" in result.output


@pytest.mark.parametrize("name", ["nonsense", "forwards"])
def test_unknown_subcommand_is_wrong_usage(name: str) -> None:
    """A subcommand that does not exist is named in the error."""
    result = CliRunner().invoke(kube_audit, [name])

    assert result.exit_code != 0
    assert name in result.output
