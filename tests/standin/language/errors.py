"""What can be wrong with a search. `message` holds Splunk's own words where they were measured.

SearchError                 wrong in Splunk too (exit 2)
  MalformedSearch           text that is no search: quotes, brackets, operators
  UnknownName               a command, function, macro or lookup that does not exist
  LimitReached              more memory or time than a search may take
  Unsupported               right in Splunk, not supported here (exit 3)
"""


class SearchError(Exception):
    """A search that cannot be run; `position` counts characters of the search as it was typed."""

    def __init__(self, message: str, position: int | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class MalformedSearch(SearchError):
    """Text that is no search."""


class UnknownName(SearchError):
    """A name that Splunk does not know either."""


class LimitReached(SearchError):
    """A search that was ended because it took too much memory or time."""


class Unsupported(SearchError):
    """A construct that Splunk has and this stand-in has not."""

    def __init__(self, construct: str, position: int | None = None, hint: str = "") -> None:
        super().__init__(f"not supported by this stand-in: {construct}", position, hint)
        self.construct = construct
