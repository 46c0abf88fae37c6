"""Lay the app out and pack it: `python package/build.py stage|package|members|version`.

`stage` writes `build/kube_audit/`, which can be linked into `$SPLUNK_HOME/etc/apps`; `package` stages, then writes to
`dist/`: `kube_audit-VERSION.tar.gz`, its `.sha256` and its `.cdx.json` (bill of materials). `members` stages and writes
the list of what is in it, which a test holds to.

- What enters is named: `package/app/modules.txt` for our Python, whole folders for what is not Python.
- The archive depends on the content only: members sorted, owner 0, modes 0644 and 0755, one fixed time, USTAR, gzip
  without name and time. Two clones give the same bytes, and so do Python 3.11 and 3.13 with one zlib.
- Both targets are replaced at the end, so that a failed run leaves the previous one.
"""

import argparse
import gzip
import hashlib
import io
import shutil
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import sbom
from vendor import VendorError, read_components, vendor

APP = "kube_audit"
FIXED_TIME = 1767225600  # 2026-01-01T00:00:00Z; any constant would do
ROOT = Path(__file__).resolve().parent.parent
GOLDEN = "tests/unit/package/members.txt"
# (folder in the working tree, folder in the app, pattern)
WHOLE_FOLDERS = (
    ("package/app/README", "README", "*.spec"),
    ("package/app/metadata", "metadata", "default.meta"),
    ("package/app/static", "static", "*.png"),
    ("package/app/appserver/static", "appserver/static", "*.png"),
    ("default", "default", "**/*.conf"),
    ("default", "default", "data/**/*.xml"),
    ("default", "default", "data/**/*.html"),
    ("lookups", "lookups", "*.csv"),
)
SINGLE_FILES = (("package/app/app.manifest", "app.manifest"), ("LICENSE", "LICENSE"))


class BuildError(Exception):
    """The working tree cannot be made into an app."""


class Packed(NamedTuple):
    """What `package` wrote."""

    archive: Path
    sha256: str


def read_version(root: Path) -> str:
    """Return the one version of the project."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def read_modules(root: Path) -> list[str]:
    """Return the Python files of ours that enter the app, relative to `bin/`."""
    lines = (root / "package/app/modules.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def stage(root: Path, target: Path) -> Path:
    """Lay the installable app out as `target`, replacing what is there."""
    vendored = vendor(root)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unfinished-") as scratch:
        laid = Path(scratch) / APP
        for source, place in _members(root, vendored):
            (laid / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, laid / place)
        if target.exists():
            shutil.rmtree(target)
        laid.rename(target)
    return target


def package(root: Path, staged: Path, dist: Path) -> Packed:
    """Pack a staged app into `dist`, with checksum and bill of materials beside it."""
    name = f"{APP}-{read_version(root)}"
    content = pack(staged)
    digest = hashlib.sha256(content).hexdigest()
    dist.mkdir(parents=True, exist_ok=True)
    archive = dist / f"{name}.tar.gz"
    archive.write_bytes(content)
    (dist / f"{name}.tar.gz.sha256").write_text(f"{digest}  {archive.name}\n")
    (dist / f"{name}.cdx.json").write_text(sbom.render(read_version(root), read_components(vendor(root))))
    return Packed(archive, digest)


def pack(staged: Path) -> bytes:
    """Return the archive of a staged app."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=9, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for path in sorted([staged, *staged.rglob("*")], key=lambda path: path.relative_to(staged).as_posix()):
            entry = _tar_entry(path, (Path(APP) / path.relative_to(staged)).as_posix())
            tar.addfile(entry, io.BytesIO(path.read_bytes()) if path.is_file() else None)
    return packed.getvalue()


def member_names(archive: bytes) -> list[str]:
    """Return the names in an archive, in its order."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.getnames()


def _tar_entry(path: Path, name: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.mtime = FIXED_TIME
    if path.is_dir():
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
    else:
        entry.size, entry.mode = path.stat().st_size, 0o644
    return entry


def _members(root: Path, vendored: Path) -> Iterator[tuple[Path, str]]:
    for source, place in SINGLE_FILES:
        yield root / source, place
    for module in read_modules(root):
        yield _existing(root / "bin" / module), f"bin/{module}"
    for folder, place, pattern in WHOLE_FOLDERS:
        yield from _files(root / folder, place, (root / folder).glob(pattern))
    yield from _files(vendored / "lib", "lib", (vendored / "lib").rglob("*"))


def _files(folder: Path, place: str, found: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    for path in found:
        if path.is_file() and "__pycache__" not in path.parts:  # left where somebody ran the libraries
            yield path, f"{place}/{path.relative_to(folder).as_posix()}"


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise BuildError(f"package/app/modules.txt names {path.name}, which is not at {path}; correct the list")
    return path


def main(arguments: list[str] | None = None) -> int:
    """Run the verb that the command line names."""
    parser = argparse.ArgumentParser(description="Lay the Splunk app out, or pack it.")
    parser.add_argument("verb", choices=["stage", "package", "members", "version"])
    verb = parser.parse_args(arguments).verb
    if verb == "version":
        print(read_version(ROOT))
        return 0
    try:
        staged = stage(ROOT, ROOT / "build" / APP)
        if verb == "stage":
            print(f"staged: {staged.relative_to(ROOT)}")
            return 0
        if verb == "members":
            (ROOT / GOLDEN).write_text("\n".join(member_names(pack(staged))) + "\n")
            return 0
        packed = package(ROOT, staged, ROOT / "dist")
    except (BuildError, VendorError, OSError) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    print(f"{packed.sha256}  {packed.archive.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
