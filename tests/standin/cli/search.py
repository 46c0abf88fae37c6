"""`standin search`: one search over event files, or over nothing."""

import json
from pathlib import Path

import click

from standin.cli.data import ALL_TIME, EventFile, Laboratory, Where, data_options, exit_codes, index_files
from standin.environment import Row, Value
from standin.language.search import Result
from standin.values.multivalue import as_text
from standin.values.numbers import read_number


@click.command()
@data_options
@click.option("--now", type=float, help="The time that it is, in epoch seconds.")
@click.option("--cost", "with_cost", is_flag=True, help="One JSON object on stderr: what a real index would read.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each result row.")
@click.argument("spl")
def command(  # noqa: PLR0913, one parameter for each option
    *,
    apps: tuple[Path, ...],
    files: tuple[EventFile, ...],
    source: str | None,
    host: str,
    index: str,
    hostile: int | None,
    now: float | None,
    with_cost: bool,
    as_json: bool,
    spl: str,
) -> None:
    """Run SPL, as typed in the search bar, over all time.

    Without --app every line of a file is one event, JSON is extracted, and the time is the first ISO time in the line.
    Several --app are seen from the first one. Exit 1: wrong usage or an unreadable file. 2: a search or conf that is
    wrong. 3: right in Splunk, not supported here.
    """
    if with_cost and hostile is not None:
        raise click.UsageError("--cost is about one machine: leave --hostile out")
    with exit_codes(spl):
        laboratory = Laboratory(apps, now, hostile)
        head = laboratory.search_head(index)
        index_files(laboratory.pipeline(head), files, Where(source, host, index))
        laboratory.disturb(head)
        result = head.search(spl, user=laboratory.user, app=laboratory.app, bounds=ALL_TIME)
        if with_cost:
            cost = head.cost(result, user=laboratory.user, app=laboratory.app)
            click.echo(json.dumps(cost.as_json(), ensure_ascii=False), err=True)
    laboratory.say_what_was_done()
    for message in result.messages:
        click.echo(f"{message.level}: {message.text}", err=True)
    click.echo("\n".join(json_lines(result) if as_json else text_lines(result)), nl=bool(result.rows))


def json_lines(result: Result) -> list[str]:
    """Return one JSON object for each row: fields in order, null left out."""
    return [json.dumps(_as_json(row, result.fields), ensure_ascii=False) for row in result.rows]


def _as_json(row: Row, fields: list[str]) -> dict[str, object]:
    return {name: _time(row[name]) if name == "_time" else _plain(row[name]) for name in fields if name in row}


def _plain(value: Value) -> str | list[str]:
    return list(value) if isinstance(value, list) else as_text(value)


def _time(value: Value) -> object:
    number = read_number(value) if isinstance(value, str) else value
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return value if number is None else number


def text_lines(result: Result) -> list[str]:
    """Return events as their text, other rows as a table."""
    if result.are_events:
        return [as_text(row.get("_raw", "")) for row in result.rows]
    cells = [[as_text(row[name]) if name in row else "" for name in result.fields] for row in result.rows]
    table = [list(result.fields), *cells] if cells else []
    widths = [max(len(line[column]) for line in table) for column in range(len(result.fields))] if table else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
