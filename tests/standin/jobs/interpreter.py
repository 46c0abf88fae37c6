"""Finds the Python that an app's script asks for by `python.required`, as Splunk carries several of them.

An interpreter counts as found when it runs: a pyenv shim may be on PATH and exit 127. The newest that is both required
and found is taken; where none is found, the interpreter that runs the stand-in.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache

KNOWN = ("3.13", "3.9")
_VERSION = re.compile(r"\d+\.\d+")
PROBE_S = 20


def required_versions(text: str) -> tuple[str, ...]:
    """Read `python.required`, newest first; empty or `latest` means every version that Splunk carries."""
    versions = tuple(_VERSION.findall(text)) or KNOWN
    return tuple(sorted(set(versions), key=_as_numbers, reverse=True))


def choose(versions: Sequence[str], preferred: str | None = None) -> str:
    """Return the path of an interpreter of one of the versions, the preferred one if it is allowed."""
    order = [*(one for one in versions if one == preferred), *versions]
    found = (find(version) for version in order)
    return next((path for path in found if path is not None), sys.executable)


@cache
def find(version: str) -> str | None:
    """Return the path of pythonX.Y where one runs, also where only pyenv knows it."""
    for environment in ({}, *({"PYENV_VERSION": one} for one in _pyenv_versions(version))):
        path = _executable(version, environment)
        if path is not None:
            return path
    return None


def _as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _executable(version: str, environment: dict[str, str]) -> str | None:
    return _output([f"python{version}", "-c", "import sys; print(sys.executable)"], environment)


@cache
def _pyenv_versions(version: str) -> tuple[str, ...]:
    listed = _output(["pyenv", "versions", "--bare"], {}) or ""
    names = [one for one in listed.split() if one.startswith(version + ".")]
    return tuple(sorted(names, key=lambda name: [int(part) for part in re.findall(r"\d+", name)], reverse=True))


def _output(command: list[str], environment: dict[str, str]) -> str | None:
    try:
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=PROBE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
