"""The app as the build lays it out, made once a run."""

from pathlib import Path

import pytest

import build
from unit.package.sources import ROOT


@pytest.fixture(scope="session")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the staged app of the working tree."""
    return build.stage(ROOT, tmp_path_factory.mktemp("staged") / build.APP)
