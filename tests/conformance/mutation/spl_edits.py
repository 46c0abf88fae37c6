"""All small changes of a search: what the issue names, at every place where it can be made.

- a comparison flipped, `AND` and `OR` exchanged, `NOT` removed
- a number one higher and one lower, a text changed, a wildcard dropped
- a function exchanged for its sibling (FUNCTIONS)
- one field of a `by` clause, one operand of a `where` or of the first search removed
- a command removed from the pipeline

A text is read as tokens, with the depth of parentheses; a macro call is one token.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from conformance.mutation.edits import Edit

TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*")|(?P<macro>`[^`]*`)|(?P<name>'[^']*'|\$[^$\s]*\$)
    |(?P<number>\d+[a-z]*(?:@[a-z]+)?(?![\w:-]))|(?P<operator><=|>=|!=|==|[<>=|()\[\],.+*/%-])
    |(?P<space>(?:\s|\\\n)+)|(?P<word>[^\s"'`<>=|()\[\],+*/%]+)""",
    re.VERBOSE,
)
COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "!=": "=", "==": "!="}
FUNCTIONS = {
    "min": "max", "max": "min", "earliest": "latest", "latest": "earliest", "first": "last", "last": "first",
    "count": "dc", "dc": "count", "sum": "avg", "avg": "sum", "isnull": "isnotnull", "isnotnull": "isnull",
    "floor": "ceiling", "ceiling": "floor",
}  # fmt: skip
COUNTING = ("stats", "streamstats", "timechart", "chart", "eventstats")
WORD_NUMBER = re.compile(r"\d+")


class Token(NamedTuple):
    """A piece of a search, the depth of parentheses around it, and the command that it belongs to."""

    kind: str
    text: str
    start: int
    depth: int
    command: str

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.start + len(self.text)


def tokens_of(spl: str, command: str) -> list[Token]:
    """Return the tokens of a search whose text begins within a command (`search`, or `eval` for an expression)."""
    found: list[Token] = []
    depth, after_pipe = 0, False
    for match in TOKEN.finditer(spl):
        kind, text = str(match.lastgroup), match.group()
        if kind == "space":
            continue
        depth -= text in (")", "]")
        if after_pipe:
            command, after_pipe = text, False
        found.append(Token(kind, text, match.start(), depth, command))
        depth += text in ("(", "[")
        after_pipe = text == "|" and depth == 0
    return found


def search_edits(spl: str, *, expression: bool = False) -> Iterator[Edit]:
    """Yield every change of a search, or of an eval expression."""
    tokens = tokens_of(spl, "expression" if expression else "search")
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else None
        yield from _token_edits(token, before, tokens[at + 1] if at + 1 < len(tokens) else None)
    commands = _commands(tokens)
    for number, command in enumerate(commands):
        if (number or command[0].text == "|") and not expression:
            end = commands[number + 1][0].start if number + 1 < len(commands) else len(spl)
            yield Edit(command[0].start, end, "", f"without {_short(spl[command[0].start : end])}")
        yield from _clause_edits(spl, command)


def _token_edits(token: Token, before: Token | None, after: Token | None) -> Iterator[Edit]:
    def to(new: str) -> Edit:
        return Edit(token.start, token.end, new, f"{_short(token.text)} -> {_short(new) or 'nothing'}")

    match token.kind:
        case "operator" if token.text in COMPARISONS:
            yield to(COMPARISONS[token.text])
        case "operator" if token.text == "=" and _compares(token):
            yield to("!=")
        case "operator" if token.text == "*" and token.command == "search" and before and before.end == token.start:
            yield to("")
        case "word" if token.text in ("AND", "OR"):
            yield to("OR" if token.text == "AND" else "AND")
        case "word" if token.text == "NOT":
            yield to("")
        case "word" if token.text in FUNCTIONS and after and after.text == "(":
            yield to(FUNCTIONS[token.text])
        case "word" if token.text == "count" and token.command in COUNTING and token.depth == 0:
            yield to("dc(_raw)")
        case "number":
            yield from (to(new) for new in numbers_changed(token.text))
        case "text":
            yield from (edit.shifted(token.start) for edit in text_edits(token.text, token.command))


def _compares(token: Token) -> bool:
    """Tell a comparison from an assignment or an option."""
    return token.depth > 0 or token.command in ("search", "where", "expression")


