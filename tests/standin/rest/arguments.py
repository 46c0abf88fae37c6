"""The arguments of a request, from its query and its form body alike, whatever Content-Type it claims (measured).

Every handler declares what it takes; anything else is refused by name. Collections all take the paging arguments.
"""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from standin.rest.messages import Refused

PAGING = frozenset({"count", "offset", "search", "sort_dir", "sort_key", "sort_mode", "f", "summarize"})
# `_` is how browsers' libraries defeat caches; Splunk Web's own requests carry it.
ALWAYS = frozenset({"output_mode", "_"})
OUTPUT_MODES = frozenset({"json", "xml", "atom", "csv", "raw", "json_rows", "json_cols"})


class Arguments(Mapping[str, str]):
    """Argument texts by name; of a name that comes several times the last counts, `all` gives every one."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __getitem__(self, name: str) -> str:
        """Return the last value of an argument."""
        return self._values[name][-1]

    def __iter__(self) -> Iterator[str]:
        """Yield the names in the order in which they came."""
        return iter(self._values)

    def __len__(self) -> int:
        """Count the names."""
        return len(self._values)

    def all(self, name: str) -> list[str]:
        """Return every value of an argument."""
        return self._values.get(name, [])

    def flag(self, name: str, default: bool = False) -> bool:
        """Read a boolean argument."""
        text = self.get(name)
        return default if text is None else text.lower() in ("1", "true", "t", "yes")

    def number(self, name: str, default: int) -> int:
        """Read a whole number."""
        text = self.get(name)
        if text is None or text == "":
            return default
        try:
            return int(text)
        except ValueError as error:
            raise Refused(400, f'Invalid value "{text}" for argument "{name}".') from error

    def required(self, name: str) -> str:
        """Return an argument that has to be there and not empty."""
        text = self.get(name)
        if not text:
            raise Refused(400, f"The following required arguments are missing: {name}.")
        return text

    def without(self, names: Iterable[str]) -> dict[str, str]:
        """Return the arguments but for some and for those that every handler takes."""
        left_out = {*names, *ALWAYS}
        return {name: self[name] for name in self if name not in left_out}

    def refuse_others(self, known: frozenset[str]) -> None:
        """Refuse an argument that is not declared."""
        for name in self:
            if name not in known and name not in ALWAYS:
                raise Refused(400, f'Argument "{name}" is not supported by this handler.')

    @property
    def output_mode(self) -> str:
        """Return the output mode, `xml` where none is asked for."""
        mode = self.get("output_mode", "xml")
        if mode not in OUTPUT_MODES:
            raise Refused(400, f"Invalid output mode specified ({mode}).")
        return mode


def read_arguments(query: str, body: bytes) -> Arguments:
    """Read the arguments of a request; those of the body come after those of the query."""
    pairs = parse_qsl(query, keep_blank_values=True)
    try:
        pairs += parse_qsl(body.decode("utf-8"), keep_blank_values=True)
    except UnicodeDecodeError as error:
        raise Refused(400, "The body of the request is no form.") from error
    return Arguments(pairs)
