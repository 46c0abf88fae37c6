"""Flips operators of the stand-in's engine and runs, for each, the unit tests that execute it.

    python -m conformance.mutation.engine --sample 300 --seed 1 --result FILE

One process imports the engine with a switch at each chosen operator and collects the stand-in's unit tests. A first
child runs them all and records which tests use which switch, and how long they take. Then each flip gets a child of
its own with the tests that use it, those of its own folder and the quick ones first; a flip that survives has to
survive the other quick tests of its folder too. What is used while modules are imported is also tried in a process
that has it flipped from the start.
"""

import gc
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
from hypothesis import settings

from conformance.mutation.forking import NO_END, Job, Outcome, Recorded, outcomes, recorded
from conformance.mutation.instrument import Switches
from conformance.mutation.operators import ENGINE, ROOT, Flip, engine_flips
from conformance.mutation.result import Result, progress

TESTS = "tests/unit/standin"
# Folders of tests above the engine that run in process and in seconds.
ABOVE = (
    "test_cost.py",
    "test_installation.py",
    "test_measured_conf.py",
    "test_searchhead.py",
    "cli/test_check.py",
    "cli/test_detect.py",
    "cli/test_search.py",
    "rest/test_sharing.py",
)
OPTIONS = ["-q", "-p", "no:cacheprovider", "-p", "no:timeout", "--capture=no"]
QUICK_S = 0.5
MANY = 30  # so many quick tests need no help from slow ones, which are about bounds of time and memory
FEW_EXAMPLES = 25
IMPORT_LIMIT_S = 240


class Tests:
    """The collected tests, and what was recorded of them."""

    def __init__(self, items: Sequence[pytest.Item], uses: dict[str, Recorded]) -> None:
        self.items = {item.nodeid: item for item in items}
        self.uses = uses

    def using(self, at: int, flip: Flip) -> list[pytest.Item]:
        """Return the tests that use a switch, in the order in which they are likely to tell soonest."""
        names = [name for name, use in self.uses.items() if at in use.said]
        quick = [name for name in names if self.uses[name].seconds <= QUICK_S]
        return self._ordered(quick if len(quick) >= MANY else names, flip)

    def others_of_folder(self, at: int, flip: Flip) -> list[pytest.Item]:
        """Return the tests of the flip's folder that do not use its switch: they may read what was kept."""
        own = [name for name, use in self.uses.items() if at not in use.said and _is_own(name, flip)]
        names = [name for name in own if self.uses[name].seconds <= QUICK_S]
        return self._ordered(names, flip)

    def _ordered(self, names: Sequence[str], flip: Flip) -> list[pytest.Item]:
        def rank(name: str) -> tuple[bool, bool, float]:
            seconds = self.uses[name].seconds
            return seconds > QUICK_S, not _is_own(name, flip), seconds

        return [self.items[name] for name in sorted(names, key=rank)]

    def limit_s(self, items: Sequence[pytest.Item]) -> float:
        """Return how long these tests may take: much longer than they did."""
        return 15 + 10 * sum(self.uses[item.nodeid].seconds for item in items)


def _is_own(name: str, flip: Flip) -> bool:
    return name.startswith(f"{TESTS}/{flip.folder}/")


