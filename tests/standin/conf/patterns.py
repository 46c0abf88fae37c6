"""Regular expressions out of conf files: errors name the line, a match that takes too many steps is none."""

from standin.conf.errors import Problem, UnknownConf
from standin.conf.text import Setting
from standin.values import regex


def all_matches(pattern: regex.Regex, text: str) -> list[regex.Match]:
    """Return every match, none where the limits are reached."""
    try:
        return list(pattern.finditer(text))
    except regex.RegexLimit:
        return []


def compile_regex(
    setting: Setting, pattern: str, match_limit: int = 100_000, depth_limit: int = 1_000, *, flags: str = ""
) -> regex.Regex:
    """Compile a pattern, or raise UnknownConf with PCRE2's own words."""
    try:
        return regex.compile(pattern, flags, match_limit, depth_limit)
    except regex.RegexError as error:
        raise UnknownConf(Problem(setting.file, setting.line, "regex", error.reason)) from None


def first_match(pattern: regex.Regex, text: str) -> regex.Match | None:
    """Return the first match, None also where the limits are reached."""
    try:
        return pattern.search(text)
    except regex.RegexLimit:
        return None
