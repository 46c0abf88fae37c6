"""The app's lib/: third-party code, pinned by hash, reduced to what Splunk may run.

- Only pure Python: wheels for the platform `any` and Python 3.9, so that the bytes do not depend on the interpreter
  that builds; splunk-sdk is to be had as source only and is built without network by the set-up's own setuptools.
- Commands (`bin/`), tests, compiled files and package metadata stay out; licences go to `lib/licenses/NAME-VERSION/`.
- The result is kept in `build/vendor/<hash of requirements.txt>/`, complete or not there at all:

    wheels/           what pip brought, one file a distribution
    lib/              what enters the app
    components.json   name, version, licence, file and SHA-256 of each, for the SBOM
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath
from typing import NamedTuple

REQUIREMENTS = PurePosixPath("package/app/requirements.txt")
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
ANY_PLATFORM = ("--platform", "any", "--python-version", "3.9", "--implementation", "py", "--abi", "none")
COMPILED = frozenset({".so", ".pyd", ".pyc", ".exe", ".dll"})
UNWANTED_FOLDERS = frozenset({"bin", "tests", "test", "__pycache__"})


class VendorError(Exception):
    """The libraries could not be fetched or built."""


class Component(NamedTuple):
    """One distribution in lib/."""

    name: str
    version: str
    license: str
    file: str
    sha256: str


def vendor(root: Path) -> Path:
    """Return the folder with `lib/` and `components.json` for this requirements file, made if it is not there yet."""
    requirements = root / REQUIREMENTS
    kept = root / "build" / "vendor" / hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent, prefix="unfinished-") as scratch:
            made = Path(scratch) / "made"
            _make(requirements, made)
            made.rename(kept)
    return kept


def read_components(vendored: Path) -> list[Component]:
    """Return what `vendor` noted about each distribution, by name."""
    return [Component(**entry) for entry in json.loads((vendored / "components.json").read_text())]


def _make(requirements: Path, target: Path) -> None:
    brought, built = target / "wheels", target / "built"
    options = ("--no-deps", "--no-build-isolation", "--require-hashes", *ANY_PLATFORM)
    _pip("download", *options, "--requirement", str(requirements), "--dest", str(brought))
    components = []
    for archive in sorted(brought.iterdir()):
        wheel = archive if archive.suffix == ".whl" else _build_wheel(archive, built)
        components.append(_unpack(wheel, archive, target / "lib"))
    shutil.rmtree(built, ignore_errors=True)
    entries = [component._asdict() for component in sorted(components)]
    (target / "components.json").write_text(json.dumps(entries, indent=1) + "\n")


def _build_wheel(source: Path, built: Path) -> Path:
    options = ("--no-deps", "--no-build-isolation", "--no-index")
    _pip("wheel", *options, "--wheel-dir", str(built), str(source))
    (wheel,) = built.glob("*.whl")
    return wheel.rename(wheel.with_suffix(".used"))


def _unpack(wheel: Path, archive: Path, lib: Path) -> Component:
    with zipfile.ZipFile(wheel) as packed:
        names = sorted(packed.namelist())
        about = _read_metadata(packed, names)
        name, version = str(about["Name"]).lower(), str(about["Version"])
        for member in names:
            place = place_of(PurePosixPath(member), f"{name}-{version}")
            if place is not None and not member.endswith("/"):
                target = lib / place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(packed.read(member))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return Component(name, version, license_name(about), archive.name, digest)


def place_of(member: PurePosixPath, distribution: str) -> PurePosixPath | None:
    """Return where a file of a wheel goes below lib/, None where it stays out."""
    top = member.parts[0]
    if top.endswith(".dist-info"):
        is_license = member.name.upper().startswith(("LICEN", "NOTICE", "COPYING"))
        return PurePosixPath("licenses", distribution, member.name) if is_license else None
    if top.endswith(".data") or member.suffix in COMPILED or UNWANTED_FOLDERS & set(member.parts[:-1]):
        return None
    return member


def _read_metadata(packed: zipfile.ZipFile, names: list[str]) -> Message:
    (path,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    return HeaderParser().parsestr(packed.read(path).decode())


def license_name(about: Message) -> str:
    """Return the SPDX expression where there is one, else the short name that the distribution gives."""
    named = about["License-Expression"] or about["License"]
    if named:
        return str(named).strip()
    classifiers = (str(entry) for entry in about.get_all("Classifier", []))
    return next((entry.rsplit(" :: ")[-1] for entry in classifiers if entry.startswith("License")), "NOASSERTION")


def _pip(verb: str, *arguments: str) -> None:
    done = subprocess.run([*PIP, verb, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise VendorError(f"pip {verb} failed for {REQUIREMENTS}: {reason}; check the network and try again")
