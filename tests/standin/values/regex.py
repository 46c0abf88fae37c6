"""Regular expressions by PCRE2, the engine that Splunk uses, with its match limits and its words for errors.

Limits: 100,000 matching steps and a depth of 1,000 by default (props.conf and limits.conf as shipped).
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Protocol, cast

import pcre2

MATCH_LIMIT = 100_000
DEPTH_LIMIT = 1_000
REFERENCE = re.compile(r"\\(\d)")
JIT_STACK = "JIT stack limit reached"


class RegexError(Exception):
    """A pattern that does not compile; `reason` is PCRE2's own sentence."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


class RegexLimit(Exception):
    """A match that was given up because it took too many steps."""


class Match(Protocol):
    """The parts of a match that callers use."""

    def group(self, *groups: int | str) -> str | None:
        """Return the text of one group."""

    def groups(self) -> tuple[str | None, ...]:
        """Return the texts of all groups."""

    def start(self, group: int = 0) -> int:
        """Return where a group starts."""

    def end(self, group: int = 0) -> int:
        """Return where a group ends."""


class Regex:
    """A compiled pattern."""

    def __init__(self, pattern: str, flags: str, match_limit: int, depth_limit: int) -> None:
        self.pattern = pattern
        prefix = f"(*LIMIT_MATCH={match_limit})(*LIMIT_DEPTH={depth_limit})" + (f"(?{flags})" if flags else "")
        try:
            self._compiled = pcre2.compile(prefix + _encodable(pattern))
        except pcre2.PatternError as error:
            reason = str(error).partition("; ")[2]
            raise RegexError(reason, max(0, _error_position(error) - len(prefix))) from None
        except (pcre2.LibraryError, ValueError) as error:
            raise RegexError(str(error), 0) from None
        self._interpreted: object | None = None
        self._prefix = prefix

    @property
    def group_names(self) -> Mapping[str, int]:
        """Return the named groups with their numbers, in order of their numbers."""
        names = cast("Mapping[str, int]", self._compiled.groupindex)
        return dict(sorted(names.items(), key=lambda item: item[1]))

    @property
    def group_count(self) -> int:
        """Return how many groups the pattern captures."""
        return cast(int, self._compiled.groups)

    def search(self, text: str, position: int = 0) -> Match | None:
        """Return the first match at or after a position."""
        try:
            return cast("Match | None", self._compiled.search(text, position))
        except UnicodeEncodeError:
            return self.search(_encodable(text), position)
        except pcre2.LibraryError as error:
            if str(error) != JIT_STACK or not self._compiled.jit:
                raise RegexLimit(str(error)) from None
        self._compiled = pcre2.compile(self._prefix + _encodable(self.pattern), jit=False)
        return self.search(text, position)

    def finditer(self, text: str) -> Iterator[Match]:
        """Yield the matches that do not overlap, from the left; an empty one moves on by a character."""
        match: Match | None = None
        try:
            # one call for all matches: the text is turned into UTF-8 once; asking for a position walks over the text
            for match in cast("Iterator[Match]", self._compiled.finditer(text)):
                yield match
            return
        except UnicodeEncodeError:
            text = _encodable(text)
        except pcre2.LibraryError as error:
            if str(error) != JIT_STACK:
                raise RegexLimit(str(error)) from None
        position = 0 if match is None else max(match.end(), match.start() + 1)
        while position <= len(text) and (found := self.search(text, position)) is not None:
            yield found
            position = max(found.end(), found.start() + 1)

    def replace(self, text: str, replacement: str) -> str:
        r"""Replace every match; `\1` in the replacement is the first group, one that is not there is empty."""
        template = REFERENCE.sub(self._reference, replacement.replace("$", "$$"))
        try:
            return cast(str, self._compiled.sub(_encodable(template), text))
        except UnicodeEncodeError:
            return self.replace(_encodable(text), replacement)
        except pcre2.LibraryError as error:
            raise RegexLimit(str(error)) from None

    def _reference(self, match: re.Match[str]) -> str:
        number = int(match.group(1))
        return f"${{{number}}}" if number <= self.group_count else ""


def _encodable(text: str) -> str:
    # PCRE2 takes UTF-8 only, and JSON may spell half a surrogate pair
    return text.encode("utf-8", "replace").decode("utf-8")


def _error_position(error: Exception) -> int:
    position = getattr(error, "pos", 0)
    return position if isinstance(position, int) else 0


@lru_cache(maxsize=2048)
def compile(  # named for `re.compile`, which it stands in for
    pattern: str, flags: str = "", match_limit: int = MATCH_LIMIT, depth_limit: int = DEPTH_LIMIT
) -> Regex:
    """Compile a pattern; flags are PCRE2's inline letters, such as `ms`."""
    return Regex(pattern, flags, match_limit, depth_limit)
