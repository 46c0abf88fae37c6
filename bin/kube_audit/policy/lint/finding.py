"""What lint says: findings, their severity by consequence, and edits that mend.

error    the API server does not start with this policy
high     a rule does not mean what it says, requests that matter go unrecorded, or secrets are recorded
medium   evidence is incomplete, or the volume is a multiple of what is needed
low      right, but good to know
style    a reader may stumble; the API server does not care
"""

import enum
from typing import Callable, Iterator, NamedTuple, Optional, Tuple

from kube_audit.policy.lint.subject import Subject
from kube_audit.policy.positions import Mark


class Severity(enum.IntEnum):
    """How bad a finding is; compares by weight."""

    STYLE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    ERROR = 4

    @property
    def text(self) -> str:
        """The word for it."""
        return self.name.lower()


class Edit(NamedTuple):
    """Replace the text between two offsets."""

    start: int
    end: int
    text: str


class Fix(NamedTuple):
    """Edits that belong together, and what was assumed in making them.

    Advice changes what is recorded for a better one; everything else writes what the author must have meant.
    """

    edits: Tuple[Edit, ...]
    assumption: str
    is_advice: bool = False


class Note(NamedTuple):
    """A remark on another line that explains a finding."""

    mark: Mark
    text: str


class Finding(NamedTuple):
    """One fault at one place; `severity` is None where it is its check's."""

    mark: Mark
    message: str
    meaning: str
    mend: str
    fix: Optional[Fix] = None
    notes: Tuple[Note, ...] = ()
    severity: Optional[Severity] = None


class Check(NamedTuple):
    """One entry of the catalogue, with an example that it fires on and one that it does not."""

    id: str
    severity: Severity
    title: str
    explanation: str
    fires: str
    silent: str
    find: Callable[[Subject], Iterator[Finding]]


class Reported(NamedTuple):
    """A finding with the check that made it."""

    check: Check
    finding: Finding

    @property
    def severity(self) -> Severity:
        """The finding's own severity, or its check's."""
        return self.check.severity if self.finding.severity is None else self.finding.severity
