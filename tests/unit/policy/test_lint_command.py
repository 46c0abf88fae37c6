"""`kube-audit policy lint`: forms of the report, exit codes, fixing files."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Tuple

import pytest

from kube_audit.policy.document import LIMIT_BYTES
from policy_cases import REPOSITORY, policy_text

BAD = policy_text("{level: Metadata, verbs: [Get]}")
GOOD = (
    "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n"
    '# Heartbeats.\n- level: None\n  resources:\n  - group: ""\n    resources: [events]\n  - group: events.k8s.io\n'
    "  - group: coordination.k8s.io\n    resources: [leases]\n  - group: discovery.k8s.io\n"
    "# All else.\n- level: Metadata\n"
)


def run(*arguments: str, stdin: str = "") -> Tuple[int, str, str]:
    """Run the command: exit code, output, errors."""
    call = [sys.executable, "-c", "from kube_audit.cli import main; main()", "policy", "lint", *arguments]
    done = subprocess.run(
        call, input=stdin, capture_output=True, text=True, check=False, cwd=REPOSITORY, env={"PYTHONPATH": "bin"}
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Write a policy with a wrong verb."""
    path = tmp_path / "bad.yaml"
    path.write_text(BAD)
    return path


def test_text_names_place_severity_id_meaning_and_mend(bad: Path) -> None:
    """The text form starts findings with file:line:column, severity, id and says meaning and mend."""
    status, said, _errors = run(str(bad))

    assert status == 1
    assert f"{bad}:4:29: high H05: rule 0: no request has the verb 'Get'" in said
    assert "    means: the rule never matches" in said
    assert "    mend:  write get; --fix can" in said


@pytest.mark.parametrize(
    ("fail_on", "status"), [("error", 0), ("high", 1), ("medium", 1), ("low", 1), ("style", 1), ("never", 0)]
)
def test_fail_on_decides_the_exit_code(bad: Path, fail_on: str, status: int) -> None:
    """Findings below --fail-on are shown and do not fail."""
    got, said, _errors = run(str(bad), "--fail-on", fail_on)

    assert got == status
    assert "H05" in said


def test_a_good_policy_passes() -> None:
    """A policy without findings of medium or more ends with 0, read from standard input too."""
    status, said, _errors = run("-", stdin=GOOD)

    assert (status, said.splitlines()[-1]) == (0, "-: 1 low")


def test_json_is_for_scripts(bad: Path) -> None:
    """The JSON form has a list of files with all parts of each finding."""
    _status, said, _errors = run(str(bad), "--format", "json")

    (report,) = json.loads(said)["files"]
    finding = next(found for found in report["findings"] if found["id"] == "H05")
    assert (report["file"], report["loads"]) == (str(bad), True)
    assert (finding["line"], finding["column"], finding["severity"], finding["fixable"]) == (4, 29, "high", True)


def test_sarif_has_rules_and_places(bad: Path) -> None:
    """The SARIF form is version 2.1.0; each result points to a rule by id and index and to a line."""
    _status, said, _errors = run(str(bad), "--format", "sarif")

    log = json.loads(said)
    (one_run,) = log["runs"]
    rules = one_run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0"
    for result in one_run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1


def test_table_has_one_line_a_file(bad: Path) -> None:
    """The table has a line for each file with its findings by severity and the ids that count."""
    _status, said, _errors = run(str(bad), str(bad), "--format", "table")

    head, *lines = said.splitlines()
    assert head.split()[:7] == ["file", "loads", "error", "high", "medium", "low", "style"]
    assert [line.split()[:2] for line in lines] == [[str(bad), "yes"]] * 2
    assert lines[0].endswith("H05 H11 M04 M09")


def test_fix_prints_and_write_edits(bad: Path) -> None:
    """--fix prints a diff and leaves the file; --fix --write edits it; both state what was assumed."""
    _status, said, errors = run("--fix", str(bad))

    assert "-- {level: Metadata, verbs: [Get]}\n+- {level: Metadata, verbs: [get]}" in said.replace("---", "", 1)
    assert "assumed: 'Get' was meant as 'get'" in errors
    assert bad.read_text() == BAD
    run("--fix", "--write", str(bad))
    assert bad.read_text() == BAD.replace("Get", "get")


def test_flags_are_checked_beside_the_policy(tmp_path: Path) -> None:
    """--flags reads a manifest, a unit or k3s's configuration, and names its lines."""
    flags = tmp_path / "kube-apiserver.yaml"
    given = ["--audit-policy-file=/p", "--audit-log-path=/l", "--audit-log-maxage=7", "--audit-log-maxsize=100"]
    lines = "".join(f"    - {flag}\n" for flag in given)
    flags.write_text(f"spec:\n  - command:\n    - kube-apiserver\n    # - --audit-log-maxage=100\n{lines}")

    status, said, _errors = run("-", "--flags", str(flags), stdin=GOOD)

    assert status == 1
    assert f"F04: {flags}:7: --audit-log-maxage=7 keeps less than the 30 days of CIS 1.2.17" in said


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ((), 64, "name at least one policy file"),
        (("x.yaml", "--write"), 64, "need --fix"),
        (("x.yaml", "--target-version", "1.99"), 64, "is not known"),
        (("x.yaml", "--fail-on", "bad"), 64, "--fail-on"),
        (("--explain", "X99"), 64, "there is no check"),
        (("/nowhere/x.yaml",), 2, "/nowhere/x.yaml: cannot be read"),
        (("-", "--fix", "--write"), 64, "standard input"),
    ],
    ids=["no file", "write", "version", "severity", "explain", "missing", "stdin"],
)
def test_wrong_usage_and_bad_input(arguments: Tuple[str, ...], status: int, words: str) -> None:
    """Wrong usage is 64, a file that cannot be read is 2, each with one line that says why."""
    got, _said, errors = run(*arguments)

    assert got == status
    assert words in errors
    assert len(errors.splitlines()) == 1


def test_explain_prints_one_entry() -> None:
    """--explain prints a check with both examples and ends with 0."""
    status, said, _errors = run("--explain", "h04")

    assert status == 0
    assert said.startswith("### H04\n\n**wildcard where only whole words match** (high).")


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", b"a" * (LIMIT_BYTES + 1), b"a: &a [*a]\n", b"\x00\x01", b"a: b: c\n", b""],
    ids=["binary", "large", "cycle", "control", "yaml", "empty"],
)
def test_unloadable_files_are_findings(tmp_path: Path, content: bytes) -> None:
    """A file that is no policy is an error finding with exit code 1, never a traceback."""
    path = tmp_path / "x.yaml"
    path.write_bytes(content)

    status, said, errors = run(str(path))

    assert status == 1
    assert " error E01: " in said
    assert "Traceback" not in errors
