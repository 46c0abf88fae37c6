"""Every lint check: documented, fires on its own example, silent on the other."""

import re
import subprocess
import sys
from typing import List

import pytest

from kube_audit.policy.flags import read_flags
from kube_audit.policy.lint.catalogue import CHECKS, lint_text
from kube_audit.policy.lint.finding import Check, Reported
from kube_audit.policy.lint.reference import reference
from kube_audit.policy.lint.subject import Options
from kube_audit.policy.versions import NEWEST, parse_version
from policy_cases import REPOSITORY

IDS = [check.id for check in CHECKS]


def lint_example(text: str) -> List[Reported]:
    """Lint an example; its first line may set target version or flags."""
    head = text.splitlines()[0]
    version = parse_version(head.split(": ")[1]) if head.startswith("# target-version: ") else NEWEST
    flags = read_flags(head.split(": ", 1)[1]) if head.startswith("# flags: ") else None
    return lint_text(text, Options(version, flags))


def test_ids_are_unique_and_ordered() -> None:
    """No two checks share an id, and each id has a letter for its family and two digits."""
    assert len(set(IDS)) == len(IDS)
    assert all(re.fullmatch(r"[EHSMLTF]\d\d", name) for name in IDS)


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_fires_on_its_example(check: Check) -> None:
    """A check finds something in the example that it documents, with a place and all three texts."""
    found = [other.finding for other in lint_example(check.fires) if other.check is check]

    assert found
    for finding in found:
        assert finding.message and finding.meaning and finding.mend
        assert 1 <= finding.mark.line <= check.fires.count("\n") + 1


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_is_silent_on_the_other_example(check: Check) -> None:
    """A check finds nothing in the example that shows how it should be, and that example loads."""
    found = lint_example(check.silent)

    assert [other for other in found if other.check is check] == []
    assert [other for other in found if other.check.id.startswith("E")] == []


@pytest.mark.parametrize("check", CHECKS, ids=IDS)
def test_is_documented(check: Check) -> None:
    """Each check has severity, title, explanation, and stands in the generated reference."""
    readme = (REPOSITORY / "bin" / "kube_audit" / "policy" / "README.md").read_text()

    assert check.title and check.explanation.endswith(".")
    assert f"### {check.id}\n\n**{check.title}** ({check.severity.text})." in readme


def test_the_reference_is_generated() -> None:
    """README.md is what the checks say now: run `make policy-reference` if this fails."""
    assert (REPOSITORY / "bin" / "kube_audit" / "policy" / "README.md").read_text() == reference()


@pytest.mark.parametrize("command", ["coverage", "evaluate", "explain", "generate", "lint", "simulate"])
def test_every_command_has_help(command: str) -> None:
    """Each subcommand explains itself and its exit codes, and the reference names it."""
    call = [sys.executable, "-c", "from kube_audit.cli import main; main()", "policy", command, "--help"]
    done = subprocess.run(call, capture_output=True, text=True, check=False, env={"PYTHONPATH": "bin"}, cwd=REPOSITORY)

    assert done.returncode == 0, done.stderr
    assert "Exit code:" in done.stdout
    assert command in reference()