def numbers_changed(text: str) -> list[str]:
    """Return a text with its first number one higher, and one lower where it can be."""
    found = WORD_NUMBER.search(text)
    assert found, f"no number in {text!r}"
    number = int(found.group())
    return [text[: found.start()] + str(new) + text[found.end() :] for new in (number + 1, number - 1) if new >= 0]


def text_edits(text: str, command: str) -> Iterator[Edit]:
    """Yield the changes of a text in quotes: its wildcards dropped one by one, and other words."""
    if command == "search":
        yield from (Edit(at, at + 1, "", f"{_short(text)} without a *") for at, one in enumerate(text) if one == "*")
    inner = text[1:-1]
    if re.fullmatch(r"[+-]\d+[a-z]+(@[a-z]+)?", inner):
        yield from (Edit(0, len(text), f'"{new}"', f"{text} -> {new}") for new in numbers_changed(inner))
    else:
        yield Edit(len(text) - 1, len(text) - 1, "~", f"{_short(text)} changed")


def _commands(tokens: Sequence[Token]) -> list[list[Token]]:
    commands: list[list[Token]] = [[]]
    for token in tokens:
        if token.text == "|" and token.depth == 0 and commands[-1]:
            commands.append([])
        commands[-1].append(token)
    return [command for command in commands if command]


def _clause_edits(spl: str, command: Sequence[Token]) -> Iterator[Edit]:
    """Yield a command with one field of its `by` clause, or one operand of its condition, removed."""
    words = [token for token in command if token.depth == 0]
    by = next((at for at, token in enumerate(words) if token.text.lower() == "by"), None)
    if by is not None:
        yield from _by_edits(words[by:])
    if command[0].command in ("search", "where"):
        body = command[2:] if command[0].text == "|" else command
        yield from _operand_edits(spl, body)


def _by_edits(words: Sequence[Token]) -> Iterator[Edit]:
    by, *fields = words
    for at, field in enumerate(fields):
        start = by.start if len(fields) == 1 else field.start
        end = fields[at + 1].start if at + 1 < len(fields) else field.end
        yield Edit(start, end, "", f"by without {field.text}")


def _operand_edits(spl: str, body: Sequence[Token]) -> Iterator[Edit]:
    """Yield a condition without one of its operands, at every depth of parentheses that AND and OR stand in."""
    for group in _groups(body):
        operands = _operands(group)
        for at, operand in enumerate(operands):
            if len(operands) < 2:
                continue
            start = operand[0].start
            end = operands[at + 1][0].start if at + 1 < len(operands) else operand[-1].end
            if at + 1 == len(operands):  # the last: with the operator before it
                start = operands[at - 1][-1].end
            yield Edit(start, end, " ", f"without {_short(spl[operand[0].start : operand[-1].end])}")


def _groups(body: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield what stands directly in the condition, and what in each pair of parentheses that is no function's."""
    yield list(body)
    for at, token in enumerate(body):
        if token.text == "(" and (at == 0 or body[at - 1].end != token.start or body[at - 1].text == "("):
            inner = body[at + 1 :]
            end = next((n for n, one in enumerate(inner) if one.text == ")" and one.depth == token.depth), len(inner))
            yield list(inner[:end])


def _operands(group: Sequence[Token]) -> list[list[Token]]:
    """Split at AND and OR, and in a search also between two terms."""
    if not group:
        return []
    depth = group[0].depth
    operands: list[list[Token]] = [[]]
    for token in group:
        if token.depth == depth and token.text in ("AND", "OR"):
            operands.append([])
            continue
        if token.command == "search" and token.depth == depth and _starts_a_term(operands[-1], token):
            operands.append([])
        operands[-1].append(token)
    return [operand for operand in operands if operand]


def _starts_a_term(operand: Sequence[Token], token: Token) -> bool:
    comparing = {"=", "!=", "<", ">", "<=", ">="}
    waiting = not operand or operand[-1].text in comparing | {"NOT"}
    return not waiting and token.text not in comparing | {")"} and token.start > operand[-1].end


def _short(text: str) -> str:
    flat = re.sub(r"\s+", " ", text.replace("\\\n", " ")).strip()
    return flat if len(flat) <= 40 else flat[:37] + "..."


def unique(edits: Iterable[Edit], text: str) -> Iterator[Edit]:
    """Yield edits that give texts of their own."""
    seen = {text}
    for edit in edits:
        result = edit.applied(text)
        if result not in seen:
            seen.add(result)
            yield edit
