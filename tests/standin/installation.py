"""Installs an app: a tarball, or a copy of a folder, becomes `APPS/ID`; nothing is ever read from elsewhere later.

An upgrade replaces everything but what the instance itself wrote: `local/` and `metadata/local.meta`.
"""

import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

KEPT = ("local", "metadata/local.meta")
MAX_BYTES = 512 * 1024 * 1024


class InstallError(Exception):
    """A package that cannot be installed, and why."""


def install(package: Path, apps: Path) -> str:
    """Install a tarball or folder and return the app's id."""
    if package.is_dir():
        return _install_folder(package, apps)
    if not package.is_file():
        raise InstallError(f"{package}: no such file or folder")
    with tempfile.TemporaryDirectory(dir=apps, prefix=".unpack-") as scratch:
        folder = _unpack(package, Path(scratch))
        _replace(folder, apps / folder.name)
        return folder.name


def _install_folder(package: Path, apps: Path) -> str:
    name = package.resolve().name
    if not (package / "default").is_dir() and not (package / "local").is_dir():
        raise InstallError(f"{package}: no app: it has neither default/ nor local/")
    with tempfile.TemporaryDirectory(dir=apps, prefix=".unpack-") as scratch:
        copy = Path(scratch) / name
        shutil.copytree(package, copy, symlinks=False)
        _replace(copy, apps / name)
    return name


def _unpack(package: Path, scratch: Path) -> Path:
    try:
        with tarfile.open(package) as archive:
            members = archive.getmembers()
            top = _top_folder(package, members)
            archive.extractall(scratch, members, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(":")  # tarfile adds a line for each compression that it tried
        raise InstallError(f"{package}: cannot be unpacked: {reason}") from error
    if not (scratch / top / "default" / "app.conf").is_file():
        raise InstallError(f"{package}: no app: {top}/default/app.conf is missing")
    return scratch / top


def _top_folder(package: Path, members: list[tarfile.TarInfo]) -> str:
    """Check every member before anything is written; return the one folder that holds them all."""
    for member in members:
        _check(package, member)
    if sum(member.size for member in members) > MAX_BYTES:
        raise InstallError(f"{package}: holds more than {MAX_BYTES} bytes")
    tops = {PurePosixPath(member.name).parts[0] for member in members if PurePosixPath(member.name).parts}
    if len(tops) != 1:
        raise InstallError(f"{package}: an app package holds one folder, this one has {len(tops)}")
    return tops.pop()


def _check(package: Path, member: tarfile.TarInfo) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or "\\" in member.name:
        raise InstallError(f"{package}: refuses {member.name!r}, which points out of the app's folder")
    if not (member.isfile() or member.isdir()):
        raise InstallError(f"{package}: refuses {member.name!r}, which is neither a file nor a folder")


def _replace(new: Path, place: Path) -> None:
    for kept in KEPT:
        old = place / kept
        if old.exists() and not (new / kept).exists():
            (new / kept).parent.mkdir(parents=True, exist_ok=True)
            shutil.move(old, new / kept)
    if place.exists():
        shutil.rmtree(place)
    new.rename(place)
