"""Semantics that no source settles: the reading chosen here, and which searches depend on it.

Nothing that is shipped should depend on one of these. `unverified_uses` finds what can be seen in the text of a search;
readings without a pattern cannot be seen there and are listed so that they are known.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from standin.environment import Environment
from standin.language.filters import fields_of
from standin.language.macros import expand
from standin.language.pipeline import Call, split_pipeline, subsearches
from standin.language.searchtree import All, Any, Clause, Comparison, Not, Term, parse_clause

EVAL = frozenset({"eval", "where", "head", "stats", "eventstats", "streamstats", "chart", "timechart"})
AGGREGATING = frozenset({"stats", "eventstats", "streamstats", "chart", "timechart"})
ANY = frozenset({"*"})
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Semantic(NamedTuple):
    """One open question; `pattern` is looked for in the arguments of `commands`, texts in quotes left out."""

    name: str
    question: str
    reading: str
    commands: frozenset[str] = ANY
    pattern: str | None = None
    reads_quoted: bool = False  # the pattern looks into texts in quotes too


UNVERIFIED = (
    Semantic(
        "mode-tie",
        "which value mode() gives of several equally frequent ones",
        "the first to come",
        AGGREGATING,
        r"\bmode\(",
    ),
    Semantic(
        "median-even", "how a fractional even median rounds", "the higher of the two values", AGGREGATING, r"\bmedian\("
    ),
    Semantic(
        "not-null", "what NOT makes of a comparison with null", "null, so where drops it", EVAL, r"\bNOT\b|!(?=[a-z])"
    ),
    Semantic("split-empty", "whether split() keeps empty parts", "it keeps them", EVAL, r"\bsplit\("),
    Semantic("urldecode-plus", "whether urldecode() turns + into a blank", "it does", EVAL, r"\burldecode\("),
    Semantic(
        "decimal-product",
        "how a product with decimals is rounded when it is used again",
        "it keeps the rounding",
        EVAL,
        r"\d\.\d+\s*[*/]|[*/]\s*\d*\.\d",
    ),
    Semantic(
        "strptime-date",
        "which day strptime() takes where the format names none",
        "today",
        EVAL,
        r'\bstrptime\([^"]*"(?![^"]*%[YFsDcx+])',
        reads_quoted=True,
    ),
    Semantic("head-zero", "what head 0 gives", "every row", frozenset({"head"}), r"^\s*(?:limit\s*=\s*)?0\s*$"),
    Semantic(
        "term-breadth",
        "how far TERM() reaches",
        "from one major breaker to the next",
        frozenset({"search"}),
        r"\bTERM\(",
    ),
    Semantic(
        "dedup-consecutive",
        "what consecutive=true means with a count",
        "the run starts anew",
        frozenset({"dedup"}),
        "consecutive",
    ),
    Semantic(
        "bin-start-width",
        "how bin chooses a width by itself",
        "a power of ten",
        frozenset({"bin", "bucket"}),
        r"^(?!.*\bspan\b)",
    ),
    Semantic(
        "from-savedsearch-time",
        "over which range of time `from savedsearch` runs the search",
        "that of the search that names it",
        frozenset({"from"}),
        r"^\s*savedsearch\b",
    ),
    Semantic("child-calculation", "whether tstats calculates fields of a child for other rows", "it does not"),
    Semantic(
        "strict-fields", "which fields of a data model strict_fields=true leaves", "all of its dataset, as recorded"
    ),
    Semantic(
        "custom-equals",
        "whether blanks around an equal sign part the words of a custom command",
        "they do not",
    ),
    Semantic(
        "custom-preop",
        "what becomes of a streaming_preop that is not streaming",
        "it is left out",
    ),
    Semantic(
        "custom-index",
        "what becomes of a row that a streaming command gives back without _chunked_idx",
        "it stands by itself",
    ),
    Semantic("where-multivalue", "how where compares a multivalue", "any value may do"),
    Semantic("search-unequal-multivalue", "how search f!=v treats a multivalue", "true if any value differs"),
    Semantic("rex-multivalue", "what rex does with a multivalue", "the first value that matches"),
    Semantic("term-inner-wildcard", "how far a star inside a term reaches", "up to a major breaker"),
    Semantic("sort-mixed", "how sort orders texts that begin with a number", "as texts, after all numbers"),
    Semantic("by-order", "how stats orders groups whose keys are numbers", "by number, then texts"),
    Semantic("lookup-no-match", "what OUTPUT does to a field where nothing matches", "it takes the field away"),
    Semantic("lookup-multivalue", "how a multivalue is looked up", "each value by itself, where there is one input"),
    Semantic("streamstats-unbounded", "whether streamstats without a window stops at 10,000 rows", "it does not"),
    Semantic("time-window-cap", "whether the cap of time_window holds for each group", "for each group"),
    Semantic("series-numeric", "whether chart puts a numeric series into spans", "it does not"),
    Semantic(
        "json-number", "whether json_object() writes a field's numeric text as a number", "it does, if no digit is lost"
    ),
)


class UnverifiedUse(NamedTuple):
    """A place where a search depends on an open question."""

    name: str
    command: str
    position: int


def unverified_uses(
    spl: str, environment: Environment | None = None, multivalue_fields: Collection[str] = ()
) -> list[UnverifiedUse]:
    """Return where a search depends on an open question. Raises SearchError where it cannot be read.

    Macros are put in where an environment is given. `multivalue_fields` are fields known to have several values.
    """
    text = expand(spl, environment).text if environment is not None else re.sub(r"`[^`]*`", " ", spl)
    return _of_pipeline(text, frozenset(multivalue_fields), is_subsearch=False)


def _of_pipeline(text: str, multivalue: frozenset[str], *, is_subsearch: bool) -> list[UnverifiedUse]:
    found: list[UnverifiedUse] = []
    for call in split_pipeline(text, is_subsearch=is_subsearch) if text.strip() else []:
        found += _of_call(call, multivalue)
        for start, end in subsearches(call.arguments):
            found += _of_pipeline(call.arguments[start + 1 : end - 1], multivalue, is_subsearch=True)
    return found


def _of_call(call: Call, multivalue: frozenset[str]) -> list[UnverifiedUse]:
    arguments = call.arguments
    for start, end in reversed(subsearches(arguments)):
        arguments = arguments[:start] + " " * (end - start) + arguments[end:]
    bare = QUOTED.sub(lambda match: " " * len(match.group()), arguments)
    names = [
        semantic.name
        for semantic in UNVERIFIED
        if semantic.pattern is not None
        and call.name in semantic.commands
        and re.search(semantic.pattern, arguments if semantic.reads_quoted else bare)
    ]
    names += _of_multivalues(call, bare, multivalue)
    if call.name == "search":
        names += _of_clause(parse_clause(arguments), multivalue)
    return [UnverifiedUse(name, call.name, call.name_position) for name in dict.fromkeys(names)]


def _of_multivalues(call: Call, bare: str, multivalue: frozenset[str]) -> list[str]:
    if call.name == "rex" and any(re.search(rf"field\s*=\s*{re.escape(name)}\b", bare) for name in multivalue):
        return ["rex-multivalue"]
    compared = (rf"(?<![\w(.]){re.escape(name)}\s*(?:[=<>]|!=)" for name in multivalue)
    return ["where-multivalue"] if call.name == "where" and any(re.search(one, bare) for one in compared) else []


def _of_clause(clause: Clause, multivalue: frozenset[str]) -> list[str]:
    unequal = any(
        isinstance(one, Comparison) and one.operator == "!=" and one.field in multivalue for one in fields_of(clause)
    )
    inner = any("*" in term.text.strip("*") for term in _terms(clause))
    return ["search-unequal-multivalue"] * unequal + ["term-inner-wildcard"] * inner


def _terms(clause: Clause) -> list[Term]:
    if isinstance(clause, Term):
        return [clause]
    if isinstance(clause, Not):
        return _terms(clause.operand)
    if isinstance(clause, (All, Any)):
        return [term for operand in clause.operands for term in _terms(operand)]
    return []
