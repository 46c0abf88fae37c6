"""Multivalue functions: split, mvindex, mvcount, mvjoin, mvfilter, mvmap, mvrange, mvzip and the rest."""

from standin.environment import Row
from standin.language.compiled import MAX_TEXT, Evaluator, Kind, Result, Scope, check_size, to_number, to_text
from standin.language.errors import LimitReached
from standin.language.functions.conditional import dynamic_regex, found, literal_regex
from standin.language.functions.signature import Function, Site, strict
from standin.language.operators import bounded_text
from standin.language.tree import field_names
from standin.values.multivalue import as_texts, from_texts, unique
from standin.values.numbers import Number, bounded, format_number
from standin.values.timemodifier import SECONDS, UNITS

MAX_RANGE = 100_000  # values of mvrange
CHECK_EVERY = 64


def _split(text: str, delimiter: str) -> Result:
    return from_texts(text.split(delimiter) if delimiter else list(text))


def _values(value: Result) -> list[str]:
    return [str(value)] if isinstance(value, bool) else as_texts(value)


def _append(site: Site) -> Evaluator:
    evaluators = [argument.evaluate for argument in site.arguments]
    return lambda row, scope: from_texts([text for run in evaluators for text in _values(run(row, scope))])


def _index(value: Result, start: Number, end: Number | None = None) -> Result:
    values = _values(value)
    first = int(start) + (len(values) if start < 0 else 0)
    last = first if end is None else int(end) + (len(values) if end < 0 else 0)
    if first < 0 or first >= len(values) or last < first or (end is not None and last >= len(values)):
        return None
    return from_texts(values[first : last + 1])


def _join(value: Result, delimiter: str) -> str:
    values = _values(value)
    if len(delimiter) * len(values) > MAX_TEXT:
        raise LimitReached(f"a value grew beyond {MAX_TEXT} characters")
    return bounded_text(delimiter.join(values))


def _find(site: Site) -> Evaluator:
    pattern = literal_regex(site, 1)
    subject, source = (argument.evaluate for argument in site.arguments)

    def run(row: Row, scope: Scope) -> Result:
        active = pattern or dynamic_regex(source(row, scope))
        values = _values(subject(row, scope))
        if active is None:
            return None
        return next((index for index, text in enumerate(values) if found(active, text) is not None), None)

    return run


def with_value(row: Row, name: str, text: str) -> Row:
    """Return a copy of a row in which a field has one value."""
    changed = row.copy()
    changed[name] = text
    return changed


def _filter(site: Site) -> Evaluator:
    names = field_names(site.node.arguments[0])
    if len(names) != 1:
        raise site.invalid()
    name, test = names[0], site.arguments[0].evaluate

    def run(row: Row, scope: Scope) -> Result:
        kept = []
        for index, text in enumerate(as_texts(row.get(name))):
            if index % CHECK_EVERY == 0:
                scope.check_time()
            if test(with_value(row, name, text), scope) is True:
                kept.append(text)
        return from_texts(kept)

    return run


def _map(site: Site) -> Evaluator:
    names = field_names(site.node.arguments[0])
    if len(names) != 1:
        raise site.invalid()
    name, subject, expression = names[0], site.arguments[0].evaluate, site.arguments[1].evaluate

    def run(row: Row, scope: Scope) -> Result:
        mapped: list[str] = []
        for index, text in enumerate(_values(subject(row, scope))):
            mapped += _values(expression(with_value(row, name, text), scope))
            if index % CHECK_EVERY == 0:
                scope.check_time()
                check_size(mapped)
        return from_texts(mapped)

    return run


def _range(site: Site) -> Evaluator:
    start, end, *more = site.arguments
    step = more[0] if more else None
    if step is not None and step.kind is Kind.TEXT and _seconds(step.literal) is None:
        raise site.invalid()

    def run(row: Row, scope: Scope) -> Result:
        first, last = to_number(start.evaluate(row, scope)), to_number(end.evaluate(row, scope))
        width = 1 if step is None else _width(step.evaluate(row, scope))
        if first is None or last is None or width is None or width == 0:
            return None
        return from_texts([format_number(bounded(value)) for value in _steps(first, last, width)])

    return run


def _steps(first: Number, last: Number, width: Number) -> list[Number]:
    count = max(0, -int(-(last - first) // width))
    return [first + index * width for index in range(min(count, MAX_RANGE))]


def _width(value: Result) -> Number | None:
    number = to_number(value)
    return number if number is not None else _seconds(value)


def _seconds(value: Result) -> int | None:
    text = to_text(value) or ""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = UNITS.get(text[len(digits) :], "")
    return int(digits or 1) * SECONDS[unit] if unit in SECONDS and (digits or "1").isdecimal() else None


def _zip(left: Result, right: Result, delimiter: str = ",") -> Result:
    pairs = zip(_values(left), _values(right), strict=False)  # the longer one is cut, as documented
    return from_texts([one + delimiter + other for one, other in pairs])


FUNCTIONS = {
    "split": strict("ss", Kind.ANY, _split),
    "mvappend": Function("xx*", Kind.ANY, _append),
    "mvcount": strict("v", Kind.NUMBER, lambda value: len(_values(value))),
    "mvdedup": strict("v", Kind.ANY, lambda value: from_texts(unique(_values(value)))),
    "mvfilter": Function("b", Kind.ANY, _filter),
    "mvfind": Function("vs", Kind.NUMBER, _find),
    "mvindex": strict("vnn?", Kind.ANY, _index),
    "mvjoin": strict("vs", Kind.TEXT, _join),
    "mvmap": Function("vx", Kind.ANY, _map),
    "mvrange": Function("nnv?", Kind.ANY, _range),
    "mvreverse": strict("v", Kind.ANY, lambda value: from_texts(_values(value)[::-1])),
    "mvsort": strict("v", Kind.ANY, lambda value: from_texts(sorted(_values(value)))),
    "mvzip": strict("vvs?", Kind.ANY, _zip),
}
