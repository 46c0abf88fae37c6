r"""Breaking text into the terms of the index, as segmenters.conf says.

    GET /api/v1 user=a_b      major breakers part it into  get  /api/v1  user=a_b
                              minor breakers add           api  v1  user  a  b

A text between major breakers is a term as a whole, and so is each of its parts between minor breakers; `user=a` is
none, unless INTERMEDIATE_MAJORS says so. Terms are lower-case. Which stanza holds for an event is said by SEGMENTATION
in props. SEGMENTATION-* is for Splunk Web's selections only and gives the index no terms (props.conf.spec).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from standin.conf.configuration import Configuration
from standin.conf.errors import Problem, UnknownConf
from standin.conf.patterns import compile_regex, first_match
from standin.conf.props import PropsTable
from standin.conf.text import Setting, is_true, whole_number
from standin.events.event import Event
from standin.values import wildcard

ESCAPES = {"\\s": " ", "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\\\": "\\"}
LIMITS = ("LOOKAHEAD", "MAJOR_LEN", "MINOR_LEN", "MAJOR_COUNT", "MINOR_COUNT")
NOTHING = re.compile(r"(?!)")


class Wanted(NamedTuple):
    """A term that is looked for; `needle` is text that every such term contains."""

    needle: str
    matches: Callable[[str], bool]

    @classmethod
    def of(cls, term: str) -> "Wanted":
        """Read a lower-case term, with stars as wildcards."""
        return cls(max(term.split("*"), key=len), wildcard.matcher(term, case_sensitive=True))


class Segmenter:
    """One compiled stanza of segmenters.conf."""

    def __init__(self, settings: Mapping[str, Setting]) -> None:
        majors, minors = (_words(settings[key].value) for key in ("MAJOR", "MINOR"))
        self._singles = frozenset(word for word in majors if len(word) == 1)
        self._major, self._minor = _any_of(majors), _any_of(minors)
        self._keeps_heads = "INTERMEDIATE_MAJORS" in settings and is_true(settings["INTERMEDIATE_MAJORS"].value)
        pattern = settings.get("FILTER")
        self._filter = compile_regex(pattern, pattern.value) if pattern is not None and pattern.value else None
        limits = {key: whole_number(settings, key, -1) for key in LIMITS}
        self._limits = {key: limit for key, limit in limits.items() if limit >= 0}

    def terms(self, text: str) -> frozenset[str]:
        """Return the terms of a text, which must be lower-case."""
        return frozenset(self._limited(self._scope(text)) if self._limits else self._broken(self._scope(text)))

    def holds(self, text: str, wanted: Wanted) -> bool:
        """Tell whether a lower-case text has a term that matches.

        No term crosses a major breaker of one character, so only the runs around `needle` need to be broken.
        """
        if self._limits or self._filter is not None:
            return any(map(wanted.matches, self.terms(text)))
        singles, needle = self._singles, wanted.needle
        found = text.find(needle)
        while found >= 0:
            start, end = found, found + len(needle)
            while start and text[start - 1] not in singles:
                start -= 1
            while end < len(text) and text[end] not in singles:
                end += 1
            if any(map(wanted.matches, self._broken(text[start:end]))):
                return True
            found = text.find(needle, max(end, found + 1))
        return False

    def _scope(self, text: str) -> str:
        if self._filter is not None:
            found = first_match(self._filter, text)
            text = (found.group(1) or "") if found is not None else ""
        return text[: self._limits["LOOKAHEAD"]] if "LOOKAHEAD" in self._limits else text

    def _broken(self, text: str) -> Iterator[str]:
        for segment in self._major.split(text):
            if segment:
                yield segment
                yield from self._minors(segment)

    def _minors(self, segment: str) -> Iterator[str]:
        start = 0
        for breaker in self._minor.finditer(segment):
            if start < breaker.start():
                yield segment[start : breaker.start()]
                if start and self._keeps_heads:
                    yield segment[: breaker.start()]
            start = breaker.end()
        if 0 < start < len(segment):
            yield segment[start:]

    def _limited(self, text: str) -> Iterator[str]:
        limits = self._limits
        long, short = limits.get("MAJOR_LEN", len(text)), limits.get("MINOR_LEN", len(text))
        segments = [segment for segment in self._major.split(text) if segment][: limits.get("MAJOR_COUNT")]
        yield from (segment for segment in segments if len(segment) <= long)
        minors = [minor for segment in segments for minor in self._minors(segment)][: limits.get("MINOR_COUNT")]
        yield from (minor for minor in minors if len(minor) <= short)


class Segmenters:
    """The segmenter of every event, as index time sees the conf when it is first asked."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._props = PropsTable(configuration, None)
        self._known: dict[tuple[str, str, str], Segmenter] = {}
        self._compiled: dict[str, Segmenter] = {}

    def of(self, event: Event) -> Segmenter:
        """Return the segmenter of an event's source, host and sourcetype."""
        key = event.source, event.host, event.sourcetype
        segmenter = self._known.get(key)
        if segmenter is None:
            segmenter = self._known[key] = self._named(self._props.merged(*key)["SEGMENTATION"])
        return segmenter

    def _named(self, setting: Setting) -> Segmenter:
        name = setting.value
        if name not in self._configuration.stanzas("segmenters"):
            message = f"SEGMENTATION names no stanza of segmenters.conf: {name!r}"
            raise UnknownConf(Problem(setting.file, setting.line, "value", message))
        if name not in self._compiled:
            self._compiled[name] = Segmenter(self._configuration.stanza("segmenters", name))
        return self._compiled[name]


def search_segmenter(configuration: Configuration) -> "re.Pattern[str]":
    """Return what breaks the words of a search: the breakers of the shipped stanza `search`."""
    return _any_of(_words(configuration.stanza("segmenters", "search")["MAJOR"].value))


def _words(setting: str) -> list[str]:
    return [ESCAPES.get(word, word) for word in setting.split()]


def _any_of(breakers: list[str]) -> "re.Pattern[str]":
    if not breakers:
        return NOTHING
    return re.compile("|".join(map(re.escape, sorted(breakers, key=len, reverse=True))), re.IGNORECASE)