class Loop:
    """A plugin that runs all flips where pytest would run its tests."""

    def __init__(self, switches: Switches, say: int, result: Path) -> None:
        self.switches = switches
        self.say = say
        self.result = result
        self.seed = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Record, flip, and write the result."""
        if session.testsfailed:
            raise pytest.UsageError("the engine's tests cannot be collected")
        at_import = frozenset(self.switches.used)
        used = self.switches.used
        tests = Tests(session.items, recorded(session, session.items, used.clear, lambda: sorted(used)))
        gc.freeze()
        told = list(self._told(session, self._rounds(session, tests, at_import)))
        noticed = [one for one in told if one.noticed_by]
        own = sum(_is_own(one.noticed_by, self.switches.flips[one.key]) for one in noticed)
        survivors = [str(self.switches.flips[one.key]) for one in told if not one.noticed_by]
        unused = [
            one.key for one in told if not one.noticed_by and not tests.using(one.key, self.switches.flips[one.key])
        ]
        endless = sum(one.noticed_by == NO_END for one in noticed)
        notes = [
            f"{own} by a test of the module's own folder, {endless} by not ending; "
            f"{len(unused)} survivors are executed by no test"
        ]
        by = [f"{self.switches.flips[one.key]} <- {one.noticed_by}" for one in told]
        self.result.write_text(json.dumps(Result(len(noticed), len(told), sorted(survivors), notes, by)._asdict()))
        return True

    def _told(self, session: pytest.Session, all_outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        survivors = 0
        for number, outcome in enumerate(all_outcomes, start=1):
            survivors += not outcome.noticed_by
            if not outcome.noticed_by:
                os.write(self.say, f"survives: {self.switches.flips[outcome.key]}\n".encode())
            if number % 50 == 0 or number == len(self.switches.flips):
                os.write(self.say, progress("engine", number, len(self.switches.flips), survivors))
            yield outcome

    def _rounds(self, session: pytest.Session, tests: Tests, at_import: frozenset[int]) -> Iterator[Outcome]:
        """Yield one outcome for each flip: who survives a round goes into the next."""
        workers = os.cpu_count() or 2
        flips = self.switches.flips
        left: list[int] = []
        for outcome in outcomes(session, self._jobs(tests, range(len(flips))), workers):
            if outcome.noticed_by:
                yield outcome
            else:
                left.append(outcome.key)
        for outcome in outcomes(session, self._jobs(tests, left, others=True), workers):
            if not outcome.noticed_by and outcome.key in at_import:
                yield Outcome(outcome.key, flipped_from_the_start(flips[outcome.key]))
            else:
                yield outcome

    def _jobs(self, tests: Tests, keys: Sequence[int], *, others: bool = False) -> Iterator[Job]:
        for at in keys:
            flip = self.switches.flips[at]
            items = tests.others_of_folder(at, flip) if others else tests.using(at, flip)
            yield Job(at, lambda at=at: self.switches.turn_on(at), items, tests.limit_s(items))  # type: ignore[misc]


def flipped_from_the_start(flip: Flip) -> str:
    """Return which test notices a flip that is on while the engine is imported."""
    command = [sys.executable, "-m", "conformance.mutation.engine", "--only", f"{flip.module}:{flip.number}"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=IMPORT_LIMIT_S)
    except subprocess.TimeoutExpired:
        return NO_END
    return f"{TESTS}/{flip.folder}/ from the start" if done.returncode else ""


def paths() -> list[str]:
    """Return the tests that may notice a flip."""
    return [*(f"{TESTS}/{folder}" for folder in ENGINE), *(f"{TESTS}/{name}" for name in ABOVE)]


def run_flips(flips: Sequence[Flip], result: Path) -> int:
    """Collect the tests with switches in the engine, and run all flips."""
    switches = Switches(flips)
    switches.install()
    say = os.dup(1)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    code = int(pytest.main([*OPTIONS, *paths()], plugins=[Loop(switches, say, result)]))
    if code:
        os.write(say, f"mutation of the engine: pytest ended with {code}\n".encode())
    return code


def run_only(name: str) -> int:
    """Run the tests of one flip's folder with the flip on from the start."""
    module, _, number = name.rpartition(":")
    (flip,) = [one for one in engine_flips() if (str(one.module), str(one.number)) == (module, number)]
    switches = Switches([flip])
    switches.on_from_start = True
    switches.install()
    return int(pytest.main([*OPTIONS, "-x", f"{TESTS}/{flip.folder}", f"--deselect={TESTS}/commands/test_bounds.py"]))


@click.command()
@click.option("--sample", type=int, default=300, show_default=True, help="How many flips; 0 is all.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which ones.")
@click.option("--result", type=click.Path(path_type=Path), help="Where the outcome goes, as JSON.")
@click.option("--only", help="One flip, on from the start: MODULE:NUMBER.")
def main(sample: int, seed: int, result: Path | None, only: str | None) -> None:
    """Flip operators of the stand-in's engine."""
    os.chdir(ROOT)
    os.environ["STANDIN_PROPERTY_CASES"] = str(FEW_EXAMPLES)
    settings.register_profile("mutation", max_examples=FEW_EXAMPLES, derandomize=True, database=None, deadline=None)
    settings.load_profile("mutation")
    if only:
        sys.exit(run_only(only))
    everything = engine_flips()
    size = min(sample or len(everything), len(everything))
    chosen = random.Random(seed).sample(everything, size)  # noqa: S311
    sys.exit(run_flips(chosen, result or Path(os.devnull)))


if __name__ == "__main__":
    main()
