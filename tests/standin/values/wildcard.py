"""Wildcards: `*` stands for any text, also none; everything else stands for itself."""

import re
from collections.abc import Callable, Iterable

Test = Callable[[str], bool]


def has_wildcard(pattern: str) -> bool:
    """Tell whether a pattern holds a wildcard."""
    return "*" in pattern


def matcher(pattern: str, *, case_sensitive: bool = False) -> Test:
    """Return a test for whole texts."""
    if "*" not in pattern:
        return _equality(pattern, case_sensitive)
    if not pattern.strip("*"):
        return lambda text: True
    compiled = re.compile(to_regex(pattern), re.DOTALL | (0 if case_sensitive else re.IGNORECASE))
    return lambda text: compiled.fullmatch(text) is not None


def _equality(pattern: str, case_sensitive: bool) -> Test:
    if case_sensitive:
        return lambda text: text == pattern
    lowered = pattern.lower()
    return lambda text: text == pattern or text.lower() == lowered


def to_regex(pattern: str) -> str:
    """Return the regular expression of a pattern; runs of stars are one, so that matching stays linear in practice."""
    pieces = re.split(r"\*+", pattern)
    return ".*?".join(re.escape(piece) for piece in pieces)


def captures(pattern: str, text: str) -> tuple[str, ...] | None:
    """Return what each star of the pattern stands for in the text (longest first), None where it does not match."""
    match = re.fullmatch("(.*)".join(re.escape(piece) for piece in pattern.split("*")), text, re.DOTALL)
    return None if match is None else match.groups()


def select(patterns: Iterable[str], names: Iterable[str]) -> list[str]:
    """Return the names that any pattern matches, ordered by pattern, then as they come; each once."""
    known = list(names)
    chosen: dict[str, None] = {}
    for pattern in patterns:
        if "*" in pattern:
            test = matcher(pattern, case_sensitive=True)
            chosen.update((name, None) for name in known if test(name))
        else:
            chosen[pattern] = None
    return list(chosen)
