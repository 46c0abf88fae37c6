"""The types that collections.conf gives to the fields of a KV-store collection, as its spec describes them.

    field.NAME = number | bool | string | time

A value of another type is turned into the right one where it reads as one ("5" is a number). Where it does not, the
field is dropped, and with `enforceTypes` the whole document is refused. Fields without a type keep their JSON type.
"""

from collections.abc import Callable, Mapping

from standin.conf.text import Setting, is_true
from standin.values.numbers import read_number

FIELD = "field."
TRUTHS = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}


class TypeMismatch(Exception):
    """A document that a collection with enforced types does not take."""


def _number(value: object) -> object:
    if isinstance(value, bool):
        return None
    return value if isinstance(value, int | float) else read_number(value) if isinstance(value, str) else None


def _truth(value: object) -> object:
    if isinstance(value, bool):
        return value
    return TRUTHS.get(str(value).lower()) if isinstance(value, int | str) else None


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else None


READERS: Mapping[str, Callable[[object], object]] = {
    "number": _number,
    "time": _number,
    "bool": _truth,
    "string": _text,
}


class Schema:
    """The types of one collection."""

    def __init__(self, settings: Mapping[str, Setting]) -> None:
        kinds = {key.removeprefix(FIELD): one.value for key, one in settings.items() if key.startswith(FIELD)}
        self._readers = {name: READERS[kind] for name, kind in kinds.items() if kind in READERS}
        self._kinds = kinds
        self._enforces = "enforceTypes" in settings and is_true(settings["enforceTypes"].value or "false")

    def applied(self, document: Mapping[str, object]) -> dict[str, object]:
        """Return a document as the collection keeps it. Raises TypeMismatch."""
        kept: dict[str, object] = {}
        for name, value in document.items():
            reader = self._readers.get(name)
            typed = value if reader is None or value is None else _each(reader, value)
            if typed is None and value is not None:
                if self._enforces:
                    raise TypeMismatch(f"the value of field {name!r} is no {self._kinds[name]}")
                continue
            kept[name] = typed
        return kept


def _each(reader: Callable[[object], object], value: object) -> object:
    if not isinstance(value, list):
        return reader(value)
    values = [reader(one) for one in value]
    return None if None in values else values
