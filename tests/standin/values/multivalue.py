"""Single values and multivalues: a list of two or more texts is a multivalue, an absent key is null."""

from collections.abc import Iterable, Sequence

from standin.environment import Value
from standin.values.numbers import format_number

MV_JOIN = "\n"  # how a multivalue reads where one text is wanted


class Delimited(list[str]):
    """A multivalue that knows what nomv joins it by (`delim` of stats)."""

    def __init__(self, texts: Iterable[str], delimiter: str) -> None:
        super().__init__(texts)
        self.delimiter = delimiter


def as_text(value: Value | bool) -> str:
    """Return one text for any value; a multivalue is joined by newlines."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, list):
        return MV_JOIN.join(value)
    return format_number(value)


def as_texts(value: Value | None) -> list[str]:
    """Return the texts of a value: none for null, one for a single value."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [value if isinstance(value, str) else format_number(value)]


def from_texts(texts: Sequence[str]) -> Value | None:
    """Return null, a single text or a multivalue for a list of texts."""
    if not texts:
        return None
    return texts[0] if len(texts) == 1 else list(texts)


def unique(texts: Iterable[str]) -> list[str]:
    """Return the texts without repetitions, in order of first appearance."""
    return list(dict.fromkeys(texts))
