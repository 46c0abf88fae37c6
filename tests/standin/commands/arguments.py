"""A cursor over the arguments of a command: options, field names, keywords, parentheses, subsearches."""

import re
from collections.abc import Collection
from typing import NamedTuple

from standin.language.errors import SearchError
from standin.language.pipeline import Call, subsearches
from standin.values.numbers import read_number

OPTION = re.compile(r"([A-Za-z_][\w.]*)\s*=\s*")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
BARE = re.compile(r"[^\s,()\"|\[\]=]+")
LABEL = re.compile(r"[A-Za-z_]\w*\([^()\s\"|\[\]=,]*\)")  # sum(bytes), as stats names its columns
WRAPPED = re.compile(r'"\("((?:[^"\\]|\\.)*)"\)"', re.DOTALL)  # "("expression")", as reset_after is documented
VALUE = re.compile(r"[^\s,()\"\[\]]+")
COUNT = re.compile(r"\d{1,15}(?=[\s,]|$)")
ESCAPE = re.compile(r'\\(["\\])')
BOOLEANS = {"t": True, "true": True, "1": True, "yes": True, "f": False, "false": False, "0": False, "no": False}


class Name(NamedTuple):
    """A field name or a value, and whether it stood in quotes."""

    text: str
    position: int
    is_quoted: bool = False


