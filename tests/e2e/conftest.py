"""The whole chain, played once for all tests here: the package as it is built, a recorded log, the demo's own steps."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import build as app_build
from cluster.recordings import recording
from demo.chain import Running, start

REPOSITORY = Path(__file__).parents[2]
LOG = recording("attacks-1.37-full")


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the app's package."""
    staged = app_build.stage(REPOSITORY, tmp_path_factory.mktemp("stage") / app_build.APP)
    return app_build.package(REPOSITORY, staged, tmp_path_factory.mktemp("dist")).archive


@pytest.fixture(scope="session")
def chain(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Install the package, forward the recorded log, run the schedule; all of it runs until the tests end."""
    with start(package, LOG, tmp_path_factory.mktemp("chain"), lambda _step: None) as running:
        yield running
