"""Which searches depend on semantics that no source settles."""

import pytest

from standin.environment import Macro
from standin.language.unverified import UNVERIFIED, unverified_uses
from unit.standin.searching import MemoryEnvironment

USES = [
    ("* | stats mode(a)", ["mode-tie"]),
    ("* | stats median(a) count", ["median-even"]),
    ('* | where NOT a="x"', ["not-null"]),
    ('* | eval b=split(a, ",")', ["split-empty"]),
    ("* | eval b=a*2.5", ["decimal-product"]),
    ('* | eval b=strptime(a, "%H:%M")', ["strptime-date"]),
    ('* | eval b=strptime(a, "%Y-%m-%d")', []),
    ("TERM(10.0.0.1)", ["term-breadth"]),
    ("ab*cd", ["term-inner-wildcard"]),
    ("* | bin a", ["bin-start-width"]),
    ("* | bin a span=10", []),
    ("* | where groups=1", ["where-multivalue"]),
    ("groups!=x", ["search-unequal-multivalue"]),
    ('* | rex field=groups "(?<a>.)"', ["rex-multivalue"]),
    ("| from savedsearch:a", ["from-savedsearch-time"]),
    ("| from datamodel:A.B", []),
    ("[search * | stats mode(a)]", ["mode-tie"]),
    ('index=x verb=create | eval a="mode(" | stats count by user', []),
]


@pytest.mark.parametrize(("spl", "expected"), USES, ids=[vector[0] for vector in USES])
def test_uses(spl: str, expected: list[str]) -> None:
    """An open question that a search depends on is found, also inside a subsearch, and nothing else is."""
    assert [use.name for use in unverified_uses(spl, multivalue_fields=["groups"])] == expected


def test_macros_are_looked_into() -> None:
    """What a macro holds counts."""
    environment = MemoryEnvironment(macros={("m", 0): Macro("stats mode(a)")})

    assert [use.name for use in unverified_uses("* | `m`", environment)] == ["mode-tie"]


def test_every_question_has_a_reading() -> None:
    """Names are unique, and each question tells the reading chosen."""
    assert len({semantic.name for semantic in UNVERIFIED}) == len(UNVERIFIED)
    assert all(semantic.question and semantic.reading for semantic in UNVERIFIED)
