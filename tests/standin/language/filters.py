"""The expression of the `search` command, compiled to a test on rows, with what it says of indexes and of time.

Used for the `search` command, event types, tags, search filters of roles and `searchmatch`. Values compare as text
whatever their case, with `*` as wildcard; a subnet matches the addresses inside it; only < > <= >= look at numbers.
"""

import operator
import typing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from standin.environment import Row
from standin.language import searchtree, terms
from standin.language.errors import Unsupported
from standin.language.known import OLD_TIME_TERMS, TIME_SYNONYMS, TIME_TERMS
from standin.language.searchtree import All, Any, Clause, Comparison, Membership, Not, Term
from standin.values import cidr, wildcard
from standin.values.multivalue import as_texts
from standin.values.numbers import read_number

Test = Callable[[Row], bool]
Compare = Callable[[typing.Any, typing.Any], bool]  # two numbers or two texts
NUMERIC: dict[str, Compare] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
NOT_SUPPORTED_FIELDS = frozenset({"savedsearch", "savedsplunk"})


class TimeTerm(NamedTuple):
    """`earliest=...` and its like inside a search."""

    name: str
    value: str
    position: int


@dataclass(frozen=True)
class Filter:
    """A compiled search expression. `indexes` is None where it names none."""

    clause: Clause
    matches: Test
    time_terms: tuple[TimeTerm, ...]
    indexes: tuple[str, ...] | None
    substrings: tuple[str, ...]
    equalities: tuple[tuple[str, str], ...] = ()  # every `field=value` that an event must fulfil


@lru_cache(maxsize=1024)
def compile_filter(text: str, offset: int = 0) -> Filter:
    """Compile a search expression; errors count their position from `offset`. Raises SearchError."""
    return compile_clause(searchtree.parse_clause(text, offset))


def compile_clause(clause: Clause) -> Filter:
    """Compile an expression that was parsed already."""
    times = tuple(_take_times(clause, is_top=True))
    named = tuple(_indexes(clause))
    return Filter(
        clause, _compile(clause), times, named or None, tuple(_substrings(clause)), tuple(_equalities(clause))
    )


def fields_of(clause: Clause) -> Iterator[Comparison | Membership]:
    """Yield every comparison inside an expression."""
    if isinstance(clause, (Comparison, Membership)):
        yield clause
    elif isinstance(clause, Not):
        yield from fields_of(clause.operand)
    elif isinstance(clause, (All, Any)):
        for operand in clause.operands:
            yield from fields_of(operand)


def _take_times(clause: Clause, is_top: bool) -> Iterator[TimeTerm]:
    if isinstance(clause, Comparison):
        if clause.field in OLD_TIME_TERMS:
            raise Unsupported(f"time term {clause.field}", clause.position)
        name = TIME_SYNONYMS.get(clause.field, clause.field)
        if name in TIME_TERMS:
            if not is_top or clause.operator != "=":
                raise Unsupported(f"{clause.field} inside OR or NOT, or with {clause.operator}", clause.position)
            yield TimeTerm(name, clause.value, clause.position)
    elif isinstance(clause, Not):
        yield from _take_times(clause.operand, False)
    elif isinstance(clause, (All, Any)):
        for operand in clause.operands:
            yield from _take_times(operand, is_top and isinstance(clause, All))


def _indexes(clause: Clause) -> Iterator[str]:
    if isinstance(clause, Comparison) and clause.field == "index" and clause.operator == "=":
        yield clause.value
    elif isinstance(clause, Membership) and clause.field == "index":
        yield from clause.values
    elif isinstance(clause, (All, Any)):
        for operand in clause.operands:
            yield from _indexes(operand)


def _substrings(clause: Clause) -> Iterator[str]:
    if isinstance(clause, Term):
        yield from terms.substrings(clause.text)
    elif isinstance(clause, All):
        for operand in clause.operands:
            yield from _substrings(operand)


def _equalities(clause: Clause) -> Iterator[tuple[str, str]]:
    if isinstance(clause, Comparison) and clause.operator == "=" and not clause.is_indexed:
        yield clause.field, clause.value
    elif isinstance(clause, All):
        for operand in clause.operands:
            yield from _equalities(operand)


def _compile(clause: Clause) -> Test:
    if isinstance(clause, Comparison):
        return _comparison(clause)
    if isinstance(clause, Membership):
        return _membership(clause)
    if isinstance(clause, Term):
        return _term(clause)
    if isinstance(clause, Not):
        return _not(_compile(clause.operand))
    tests = [_compile(operand) for operand in clause.operands]
    return _all(tests) if isinstance(clause, All) else _any(tests)


def _not(test: Test) -> Test:
    return lambda row: not test(row)


def _all(tests: Sequence[Test]) -> Test:
    def run(row: Row) -> bool:
        return all(test(row) for test in tests)

    return run


def _any(tests: Sequence[Test]) -> Test:
    def run(row: Row) -> bool:
        return any(test(row) for test in tests)

    return run


def _term(term: Term) -> Test:
    test = terms.term_test(term.text, term.mode)

    def run(row: Row) -> bool:
        raw = row.get("_raw")
        return test(raw if isinstance(raw, str) else "\n".join(as_texts(raw)))

    return run


def _comparison(clause: Comparison) -> Test:
    if clause.field in TIME_TERMS or clause.field in TIME_SYNONYMS:
        return lambda row: True  # it has moved the bounds of the search
    if clause.field in NOT_SUPPORTED_FIELDS:
        raise Unsupported(f"{clause.field}= in a search", clause.position)
    if clause.operator in NUMERIC:
        return _on_values(clause.field, _order(clause.operator, clause.value))
    equal = value_test(clause.value, case_sensitive=clause.mode == "CASE")
    if clause.operator == "=":
        return _on_values(clause.field, equal)
    if not clause.value.strip("*") and clause.value:
        return lambda row: False  # f!=* never holds (Search Reference, search)
    return _on_values(clause.field, lambda text: not equal(text))


def value_test(value: str, *, case_sensitive: bool = False) -> Callable[[str], bool]:
    """Return the test of `field=value` on one text."""
    same = wildcard.matcher(value, case_sensitive=case_sensitive)
    inside = cidr.matcher(value)
    if inside is None:
        return same
    return lambda text: same(text) or inside(text)


def _membership(clause: Membership) -> Test:
    tests = [value_test(value) for value in clause.values]
    return _on_values(clause.field, lambda text: any(test(text) for test in tests))


def _on_values(field: str, test: Callable[[str], bool]) -> Test:
    def run(row: Row) -> bool:
        value = row.get(field)
        if value.__class__ is str:
            return test(value)
        return value is not None and any(test(text) for text in as_texts(value))

    return run


def _order(symbol: str, value: str) -> Callable[[str], bool]:
    compare, wanted = NUMERIC[symbol], read_number(value)

    def test(text: str) -> bool:
        number = read_number(text)
        if number is not None and wanted is not None:
            return compare(number, wanted)
        return compare(text, value)

    return test
