r"""How a stream of text becomes events: LINE_BREAKER, TRUNCATE, then the rules that merge lines.

    text ── LINE_BREAKER ──▶ lines ── TRUNCATE ──▶ lines ── SHOULD_LINEMERGE and its rules ──▶ events

What the first capturing group matches is dropped, what stands before it ends a line, what stands after begins the
next. A LINE_BREAKER without any group breaks at newlines as the default does (measured: linebreak-no-capture-group).
TRUNCATE counts bytes of a line and rounds down to a whole character; a line that was cut is marked.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from standin.conf.errors import Problem, UnsupportedConf
from standin.conf.patterns import all_matches, compile_regex, first_match
from standin.conf.props import Props
from standin.conf.text import Setting, is_true, whole_number
from standin.values import regex

DEFAULT_BREAKER = r"([\r\n]+)"
Line = tuple[str, bool]


class MergeRules(NamedTuple):
    """The settings that decide where a new event begins; a test that is None never holds."""

    before_date: bool
    break_before: regex.Regex | None
    must_break_after: regex.Regex | None
    must_not_break_after: regex.Regex | None
    must_not_break_before: regex.Regex | None
    max_lines: int


class Breaker:
    """The line breaking of one set of props."""

    def __init__(self, props: Props, has_date: Callable[[str], bool]) -> None:
        self._pattern = _line_breaker(props["LINE_BREAKER"]) if "LINE_BREAKER" in props else None
        self.limit_bytes = whole_number(props, "TRUNCATE")
        self._merge = _merge_rules(props) if is_true(props["SHOULD_LINEMERGE"].value) else None
        self._has_date = has_date

    def break_text(self, text: str) -> Iterator[Line]:
        """Yield each event's text and whether it was cut."""
        lines = (self.truncate(line) for line in self._lines(text) if line)
        return lines if self._merge is None else _merged(lines, self._merge, self._has_date)

    def truncate(self, line: str) -> Line:
        """Return a text cut to TRUNCATE bytes, and whether it was."""
        limit = self.limit_bytes
        if limit <= 0 or len(line) * 4 <= limit:
            return line, False
        encoded = line.encode("utf-8", "replace")
        if len(encoded) <= limit:
            return line, False
        return encoded[:limit].decode("utf-8", "ignore"), True

    def _lines(self, text: str) -> Iterator[str]:
        if self._pattern is None:
            yield from _split_newlines(text)
            return
        start = 0
        for match in all_matches(self._pattern, text):
            end, following = _break_of(match)
            if end > start or following > start:
                yield text[start:end]
                start = following
        yield text[start:]


def _split_newlines(text: str) -> list[str]:
    return text.replace("\r", "\n").split("\n")


def _line_breaker(setting: Setting) -> regex.Regex | None:
    if setting.value == DEFAULT_BREAKER:
        return None
    compiled = compile_regex(setting, setting.value)
    return compiled if compiled.group_count else None


def _break_of(match: regex.Match) -> tuple[int, int]:
    """Return where a line ends and the next begins: the first group that took part, else just before the match."""
    for number, group in enumerate(match.groups(), start=1):
        if group is not None:
            return match.start(number), match.end(number)
    return match.start(), match.start()


def _merge_rules(props: Props) -> MergeRules:
    before_date = is_true(props["BREAK_ONLY_BEFORE_DATE"].value) and props["DATETIME_CONFIG"].value not in (
        "NONE",
        "CURRENT",
    )
    break_before = _optional(props.get("BREAK_ONLY_BEFORE"))
    if before_date and break_before is not None:
        setting = props["BREAK_ONLY_BEFORE"]
        message = (
            "BREAK_ONLY_BEFORE beside BREAK_ONLY_BEFORE_DATE = true is not supported here: no source says which wins"
        )
        raise UnsupportedConf(Problem(setting.file, setting.line, "unsupported", message, unsupported=True))
    return MergeRules(
        before_date,
        break_before,
        _optional(props.get("MUST_BREAK_AFTER")),
        _optional(props.get("MUST_NOT_BREAK_AFTER")),
        _optional(props.get("MUST_NOT_BREAK_BEFORE")),
        whole_number(props, "MAX_EVENTS"),
    )


def _optional(setting: Setting | None) -> regex.Regex | None:
    return compile_regex(setting, setting.value) if setting is not None and setting.value else None


def _merged(lines: Iterable[Line], rules: MergeRules, has_date: Callable[[str], bool]) -> Iterator[Line]:
    pending: list[str] = []
    was_cut = held = forced = False
    for line, cut in lines:
        if pending and _breaks(line, rules, has_date, held=held, forced=forced, full=len(pending) > rules.max_lines):
            yield "\n".join(pending), was_cut
            pending, was_cut = [], False
        pending.append(line)
        was_cut |= cut
        forced = _holds(rules.must_break_after, line)
        held = (held or _holds(rules.must_not_break_after, line)) and not forced
    if pending:
        yield "\n".join(pending), was_cut


def _breaks(  # noqa: PLR0913, one flag for each rule that the lines before have set
    line: str, rules: MergeRules, has_date: Callable[[str], bool], *, held: bool, forced: bool, full: bool
) -> bool:
    """Decide whether a new event begins at this line (order measured: cases linebreak-*)."""
    if full or forced:
        return True
    if held:
        return False
    if rules.before_date:
        return has_date(line)
    if _holds(rules.must_not_break_before, line):
        return False
    return rules.break_before is None or _holds(rules.break_before, line)


def _holds(pattern: regex.Regex | None, line: str) -> bool:
    return pattern is not None and first_match(pattern, line) is not None
