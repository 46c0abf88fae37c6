r"""SEDCMD: scripts of `s/regex/replacement/flags` (flags `g` or a number, `\1` to `\9`) and `y/abc/xyz/`."""

import re
from collections.abc import Callable, Sequence

from standin.conf.errors import Problem, UnknownConf
from standin.conf.patterns import all_matches, compile_regex
from standin.conf.text import Setting
from standin.events.draft import Draft, Step
from standin.values import regex


def sed(setting: Setting) -> Callable[[str], str]:
    """Compile a sed script of `s` and `y` commands."""
    edits = _sed_edits(setting)

    def run(text: str) -> str:
        for edit in edits:
            text = edit(text)
        return text

    return run


def sed_step(setting: Setting) -> Step:
    """Compile a SEDCMD."""
    edit = sed(setting)

    def run(draft: Draft) -> None:
        draft.event = draft.event._replace(raw=edit(draft.event.raw))

    return run


def _sed_edits(setting: Setting) -> list[Callable[[str], str]]:
    edits, rest = [], setting.value.strip()
    while rest:
        parts = _sed_parts(setting, rest)
        match = re.match(r"[^\s]*", parts[3])
        flags = match[0] if match else ""
        rest = parts[3][len(flags) :].strip()
        edits.append(_transliteration(setting, parts) if parts[0] == "y" else _substitution(setting, parts, flags))
    return edits


def _sed_parts(setting: Setting, script: str) -> tuple[str, str, str, str]:
    """Split `s/a/b/rest` into its letter, both sides and the rest; the delimiter is escaped by a backslash."""
    delimiter = re.escape(script[1:2])
    side = rf"((?:\\.|(?!{delimiter})[^\\])*)"
    match = re.match(rf"([sy]){delimiter}{side}{delimiter}{side}{delimiter}(.*)\Z", script, re.DOTALL)
    if match is None or not delimiter:
        raise UnknownConf(Problem(setting.file, setting.line, "value", f"not a sed script: {script!r}"))
    letter, left, right, rest = match.groups()
    return letter, left, right, rest


def _transliteration(setting: Setting, parts: tuple[str, str, str, str]) -> Callable[[str], str]:
    _, old, new, _ = parts
    if len(old) != len(new):
        raise UnknownConf(Problem(setting.file, setting.line, "value", "the two sides of y are not of equal length"))
    table = str.maketrans(old, new)
    return lambda raw: raw.translate(table)


def _substitution(setting: Setting, parts: tuple[str, str, str, str], flags: str) -> Callable[[str], str]:
    if not re.fullmatch(r"g?|\d+", flags):
        raise UnknownConf(Problem(setting.file, setting.line, "value", f"unknown flag of sed's s: {flags!r}"))
    pattern = compile_regex(setting, parts[1])
    pieces = re.split(r"\\(\d)", parts[2])
    wanted = int(flags) if flags.isdigit() else None

    def run(raw: str) -> str:
        result, position = [], 0
        for count, match in enumerate(all_matches(pattern, raw), start=1):
            if wanted is None or count == wanted:
                result += [raw[position : match.start()], _filled(pieces, match)]
                position = match.end()
            if flags != "g" and (wanted is None or count == wanted):
                break
        return "".join([*result, raw[position:]])

    return run


def _filled(pieces: Sequence[str], match: regex.Match) -> str:
    groups = (match.group(0), *match.groups())
    return "".join(
        piece if index % 2 == 0 else (groups[int(piece)] or "" if int(piece) < len(groups) else "")
        for index, piece in enumerate(pieces)
    )
