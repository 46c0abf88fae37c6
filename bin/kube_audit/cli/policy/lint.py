"""`kube-audit policy lint`: what is wrong with audit policies, and mending it."""

import sys
from pathlib import Path
from typing import List, Optional, Tuple

import click

from kube_audit.cli.policy.options import INPUT_FILE, target_version
from kube_audit.errors import BadInput, WrongUsage
from kube_audit.policy.document import LIMIT_BYTES
from kube_audit.policy.errors import PolicyError
from kube_audit.policy.flags import read_flags
from kube_audit.policy.lint.catalogue import CHECKS, lint_text, make_subject, refused
from kube_audit.policy.lint.finding import Severity
from kube_audit.policy.lint.fix import diff, fix_text
from kube_audit.policy.lint.reference import entry, severities
from kube_audit.policy.lint.render import FORMATS, FileReport
from kube_audit.policy.lint.subject import Options
from kube_audit.policy.load import decode_bytes, read_policy_file
from kube_audit.policy.versions import Version


def _explain(context: click.Context, _parameter: click.Parameter, value: Optional[str]) -> None:
    if value is None:
        return
    check = next((check for check in CHECKS if check.id == value.upper()), None)
    if check is None:
        raise WrongUsage(f"there is no check {value!r}; there are {', '.join(check.id for check in CHECKS)}")
    click.echo(entry(check), nl=False)
    context.exit(0)


@click.command()
@click.argument("paths", metavar="FILE...", nargs=-1, type=click.Path(dir_okay=False, allow_dash=True))
@target_version
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="text", help="Form of the report.")
@click.option(
    "--fail-on",
    type=click.Choice([*severities(), "never"]),
    default="medium",
    help="Least severity that makes the exit code 1; default medium.",
)
@click.option("--flags", type=INPUT_FILE, help="File with kube-apiserver's flags, like its manifest, to check too.")
@click.option("--fix", is_flag=True, help="Print a unified diff of what must have been meant, and what was assumed.")
@click.option("--write", is_flag=True, help="With --fix: edit the files in place.")
@click.option("--advice", is_flag=True, help="With --fix: add fixes that change what is recorded for the better.")
@click.option(
    "--explain", metavar="ID", callback=_explain, is_eager=True, expose_value=False, help="Explain one check."
)
def command(  # noqa: PLR0913, PLR0917 (one parameter an option)
    paths: Tuple[str, ...],
    version: Version,
    form: str,
    fail_on: str,
    flags: Optional[Path],
    fix: bool,
    write: bool,
    advice: bool,
) -> int:
    """Find what is wrong with audit policies.

    Each finding has an id, a severity by consequence, file:line:column, what it means and how to mend it. FILE may
    be - for standard input. All checks: bin/kube_audit/policy/README.md, or --explain ID.

    Exit code: 0 nothing at or above --fail-on, 1 findings, 2 a file that cannot be read.
    """
    if not paths:
        raise WrongUsage("name at least one policy file")
    if (write or advice) and not fix:
        raise WrongUsage("--write and --advice need --fix")
    options = Options(version, read_flags(_read_text(flags), str(flags)) if flags else None)
    if fix:
        reports = [_fix_file(path, options, write, advice) for path in paths]
    else:
        reports = [_lint_file(path, options) for path in paths]
        click.echo(FORMATS[form](reports), nl=False)
    worst = max((found.severity for report in reports for found in report.reported), default=None)
    return int(fail_on != "never" and worst is not None and worst >= Severity[fail_on.upper()])


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from error


def _read(path: str) -> str:
    if path == "-":
        return decode_bytes(sys.stdin.buffer.read(LIMIT_BYTES + 1))
    return read_policy_file(Path(path))


def _lint_file(path: str, options: Options) -> FileReport:
    try:
        text = _read(path)
    except PolicyError as error:
        return FileReport(path, False, (), tuple(refused(error, options)))
    return _report(path, text, options)


def _report(path: str, text: str, options: Options) -> FileReport:
    subject = make_subject(text, options)
    warnings = subject.loaded.warnings if subject.loaded and subject.error is None else ()
    return FileReport(path, subject.error is None, warnings, tuple(lint_text(text, options)))


def _fix_file(path: str, options: Options, write: bool, advice: bool) -> FileReport:
    if write and path == "-":
        raise WrongUsage("standard input cannot be written to; name a file")
    text = _read(path)
    fixed = fix_text(text, options, advice)
    if write and fixed.text != text:
        _write(Path(path), fixed.text)
    click.echo(diff(path, text, fixed.text), nl=False)
    for applied in fixed.applied:
        click.echo(f"{path}:{applied.line}: {applied.check}: assumed: {applied.assumption}", err=True)
    after = _report(path, fixed.text, options)
    for line in _left(path, after):
        click.echo(line, err=True)
    return after


def _left(path: str, report: FileReport) -> List[str]:
    return [
        f"{path}:{found.finding.mark.line}: {found.check.id}: left to you: {found.finding.message}"
        for found in report.reported
        if found.severity >= Severity.MEDIUM
    ]


def _write(path: Path, text: str) -> None:
    try:
        path.write_bytes(text.encode("utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {error.strerror}") from error
