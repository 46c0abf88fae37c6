"""Commands that turn tables around or add to them: transpose, untable, xyseries, addtotals, accum, delta."""

from collections.abc import Iterator
from functools import partial

from standin.commands.arguments import Reader, boolean, integer
from standin.commands.selecting import known_fields
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row
from standin.language.pipeline import Call
from standin.values import wildcard
from standin.values.multivalue import as_text
from standin.values.numbers import Number, add, bounded, read_number


def _columns(rows: list[Row], stream: Stream) -> list[str]:
    known = known_fields(rows, stream)
    return [*(stream.order or ()), *(name for name in known if name not in (stream.order or ()))]


def build_transpose(call: Call, search: Search) -> Step:
    """Turn rows into columns, the first five of them unless a count is given."""
    reader = Reader(call)
    allowed = {"column_name", "header_field", "include_empty"}
    options = reader.options(allowed)
    count = reader.accept_count()
    options |= reader.options(allowed)
    reader.expect_end()
    label, header = options.get("column_name", "column"), options.get("header_field")
    keeps_empty = boolean(call, options, "include_empty", True)

    def step(stream: Stream) -> Stream:
        rows = list(search.guard(stream.rows))
        columns = [name for name in _columns(rows, stream) if not name.startswith("_") and name != header]
        rows = rows[: 5 if count is None else count or None]
        names = [as_text(row.get(header, "")) if header else f"row {index}" for index, row in enumerate(rows, 1)]
        found: list[Row] = []
        for column in columns:
            cells: Row = {name: row[column] for name, row in zip(names, rows, strict=True) if column in row}
            if cells or keeps_empty:
                found.append({label: column, **cells})
        return Stream(found, order=[label, *names])

    return step


def build_untable(call: Call, search: Search) -> Step:
    """Make one row for each cell: the row's name, the column's name, the value."""
    reader = Reader(call)
    names = reader.names()
    reader.expect_end()
    if len(names) != 3:
        raise call.error("Three fields are expected: the row's, the column's, the value's.")
    key, column, data = names

    def rows(stream: Stream, held: list[Row]) -> Iterator[Row]:
        for row in held:
            for name in _columns(held, stream):
                if name != key and name in row and key in row and not name.startswith("_"):
                    yield {key: row[key], column: name, data: row[name]}

    def step(stream: Stream) -> Stream:
        held = list(search.guard(stream.rows))
        return Stream(search.guard(rows(stream, held)), order=[key, column, data])

    return step


def build_xyseries(call: Call, search: Search) -> Step:
    """Make a table: one row for each value of the first field, one column for each value of the second."""
    reader = Reader(call)
    reader.options((), {"grouped", "sep", "format"})
    names = reader.names()
    reader.expect_end()
    if len(names) < 3:
        raise call.error("At least three fields are expected: the row's, the column's, the values'.")
    key, column, *data = names

    def step(stream: Stream) -> Stream:
        table: dict[str, Row] = {}
        for row in search.guard(stream.rows):
            if key in row and column in row:
                made = table.setdefault(as_text(row[key]), {key: row[key]})
                for name in data:
                    label = as_text(row[column]) if len(data) == 1 else f"{name}: {as_text(row[column])}"
                    if name in row:
                        made[label] = row[name]
        columns = sorted({name for made in table.values() for name in made} - {key})
        return Stream(list(table.values()), order=[key, *columns])

    return step


def build_addtotals(call: Call, search: Search) -> Step:
    """Add the sum of the numeric fields of each row, or with col=t of each column in a last row."""
    reader = Reader(call)
    allowed = {"row", "col", "fieldname", "labelfield", "label"}
    options = reader.options(allowed)
    patterns = reader.names()
    options |= reader.options(allowed)
    reader.expect_end()
    is_columns = call.name == "addcoltotals"
    rule = _Totals(
        patterns or ["*"],
        in_row=boolean(call, options, "row", not is_columns),
        in_column=boolean(call, options, "col", is_columns),
        field=options.get("fieldname", "Total"),
        label_field=options.get("labelfield"),
        label=options.get("label", "Total"),
    )
    return partial(rule.run, search)


class _Totals:
    def __init__(  # noqa: PLR0913 - one argument for each option of the command
        self, patterns: list[str], *, in_row: bool, in_column: bool, field: str, label_field: str | None, label: str
    ) -> None:
        self.patterns, self.in_row, self.in_column = patterns, in_row, in_column
        self.field, self.label_field, self.label = field, label_field, label

    def run(self, search: Search, stream: Stream) -> Stream:
        rows = list(search.guard(stream.rows))
        names = [name for name in known_fields(rows, stream) if not name.startswith("_")]
        names = wildcard.select(self.patterns, names)
        if self.in_row:
            for row in rows:
                row[self.field] = _total(row, names)
            stream = stream.declaring(self.field)
        if self.in_column and rows:
            rows.append(self._last(rows, [*names, *([self.field] if self.in_row else [])]))
        return stream.with_rows(rows)

    def _last(self, rows: list[Row], names: list[str]) -> Row:
        last: Row = {}
        for name in names:
            numbers = [number for row in rows if (number := read_number(as_text(row.get(name, "")))) is not None]
            if numbers:
                last[name] = bounded(sum(numbers))
        if self.label_field:
            last[self.label_field] = self.label
        return last


def _total(row: Row, names: list[str]) -> Number:
    numbers = (read_number(as_text(row[name])) for name in names if name in row)
    return bounded(sum(number for number in numbers if number is not None))


def build_accum(call: Call, search: Search) -> Step:
    """Add a running sum of a field."""
    reader = Reader(call)
    field = reader.name("A field name is expected.").text
    output = reader.name("A name is expected after AS.").text if reader.accept_word("as") else field
    reader.expect_end()

    def rows(stream: Stream) -> Iterator[Row]:
        total: Number = 0
        for row in search.guard(stream.rows):
            number = read_number(as_text(row[field])) if field in row else None
            if number is not None:
                total = add(total, number)
                row[output] = total
            yield row

    return lambda stream: stream.with_rows(rows(stream)).declaring(output)


def build_delta(call: Call, search: Search) -> Step:
    """Add the difference to the value of the row before, or p rows before."""
    reader = Reader(call)
    field = reader.name("A field name is expected.").text
    output = reader.name("A name is expected after AS.").text if reader.accept_word("as") else None
    distance = integer(call, reader.options({"p"}), "p", 1)
    reader.expect_end()
    target = output or f"delta({field})"

    def rows(stream: Stream) -> Iterator[Row]:
        before: list[Number | None] = []
        for row in search.guard(stream.rows):
            number = read_number(as_text(row[field])) if field in row else None
            earlier = before[-distance] if len(before) >= distance else None
            if number is not None and earlier is not None:
                row[target] = add(number, earlier, -1)
            before.append(number)
            yield row

    return lambda stream: stream.with_rows(rows(stream)).declaring(target)
