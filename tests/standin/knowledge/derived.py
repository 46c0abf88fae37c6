"""FIELDALIAS and EVAL: fields made from fields.

Aliases come first, in ASCII order of their classes: `a AS b` gives b the value of a, also where b had one, and takes b
away where a is missing; `a ASNEW b` leaves a b that is there. Then every EVAL reads the row as the aliases left it,
not what another EVAL made; an EVAL that gives null takes its field away.
"""

import re
from typing import NamedTuple

from standin.conf.errors import Problem, UnknownConf, UnsupportedConf
from standin.conf.props import Props
from standin.conf.text import Setting
from standin.environment import Row, Value
from standin.language.compiled import Scope
from standin.language.errors import SearchError
from standin.language.evaluate import Expression, compile_expression

NAME = r'(?:"[^"]+"|\S+)'
# One for all: a calculated field that asks for the time of the search is refused below
SCOPE = Scope()
TIMELY = re.compile(r"\b(?:now|time|random|relative_time)\s*\(")
ALIAS = re.compile(rf"(?P<old>{NAME})\s+(?P<verb>ASNEW|AS)\s+(?P<new>{NAME})", re.IGNORECASE)


class Alias(NamedTuple):
    """One pair of names."""

    old: str
    new: str
    keeps: bool

    def __call__(self, row: Row) -> None:
        """Give the new name its value."""
        if self.keeps and self.new in row:
            return
        if self.old in row:
            row[self.new] = row[self.old]
        elif not self.keeps:
            row.pop(self.new, None)


def aliases(props: Props) -> list[Alias]:
    """Return the aliases of these props in order."""
    return [alias for key in sorted(props) if key.startswith("FIELDALIAS-") for alias in read_aliases(props[key])]


def read_aliases(setting: Setting) -> list[Alias]:
    """Read the pairs of one FIELDALIAS."""
    found = list(ALIAS.finditer(setting.value))
    if not found or ALIAS.sub("", setting.value).strip(" ,\n\t"):
        message = f"not pairs of `name AS name`: {setting.value!r}"
        raise UnknownConf(Problem(setting.file, setting.line, "value", message))
    return [Alias(each["old"].strip('"'), each["new"].strip('"'), each["verb"].upper() == "ASNEW") for each in found]


class Calculated:
    """All calculated fields of one set of props."""

    def __init__(self, props: Props) -> None:
        self._expressions = {
            key.removeprefix("EVAL-"): calculated(key, props[key]) for key in sorted(props) if key.startswith("EVAL-")
        }
        self.names = frozenset(self._expressions)

    def evaluate(self, name: str, snapshot: Row) -> Value | None:
        """Return one calculated field of an event, None for null."""
        value = self._expressions[name].run(snapshot, SCOPE)
        return str(value) if isinstance(value, bool) else value


def calculated(key: str, setting: Setting) -> Expression:
    """Compile one EVAL, or raise ConfError with the words of the language."""
    if timely := TIMELY.search(re.sub(r'"(?:[^"\\]|\\.)*"', '""', setting.value)):
        message = f"{key}: {timely[0]}) in a calculated field is not supported here"
        raise UnsupportedConf(Problem(setting.file, setting.line, "unsupported", message, unsupported=True))
    try:
        return compile_expression(setting.value)
    except SearchError as error:
        message = f"{key}: {error.message}"
        raise UnknownConf(Problem(setting.file, setting.line, "expression", message)) from error
