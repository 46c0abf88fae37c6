"""Mending a policy's text: edits in place, round after round, each checked before it is kept.

A round applies what does not overlap. An edit is kept only if the text still loads when it did before, its own
finding is gone, and no comment is lost: comments inside of what is removed move to lines of their own.
"""

import difflib
from typing import List, NamedTuple, Optional, Sequence, Tuple

from kube_audit.policy.lint.catalogue import lint_text, make_subject
from kube_audit.policy.lint.comments import find_comments
from kube_audit.policy.lint.finding import Edit, Fix, Reported
from kube_audit.policy.lint.subject import Options, Subject

_ROUNDS = 20


class Applied(NamedTuple):
    """One fix that was made: which check, at which line of the text as it was then, on what assumption."""

    check: str
    line: int
    assumption: str


class Fixed(NamedTuple):
    """A mended text and what was done to it."""

    text: str
    applied: Tuple[Applied, ...]


def fix_text(text: str, options: Options, advice: bool = False) -> Fixed:
    """Apply every fix there is; `advice` adds those that change what is recorded for the better."""
    mark, text = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    applied: List[Applied] = []
    for _round in range(_ROUNDS):
        changed = _apply_first(text, options, advice, applied)
        if changed is None:
            break
        text = changed
    return Fixed(mark + text, tuple(applied))


def _apply_first(text: str, options: Options, advice: bool, applied: List[Applied]) -> Optional[str]:
    """Apply the first fix that holds; None if none does."""
    subject = make_subject(text, options)
    before = lint_text(text, options)
    candidates = [found for found in before if found.finding.fix is not None]
    # What makes the API server read something else goes first: other findings may vanish with it.
    for found in sorted(candidates, key=lambda found: (-found.severity, found.finding.mark)):
        fix = found.finding.fix
        if fix is None or (fix.is_advice and not advice):
            continue
        changed = apply_fix(subject, fix)
        if changed is not None and _holds(subject, found, before, changed, options):
            applied.append(Applied(found.check.id, found.finding.mark.line, fix.assumption))
            return changed
    return None


def _holds(subject: Subject, found: Reported, before: Sequence[Reported], changed: str, options: Options) -> bool:
    after = make_subject(changed, options)
    if subject.error is None and after.error is not None:
        return False
    # No fix drops or reorders a rule, or changes a level; H01 may find rules that had lost their place.
    levels, kept = [[rule.level for rule in side.rules] for side in (subject, after)]
    if levels != (kept[: len(levels)] if found.check.id == "H01" else kept) and subject.loaded:
        return False
    same_check = [other for other in lint_text(changed, options) if other.check.id == found.check.id]
    return len(same_check) < len([other for other in before if other.check.id == found.check.id])


def apply_fix(subject: Subject, fix: Fix) -> Optional[str]:
    """Make the edits of one fix; None if a comment would be lost."""
    text = subject.text
    newline = "\r\n" if "\r\n" in text else "\n"
    for edit in sorted(fix.edits, key=lambda edit: -edit.start):
        kept = _kept_comments(subject, edit, "".join(other.text for other in fix.edits))
        if kept is None:
            return None
        replacement = (kept + edit.text).replace("\r\n", "\n").replace("\n", newline)
        text = text[: edit.start] + replacement + text[edit.end :]
    return text


def _kept_comments(subject: Subject, edit: Edit, written: str) -> Optional[str]:
    comments = find_comments(subject.text, subject.lines, subject.root)
    lost = [found for found in comments if edit.start <= found.start < edit.end and found.text not in written]
    if not lost:
        return ""
    start_of_line = edit.start == 0 or subject.text[edit.start - 1] == "\n"
    if not start_of_line or not subject.text[: edit.end].endswith("\n"):
        return None
    indent = subject.text[edit.start :][: len(subject.text[edit.start :]) - len(subject.text[edit.start :].lstrip(" "))]
    return "".join(f"{indent}{found.text}\n" for found in lost)


def diff(name: str, old: str, new: str) -> str:
    """Write a unified diff."""
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
