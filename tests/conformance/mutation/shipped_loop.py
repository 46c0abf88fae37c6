"""The process that collects the tests in a copy of the tree and tries one change after the other there."""

import gc
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.mutation.edits import Change
from conformance.mutation.forking import Job, outcomes, recorded
from conformance.mutation.result import Result, progress
from conformance.mutation.shipped import LEFT_OUT, TESTS, Order, affects
from standin.conf import Configuration

LIMIT_S = 240  # all tests take a tenth of it
OPTIONS = ["-q", "-p", "no:cacheprovider", "-p", "no:timeout", "--capture=no"]


class Loop:
    """A plugin that tries all changes where pytest would run its tests."""

    def __init__(self, todo: list[Change], result: Path, say: int, name: str, *, checks: bool) -> None:
        self.todo = todo
        self.result = result
        self.say = say
        self.name = name
        self.checks = checks

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all changes and write the result; the first of several processes sees that all tests pass without any."""
        items = {item.nodeid: item for item in session.items if not any(name in item.nodeid for name in LEFT_OUT)}
        order = Order(list(items))
        if self.checks:
            recorded(session, list(items.values()))
        Configuration.load([])  # tables that are read once are read before children are made
        gc.freeze()
        survivors, by = [], []
        for number, outcome in enumerate(outcomes(session, self._jobs(order, items), 1), start=1):
            change = self.todo[outcome.key]
            restore(change)
            by.append(f"{change} <- {outcome.noticed_by}")
            if outcome.noticed_by:
                order.tell(change, outcome.noticed_by)
            else:
                survivors.append(str(change))
                os.write(self.say, f"survives: {change}\n".encode())
            if number % 50 == 0 or number == len(self.todo):
                os.write(self.say, progress(self.name, number, len(self.todo), len(survivors)))
        done = Result(len(self.todo) - len(survivors), len(self.todo), survivors, [], by)
        self.result.write_text(json.dumps(done._asdict()))
        return True

    def _jobs(self, order: Order, items: dict[str, pytest.Item]) -> Iterator[Job]:
        for at, change in enumerate(self.todo):
            names = order.of(change, [name for name in items if affects(name, change)])
            yield Job(at, lambda change=change: put(change), [items[name] for name in names], LIMIT_S)  # type: ignore[misc]


def put(change: Change) -> None:
    """Change the file in this copy of the tree, not the one that it is linked to."""
    kept = change.file.with_suffix(".unchanged")
    change.file.replace(kept)
    change.file.write_text(change.text, encoding="utf-8")


def restore(change: Change) -> None:
    """Put the file back."""
    kept = change.file.with_suffix(".unchanged")
    if kept.exists():
        kept.replace(change.file)


def main() -> int:
    """Try the changes that a file lists."""
    work, result, part = sys.argv[1:]
    todo = [Change(Path(file), *rest) for file, *rest in json.loads(Path(work).read_text())]
    say = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    tests = [name for name in TESTS if Path(name).exists()]
    loop = Loop(todo, Path(result), say, f"shipped, part {part}", checks=part.startswith("1 "))
    code = int(pytest.main([*OPTIONS, *tests], plugins=[loop]))
    shutil.rmtree(Path.cwd(), ignore_errors=True)
    if code:
        os.write(say, f"mutation of what is shipped: pytest ended with {code}\n".encode())
    return code
