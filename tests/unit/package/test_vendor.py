"""The app's lib/: what of a library enters it, and what happens when pip cannot bring it."""

from email.message import Message
from pathlib import Path, PurePosixPath

import pytest

import vendor
from unit.package.sources import ROOT


@pytest.mark.parametrize(
    ("member", "place"),
    [
        pytest.param("idna/core.py", "idna/core.py", id="code"),
        pytest.param("certifi/cacert.pem", "certifi/cacert.pem", id="data"),
        pytest.param("certifi/tests/test_certify.py", None, id="tests"),
        pytest.param("charset_normalizer/md.cpython-39-x86_64-linux-gnu.so", None, id="machine code"),
        pytest.param("splunk/bin/tool.py", None, id="commands"),
        pytest.param("idna-3.20.data/scripts/idna", None, id="installed scripts"),
        pytest.param("idna-3.20.dist-info/METADATA", None, id="metadata"),
        pytest.param("idna-3.20.dist-info/licenses/LICENSE.md", "licenses/idna-3.20/LICENSE.md", id="licence"),
    ],
)
def test_what_of_a_library_enters_the_app(member: str, place: str | None) -> None:
    """Code, data and licences enter; tests, commands, machine code and metadata do not."""
    found = vendor.place_of(PurePosixPath(member), "idna-3.20")

    assert found == (PurePosixPath(place) if place else None)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param([("License-Expression", "MIT"), ("License", "x")], "MIT", id="expression"),
        pytest.param([("License", "Apache 2")], "Apache 2", id="short name"),
        pytest.param([("Classifier", "License :: OSI Approved :: MIT License")], "MIT License", id="classifier"),
        pytest.param([], "NOASSERTION", id="nothing"),
    ],
)
def test_the_licence_is_what_the_library_says(headers: list[tuple[str, str]], expected: str) -> None:
    """The SPDX expression first, then what older metadata has, and no guess."""
    about = Message()
    for name, value in headers:
        about[name] = value

    assert vendor.license_name(about) == expected


def test_a_library_that_cannot_be_had_leaves_nothing_behind(tmp_path: Path) -> None:
    """One line says what failed and what to do; the next build starts anew."""
    requirements = tmp_path / vendor.REQUIREMENTS
    requirements.parent.mkdir(parents=True)
    requirements.write_text("./nowhere-1.0-py3-none-any.whl --hash=sha256:" + "0" * 64 + "\n")

    with pytest.raises(vendor.VendorError, match=r"^pip download failed for package/app/requirements\.txt: .*network"):
        vendor.vendor(tmp_path)

    assert list((tmp_path / "build" / "vendor").iterdir()) == []


def test_every_library_is_there_with_its_licence() -> None:
    """Each library has its licence text beside it, or, splunk-sdk, a notice in its files that names our own licence."""
    vendored = vendor.vendor(ROOT)

    without = [
        component.name
        for component in vendor.read_components(vendored)
        if not (vendored / "lib" / "licenses" / f"{component.name}-{component.version}").is_dir()
    ]

    assert without == ["splunk-sdk"]
    assert "Apache License, Version 2.0" in (vendored / "lib/splunklib/client.py").read_text(encoding="utf-8")
    assert "Apache License" in (ROOT / "LICENSE").read_text()
