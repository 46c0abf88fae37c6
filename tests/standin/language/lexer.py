"""The tokens of `eval` and `where` expressions.

A text in double quotes knows two escapes, `\\"` and `\\\\`; every other backslash stays, for the regular expression
it is part of. An unquoted name is letters, digits and underscores; any other field name stands in single quotes.
"""

import re
from typing import NamedTuple

from standin.language.errors import MalformedSearch

TOKEN = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>(?:\d+\.\d+|\d+\.(?![\w.'"(])|\d+|\.\d+)(?:[eE][+-]?\d+)?)(?![A-Za-z_\d])
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<field>'(?:[^'\\]|\\.)*')
    | (?P<symbol>==|!=|<=|>=|::|[-+*/%.=<>(),!])""",
    re.VERBOSE | re.DOTALL,
)
WORD_OPERATORS = frozenset({"AND", "OR", "NOT", "XOR", "LIKE", "IN"})
ESCAPE = re.compile(r'\\(["\\])')
FIELD_ESCAPE = re.compile(r"\\(['\\])")
ENDS_OPERAND = frozenset({"number", "name", "text", "field"})


class Token(NamedTuple):
    """One token; `kind` is number, name, text, field, operator or end."""

    kind: str
    text: str
    position: int


def unescape(quoted: str) -> str:
    """Return what a text in double quotes says."""
    return ESCAPE.sub(r"\1", quoted[1:-1])


def tokenize(text: str, offset: int = 0) -> list[Token]:
    """Split an expression into tokens, closed by one of kind `end`."""
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        token, position = _next(text, position, offset, tokens)
        if token is not None:
            tokens.append(token)
    tokens.append(Token("end", "", offset + len(text)))
    return tokens


def _next(text: str, position: int, offset: int, before: list[Token]) -> tuple[Token | None, int]:
    match = TOKEN.match(text, position)
    if match is None:
        quotes = {'"': "Unbalanced quotes.", "'": "Unbalanced quotes."}
        raise MalformedSearch(
            quotes.get(text[position], "The expression is malformed."),
            offset + position,
            f"at {text[position:][:20]!r}",
        )
    kind, found = str(match.lastgroup), match.group()
    if kind == "number" and found.startswith(".") and _after_operand(before):
        return Token("operator", ".", offset + position), position + 1
    return _token(kind, found, offset + position), match.end()


def _after_operand(before: list[Token]) -> bool:
    return bool(before) and (before[-1].kind in ENDS_OPERAND or before[-1].text == ")")


def _token(kind: str, found: str, position: int) -> Token | None:
    if kind == "space":
        return None
    if kind == "text":
        return Token(kind, unescape(found), position)
    if kind == "field":
        return Token(kind, FIELD_ESCAPE.sub(r"\1", found[1:-1]), position)
    if kind == "name" and found.upper() in WORD_OPERATORS:
        return Token("operator", found.upper(), position)
    return Token("operator" if kind == "symbol" else kind, found, position)
