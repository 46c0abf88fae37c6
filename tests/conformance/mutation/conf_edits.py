"""All small changes of a conf file: stanzas and keys removed, and values changed by what they are.

A boolean is inverted, a number or a number in a time one higher and one lower, a list loses each of its elements, a
regular expression each of its classes, anchors and quantifiers, any other text gets another ending; a key that names a
field (`EVAL-user`) names another. A value that is a search gets the changes of `spl_edits.py`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from conformance.mutation.edits import Edit
from conformance.mutation.spl_edits import WORD_NUMBER, search_edits

STANZA = re.compile(r"^\[(?P<name>[^\n]*)\]$", re.MULTILINE)
SETTING = re.compile(r"^(?P<key>[^#\[\s=][^=\n]*?)[ ]*=[ ]*(?P<value>(?:[^\n]*\\\n)*[^\n]*)$", re.MULTILINE)
SEARCHES = re.compile(r"^(search|definition)$")
EXPRESSIONS = re.compile(r"^EVAL-")
FIELD_KEYS = re.compile(r"^(EVAL-\w+)$")
PATTERNS = re.compile(r"^(LINE_BREAKER|EVENT_BREAKER|TIME_PREFIX|EXTRACT-|REGEX)")
BOOLEANS = {
    "true": "false", "false": "true", "0": "1", "1": "0", "enabled": "disabled", "disabled": "enabled",
    "system": "none",
}  # fmt: skip
# Numbers that Splunk reads as booleans.
BOOLEAN_KEYS = re.compile(
    r"^(disabled|enableSched|realtime_schedule|dispatch\.allow_partial_results|alert\.(digest_mode|suppress|track)"
    r"|action\.\w+|iseval|is_custom|max_matches|min_matches)$"
)
TIME = re.compile(r"^[+-]?\d+[smhd](@[a-z]+)?$")
CRON = re.compile(r"^\S+ \S+ \S+ \S+ \S+$")
EVAL_OF_MACRO = re.compile(r"^\s*(strftime|in|\(\(|[\w.]+\()")


class Setting(NamedTuple):
    """A key of a stanza, and where it stands."""

    stanza: str
    key: str
    value: str
    start: int
    value_start: int
    end: int


def settings_of(text: str) -> Iterator[Setting]:
    """Yield the settings of a conf file."""
    stanzas = [(match.start(), match["name"]) for match in STANZA.finditer(text)]
    for match in SETTING.finditer(text):
        name = next((name for start, name in reversed(stanzas) if start < match.start()), "")
        yield Setting(name, match["key"], match["value"], match.start(), match.start("value"), match.end())


def conf_edits(text: str) -> Iterator[tuple[str, Edit]]:
    """Yield each change with the name of the stanza that it is in."""
    stanzas = list(STANZA.finditer(text))
    for at, match in enumerate(stanzas):
        end = stanzas[at + 1].start() if at + 1 < len(stanzas) else len(text)
        yield match["name"], Edit(match.start(), end, "", "without the stanza")
    for setting in settings_of(text):
        name = f"{setting.key} = "
        yield setting.stanza, Edit(setting.start, setting.end, "", f"without {setting.key}")
        if FIELD_KEYS.match(setting.key):
            yield setting.stanza, Edit(setting.start, setting.value_start, f"{setting.key}_x = ", f"{name}: renamed")
        for edit in _value_edits(setting):
            yield setting.stanza, edit.shifted(setting.value_start)._replace(what=f"{setting.key}: {edit.what}")


def _value_edits(setting: Setting) -> Iterator[Edit]:
    """Yield the changes of a value, by what it is."""
    value = setting.value
    if SEARCHES.match(setting.key) and value not in BOOLEANS:  # a capability of roles has the name search, too
        yield from search_edits(value, expression=bool(EVAL_OF_MACRO.match(value)))
    elif EXPRESSIONS.match(setting.key):
        yield from search_edits(value, expression=True)
    else:
        changed = [one for one in _values(setting) if one != value]
        yield from (
            Edit(0, len(value), new, f"{value or 'empty'} -> {new or 'empty'}") for new in dict.fromkeys(changed)
        )


def _values(setting: Setting) -> Iterator[str]:
    value = setting.value
    if value in BOOLEANS and (BOOLEAN_KEYS.match(setting.key) or not value.isdigit()):
        yield BOOLEANS[value]
    elif value.isdigit() or TIME.match(value):
        yield from _numbers(value)
    elif PATTERNS.match(setting.key):
        yield from _patterns(value)
    elif CRON.match(value) and setting.key == "cron_schedule":
        yield from _numbers(value)
    elif setting.key == "access":
        yield from _access(value)
    elif re.search(r"[;,] ?\S", value) and not setting.key.startswith("description"):
        yield from _lists(value)
    else:
        yield f"{value}~"


def _numbers(value: str) -> Iterator[str]:
    for match in WORD_NUMBER.finditer(value):
        for new in (int(match.group()) + 1, int(match.group()) - 1):
            if new >= 0:
                yield value[: match.start()] + str(new) + value[match.end() :]


def _lists(value: str) -> Iterator[str]:
    """Yield a list of names without each of them."""
    elements = list(re.finditer(r"[\w.:*()/]+", value))
    for at, element in enumerate(elements):
        if at:
            yield value[: elements[at - 1].end()] + value[element.end() :]
        else:
            yield value[: element.start()] + value[elements[1].start() :]


def _access(value: str) -> Iterator[str]:
    """Yield who may read and write without each of the roles, and with everybody as a writer."""
    for group in re.finditer(r"\[ (.*?) \]", value):
        roles = group[1].split(", ")
        for at in range(len(roles)):
            yield value[: group.start()] + f"[ {', '.join(roles[:at] + roles[at + 1 :])} ]" + value[group.end() :]
        yield value[: group.start()] + "[ * ]" + value[group.end() :]


PIECE = re.compile(r"\\[AzrnsdD]|\(\?\w+\)|\[(?:[^\]\\]|\\.)*\]|[*+?^$]|\.")


def _patterns(value: str) -> Iterator[str]:
    """Yield a regular expression without each of its classes, anchors, flags and quantifiers, or with another one."""
    for match in PIECE.finditer(value):
        before, after = value[: match.start()], value[match.end() :]
        yield before + after
        if match.group() in "*+":
            yield before + ("+" if match.group() == "*" else "*") + after
        if match.group().startswith("["):
            yield from (before + f"[{''.join(rest)}]" + after for rest in _without_each(match.group()[1:-1]))


def _without_each(inside: str) -> Iterator[list[str]]:
    parts = re.findall(r"\\.|.", inside)
    for at in range(len(parts)):
        if len(parts) > 1:
            yield parts[:at] + parts[at + 1 :]
