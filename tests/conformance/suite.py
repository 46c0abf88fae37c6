"""Runs suites of this project as child processes, and reads what became of each test: see `outcomes.py`."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from conformance.subject import ROOT
from conformance.verdict import Verdict


class Outcome(NamedTuple):
    """What became of one test."""

    test: str
    outcome: str
    source: str | None
    text: str


class Suite(NamedTuple):
    """What became of the tests of a suite, and what pytest printed."""

    outcomes: list[Outcome]
    output: str

    def having(self, outcome: str) -> list[Outcome]:
        """Return the tests that ended so."""
        return [one for one in self.outcomes if one.outcome == outcome]

    def disagreements(self) -> tuple[str, ...]:
        """Return a line for each test that failed, and one where nothing ran."""
        lines = [f"{one.test}: {one.text}" for one in self.having("failed")]
        if not lines and not self.having("passed") and not self.having("skipped"):
            lines = [f"the suite did not run: {self.output.strip().rpartition(chr(10))[2]}"]
        return tuple(lines)

    def verdict(self, judge: str, notes: Sequence[str] = ()) -> Verdict:
        """Return what the suite says as a judge: one comparison a test."""
        run = len(self.having("passed")) + len(self.having("failed"))
        return Verdict(judge, run, run, self.disagreements(), tuple(notes))


class Child:
    """A suite that runs; several may run side by side."""

    def __init__(self, name: str, folder: Path, arguments: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        self.outcomes, self.printed = folder / f"{name}.jsonl", folder / f"{name}.txt"
        command = [sys.executable, "-m", "pytest", "-p", "conformance.outcomes", f"--outcomes={self.outcomes}"]
        paths = os.pathsep.join(str(ROOT / part) for part in ("bin", "tests", "package"))
        with self.printed.open("w") as stream:
            self.process = subprocess.Popen(
                [*command, "-p", "no:cacheprovider", *arguments],
                cwd=ROOT,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": paths, **(env or {})},
            )

    def suite(self, limit_s: float) -> Suite:
        """Wait for the end; a suite that has not ended by then is ended, and says so."""
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            late = Outcome(self.outcomes.stem, "failed", None, f"not ended after {limit_s:.0f} s")
            return Suite([*self._read(), late], self.printed.read_text())
        return Suite(self._read(), self.printed.read_text())

    def _read(self) -> list[Outcome]:
        if not self.outcomes.exists():
            return []
        return [Outcome(**json.loads(line)) for line in self.outcomes.read_text(encoding="utf-8").splitlines()]


def run_suite(name: str, folder: Path, arguments: Sequence[str], limit_s: float = 300) -> Suite:
    """Run one suite to its end."""
    return Child(name, folder, arguments).suite(limit_s)
