"""`standin detect`: what every scheduled search of the apps finds in some event files."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from standin.cli.data import ALL_TIME, EventFile, Laboratory, Where, data_options, exit_codes, index_files
from standin.cli.watched import Watched
from standin.conf import Configuration
from standin.environment import Row
from standin.language.search import Result
from standin.searchhead import SearchHead
from standin.values.multivalue import as_text

# savedsearches.conf.spec: alert.severity
SEVERITIES = {"1": "debug", "2": "info", "3": "warn", "4": "error", "5": "severe", "6": "fatal"}


class Detection(NamedTuple):
    """One scheduled search, in the app that holds it."""

    name: str
    app: str
    search: str
    severity: str

    def report(self, row: Row, file: str | None, line: int | None) -> str:
        """Return one line of output for a result row."""
        severity = as_text(row["severity"]) if "severity" in row else self.severity
        return json.dumps(
            {"detection": self.name, "severity": severity, "file": file, "line": line}, ensure_ascii=False
        )


@click.command()
@data_options
@click.option("--each", is_flag=True, help="Index every line alone in an empty store.")
@click.option("--cost", "with_cost", is_flag=True, help="One JSON object a search on stderr: what an index would read.")
@click.option("--now", type=float, help="The time that it is, in epoch seconds.")
def command(  # noqa: PLR0913, one parameter for each option
    *,
    apps: tuple[Path, ...],
    files: tuple[EventFile, ...],
    source: str | None,
    host: str,
    index: str,
    hostile: int | None,
    each: bool,
    with_cost: bool,
    now: float | None,
) -> None:
    """Run every saved search that has a cron_schedule once, over all time.

    Prints {"detection", "severity", "file", "line"} for each result row. Exit codes as `standin search`.
    """
    if not files:
        raise click.UsageError("nothing to look at: give --events FILE:SOURCETYPE")
    if with_cost and (each or hostile is not None):
        raise click.UsageError("--cost is about all events on one machine: leave --each and --hostile out")
    with exit_codes():
        laboratory = Laboratory(apps, now, hostile)
        found = detections(laboratory.configuration)
        where = Where(source, host, index)
        if each:
            for line in _each_line(laboratory, found, files, where):
                click.echo(line)
        else:
            _together(laboratory, found, files, where, with_cost=with_cost)
        laboratory.say_what_was_done()


def detections(configuration: Configuration) -> list[Detection]:
    """Return the scheduled searches of all apps, enabled or not."""
    found = []
    for app in configuration.apps:
        for name in configuration.stanzas("savedsearches", app):
            settings = configuration.stanza("savedsearches", name, app)
            if configuration.home("savedsearches", name, app) != app or "search" not in settings:
                continue
            if "cron_schedule" in settings and settings["cron_schedule"].value:
                severity = settings["alert.severity"].value if "alert.severity" in settings else "3"
                found.append(Detection(name, app, settings["search"].value, SEVERITIES.get(severity, severity)))
    return found


def _run(laboratory: Laboratory, head: SearchHead, detection: Detection) -> Result:
    with exit_codes(detection.search):
        return head.search(detection.search, user=laboratory.user, app=detection.app, bounds=ALL_TIME)


def _rows(laboratory: Laboratory, head: SearchHead, detection: Detection) -> list[Row]:
    return _run(laboratory, head, detection).rows


def _together(
    laboratory: Laboratory, found: list[Detection], files: tuple[EventFile, ...], where: Where, *, with_cost: bool
) -> None:
    head = laboratory.search_head(where.index)
    index_files(laboratory.pipeline(head), files, where)
    laboratory.disturb(head)
    for detection in found:
        _report(laboratory, head, detection, with_cost=with_cost)


def _report(laboratory: Laboratory, head: SearchHead, detection: Detection, *, with_cost: bool) -> None:
    result = _run(laboratory, head, detection)
    for row in result.rows:
        click.echo(detection.report(row, None, None))
    if with_cost:
        cost = head.cost(result, user=laboratory.user, app=detection.app)
        click.echo(json.dumps({"detection": detection.name, **cost.as_json()}, ensure_ascii=False), err=True)


def _each_line(
    laboratory: Laboratory, found: list[Detection], files: tuple[EventFile, ...], where: Where
) -> Iterator[str]:
    head = laboratory.search_head(where.index)
    pipeline = laboratory.pipeline(head)
    watched = [(detection, _watch(laboratory, head, detection)) for detection in found]
    for file in files:
        for number, line in enumerate(file.read().splitlines(keepends=True), start=1):
            for name in head.store.indexes:
                head.store.empty(name)
            if line.strip() and pipeline.index_file(line, where.origin(file)):
                laboratory.disturb(head)
                for detection, watch in watched:
                    for row in watch.rows(partial(_rows, laboratory, head, detection)):
                        yield detection.report(row, str(file.path), number)


def _watch(laboratory: Laboratory, head: SearchHead, detection: Detection) -> Watched:
    with exit_codes(detection.search):
        environment = head.environment(user=laboratory.user, app=detection.app, bounds=ALL_TIME)
        return Watched(detection.search, environment)
