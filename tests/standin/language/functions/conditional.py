"""Functions that choose and compare: if, case, coalesce, validate, nullif, in, match, like, cidrmatch, searchmatch."""

from collections.abc import Callable

from standin.environment import Row
from standin.language.compiled import Evaluator, Kind, Result, Scope, to_text
from standin.language.errors import SearchError
from standin.language.filters import compile_filter
from standin.language.functions.signature import Function, Site, strict
from standin.language.operators import COMPARE, compare_values, comparison
from standin.values import cidr, regex
from standin.values.multivalue import as_texts


def _if(site: Site) -> Evaluator:
    condition, yes, no = (argument.evaluate for argument in site.arguments)
    return lambda row, scope: yes(row, scope) if condition(row, scope) is True else no(row, scope)


def _pairs(site: Site) -> list[tuple[Evaluator, Evaluator]]:
    arguments = site.arguments
    if len(arguments) % 2 or any(condition.kind is not Kind.BOOLEAN for condition in arguments[::2]):
        raise site.invalid()
    return [(test.evaluate, value.evaluate) for test, value in zip(arguments[::2], arguments[1::2], strict=True)]


def _case(site: Site) -> Evaluator:
    pairs = _pairs(site)

    def run(row: Row, scope: Scope) -> Result:
        for condition, value in pairs:
            if condition(row, scope) is True:
                return value(row, scope)
        return None

    return run


def _validate(site: Site) -> Evaluator:
    pairs = _pairs(site)

    def run(row: Row, scope: Scope) -> Result:
        for condition, value in pairs:
            if condition(row, scope) is False:
                return value(row, scope)
        return None

    return run


def _coalesce(site: Site) -> Evaluator:
    evaluators = [argument.evaluate for argument in site.arguments]

    def run(row: Row, scope: Scope) -> Result:
        for evaluate in evaluators:
            value = evaluate(row, scope)
            if value is not None:
                return value
        return None

    return run


def _nullif(site: Site) -> Evaluator:
    first, second = (argument.evaluate for argument in site.arguments)

    def run(row: Row, scope: Scope) -> Result:
        value = first(row, scope)
        return None if compare_values(COMPARE["=="], value, second(row, scope)) else value

    return run


def _in(site: Site) -> Evaluator:
    wanted, *options = site.arguments
    tests = [comparison("==", wanted, option) for option in options]
    field = wanted.evaluate

    def run(row: Row, scope: Scope) -> bool | None:
        if field(row, scope) is None:
            return None
        return any(test(row, scope) for test in tests)

    return run


def literal_regex(site: Site, index: int) -> regex.Regex | None:
    """Compile the regular expression that an argument spells out, None where it comes from a field."""
    literal = site.arguments[index].literal
    if not isinstance(literal, str):
        return None
    try:
        return regex.compile(literal)
    except regex.RegexError as error:
        raise SearchError(f"Regex: {error.reason}.", site.node.arguments[index].position) from None


def found(pattern: regex.Regex, text: str) -> regex.Match | None:
    """Search, where giving up counts as not found."""
    try:
        return pattern.search(text)
    except regex.RegexLimit:
        return None


def _match(site: Site) -> Evaluator:
    pattern = literal_regex(site, 1)
    subject, source = site.arguments[0].evaluate, site.arguments[1].evaluate

    def run(row: Row, scope: Scope) -> bool | None:
        value, active = subject(row, scope), pattern or dynamic_regex(source(row, scope))
        if value is None or active is None or isinstance(value, bool):
            return None
        return any(found(active, text) is not None for text in as_texts(value))

    return run


def dynamic_regex(value: Result) -> regex.Regex | None:
    """Compile the regular expression that a field holds, None where it is none."""
    text = to_text(value)
    try:
        return None if text is None else regex.compile(text)
    except regex.RegexError:
        return None


def like_test(pattern: str) -> Callable[[str], bool]:
    """Return the test of a LIKE pattern: `%` any text, `_` one character, case counts."""
    pieces = {"%": ".*", "_": "."}
    translated = "".join(pieces.get(letter, "\\" + letter if not letter.isalnum() else letter) for letter in pattern)
    while ".*.*" in translated:
        translated = translated.replace(".*.*", ".*")
    compiled = regex.compile(r"\A" + translated + r"\z", "s")
    return lambda text: found(compiled, text) is not None


def _like(site: Site) -> Evaluator:
    subject, source = site.arguments[0].evaluate, site.arguments[1].evaluate
    literal = site.arguments[1].literal
    fixed = like_test(literal) if isinstance(literal, str) else None

    def run(row: Row, scope: Scope) -> bool | None:
        value, pattern = subject(row, scope), source(row, scope)
        if value is None or pattern is None or isinstance(value, bool):
            return None
        test = fixed or like_test(to_text(pattern) or "")
        return any(test(text) for text in as_texts(value))

    return run


def _cidrmatch(subnet: str, candidate: str) -> bool:
    test = cidr.matcher(subnet)
    return test is not None and any(test(text) for text in candidate.split("\n"))


def _searchmatch(site: Site) -> Evaluator:
    literal = site.arguments[0].literal
    if not isinstance(literal, str):
        raise site.invalid()
    matches = compile_filter(literal).matches
    return lambda row, scope: matches(row)


def _constant(value: Result) -> Callable[[Site], Evaluator]:
    return lambda site: lambda row, scope: value


FUNCTIONS = {
    "if": Function("bxx", Kind.ANY, _if),
    "case": Function("bxx*", Kind.ANY, _case),
    "validate": Function("bxx*", Kind.ANY, _validate),
    "coalesce": Function("xx*", Kind.ANY, _coalesce),
    "nullif": Function("vx", Kind.ANY, _nullif),
    "in": Function("vvv*", Kind.BOOLEAN, _in),
    "match": Function("vs", Kind.BOOLEAN, _match),
    "like": Function("vs", Kind.BOOLEAN, _like),
    "cidrmatch": strict("ss", Kind.BOOLEAN, _cidrmatch),
    "searchmatch": Function("s", Kind.BOOLEAN, _searchmatch),
    "null": Function("", Kind.NULL, _constant(None)),
    "true": Function("", Kind.BOOLEAN, _constant(True)),
    "false": Function("", Kind.BOOLEAN, _constant(False)),
}
