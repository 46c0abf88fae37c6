"""The list of aggregates as stats and its family write it: `count, sum(bytes) AS total, dc(eval(lower(x))) BY user`.

aggregate   name | name(field) | name(eval(expression)) , with AS alias; percentiles carry their number: p95, perc99.9
wildcards   avg(*), max(b*) AS top_*: one aggregate for each field that matches
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from standin.commands.accumulators import MAKERS, Accumulator, Numbers
from standin.commands.arguments import BARE, Reader
from standin.commands.calculations import percentile
from standin.commands.framing import framed
from standin.commands.stream import Search
from standin.environment import Row
from standin.language.compiled import Evaluator, Kind, Scope
from standin.language.errors import SearchError
from standin.language.known import AGGREGATES
from standin.values import wildcard
from standin.values.multivalue import as_texts

PERCENTILE = re.compile(r"(?:p|perc|percentile|exactperc|upperperc)(\d{1,3}(?:\.\d+)?)")
EVALUATED = re.compile(r"\s*eval\s*\((.*)\)\s*", re.DOTALL | re.IGNORECASE)
FUNCTION = re.compile(r"([A-Za-z_][\w.]*)")
ONE_ROW = ("",)
COUNTS = frozenset({"count", "c"})


@dataclass(frozen=True)
class Aggregate:
    """One aggregate: how to make its accumulator, what it reads, and the field it writes."""

    make: Callable[[], Accumulator]
    function: str
    field: str | None
    evaluate: Evaluator | None
    output: str
    is_condition: bool = False

    def texts(self, row: Row, scope: Scope) -> Iterable[str]:
        """Return the values of a row that the accumulator takes."""
        if self.evaluate is not None:
            value = self.evaluate(row, scope)
            if isinstance(value, bool):
                return ONE_ROW if value or not self.is_condition else ()
            return as_texts(value)
        if self.field is None:
            return ONE_ROW
        value = row.get(self.field)
        if value.__class__ is str:
            return (value,)
        return as_texts(value)

    @property
    def has_wildcard(self) -> bool:
        """Tell whether it stands for several fields."""
        return self.field is not None and wildcard.has_wildcard(self.field)


def read_aggregates(reader: Reader, *stops: str) -> list[Aggregate]:
    """Read aggregates up to BY, OVER, WHERE, some other word or the end."""
    found: list[Aggregate] = []
    while not reader.at_end and not reader.peek_word("by", "over", "where", *stops) and reader.peek_option() is None:
        if found:
            reader.accept(",")
        found.append(_read_one(reader))
    return found


def _read_one(reader: Reader) -> Aggregate:
    start, position = reader.rest, reader.position
    name = FUNCTION.match(reader.rest)
    if name is None or BARE.match(reader.rest) is None:
        raise reader.invalid()
    function = name.group(1)
    make = maker(function.lower(), reader)
    reader.skip(len(function))
    argument = reader.enclosed() if reader.rest.startswith("(") else None
    label = start[: len(start) - len(reader.rest)].strip()
    aggregate = _described(function, make, argument, reader)
    if aggregate.field is None and aggregate.evaluate is None and function.lower() not in COUNTS:
        raise reader.call.unsupported(f"aggregate {label} without a field", position)
    alias = reader.name("An alias is expected after AS.").text if reader.accept_word("as") else None
    return replace(aggregate, output=alias or ("count" if function.lower() in COUNTS and argument is None else label))


def _described(
    function: str, make: Callable[[], Accumulator], argument: tuple[str, int] | None, reader: Reader
) -> Aggregate:
    if argument is None or not argument[0].strip():
        return Aggregate(make, function.lower(), None, None, "")
    text, position = argument
    evaluated = EVALUATED.fullmatch(text)
    if evaluated is None:
        return Aggregate(make, function.lower(), text.strip().strip("\"'"), None, "")
    expression = framed(evaluated.group(1), position + evaluated.start(1), f"'{reader.call.name}' command")
    is_condition = expression.kind is Kind.BOOLEAN
    return Aggregate(make, function.lower(), None, expression.run, "", is_condition)


def maker(function: str, reader: Reader) -> Callable[[], Accumulator]:
    """Return the maker of an aggregate's accumulator."""
    if function in MAKERS:
        return MAKERS[function]
    match = PERCENTILE.fullmatch(function)
    if match is not None and float(match.group(1)) <= 100:
        percent = float(match.group(1))
        return lambda: Numbers(percentile(percent))
    if function in AGGREGATES:
        raise reader.call.unsupported(f"aggregate {function}", reader.position)
    raise reader.invalid()


def expand_wildcards(aggregates: list[Aggregate], names: Iterable[str], taken: Iterable[str]) -> list[Aggregate]:
    """Replace each aggregate with a wildcard by one for each field that matches and no command grouped by."""
    candidates = [name for name in names if name not in set(taken) and not name.startswith("_")]
    expanded: list[Aggregate] = []
    for aggregate in aggregates:
        if aggregate.field is None or not aggregate.has_wildcard:
            expanded.append(aggregate)
            continue
        for name in candidates:
            parts = wildcard.captures(aggregate.field, name)
            if parts is not None:
                output = _fill(aggregate.output, aggregate.field, name, parts)
                expanded.append(replace(aggregate, field=name, output=output))
    return expanded


def _fill(output: str, pattern: str, name: str, parts: tuple[str, ...]) -> str:
    if pattern in output:
        return output.replace(pattern, name)
    pieces = iter(parts)
    return re.sub(r"\*", lambda match: next(pieces, ""), output)


def read_by(reader: Reader, *stops: str) -> list[str]:
    """Read the fields after BY, if it is there."""
    if not reader.accept_word("by"):
        return []
    names: list[str] = []
    while not reader.at_end and reader.peek_option() is None and not reader.peek_word(*stops):
        if names:
            reader.accept(",")
        names.append(reader.name("A field is expected after BY.").text)
    if not names:
        raise reader.error("The field list after BY is missing.")
    return names


def warn_of_cut_lists(search: Search, accumulators: Iterable[Accumulator]) -> None:
    """Say that list() left values out, where it did."""
    if any(getattr(accumulator, "is_cut", False) for accumulator in accumulators):
        search.say("WARN", "list() keeps the first 100 values only; more were left out")


def refuse_empty(reader: Reader, aggregates: list[Aggregate]) -> None:
    """Refuse a command without any aggregate."""
    if not aggregates:
        raise SearchError(f"Error in '{reader.call.name}' command: An aggregate is expected.", reader.position)
