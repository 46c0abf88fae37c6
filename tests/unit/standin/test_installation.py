"""Installing apps from packages."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from small_app import NAME, write_package
from standin.installation import InstallError, install


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    """Return an empty folder of apps."""
    folder = tmp_path / "apps"
    folder.mkdir()
    return folder


def add_file(archive: tarfile.TarFile, name: str) -> None:
    """Add a file of two bytes."""
    member = tarfile.TarInfo(name)
    member.size = 2
    archive.addfile(member, io.BytesIO(b"x\n"))


def add_link(archive: tarfile.TarFile, kind: bytes) -> None:
    """Add a link that points out of the app."""
    member = tarfile.TarInfo("small/default/link")
    member.type = kind
    member.linkname = "/etc/passwd"
    archive.addfile(member)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda archive: add_file(archive, "/etc/evil"), "points out"),
        (lambda archive: add_file(archive, "small/../../evil"), "points out"),
        (lambda archive: add_file(archive, "small\\..\\evil"), "points out"),
        (lambda archive: add_link(archive, tarfile.SYMTYPE), "neither a file"),
        (lambda archive: add_link(archive, tarfile.LNKTYPE), "neither a file"),
        (lambda archive: add_link(archive, tarfile.FIFOTYPE), "neither a file"),
        (lambda archive: add_file(archive, "other/file"), "holds one folder"),
    ],
    ids=["absolute", "parent", "backslash", "symbolic link", "hard link", "pipe", "two folders"],
)
def test_a_package_that_reaches_out_is_refused_whole(
    tmp_path: Path, apps: Path, spoil: Callable[[tarfile.TarFile], None], reason: str
) -> None:
    """One bad member refuses the package, and nothing of it is left."""
    package = tmp_path / "bad.tar"
    with tarfile.open(package, "w") as archive:
        add_file(archive, "small/default/app.conf")
        spoil(archive)

    with pytest.raises(InstallError, match=reason):
        install(package, apps)
    assert list(apps.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"no archive"], ids=["empty", "text"])
def test_what_is_no_archive_is_refused(tmp_path: Path, apps: Path, content: bytes) -> None:
    """The error names the file, in one line."""
    package = tmp_path / "app.tar.gz"
    package.write_bytes(content)

    with pytest.raises(InstallError, match=r"\A[^\n]*app\.tar\.gz[^\n]*[^:\n]\Z"):
        install(package, apps)


def test_a_missing_package_is_named(tmp_path: Path, apps: Path) -> None:
    """The error names the path."""
    with pytest.raises(InstallError, match="nowhere"):
        install(tmp_path / "nowhere", apps)


def test_an_upgrade_keeps_what_the_instance_wrote(tmp_path: Path, apps: Path) -> None:
    """local/ and local.meta stay, everything else is replaced."""
    install(write_package(tmp_path), apps)
    (apps / NAME / "local").mkdir()
    (apps / NAME / "local" / "macros.conf").write_text("[mine]\n")
    (apps / NAME / "metadata" / "local.meta").write_text("[]\n")
    (apps / NAME / "default" / "old.conf").write_text("[old]\n")

    assert install(write_package(tmp_path), apps) == NAME
    assert (apps / NAME / "local" / "macros.conf").is_file()
    assert (apps / NAME / "metadata" / "local.meta").is_file()
    assert not (apps / NAME / "default" / "old.conf").exists()


def test_a_folder_is_copied(tmp_path: Path, apps: Path) -> None:
    """What is changed in the folder afterwards changes nothing here."""
    source = tmp_path / "mine"
    (source / "default").mkdir(parents=True)
    (source / "default" / "app.conf").write_text("[ui]\n")

    assert install(source, apps) == "mine"
    (source / "default" / "app.conf").write_text("changed")
    assert (apps / "mine" / "default" / "app.conf").read_text() == "[ui]\n"
