"""The parser of `eval` and `where` expressions.

Operators from the tightest: unary minus; * / %; + - and the concatenation `.`; comparisons, LIKE, IN; NOT; AND; OR; XOR
(Search Reference, eval). Depth is bounded, so that no text overflows the stack.
"""

from standin.language.errors import MalformedSearch
from standin.language.lexer import Token, tokenize
from standin.language.tree import Call, Chain, Field, Literal, Node, Unary
from standin.values.numbers import read_number

MAX_DEPTH = 60
COMPARISONS = {"=": "==", "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
CALLABLE_OPERATORS = frozenset({"LIKE", "IN"})  # also functions: like(x, "a%"), in(x, 1, 2)
N_ARY = frozenset({"AND", "OR", "XOR", "."})
MAX_OPERANDS = 12_000  # of these; a subsearch gives 10,000 rows at most
MALFORMED = "The expression is malformed."


def parse_expression(text: str, offset: int = 0) -> Node:
    """Parse a whole text as one expression."""
    parser = Parser(tokenize(text, offset))
    if parser.peek().kind == "end":
        raise MalformedSearch(f"{MALFORMED} An expression is missing.", offset)
    node = parser.expression()
    parser.expect_end()
    return node


class Parser:
    """A parser over tokens; also used for lists of assignments and for aggregates."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._index = 0
        self._depth = 0

    def peek(self) -> Token:
        """Return the next token and leave it there."""
        return self._tokens[self._index]

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self._tokens[self._index]
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def accept(self, *operators: str) -> Token | None:
        """Take the next token if it is one of these operators."""
        token = self.peek()
        return self.take() if token.kind == "operator" and token.text in operators else None

    def expect(self, operator: str, what: str) -> Token:
        """Take an operator that has to be there."""
        token = self.accept(operator)
        if token is None:
            raise MalformedSearch(f"{MALFORMED} {what}", self.peek().position)
        return token

    def expect_end(self) -> None:
        """Refuse whatever stands after the expression."""
        token = self.peek()
        if token.kind != "end":
            raise MalformedSearch(MALFORMED, token.position, f"unexpected {token.text!r}")

    def expression(self, minimum: int = 0) -> Node:
        """Parse one expression of operators that bind at least as tightly as a level."""
        node = self._prefix()
        length = operands = 0
        while (token := self.peek()).kind == "operator" and LEVELS.get(token.text, -1) >= minimum:
            self.take()
            length += token.text not in N_ARY
            operands += 1
            if length > MAX_DEPTH or operands > MAX_OPERANDS:
                raise MalformedSearch(f"{MALFORMED} It has too many operators in a row.", token.position)
            node = self._infix(node, token)
        return node

    def _infix(self, left: Node, token: Token) -> Node:
        level = LEVELS[token.text]
        if token.text == "IN":
            self.expect("(", "The IN operator needs a list in parentheses.")
            return Call("in", (left, *self._arguments()), token.position)
        right = self.expression(level + 1)
        if token.text == "LIKE":
            return Call("like", (left, right), token.position)
        return _join(left, token, right)

    def _prefix(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise MalformedSearch(f"{MALFORMED} It is nested too deeply.", self.peek().position)
        token = self.accept("NOT", "!", "-", "+")
        if token is None:
            node = self._primary()
        elif token.text in ("NOT", "!"):
            node = Unary("NOT", self.expression(COMPARISON_LEVEL), token.position)
        else:
            operand = self._prefix()
            node = operand if token.text == "+" else Unary("-", operand, token.position)
        self._depth -= 1
        return node

    def _primary(self) -> Node:
        token = self.take()
        if token.kind == "number":
            value = read_number(token.text.rstrip(".") or "0")
            return Literal(0 if value is None else value, token.position)
        if token.kind == "text":
            return Literal(token.text, token.position)
        if token.kind == "field":
            return Field(token.text, token.position)
        is_function = token.text in CALLABLE_OPERATORS and self.peek().text == "("
        if token.kind == "name" or is_function:
            name = token.text.lower() if is_function else token.text
            return Call(name, self._arguments(), token.position) if self.accept("(") else Field(name, token.position)
        if token.text == "(":
            node = self.expression()
            self.expect(")", "A closing parenthesis is missing.")
            return node
        raise MalformedSearch(
            MALFORMED, token.position, f"unexpected {token.text!r}" if token.text else "it ends too early"
        )

    def _arguments(self) -> tuple[Node, ...]:
        if self.accept(")"):
            return ()
        arguments = [self.expression()]
        while self.accept(","):
            arguments.append(self.expression())
        self.expect(")", "A closing parenthesis is missing.")
        return tuple(arguments)


COMPARISON_LEVEL = 3
LEVELS = {"XOR": 0, "OR": 1, "AND": 2}
LEVELS |= dict.fromkeys((*COMPARISONS, "LIKE", "IN"), COMPARISON_LEVEL)
LEVELS |= {"+": 4, "-": 4, ".": 4, "*": 5, "/": 5, "%": 5}


def _join(left: Node, token: Token, right: Node) -> Node:
    operator = COMPARISONS.get(token.text, token.text)
    if operator in N_ARY and isinstance(left, Chain) and left.operator == operator:
        return Chain(operator, (*left.operands, right), left.position)
    return Chain(operator, (left, right), token.position)
