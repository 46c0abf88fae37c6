"""The props that hold for one event: stanzas of its sourcetype, host and source, merged key by key.

A key of a source stanza beats one of a host stanza, and that one beats the sourcetype's. Within a kind a higher
`priority` wins (0 for patterns, 100 for literal names), then the name that comes first in ASCII order. `priority`
never crosses kinds (measured on 10.4.0: precedence-priority-cannot-cross-kinds).

In `source::` and `host::` patterns `...` is any text, `*` any text without a slash, `|` and parentheses as in PCRE2.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from standin.conf.configuration import Configuration
from standin.conf.patterns import compile_regex
from standin.conf.text import Setting, whole_number
from standin.values import regex

PATTERN = re.compile(r"\.\.\.|[*|()]")
LITERAL_PRIORITY, PATTERN_PRIORITY = 100, 0
Props = Mapping[str, Setting]


class _Stanza(NamedTuple):
    name: str
    priority: int
    matcher: regex.Regex | None
    literal: str
    settings: Props


class PropsTable:
    """All props stanzas that one app's view holds, ready to be asked; None is the view of index time."""

    def __init__(self, configuration: Configuration, app: str | None, roles: frozenset[str] | None = None) -> None:
        names = configuration.stanzas("props", app, roles)
        settings = {name: configuration.own("props", name, app, roles) for name in names}
        self._default = configuration.default("props")
        self._sourcetypes = {name: own for name, own in settings.items() if "::" not in name}
        self._hosts = [_stanza(name, "host::", own) for name, own in settings.items() if name.startswith("host::")]
        self._sources = [
            _stanza(name, "source::", own) for name, own in settings.items() if name.startswith("source::")
        ]
        self._answers: dict[tuple[str, str, str], Props] = {}

    def merged(self, source: str, host: str, sourcetype: str) -> Props:
        """Return every setting that holds for such an event, over the shipped [default]."""
        key = source, host, sourcetype
        answer = self._answers.get(key)
        if answer is None:
            layers = [*_matching(self._sources, source), *_matching(self._hosts, host)]
            answer = {**self._default, **self._sourcetypes.get(sourcetype, {})}
            for stanza in reversed(layers):
                answer.update({name: each for name, each in stanza.items() if name != "priority"})
            self._answers[key] = answer
        return answer


def _stanza(name: str, kind: str, settings: Props) -> _Stanza:
    literal = name.removeprefix(kind)
    is_pattern = PATTERN.search(literal) is not None
    priority = whole_number(settings, "priority", PATTERN_PRIORITY if is_pattern else LITERAL_PRIORITY)
    matcher = _matcher(literal, next(iter(settings.values()))) if is_pattern and settings else None
    return _Stanza(name, priority, matcher, literal, settings)


def _matcher(pattern: str, place: Setting) -> regex.Regex:
    parts = re.split(r"(\.\.\.|\*|\.)", pattern)
    words = {"...": ".*", "*": "[^/]*", ".": r"\."}
    return compile_regex(place, r"\A(?:" + "".join(words.get(part, part) for part in parts) + r")\z", flags="s")


def _matching(stanzas: list[_Stanza], value: str) -> list[Props]:
    """Return the settings of the stanzas that match, the strongest first."""
    found = [each for each in stanzas if (each.matcher.search(value) if each.matcher else each.literal == value)]
    return [each.settings for each in sorted(found, key=lambda each: (-each.priority, each.name))]
