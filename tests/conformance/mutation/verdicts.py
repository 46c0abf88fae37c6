"""Runs both parts of mutation as processes of their own, passes on what they say, and closes with a line for each.

Each part is right where at least SHARE_NOTICED of its changes are noticed; its survivors are listed in any case.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from conformance.mutation.operators import ROOT, engine_flips
from conformance.mutation.result import Result
from conformance.verdict import Verdict

SHARE_NOTICED = 0.95
SAMPLE = 300
SEED = 1


def judge_mutation_engine(sample: int = SAMPLE, seed: int = SEED) -> Verdict:
    """Flip a seeded sample of the operators of the stand-in's engine."""
    began = time.monotonic()
    command = ["conformance.mutation.engine", "--sample", str(sample), "--seed", str(seed)]
    result = _run([command])
    what = f"seed {seed}, of {len(engine_flips())} possible"
    return _verdict("mutation of the engine", what, result, time.monotonic() - began)


def judge_mutation_shipped() -> Verdict:
    """Make every small change of the shipped SPL and conf."""
    began = time.monotonic()
    parts = os.cpu_count() or 2
    commands = [["conformance.mutation.shipped", "--part", str(part), "--parts", str(parts)] for part in range(parts)]
    return _verdict("mutation of what is shipped", "all", _run(commands), time.monotonic() - began)


def _run(commands: Sequence[Sequence[str]]) -> Result:
    """Run modules at the same time and add up their results."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        files = [Path(folder) / f"{number}.json" for number in range(len(commands))]
        running = [
            subprocess.Popen([sys.executable, "-m", *command, "--result", str(file)], cwd=ROOT)
            for command, file in zip(commands, files, strict=True)
        ]
        ended = [process.wait() for process in running]
        if any(ended) or not all(file.is_file() for file in files):
            raise click.ClickException(f"mutation: a part ended with {ended}, its words stand above")
        return Result.added(Result(**json.loads(file.read_text())) for file in files)


def _verdict(judge: str, what: str, result: Result, seconds: float) -> Verdict:
    """Print the closing lines, and return what the table of judges shows: survivors only where they are too many."""
    lines = [*(f"  {note}" for note in result.notes), *(f"survives: {line}" for line in sorted(result.survivors))]
    lines.append(f"{judge}: {result.noticed} of {result.changes} noticed ({what}), {seconds:.0f} s")
    click.echo("\n".join(lines))
    enough = result.noticed >= SHARE_NOTICED * result.changes
    return Verdict(judge, result.changes, result.noticed, () if enough else tuple(sorted(result.survivors)))


@click.command()
@click.option("--sample", type=int, default=SAMPLE, show_default=True, help="How many flips of the engine; 0 is all.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Which ones.")
@click.option("--engine-only", is_flag=True, help="Leave out what is shipped.")
def main(sample: int, seed: int, *, engine_only: bool) -> None:
    """Judge the tests by small changes of the engine and of what is shipped."""
    verdicts = [judge_mutation_engine(sample, seed)]
    if not engine_only:
        verdicts.append(judge_mutation_shipped())
    sys.exit(int(any(verdict.disagreements for verdict in verdicts)))
