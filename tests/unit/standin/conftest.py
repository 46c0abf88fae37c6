"""Fixtures for tests of the stand-in."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from unit.standin.laboratory import Lab, MakeApp, MakeLab


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Return a maker of app folders: relative file names to contents, exported unless metadata is given."""

    def make(files: Mapping[str, str], name: str = "some_app") -> Path:
        app = tmp_path / name
        for file, text in {"metadata/default.meta": "[]\nexport = system\n", **files}.items():
            path = app / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return app

    return make


@pytest.fixture
def lab(make_app: MakeApp) -> MakeLab:
    """Return a maker of search heads over one app: `lab(props="...", transforms="...")`, other files by `files`."""

    def make(files: Mapping[str, str] | None = None, **confs: str) -> Lab:
        named = {f"default/{conf}.conf": text for conf, text in confs.items()}
        return Lab(make_app({**named, **(files or {})}))

    return make


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of recorded answers, which is not part of the project; skip where it is missing."""
    default = Path(__file__).resolve().parents[3] / ".." / "shared" / "data"
    folder = Path(os.environ.get("KUBE_AUDIT_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no recorded answers in {folder}: set KUBE_AUDIT_SHARED_DATA to run this")
    return folder.resolve()
