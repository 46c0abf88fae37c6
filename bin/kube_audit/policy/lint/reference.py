"""The catalogue as Markdown: bin/kube_audit/policy/README.md is its output.

Write it anew with `make policy-reference`; a test holds that the two are equal.
"""

from typing import List

from kube_audit.policy.lint.catalogue import CHECKS
from kube_audit.policy.lint.finding import Check, Severity

_HEAD = """<!-- Written by `make policy-reference` from the checks themselves; do not edit. -->
# Audit-policy toolkit

`kube-audit policy evaluate | explain | lint | simulate | coverage | generate`: each has `--help`. The first rule that
matches a request decides; all commands share one engine, which answers as k8s.io/apiserver 1.24 to 1.37 does.

## What `kube-audit policy lint` finds

| severity | consequence |
|---|---|
| error | the API server does not start |
| high | a rule does not mean what it says, requests that matter go unrecorded, or secrets are recorded |
| medium | evidence is incomplete, or the volume is a multiple of what is needed |
| low | right, but good to know |
| style | a reader may stumble |

Exit code 1 from `--fail-on` (default medium) on. `--fix` prints a diff of what must have been meant, `--write` edits
in place, `--advice` adds fixes that change what is recorded. `kube-audit policy lint --explain ID` prints one entry.

"""


def reference() -> str:
    """Write the whole catalogue."""
    parts = [_HEAD]
    rows = [f"| [{check.id}](#{check.id.lower()}) | {check.severity.text} | {check.title} |" for check in CHECKS]
    parts.append("\n".join(["| id | severity | finding |", "|---|---|---|", *rows]) + "\n")
    parts += [entry(check) for check in CHECKS]
    return "\n".join(parts)


def entry(check: Check) -> str:
    """Write one entry with its two examples."""
    lines: List[str] = [f"### {check.id}", "", f"**{check.title}** ({check.severity.text}). {check.explanation}", ""]
    for title, example in (("Fires on", check.fires), ("Silent on", check.silent)):
        lines += [f"{title}:", "```yaml", example.rstrip("\n"), "```", ""]
    return "\n".join(lines)


def severities() -> List[str]:
    """List the words for severities, the worst first."""
    return [severity.text for severity in sorted(Severity, reverse=True)]


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 (this module's output is its purpose)
