"""The working tree as the build reads it, and the interpreters that the app must run on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from vendor import vendor

ROOT = Path(__file__).resolve().parents[3]
INPUTS = ("package", "bin", "default", "lookups", "LICENSE", "pyproject.toml")
PYENV_VERSIONS = {"python3.9": "3.9.18", "python3.13": "3.13.0"}


def copy_sources(target: Path) -> Path:
    """Copy what the build reads into another folder, with the libraries that were fetched already."""
    for name in INPUTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copyfile(source, target / name)
    vendored = vendor(ROOT)
    shutil.copytree(vendored, target / vendored.relative_to(ROOT))
    return target


def interpreter(name: str) -> list[str]:
    """Return a command that runs that Python, skipping the test where there is none."""
    version = os.environ.get("PYENV_VERSION", PYENV_VERSIONS[name])
    command = ["env", f"PYENV_VERSION={version}", name]
    if subprocess.run([*command, "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip(f"{name} does not run here (pyenv version {version} was tried)")
    return command


def run(command: list[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, whatever its exit code."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
