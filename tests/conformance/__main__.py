"""Runs the judges, prints their table, and exits 1 where one disagrees."""

import sys
import time
from pathlib import Path

from conformance.addon_suite import judge_addon
from conformance.judges import judge_sigma, judge_sql
from conformance.subject import subject, workplace
from conformance.verdict import table


def main() -> int:
    """Return 0 when all judges agree."""
    started = time.monotonic()
    with workplace() as folder:
        judged = subject(Path(folder))
        verdicts = [judge_sigma(judged), judge_sql(judged), judge_addon(Path(folder))]
    sys.stdout.write("\n".join(table(verdicts, time.monotonic() - started)) + "\n")
    return int(any(verdict.disagreements for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
