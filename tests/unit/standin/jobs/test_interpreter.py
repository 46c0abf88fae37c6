"""Which Python an app's script gets."""

import subprocess
import sys

import pytest

from standin.jobs.interpreter import choose, find, required_versions


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("3.9, 3.13", ("3.13", "3.9")),
        ("3.9", ("3.9",)),
        ("", ("3.13", "3.9")),
        ("latest", ("3.13", "3.9")),
        ("3.10,3.9", ("3.10", "3.9")),
    ],
)
def test_required_versions_are_read_newest_first(text: str, versions: tuple[str, ...]) -> None:
    """3.13 is newer than 3.9; nothing said means every version that Splunk carries."""
    assert required_versions(text) == versions


@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_what_is_found_runs_as_that_version(version: str) -> None:
    """A shim that is on PATH and does not run does not count as found."""
    path = find(version)
    if path is None:
        pytest.skip(f"no Python {version} on this machine")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout

    assert said.startswith(f"Python {version}.")
    assert choose(("3.13", "3.9"), preferred=version) == path


def test_without_any_the_running_one_is_taken() -> None:
    """A version that nobody has falls back to the interpreter of the stand-in."""
    assert find("3.99") is None
    assert choose(("3.99",)) == sys.executable


def test_a_preference_that_is_not_allowed_is_ignored() -> None:
    """`python.required` wins."""
    assert choose(("3.99",), preferred="3.13") == sys.executable