class Reader:
    """A cursor; every `accept_*` returns None and stays where it is if the thing is not there."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._text = call.arguments
        self._index = 0
        self._blanks()

    @property
    def at_end(self) -> bool:
        """Tell whether everything was read."""
        return self._index >= len(self._text)

    @property
    def position(self) -> int:
        """Return the position in the whole search."""
        return self.call.position + self._index

    @property
    def rest(self) -> str:
        """Return what was not read yet."""
        return self._text[self._index :]

    def _blanks(self) -> None:
        while self._index < len(self._text) and self._text[self._index].isspace():
            self._index += 1

    def _go(self, index: int) -> None:
        self._index = index
        self._blanks()

    def error(self, message: str) -> SearchError:
        """Return an error at the cursor."""
        return self.call.error(message, self.position)

    def invalid(self) -> SearchError:
        """Return Splunk's complaint about an argument that it does not know."""
        argument = self.rest.split()[0] if self.rest.split() else ""
        return self.error(f"The argument '{argument}' is invalid.")

    def accept(self, symbol: str) -> bool:
        """Read a symbol."""
        if not self._text.startswith(symbol, self._index):
            return False
        self._go(self._index + len(symbol))
        return True

    def accept_word(self, *words: str) -> str | None:
        """Read one of some words, whatever its case."""
        bare = BARE.match(self._text, self._index)
        if bare is None or bare.group().lower() not in words:
            return None
        self._go(bare.end())
        return bare.group().lower()

    def accept_name(self) -> Name | None:
        """Read a field name: bare, in double or in single quotes."""
        for pattern, is_quoted in ((QUOTED, True), (SINGLE, True), (LABEL, False), (BARE, False)):
            match = pattern.match(self._text, self._index)
            if match is not None:
                position = self.position
                self._go(match.end())
                return Name(_unescape(match.group(1)) if is_quoted else match.group(), position, is_quoted)
        return None

    def name(self, what: str) -> Name:
        """Read a field name that has to be there."""
        name = self.accept_name()
        if name is None:
            raise self.error(what)
        return name

    def names(self) -> list[str]:
        """Read field names, with commas or blanks between them, up to something else."""
        return self.names_until()

    def names_until(self, *words: str) -> list[str]:
        """Read field names up to a keyword or something else."""
        names: list[str] = []
        while not self.at_end and not self.peek_word(*words) and self.peek_option() is None:
            if names:
                self.accept(",")
            name = self.accept_name()
            if name is None:
                break
            names.append(name.text)
        return names

    def peek_word(self, *words: str) -> bool:
        """Tell whether one of some words is next."""
        bare = BARE.match(self._text, self._index)
        return bare is not None and bare.group().lower() in words

    def peek_option(self) -> str | None:
        """Return the name of the option that is next."""
        match = OPTION.match(self._text, self._index)
        return None if match is None else match.group(1)

    def options(self, allowed: Collection[str], unsupported: Collection[str] = ()) -> dict[str, str]:
        """Read options; one that Splunk has and we have not is refused by name, any other ends the reading."""
        found: dict[str, str] = {}
        while (name := self.peek_option()) is not None:
            if name in unsupported:
                raise self.call.unsupported(f"option {name}", self.position)
            if name not in allowed:
                break
            found[name] = self._option_value()
            self.accept(",")
        return found

    def accept_option(self) -> tuple[str, str] | None:
        """Read one option, whatever its name."""
        name = self.peek_option()
        return None if name is None else (name, self._option_value())

    def _option_value(self) -> str:
        match = OPTION.match(self._text, self._index)
        assert match is not None
        self._index = match.end()
        wrapped = WRAPPED.match(self._text, self._index)
        if wrapped is not None:
            self._go(wrapped.end())
            return _unescape(wrapped.group(1))
        return self.value(f"Missing value for option '{match.group(1)}'.")

    def value(self, what: str) -> str:
        """Read a value, quoted or bare."""
        quoted = QUOTED.match(self._text, self._index)
        match = quoted or VALUE.match(self._text, self._index)
        if match is None:
            raise self.error(what)
        self._go(match.end())
        return _unescape(match.group(1)) if quoted else match.group()

    def accept_subsearch(self) -> tuple[str, int] | None:
        """Read `[...]` and return what stands inside and where."""
        spans = subsearches(self.rest) if self._text.startswith("[", self._index) else []
        if not spans:
            return None
        start, position = self._index, self.position
        self._go(start + spans[0][1])
        return self._text[start + 1 : start + spans[0][1] - 1], position + 1

    def skip(self, count: int) -> None:
        """Go on by some characters."""
        self._go(self._index + count)

    def accept_count(self) -> int | None:
        """Read a whole number that stands by itself."""
        match = COUNT.match(self._text, self._index)
        if match is None:
            return None
        self._go(match.end())
        return int(match.group())

    def enclosed(self) -> tuple[str, int]:
        """Read `(...)`, quotes and inner parentheses respected, and return what stands inside and where."""
        depth, index = 0, self._index
        while index < len(self._text):
            quoted = QUOTED.match(self._text, index)
            if quoted is not None:
                index = quoted.end()
                continue
            depth += {"(": 1, ")": -1}.get(self._text[index], 0)
            index += 1
            if depth == 0:
                start, position = self._index, self.position
                self._go(index)
                return self._text[start + 1 : index - 1], position + 1
        raise self.error("Mismatched parentheses.")

    def expect_end(self) -> None:
        """Refuse whatever is left."""
        if not self.at_end:
            raise self.invalid()


def _unescape(text: str) -> str:
    return ESCAPE.sub(r"\1", text)


def boolean(call: Call, options: dict[str, str], name: str, default: bool) -> bool:
    """Return the truth that an option spells."""
    if name not in options:
        return default
    value = BOOLEANS.get(options[name].lower())
    if value is None:
        raise _bad_option("boolean", name, options[name], call)
    return value


def integer(call: Call, options: dict[str, str], name: str, default: int) -> int:
    """Return the whole number that an option spells."""
    if name not in options:
        return default
    value = read_number(options[name])
    if not isinstance(value, int):
        raise _bad_option("int", name, options[name], call)
    return value


def _bad_option(kind: str, name: str, value: str, call: Call) -> SearchError:
    text = f"Invalid option value. Expecting a '{kind}' for option '{name}'. Instead got '{value}'."
    return SearchError(f"Error in 'SearchProcessor': {text}", call.position)
