"""Flips operators in the engine of the stand-in, one at a time, and tells which flips its tests do not notice.

    python -m conformance.mutation --sample 300 --seed 1

A seeded sample of comparisons, `and`/`or` and `+`/`-` in the engine's folders; each flip is put into a copy of
the tree, and the unit tests of its folder run on that. Exit 1 where less than SHARE_NOTICED of them fail.
"""

import ast
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click

from conformance.subject import ROOT

ENGINE = ("values", "language", "commands", "events", "knowledge", "conf")
SHARE_NOTICED = 0.95
TEST_LIMIT_S = 180
COPIED = ("bin", "default", "lookups", "package", "tests", "pyproject.toml")
FLIPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip


class Flip(NamedTuple):
    """One operator of one module: the how-manieth operator in the order of `ast.walk`, and its line."""

    module: Path
    number: int
    line: int

    def mutated(self) -> str:
        """Return the module's text with the operator flipped."""
        tree = ast.parse((ROOT / self.module).read_text(encoding="utf-8"))
        parent, name, index = list(operators(tree))[self.number]
        old = getattr(parent, name)
        if index is None:
            setattr(parent, name, FLIPS[type(old)]())
        else:
            old[index] = FLIPS[type(old[index])]()
        return ast.unparse(tree)


def operators(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None]]:
    """Yield where the operators stand: the node, its attribute, and the place in a list of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from ((node, "ops", index) for index, one in enumerate(node.ops) if type(one) in FLIPS)
        elif isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in FLIPS:
            yield node, "op", None


def flips() -> list[Flip]:
    """Return every flip that can be made in the engine."""
    found = []
    for folder in ENGINE:
        for path in sorted((ROOT / "tests/standin" / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            places = enumerate(operators(tree))
            found += [Flip(path.relative_to(ROOT), n, getattr(place[0], "lineno", 0)) for n, place in places]
    return found


def is_noticed(copy: Path, flip: Flip) -> bool:
    """Tell whether the unit tests of the module's folder fail with the flip."""
    target = copy / flip.module
    before = target.read_text(encoding="utf-8")
    target.write_text(flip.mutated(), encoding="utf-8")
    try:
        return not passes(copy, flip.module.parts[2])
    finally:
        target.write_text(before, encoding="utf-8")


def passes(copy: Path, folder: str) -> bool:
    """Tell whether the unit tests of a folder pass in the copy; a run without end is a failure."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"tests/unit/standin/{folder}"]
    try:
        done = subprocess.run(command, check=False, cwd=copy, stdout=subprocess.DEVNULL, timeout=TEST_LIMIT_S)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@click.command()
@click.option("--sample", type=int, default=300, show_default=True, help="How many flips.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which ones.")
def main(sample: int, seed: int) -> None:
    """Flip, run, and list the survivors."""
    everything = flips()
    chosen = random.Random(seed).sample(everything, min(sample, len(everything)))  # noqa: S311
    survivors = []
    with tempfile.TemporaryDirectory(prefix="mutation-") as name:
        copy = Path(name)
        for part in COPIED:
            (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, copy / part)
        for folder in sorted({flip.module.parts[2] for flip in chosen}):
            if not passes(copy, folder):
                raise click.ClickException(f"the tests of {folder} fail without any flip")
        survivors = [flip for flip in chosen if not is_noticed(copy, flip)]
    for flip in survivors:
        click.echo(f"survives: {flip.module}:{flip.line}")
    noticed = len(chosen) - len(survivors)
    click.echo(f"mutation: {noticed} of {len(chosen)} flips noticed (seed {seed}, of {len(everything)} possible)")
    sys.exit(int(noticed < SHARE_NOTICED * len(chosen)))


if __name__ == "__main__":
    main()
