"""The expression of the `search` command: its tree and its parser.

NOT before OR before AND; two clauses side by side mean AND (Search Reference, search: order of evaluation).
field=value   field IN (a, b)   "a phrase"   term*   TERM(10.0.0.1)   CASE(Word)   field=CASE(Word)   name::value
"""

import re
from dataclasses import dataclass

from standin.language.errors import MalformedSearch

MAX_DEPTH = 60
CANNOT = "Unable to parse the search: "


@dataclass(frozen=True)
class Comparison:
    """A field, an operator of = != < > <= >=, and a value with wildcards."""

    field: str
    operator: str
    value: str
    position: int
    is_indexed: bool = False  # written as `field::value`
    mode: str = ""  # of the value: TERM or CASE, as for terms


@dataclass(frozen=True)
class Membership:
    """`field IN (...)`."""

    field: str
    values: tuple[str, ...]
    position: int


@dataclass(frozen=True)
class Term:
    """A word or a phrase that `_raw` must hold; `mode` is empty, TERM or CASE."""

    text: str
    mode: str
    position: int


@dataclass(frozen=True)
class Not:
    """A clause that must not hold."""

    operand: "Clause"


@dataclass(frozen=True)
class All:
    """Clauses that must all hold; none is true."""

    operands: "tuple[Clause, ...]"


@dataclass(frozen=True)
class Any:
    """Clauses of which one must hold."""

    operands: "tuple[Clause, ...]"


Clause = Comparison | Membership | Term | Not | All | Any

OPERATOR = re.compile(r"\s*(<=|>=|!=|==|=|<|>)\s*")
WORD = re.compile(r"(?:[^\s()\"=<>!,]|!(?!=))+")
VALUE = re.compile(r"[^\s()\"]+")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
LIST_VALUE = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^\s()",]+))\s*', re.DOTALL)
DIRECTIVE = re.compile(r"(TERM|CASE)\(([^()]*)\)")
IN = re.compile(r"\s*IN\s*\(")
ESCAPE = re.compile(r'\\(["\\])')


def parse_clause(text: str, offset: int = 0) -> Clause:
    """Parse a whole search expression; an empty one is true."""
    parser = _Parser(text, offset)
    clause = parser.all_of()
    if parser.position < len(text):
        raise parser.error("unbalanced parentheses.")
    return clause


