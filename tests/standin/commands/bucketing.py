"""bin: values put into spans. Spans of time floor `_time`; other spans give texts such as `10-20`.

Without a span the width is chosen: 1, 2 or 5 times a power of ten would be finer, but measured is a power of ten, so
that there are at most `bins` (100); for times the nice widths of timechart.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from standin.commands.accumulators import moment_of
from standin.commands.arguments import Reader, integer
from standin.commands.stream import Search, Step, Stream
from standin.environment import Row, Value
from standin.language.pipeline import Call
from standin.values.multivalue import as_text
from standin.values.numbers import Measured, Number, format_number, normal, read_number, round_decimals
from standin.values.timemodifier import resolve_time
from standin.values.timespan import Span, floor_time, read_span

OPTIONS = frozenset({"span", "bins", "minspan", "start", "end", "aligntime"})
NICE_SPANS = ("1s", "5s", "10s", "30s", "1m", "5m", "10m", "30m", "1h", "1d", "1mon")
DEFAULT_BINS = 100
LOGARITHMIC = re.compile(r"[\d.]*log[\d.]*", re.IGNORECASE)


@dataclass(frozen=True)
class Binning:
    """What bin was asked for."""

    field: str
    output: str
    span: Span | None
    width: float | None
    bins: int
    minspan: float | None
    align: float


def build_bin(call: Call, search: Search) -> Step:
    """Put the values of a field into spans."""
    reader = Reader(call)
    options = reader.options(OPTIONS)
    field = reader.name("A field name is expected.").text
    options |= reader.options(OPTIONS)
    output = reader.name("A name is expected after AS.").text if reader.accept_word("as") else field
    options |= reader.options(OPTIONS)
    reader.expect_end()
    if "start" in options or "end" in options:
        raise call.unsupported("options start and end")
    bins = integer(call, options, "bins", DEFAULT_BINS)
    if bins < 2:
        raise call.error("The value for option bins must be at least 2.")
    span, width = _width(call, options.get("span"))
    minspan = _number(call, options, "minspan")
    binning = Binning(field, output, span, width, bins, minspan, _align(call, options, search))
    return partial(_bin, binning, search)


def _width(call: Call, text: str | None) -> tuple[Span | None, float | None]:
    if text is None:
        return None, None
    number = read_number(text)
    if number is not None and number > 0:
        return read_span(text), float(number)
    if LOGARITHMIC.fullmatch(text):
        raise call.unsupported(f"logarithmic span {text}")
    span = read_span(text)
    if span is None:
        raise call.error(f"The value '{text}' for option span is invalid.")
    return span, None


def _number(call: Call, options: dict[str, str], name: str) -> float | None:
    if name not in options:
        return None
    number = read_number(options[name])
    span = read_span(options[name]) if number is None else None
    if number is None and (span is None or span.seconds is None):
        raise call.error(f"The value '{options[name]}' for option {name} is invalid.")
    return float(number) if number is not None else span.seconds if span is not None else None


def _align(call: Call, options: dict[str, str], search: Search) -> float:
    text = options.get("aligntime")
    if text is None:
        return 0.0
    named = {"earliest": search.bounds.earliest, "latest": search.bounds.latest}
    if text in named:
        return named[text] or 0.0
    try:
        return resolve_time(text, search.environment.now)
    except ValueError:
        raise call.error(f"The value '{text}' for option aligntime is invalid.") from None


def _bin(binning: Binning, search: Search, stream: Stream) -> Stream:
    is_time = binning.field == "_time"
    rows: Iterable[Row] = search.guard(stream.rows)
    if is_time or (binning.span is not None and binning.width is None):
        if binning.span is None:
            rows = list(rows)
        place = _time_place(binning, rows)
    elif binning.width is None:
        rows = list(rows)
        place = _number_place(_chosen_width(binning, rows))
    else:
        place = _number_place(binning.width)
    return stream.with_rows(_placed(binning, place, rows)).declaring(binning.output)


Place = Callable[[Value], Value]


def _placed(binning: Binning, place: Place, rows: Iterable[Row]) -> Iterable[Row]:
    for row in rows:
        if binning.field in row:
            row[binning.output] = place(row[binning.field])
        yield row


def _time_place(binning: Binning, rows: Iterable[Row]) -> Place:
    span = binning.span
    if span is None:
        moments = [moment for row in rows if (moment := moment_of(row)) is not None]
        span = choose_span(min(moments, default=0.0), max(moments, default=0.0), binning.bins, binning.minspan)

    def place(value: Value) -> Value:
        number = read_number(as_text(value)) if isinstance(value, (str, list)) else value
        return value if number is None else normal(floor_time(float(number), span, binning.align))

    return place


def choose_span(first: float, last: float, bins: int, minspan: float | None = None) -> Span:
    """Return the finest nice span with at most a count of spans between two times."""
    spans = [span for text in NICE_SPANS if (span := read_span(text)) is not None]
    for span in spans:
        seconds = span.seconds or 30 * 86400.0
        if (last - first) / seconds <= bins and seconds >= (minspan or 0):
            return span
    return spans[-1]


def _chosen_width(binning: Binning, rows: Sequence[Row]) -> float:
    numbers = [number for row in rows if (number := read_number(as_text(row.get(binning.field, "")))) is not None]
    extent = float(max(numbers, default=0) - min(numbers, default=0))
    needed = max(extent / binning.bins, binning.minspan or 0.0)
    if binning.bins == DEFAULT_BINS and binning.minspan is None:
        needed = max(needed, 1.0 if all(isinstance(number, int) for number in numbers) else needed)
    return 10.0 ** math.ceil(round(math.log10(needed), 9)) if needed > 0 else 1.0


def _number_place(width: float) -> Place:
    decimals = _decimals(width)

    def edge(value: float) -> str:
        rounded = round_decimals(value, decimals)
        return format_number(Measured(rounded, decimals) if decimals else normal(rounded))

    def place(value: Value) -> Value:
        number: Number | None = read_number(as_text(value))
        if number is None:
            return value
        start = math.floor(round(number / width, 9)) * width
        return f"{edge(start)}-{edge(start + width)}"

    return place


def _decimals(width: float) -> int:
    text = format_number(normal(width))
    return len(text.partition(".")[2]) if "e" not in text else 0
