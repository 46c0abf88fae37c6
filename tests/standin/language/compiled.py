"""A compiled expression: a kind that is known before running, and a closure that is called once a row.

Inside an expression null is None and truth is a bool; neither ever reaches a row.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from standin.environment import Environment, Row, Value
from standin.language.errors import LimitReached
from standin.values.multivalue import as_text
from standin.values.numbers import Number, read_number

MAX_TEXT = 16_000_000  # characters; a search that builds longer values is ended
MAX_VALUES = 1_000_000  # of one multivalue
MAX_SECONDS = 300.0

Result = Value | bool | None


def ignore(text: str) -> None:
    """Swallow a warning where no search listens."""


@dataclass(frozen=True)
class Scope:
    """What an expression may ask for while it runs: the search's time, random numbers, and a place for warnings."""

    now: float = field(default_factory=time.time)
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - repeatable on purpose
    warn: Callable[[str], None] = ignore
    deadline: float = field(default_factory=lambda: time.monotonic() + MAX_SECONDS)

    def check_time(self) -> None:
        """End an expression that runs for too long, for those that loop by themselves."""
        if time.monotonic() > self.deadline:
            raise LimitReached("the search was ended: it took too long")

    @staticmethod
    def of(environment: Environment | None) -> "Scope":
        """Return the scope of a search, or of the present moment."""
        return Scope() if environment is None else Scope(environment.now)


Evaluator = Callable[[Row, Scope], Result]


class Kind(Enum):
    """What is known of a value before running."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    NULL = "null"
    ANY = "any"  # a field, or a function that may give anything


class Compiled(NamedTuple):
    """A compiled node; `literal` is its value where the search spells it out."""

    kind: Kind
    evaluate: Evaluator
    literal: Result = None
    field: str | None = None


def to_number(value: Result) -> Number | None:
    """Return the number that a value is or reads as, None for anything else."""
    if isinstance(value, str):
        return read_number(value)
    if isinstance(value, (bool, list)) or value is None:
        return None
    return value


def to_text(value: Result) -> str | None:
    """Return the text of a value, None for null."""
    return None if value is None else as_text(value)


def check_size(value: Result) -> None:
    """End a search whose value has grown out of all bounds."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise LimitReached(f"a value grew beyond {MAX_TEXT} characters")
    if isinstance(value, list) and len(value) > MAX_VALUES:
        raise LimitReached(f"a multivalue grew beyond {MAX_VALUES} values")
