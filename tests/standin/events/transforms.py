"""TRANSFORMS of the index-time pipeline that match a REGEX and write FORMAT.

A transform reads the first LOOKAHEAD characters of its SOURCE_KEY, and writes to its DEST_KEY, or with WRITE_META to
the indexed fields. `queue = nullQueue` drops the event.
"""

import re
from collections.abc import Mapping

from standin.conf.errors import Problem, UnsupportedConf
from standin.conf.patterns import all_matches, compile_regex
from standin.conf.text import Setting, is_true, whole_number
from standin.events.draft import QUEUES, Draft, with_attribute
from standin.values import regex

METADATA = {
    "MetaData:Host": ("host", "host::"),
    "MetaData:Source": ("source", "source::"),
    "MetaData:Sourcetype": ("sourcetype", "sourcetype::"),
    "_MetaData:Index": ("index", ""),
}
DEST_KEYS = frozenset({*METADATA, "_raw", "queue", "_meta"})
PAIR = re.compile(r'(\S+?)::("(?:[^"\\]|\\.)*"|\S+)')


class RegexTransform:
    """One [stanza] of transforms.conf as the index-time pipeline runs it."""

    def __init__(self, name: str, settings: Mapping[str, Setting]) -> None:
        def given(key: str, default: str) -> str:
            return settings[key].value if key in settings and settings[key].value else default

        if "REGEX" not in settings or not settings["REGEX"].value:
            self._refuse(settings, name, "has no REGEX")
        limits = whole_number(settings, "MATCH_LIMIT", 100_000), whole_number(settings, "DEPTH_LIMIT", 1_000)
        self._pattern = compile_regex(settings["REGEX"], settings["REGEX"].value, *limits)
        self._format = given("FORMAT", f"{name}::$1")
        self._source = given("SOURCE_KEY", "_raw")
        self._dest = "_meta" if is_true(given("WRITE_META", "false")) else given("DEST_KEY", "")
        self._lookahead = whole_number(settings, "LOOKAHEAD", 4096)
        self._default = given("DEFAULT_VALUE", "")
        self._repeat = is_true(given("REPEAT_MATCH", "false")) and self._dest != "_raw"
        if self._dest not in DEST_KEYS:
            self._refuse(settings, name, f"writes to {self._dest or 'no DEST_KEY'}, which is not supported here")
        if self._source != "_raw" and self._source not in METADATA and not self._source.startswith("field:"):
            self._refuse(settings, name, f"reads SOURCE_KEY {self._source}, which is not supported here")

    @staticmethod
    def _refuse(settings: Mapping[str, Setting], name: str, reason: str) -> None:
        place = next(iter(settings.values()))
        problem = Problem(place.file, place.line, "unsupported", f"transform [{name}] {reason}", unsupported=True)
        raise UnsupportedConf(problem)

    def __call__(self, draft: Draft) -> None:
        """Apply the transform to one event."""
        matches = all_matches(self._pattern, self._source_text(draft)[: self._lookahead])
        for match in matches if self._repeat else matches[:1]:
            self._write(draft, self._expand(draft, match))
        if not matches and self._default:
            self._write(draft, self._default)

    def _source_text(self, draft: Draft) -> str:
        if self._source == "_raw":
            return draft.event.raw
        if self._source in METADATA:
            attribute, prefix = METADATA[self._source]
            return prefix + str(getattr(draft.event, attribute))
        value = draft.fields.get(self._source.removeprefix("field:"), "")
        return value[0] if isinstance(value, list) else str(value)

    def _expand(self, draft: Draft, match: regex.Match) -> str:
        before = draft.event.raw if self._dest == "_raw" else ""

        def group(reference: re.Match[str]) -> str:
            number = int(reference[1])
            if number == 0:
                return before
            groups = match.groups()
            return (groups[number - 1] or "") if number <= len(groups) else reference[0]

        return re.sub(r"\$(\d+)", group, self._format)

    def _write(self, draft: Draft, text: str) -> None:
        if self._dest == "_raw":
            draft.event = draft.event._replace(raw=text)
        elif self._dest == "queue":
            draft.queue = text if text in QUEUES else draft.queue
        elif self._dest == "_meta":
            for name, value in PAIR.findall(text):
                draft.add_field(name, value.strip('"'))
        else:
            attribute, prefix = METADATA[self._dest]
            draft.event = with_attribute(draft.event, attribute, text.removeprefix(prefix))
