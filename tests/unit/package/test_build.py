"""The package: what is in it, and that its bytes depend on nothing but its content."""

import io
import json
import tarfile
from pathlib import Path

import pytest

import build
from unit.package.sources import ROOT, copy_sources, interpreter, run
from vendor import COMPILED, REQUIREMENTS


def test_the_members_are_the_golden_list(staged: Path) -> None:
    """Nothing enters or leaves the package unseen: its files are listed beside this test."""
    names = build.member_names(build.pack(staged))

    assert names == (ROOT / build.GOLDEN).read_text().split(), "run make generate if the change is meant"


def test_two_folders_and_two_interpreters_give_the_same_bytes(staged: Path, tmp_path: Path) -> None:
    """A clone elsewhere, packed by Python 3.13, has the bytes of this one."""
    clone = copy_sources(tmp_path / "elsewhere")

    done = run([*interpreter("python3.13"), "package/build.py", "package"], cwd=clone)

    assert done.returncode == 0, done.stderr
    (archive,) = (clone / "dist").glob("*.tar.gz")
    assert archive.read_bytes() == build.pack(staged)


def test_owner_mode_and_time_are_fixed(staged: Path) -> None:
    """No member carries the builder's user, umask or clock."""
    with tarfile.open(fileobj=io.BytesIO(build.pack(staged))) as tar:
        seen = {(entry.uid, entry.gid, entry.uname, entry.mtime, entry.mode) for entry in tar}

    assert seen == {(0, 0, "", build.FIXED_TIME, 0o644), (0, 0, "", build.FIXED_TIME, 0o755)}


def test_checksum_and_bill_of_materials_stand_beside_the_package(staged: Path, tmp_path: Path) -> None:
    """The SHA-256 is that of the archive, and every pinned library is in the bill of materials."""
    packed = build.package(ROOT, staged, tmp_path)

    version = build.read_version(ROOT)
    pinned = {line.split("==")[0] for line in (ROOT / REQUIREMENTS).read_text().splitlines() if "==" in line}
    bill = json.loads((tmp_path / f"kube_audit-{version}.cdx.json").read_text())
    assert (tmp_path / f"{packed.archive.name}.sha256").read_text() == f"{packed.sha256}  {packed.archive.name}\n"
    assert {component["name"] for component in bill["components"]} == pinned


def test_a_module_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A wrong entry of modules.txt ends the build with the entry's name, and the last staged app stays."""
    clone = copy_sources(tmp_path / "clone")
    target = build.stage(clone, clone / "build" / build.APP)
    (clone / "package/app/modules.txt").write_text("kube_audit/gone.py\n")

    with pytest.raises(build.BuildError, match=r"gone\.py"):
        build.stage(clone, target)

    assert (target / "app.manifest").is_file()


def test_the_version_is_the_same_everywhere(staged: Path) -> None:
    """pyproject.toml, app.conf and the manifest name one version."""
    version = build.read_version(ROOT)

    manifest = json.loads((staged / "app.manifest").read_text())
    lines = (staged / "default/app.conf").read_text().splitlines()
    assert manifest["info"]["id"]["version"] == version
    assert [line for line in lines if line.startswith("version")] == [f"version = {version}"] * 2


def test_nothing_compiled_hidden_or_executable_is_shipped(staged: Path) -> None:
    """Only text and pictures: no dotfile, no bytecode, no machine code, no tests of libraries."""
    names = [path.relative_to(staged) for path in staged.rglob("*")]

    assert not [name for name in names if name.name.startswith(".") or name.suffix in COMPILED]
    assert not [name for name in names if "tests" in name.parts]
