"""All checks, in the order of their ids, and running them over one text."""

import re
from typing import List, Optional, Tuple

from kube_audit.policy.errors import PolicyError
from kube_audit.policy.lint import flag_checks, gaps, loading, names, noise, secrets, shadow, style, words
from kube_audit.policy.lint.finding import Check, Reported
from kube_audit.policy.lint.subject import Options, Subject
from kube_audit.policy.load import Loaded, load_text
from kube_audit.policy.versions import NEWEST, Version

_ORDER = "EHSMLTF"
_OLD_VERSION = re.compile(r"audit\.k8s\.io/v1(?:alpha1|beta1)")

CHECKS: Tuple[Check, ...] = tuple(
    sorted(
        (
            *loading.CHECKS,
            *words.CHECKS,
            *names.CHECKS,
            *shadow.CHECKS,
            *gaps.CHECKS,
            *secrets.CHECKS,
            *noise.CHECKS,
            *style.CHECKS,
            *flag_checks.CHECKS,
        ),
        key=lambda check: (_ORDER.index(check.id[0]), check.id),
    )
)


def lint_text(text: str, options: Options = Options()) -> List[Reported]:  # noqa: B008 (a value that never changes)
    """Find everything that is wrong with a policy, in the order of its lines."""
    reported = _run(make_subject(text, options))
    return sorted(reported, key=lambda found: (found.finding.mark, -found.severity, found.check.id))


def refused(error: PolicyError, options: Options) -> List[Reported]:
    """Report a text that could not even be read."""
    return _run(Subject("", options, None, error))


def _run(subject: Subject) -> List[Reported]:
    return [Reported(check, finding) for check in CHECKS for finding in check.find(subject)]


def make_subject(text: str, options: Options) -> Subject:
    """Load a text for inspection."""
    text = text[1:] if text.startswith("\ufeff") else text
    try:
        return Subject(text, options, load_text(text, options.version), None)
    except PolicyError as error:
        return Subject(text, options, _second_try(text, options.version), error)


def _second_try(text: str, version: Version) -> Optional[Loaded]:
    """Load a refused policy as if what lint can see through were mended, so that its rules are checked too."""
    for candidate, as_version in ((_OLD_VERSION.sub("audit.k8s.io/v1", text, 1), version), (text, NEWEST)):
        try:
            return load_text(candidate, as_version)
        except PolicyError:
            continue
    return None
