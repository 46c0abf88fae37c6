"""Which Python of ours enters the app, and that it runs there."""

import ast
from pathlib import Path

import pytest

import build
from unit.package.sources import ROOT, interpreter, run

BIN = ROOT / "bin"
SHIPPED = build.read_modules(ROOT)
ENTRIES = [name for name in SHIPPED if "/" not in name]
# What a machine inside Splunk must never hold.
OUTSIDE_ONLY = ("kube_audit/cli", "kube_audit/forward", "kube_audit/archive", "kube_audit/policy", "kube_audit/seal")
INTERPRETERS = ["python3.9", "python3.13"]


def imports_of(path: Path) -> set[str]:
    """Return the dotted names of our own library that a file imports, at any depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in found if name.split(".")[0] == "kube_audit"}


def files_of(dotted: str) -> set[str]:
    """Return the files that importing a dotted name reads: the module and the packages above it."""
    parts = dotted.split(".")
    packages = {"/".join([*parts[:depth], "__init__.py"]) for depth in range(1, len(parts) + 1)}
    return {name for name in {*packages, "/".join(parts) + ".py"} if (BIN / name).is_file()}


def closure(names: list[str]) -> set[str]:
    """Return these files and all of ours that they import, directly or not."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [file for dotted in imports_of(BIN / name) for file in files_of(dotted)]
    return seen


def test_the_list_is_what_the_entry_scripts_import() -> None:
    """modules.txt names every module that an entry script reaches, and no other."""
    assert sorted(SHIPPED) == sorted(closure(ENTRIES))


def test_every_entry_script_of_the_conf_files_is_listed() -> None:
    """Each entry script in bin/ is shipped: splunkd looks for it by the scheme's or the action's name."""
    assert sorted(ENTRIES) == sorted(path.name for path in BIN.glob("*.py"))


def test_forwarder_command_line_and_archive_stay_out() -> None:
    """No module of the stand-alone product is shipped."""
    assert not [name for name in SHIPPED if name.startswith(OUTSIDE_ONLY)]


@pytest.mark.parametrize("python", INTERPRETERS)
def test_every_shipped_module_imports_from_the_staged_app_alone(python: str, staged: Path) -> None:
    """With nothing but the staged bin/ and lib/ on the path, each module and library of the app can be imported."""
    names = [name[: -len(".py")].replace("/", ".").replace(".__init__", "") for name in SHIPPED if "/" in name]
    program = f"import sys; sys.path[:0] = {[str(staged / 'bin'), str(staged / 'lib')]!r}\n" + "\n".join(
        f"import {name}" for name in [*names, "requests", "splunklib.modularinput", "splunklib.client"]
    )

    done = run([*interpreter(python), "-I", "-c", program], cwd=staged)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("python", INTERPRETERS)
def test_the_modular_input_prints_its_scheme(python: str, staged: Path) -> None:
    """The staged script answers --scheme as splunkd asks it at start."""
    if "kube_audit_file.py" not in ENTRIES:
        pytest.skip("the modular input is not there yet")

    script = staged / "bin" / "kube_audit_file.py"
    done = run([*interpreter(python), "-I", str(script), "--scheme"], cwd=staged)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("<scheme>")