class _Parser:
    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset
        self.position = 0
        self._depth = 0
        self.blanks()

    def error(self, reason: str) -> MalformedSearch:
        return MalformedSearch(CANNOT + reason, self.offset + self.position)

    def blanks(self) -> None:
        while self.position < len(self.text) and self.text[self.position].isspace():
            self.position += 1

    def keyword(self, word: str) -> bool:
        end = self.position + len(word)
        if not self.text.startswith(word, self.position) or not self._ends_word(end):
            return False
        self.position = end
        self.blanks()
        return True

    def _ends_word(self, end: int) -> bool:
        return end >= len(self.text) or self.text[end].isspace() or self.text[end] in '()"'

    def all_of(self) -> Clause:
        clauses: list[Clause] = []
        while self.position < len(self.text) and self.text[self.position] != ")":
            if self.keyword("AND"):
                self._require_both("AND", bool(clauses))
            clauses.append(self._any_of())
        return clauses[0] if len(clauses) == 1 else All(tuple(clauses))

    def _require_both(self, operator: str, has_left: bool) -> None:
        if not has_left:
            raise self.error(f"'{operator}' operator is missing a clause on the left hand side.")
        if (
            self.position >= len(self.text)
            or self.text[self.position] == ")"
            or self.text.startswith(("AND ", "OR "), self.position)
        ):
            raise self.error(f"'{operator}' operator is missing a clause on the right hand side.")

    def _any_of(self) -> Clause:
        if self.keyword("OR"):
            self._require_both("OR", False)
        clauses = [self._not()]
        while self.keyword("OR"):
            self._require_both("OR", True)
            clauses.append(self._not())
        return clauses[0] if len(clauses) == 1 else Any(tuple(clauses))

    def _not(self) -> Clause:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self.error("it is nested too deeply.")
        clause = self._negated() if self.keyword("NOT") else self._primary()
        self._depth -= 1
        return clause

    def _negated(self) -> Clause:
        if self.position >= len(self.text) or self.text[self.position] == ")":
            raise self.error("'NOT' operator is missing a clause on the right hand side.")
        return Not(self._not())

    def _primary(self) -> Clause:
        if self.text[self.position] == "(":
            return self._parenthesis()
        start = self.position
        directive = DIRECTIVE.match(self.text, start)
        if directive is not None:
            self._go(directive.end())
            return Term(_unquote(directive.group(2).strip()), directive.group(1), self.offset + start)
        name, is_quoted = self._name()
        if IN.match(self.text, self.position):
            return self._membership(name, start)
        operator = OPERATOR.match(self.text, self.position)
        if operator is not None:
            return self._comparison(name, operator, start)
        self.blanks()
        if "::" in name and not is_quoted:
            field, _, value = name.partition("::")
            return Comparison(field, "=", value, self.offset + start, is_indexed=True)
        return Term(name, "", self.offset + start)

    def _go(self, position: int) -> None:
        self.position = position
        self.blanks()

    def _parenthesis(self) -> Clause:
        self._go(self.position + 1)
        clause = self.all_of()
        if self.position >= len(self.text):
            raise self.error("unbalanced parentheses.")
        self._go(self.position + 1)
        return clause

    def _name(self) -> tuple[str, bool]:
        quoted = QUOTED.match(self.text, self.position)
        if quoted is not None:
            self.position = quoted.end()
            return ESCAPE.sub(r"\1", quoted.group(1)), True
        if self.text[self.position] == '"':
            raise self.error("unbalanced quotes.")
        word = WORD.match(self.text, self.position)
        if word is None:
            raise self.error(f"{self.text[self.position]!r} is missing a term on its left hand side.")
        self.position = word.end()
        return word.group(), False

    def _comparison(self, name: str, operator: re.Match[str], start: int) -> Clause:
        symbol = operator.group(1).replace("==", "=")
        self.position = operator.end()
        directive = DIRECTIVE.match(self.text, self.position)
        if directive is not None and symbol in ("=", "!="):
            self._go(directive.end())
            return Comparison(name, symbol, _unquote(directive[2].strip()), self.offset + start, mode=directive[1])
        quoted = QUOTED.match(self.text, self.position)
        bare = VALUE.match(self.text, self.position)
        if quoted is not None:
            value, end = ESCAPE.sub(r"\1", quoted.group(1)), quoted.end()
        elif bare is not None:
            value, end = bare.group(), bare.end()
        else:
            reason = (
                "unbalanced quotes."
                if self.text.startswith('"', self.position)
                else f"Comparator '{symbol}' is missing a term on the right hand side."
            )
            raise self.error(reason)
        self._go(end)
        return Comparison(name, symbol, value, self.offset + start)

    def _membership(self, name: str, start: int) -> Clause:
        opening = IN.match(self.text, self.position)
        self.position = opening.end() if opening else self.position
        values: list[str] = []
        while True:
            value = LIST_VALUE.match(self.text, self.position)
            if value is None:
                raise self.error("the list of an IN operator is malformed.")
            values.append(_unescape(value.group(1)) if value.group(1) is not None else value.group(2))
            self.position = value.end()
            if self.text.startswith(",", self.position):
                self.position += 1
            elif self.text.startswith(")", self.position):
                self._go(self.position + 1)
                return Membership(name, tuple(values), self.offset + start)


def _unescape(text: str) -> str:
    return ESCAPE.sub(r"\1", text)


def _unquote(text: str) -> str:
    quoted = QUOTED.fullmatch(text)
    return _unescape(quoted.group(1)) if quoted is not None else text
