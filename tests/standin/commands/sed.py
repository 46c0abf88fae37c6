r"""The sed expressions of `rex mode=sed`: `s/regex/replacement/flags` and `y/abc/xyz/`, one or several.

Flags: `g` replaces every match, a number only that one. `\1` in the replacement is the first group, `\n` a newline.
"""

from collections.abc import Callable, Iterable
from itertools import islice

from standin.language.functions.text import expand, substitute
from standin.values import regex

Rewrite = Callable[[str], str]


def compile_sed(text: str) -> Rewrite:
    """Return the rewriting that sed expressions spell. Raises ValueError or RegexError."""
    rewrites = list(_read(text))
    if not rewrites:
        raise ValueError("an expression is missing")

    def run(value: str) -> str:
        for rewrite in rewrites:
            value = rewrite(value)
        return value

    return run


def _read(text: str) -> Iterable[Rewrite]:
    position = 0
    while position < len(text):
        if text[position].isspace() or text[position] == ";":
            position += 1
            continue
        command, delimiter = text[position], text[position + 1 : position + 2]
        if command not in "sy" or not delimiter:
            raise ValueError(f"Cannot find sed command: {text[position:]!r}")
        first, position = _until(text, position + 2, delimiter)
        second, position = _until(text, position, delimiter)
        start = position
        while position < len(text) and text[position].isalnum():
            position += 1
        yield _substitution(first, second, text[start:position]) if command == "s" else _translation(first, second)


def _until(text: str, position: int, delimiter: str) -> tuple[str, int]:
    piece = ""
    while position < len(text):
        letter = text[position]
        if letter == "\\" and position + 1 < len(text):
            follower = text[position + 1]
            piece += follower if follower == delimiter else letter + follower
            position += 2
        elif letter == delimiter:
            return piece, position + 1
        else:
            piece += letter
            position += 1
    raise ValueError(f"a {delimiter!r} is missing")


def _substitution(pattern: str, replacement: str, flags: str) -> Rewrite:
    compiled = regex.compile(pattern, "i" if "i" in flags else "")
    digits = "".join(letter for letter in flags if letter.isdecimal())
    if flags.strip("gi0123456789"):
        raise ValueError(f"unknown flags {flags!r}")
    wanted = min(max(1, int(digits[:9])), 10**9) if digits else 1
    template = replacement.replace("\\n", "\n").replace("\\t", "\t")

    if "g" in flags:
        return lambda value: substitute(compiled, value, template)

    def run(value: str) -> str:
        try:
            match = next(islice(compiled.finditer(value), wanted - 1, None), None)
        except regex.RegexLimit:
            return value
        return value if match is None else value[: match.start()] + expand(match, template) + value[match.end() :]

    return run


def _translation(source: str, target: str) -> Rewrite:
    if len(source) != len(target):
        raise ValueError("y needs as many characters on both sides")
    table = str.maketrans(source, target)
    return lambda value: value.translate(table)
