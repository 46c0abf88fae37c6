"""Asks the judges one after another, prints their table, and exits 1 where one disagrees.

    python -m conformance [--only NAME]...

A line for each judge goes to stderr when it begins, so that minutes without a table say what they are spent on.
"""

import functools
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from conformance.addon_suite import judge_addon
from conformance.judges import judge_sigma, judge_sql
from conformance.mutation.verdicts import judge_mutation_engine, judge_mutation_shipped
from conformance.recorded_answers import judge_conf, judge_interfaces, judge_searches
from conformance.subject import Subject, subject, workplace
from conformance.suites import judge_dashboards, judge_documentation, judge_properties
from conformance.verdict import Verdict, table, timed

Judge = Callable[[], Verdict]


def judges(folder: Path) -> Mapping[str, Judge]:
    """Return every judge by its short name."""

    @functools.cache
    def judged() -> Subject:
        return subject(folder)

    return {
        "searches": judge_searches,
        "conf": judge_conf,
        "interfaces": lambda: judge_interfaces(folder),
        "documentation": lambda: judge_documentation(folder),
        "sigma": lambda: judge_sigma(judged()),
        "sql": lambda: judge_sql(judged()),
        "addon": lambda: judge_addon(folder),
        "dashboards": lambda: judge_dashboards(folder),
        "properties": lambda: judge_properties(folder),
        "mutation-engine": judge_mutation_engine,
        "mutation-shipped": judge_mutation_shipped,
    }


def ask(chosen: Mapping[str, Judge]) -> list[Verdict]:
    """Ask the judges, and tell which one is being asked."""
    verdicts = []
    for number, (name, judge) in enumerate(chosen.items(), start=1):
        click.echo(f"judge {number} of {len(chosen)}: {name}", err=True)
        verdicts.append(timed(name, judge))
    return verdicts


@click.command()
@click.option("--only", multiple=True, help="Ask these judges only, again and again.")
def main(only: tuple[str, ...]) -> None:
    """Exit 0 when all judges agree."""
    started = time.monotonic()
    with workplace() as name:
        known = judges(Path(name))
        if unknown := [one for one in only if one not in known]:
            raise click.UsageError(f"no judge {', '.join(unknown)}; there are {', '.join(known)}")
        verdicts = ask({one: known[one] for one in only or known})
    click.echo("\n".join(table(verdicts, time.monotonic() - started)))
    sys.exit(any(verdict.disagreements for verdict in verdicts))


if __name__ == "__main__":
    main()
