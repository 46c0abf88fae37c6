r"""REPORT-class: search-time transforms, by REGEX with FORMAT or named groups, or by DELIMS.

    FORMAT = user::$1 role::$2      names written out: the first match counts, with MV_ADD every match
    FORMAT = $1::$2                 names out of the text: every match counts
    (?<_KEY_1>..)(?<_VAL_1>..)      the same without FORMAT
    DELIMS = ";", "="               pairs            DELIMS = ","  with FIELDS: columns

`$0` makes no field (measured). Names are cleaned unless CLEAN_KEYS is off: what is no letter or digit becomes `_`,
digits and underscores in front go. Without MV_ADD a value found later is discarded.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping

from standin.conf.configuration import Configuration
from standin.conf.errors import Problem, UnknownConf, UnsupportedConf
from standin.conf.patterns import all_matches, compile_regex
from standin.conf.props import Props
from standin.conf.text import Setting, is_true, whole_number
from standin.environment import Row
from standin.events.json_fields import add
from standin.values import regex

FORMAT_PAIR = re.compile(r'(?P<name>"[^"]+"|[^\s:]+(?::[^\s:]+)*)::(?P<value>"[^"]*"|\S+)')
ESCAPES = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\", '\\"': '"'}
Pair = tuple[str, str]
Finder = Callable[[str], Iterator[Pair]]


class Report:
    """One search-time transform."""

    def __init__(self, name: str, settings: Mapping[str, Setting]) -> None:
        self._settings = settings
        self._source = self._given("SOURCE_KEY", "_raw")
        self._adds = is_true(self._given("MV_ADD", "false"))
        self._cleans = is_true(self._given("CLEAN_KEYS", "true"))
        if self._given("DELIMS", ""):
            self._find = _delimited(self._given("DELIMS", ""), self._given("FIELDS", ""))
        elif self._given("REGEX", ""):
            self._find = self._by_regex()
        else:
            place = next(iter(settings.values()))
            raise UnknownConf(Problem(place.file, place.line, "transform", f"[{name}] has neither REGEX nor DELIMS"))

    def _given(self, key: str, default: str) -> str:
        return self._settings[key].value if key in self._settings and self._settings[key].value else default

    def __call__(self, row: Row) -> None:
        """Add the fields that the transform finds."""
        text = row.get(self._source)
        if not isinstance(text, str):
            return
        for name, value in self._find(text):
            key = clean_key(name) if self._cleans else name
            if key and value and (key not in row or self._adds):
                add(row, key, value)

    def _by_regex(self) -> Finder:
        limits = (
            whole_number(self._settings, "MATCH_LIMIT", 100_000),
            whole_number(self._settings, "DEPTH_LIMIT", 1_000),
        )
        pattern = compile_regex(self._settings["REGEX"], self._settings["REGEX"].value, *limits)
        pairs = [(each["name"].strip('"'), each["value"].strip('"')) for each in self._format_pairs()]
        if pairs:
            repeats = self._adds or any(name.startswith("$") for name, _ in pairs)
            return _by_format(pattern, pairs, repeats=repeats)
        return _by_groups(pattern, repeats=self._adds)

    def _format_pairs(self) -> list[re.Match[str]]:
        text = self._given("FORMAT", "")
        found = list(FORMAT_PAIR.finditer(text))
        if text and (not found or FORMAT_PAIR.sub("", text).strip()):
            setting = self._settings["FORMAT"]
            raise UnknownConf(Problem(setting.file, setting.line, "value", f"not name::value pairs: {text!r}"))
        for each in found:
            if re.search(r"\$\d", each["value"]) and not re.fullmatch(r"\$\d+", each["value"].strip('"')):
                setting = self._settings["FORMAT"]
                message = "a value joined from groups exists at index time only"
                raise UnsupportedConf(Problem(setting.file, setting.line, "value", message, unsupported=True))
        return found


def _by_format(pattern: regex.Regex, pairs: list[Pair], *, repeats: bool) -> Finder:
    def find(text: str) -> Iterator[Pair]:
        for match in _some(pattern, text, repeats=repeats):
            for name, value in pairs:
                yield _filled(name, match), _filled(value, match)

    return find


def _filled(text: str, match: regex.Match) -> str:
    if not re.fullmatch(r"\$\d+", text):
        return text
    number = int(text[1:])
    groups = match.groups()
    return (groups[number - 1] or "") if 0 < number <= len(groups) else ""


def _by_groups(pattern: regex.Regex, *, repeats: bool) -> Finder:
    keys = {name.removeprefix("_KEY_"): name for name in pattern.group_names if name.startswith("_KEY_")}
    plain = [name for name in pattern.group_names if not name.startswith(("_KEY_", "_VAL_"))]

    def find(text: str) -> Iterator[Pair]:
        for match in _some(pattern, text, repeats=repeats or bool(keys)):
            yield from ((name, match.group(name) or "") for name in plain)
            for suffix, key in keys.items():
                yield match.group(key) or "", match.group(f"_VAL_{suffix}") or ""

    return find


def _some(pattern: regex.Regex, text: str, *, repeats: bool) -> list[regex.Match]:
    matches = all_matches(pattern, text)
    return matches if repeats else matches[:1]


def _delimited(delims: str, fields: str) -> Finder:
    sets = [_unescape(text) for text in re.findall(r'"((?:\\.|[^"\\])*)"', delims)]
    if len(sets) > 1:
        return lambda text: _pairs(text, sets[0], sets[1])
    names = next(csv.reader([fields], skipinitialspace=True), [])
    splitter = re.compile("[" + re.escape(sets[0] if sets else delims) + "]")
    if names:
        return lambda text: zip((name.strip() for name in names), splitter.split(text), strict=False)
    return lambda text: _alternating([part for part in splitter.split(text) if part])


def _alternating(parts: list[str]) -> Iterator[Pair]:
    return iter(list(zip(parts[::2], parts[1::2], strict=False)))


def _pairs(text: str, between: str, inside: str) -> Iterator[Pair]:
    for part in re.split("[" + re.escape(between) + "]+", text):
        pieces = re.split("[" + re.escape(inside) + "]", part, maxsplit=1)
        if len(pieces) == 2:
            yield pieces[0], pieces[1].strip('"')


def _unescape(text: str) -> str:
    return re.sub(r"\\.", lambda match: ESCAPES.get(match[0], match[0]), text)


def clean_key(name: str) -> str:
    """Return a field name as Splunk cleans it."""
    return re.sub(r"[^A-Za-z0-9]", "_", name).lstrip("_0123456789")


def reports(props: Props, configuration: Configuration, app: str | None) -> list[Report]:
    """Return the search-time transforms that these props name, in order."""
    found = []
    for key in sorted(props):
        if key.startswith("REPORT-"):
            for name in filter(None, (each.strip() for each in props[key].value.split(","))):
                found.append(named_report(name, props[key], configuration, app))
    return found


def named_report(name: str, asked: Setting, configuration: Configuration, app: str | None) -> Report:
    """Return one search-time transform; a name that transforms.conf lacks is an error at `asked`."""
    try:
        return Report(name, configuration.stanza("transforms", name, app))
    except KeyError:
        message = f"no transform [{name}] in transforms.conf"
        raise UnknownConf(Problem(asked.file, asked.line, "transform", message)) from None
