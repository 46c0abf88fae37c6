"""A search split into its commands: at pipes, outside quotes and square brackets."""

import re
from typing import NamedTuple

from standin.language.errors import MalformedSearch, SearchError, UnknownName, Unsupported

PIECE = re.compile(r'\\.|"(?:[^"\\]|\\.)*"|["|\[\]]', re.DOTALL)
NAME = re.compile(r"\s*([A-Za-z_][\w-]*)\s*")
SEARCH = re.compile(r"\s*search(?=\s|$|\(|\")")


class Call(NamedTuple):
    """One command as it was written; `position` is that of its arguments."""

    name: str
    arguments: str
    position: int
    name_position: int

    def error(self, message: str, position: int | None = None) -> SearchError:
        """Return an error in Splunk's frame for errors of a command."""
        return SearchError(
            f"Error in '{self.name}' command: {message}", self.position if position is None else position
        )

    def unsupported(self, construct: str, position: int | None = None) -> Unsupported:
        """Return the refusal of something that the command has in Splunk only."""
        return Unsupported(f"{self.name} {construct}", self.position if position is None else position)


def split_pipeline(text: str, offset: int = 0, *, is_subsearch: bool = False) -> list[Call]:
    """Split a search into commands; without a leading pipe the first one is `search`, except in a subsearch."""
    pieces = _split(text, offset)
    first, start = pieces[0]
    if not first.strip():
        if len(pieces) == 1:
            raise MalformedSearch("Error in 'SearchParser': Empty search.", start)
        return [_call(piece, at) for piece, at in pieces[1:]]
    head = _call(first, start) if is_subsearch or SEARCH.match(first) else Call("search", first, start, start)
    return [head, *(_call(piece, at) for piece, at in pieces[1:])]


def _split(text: str, offset: int) -> list[tuple[str, int]]:
    pieces: list[tuple[str, int]] = []
    opened: list[int] = []
    start = 0
    for match in PIECE.finditer(text):
        found = match.group()
        if found == '"':
            raise MalformedSearch("Error in 'SearchParser': Mismatched quotes.", offset + match.start())
        if found == "[":
            opened.append(match.start())
        elif found == "]":
            if not opened:
                raise MalformedSearch("Error in 'SearchParser': Mismatched ']'.", offset + match.start())
            opened.pop()
        elif found == "|" and not opened:
            pieces.append((text[start : match.start()], offset + start))
            start = match.end()
    if opened:
        raise MalformedSearch(
            "Error in 'SearchParser': Missing a search command before or a ']' after '['.", offset + opened[-1]
        )
    pieces.append((text[start:], offset + start))
    return pieces


def _call(piece: str, offset: int) -> Call:
    match = NAME.match(piece)
    if match is None:
        if piece.strip():
            raise UnknownName(
                f"Unknown search command '{piece.split(maxsplit=1)[0]}'.", offset + len(piece) - len(piece.lstrip())
            )
        raise MalformedSearch("Error in 'SearchParser': Missing a search command before '|'.", offset)
    return Call(match.group(1).lower(), piece[match.end() :], offset + match.end(), offset + match.start(1))


def subsearches(text: str) -> list[tuple[int, int]]:
    """Return where the outermost square brackets outside quotes start and end."""
    spans: list[tuple[int, int]] = []
    depth, start = 0, 0
    for match in PIECE.finditer(text):
        if match.group() == "[":
            start = match.start() if depth == 0 else start
            depth += 1
        elif match.group() == "]":
            depth -= 1
            if depth == 0:
                spans.append((start, match.end()))
    return spans
