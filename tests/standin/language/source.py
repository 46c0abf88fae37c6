"""The text of a search after its macros were put in, with a way back to the positions of what was typed."""

from typing import NamedTuple

MAX_LENGTH = 1_000_000  # characters of an expanded search


class Piece(NamedTuple):
    """A run of expanded text and where it came from; what a macro wrote all comes from the macro's backtick."""

    start: int
    origin: int
    from_macro: bool


class Source:
    """Expanded text under construction, then its map."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._pieces: list[Piece] = []
        self._length = 0

    @property
    def text(self) -> str:
        """Return the whole text."""
        return "".join(self._texts)

    @property
    def length(self) -> int:
        """Return how long the text is so far."""
        return self._length

    def add(self, text: str, origin: int, *, from_macro: bool = False) -> None:
        """Append text that came from a position."""
        self._pieces.append(Piece(self._length, origin, from_macro))
        self._texts.append(text)
        self._length += len(text)

    def typed(self, position: int | None) -> int | None:
        """Return the position in what was typed for a position in the expanded text."""
        if position is None:
            return None
        piece = next((one for one in reversed(self._pieces) if one.start <= position), Piece(0, 0, False))
        return piece.origin if piece.from_macro else piece.origin + position - piece.start
