"""Rows that work out their fields when they are asked for: a search pays for what it names.

A `LazyRow` is a dict to everybody who uses it. Its own dict holds what was assigned; every other field comes from its
source, which keeps what it worked out for the next search. Whoever goes over all fields, counts them or builds a dict
from the row gets them all. (C code that reads a dict's storage without asking, as `json.dumps` does, sees them only
after that; the rows of a result have been gone over.)
"""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, Set, ValuesView
from typing import Protocol, TypeVar, overload

from standin.environment import Value

Default = TypeVar("Default")
_NOTHING = object()
_NONE_REMOVED: frozenset[str] = frozenset()
_own = dict.get  # without the way over the source


class Source(Protocol):
    """Where the fields of an event come from."""

    def value(self, name: str) -> Value | None:
        """Return one field, None where the event has none of that name."""

    def all(self) -> Mapping[str, Value]:
        """Return every field."""


class LazyRow(dict[str, Value]):
    """One event's fields, changed freely without touching its source."""

    __slots__ = ("_removed", "_source")

    def __init__(self, source: Source) -> None:
        self._source: Source | None = source
        self._removed: Set[str] = _NONE_REMOVED

    @property
    def source(self) -> Source | None:
        """Return where the fields come from, None once they were all taken over."""
        return self._source

    def copy(self) -> "LazyRow":
        """Return another row over the same source, with the same changes."""
        twin = LazyRow.__new__(LazyRow)
        dict.update(twin, dict.items(self))
        twin._source = self._source
        twin._removed = self._removed
        return twin

    def _find(self, name: str) -> object:
        value = _own(self, name, _NOTHING)
        return self._from_source(name) if value is _NOTHING else value

    def _from_source(self, name: str) -> object:
        source = self._source
        if source is None or name in self._removed:
            return _NOTHING
        found = source.value(name)
        return _NOTHING if found is None else found

    def _remove(self, name: str) -> None:
        dict.pop(self, name, None)
        self._removed |= {name}

    def _complete(self) -> None:
        """Take every field over from the source, which is not asked again."""
        if self._source is None:
            return
        every = {**self._source.all(), **dict(dict.items(self))}
        for name in self._removed:
            every.pop(name, None)
        dict.clear(self)
        dict.update(self, every)
        self._source = None

    @overload
    def get(self, name: str, default: None = None, /) -> Value | None: ...

    @overload
    def get(self, name: str, default: Value, /) -> Value: ...

    @overload
    def get(self, name: str, default: Default, /) -> Value | Default: ...

    def get(self, name: str, default: object = None, /) -> object:
        """Return one field."""
        value = _own(self, name, _NOTHING)
        if value is not _NOTHING:
            return value
        value = self._from_source(name)
        return default if value is _NOTHING else value

    def __missing__(self, name: str) -> Value:
        value = self._from_source(name)
        if value is _NOTHING:
            raise KeyError(name)
        return value  # type: ignore[return-value]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._find(name) is not _NOTHING

    def __setitem__(self, name: str, value: Value) -> None:
        if name in self._removed:
            self._removed -= {name}
        dict.__setitem__(self, name, value)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._remove(name)

    def pop(self, name: str, default: object = _NOTHING, /) -> object:  # type: ignore[override]
        """Take one field away and return it."""
        value = self._find(name)
        if value is _NOTHING and default is _NOTHING:
            raise KeyError(name)
        self._remove(name)
        return default if value is _NOTHING else value

    def setdefault(self, name: str, default: Value = "", /) -> Value:
        """Return one field, written where it was missing."""
        if name not in self:
            self[name] = default
        return self[name]

    def update(self, other: Mapping[str, Value] = {}, /, **more: Value) -> None:  # type: ignore[override]
        """Assign several fields."""
        for name, value in {**other, **more}.items():
            self[name] = value

    def clear(self) -> None:
        """Take all fields away."""
        self._source = None
        dict.clear(self)

    def __iter__(self) -> Iterator[str]:
        self._complete()
        return dict.__iter__(self)

    def __len__(self) -> int:
        self._complete()
        return dict.__len__(self)

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """Return the names of all fields."""
        self._complete()
        return dict.keys(self)

    def values(self) -> ValuesView[Value]:  # type: ignore[override]
        """Return the values of all fields."""
        self._complete()
        return dict.values(self)

    def items(self) -> ItemsView[str, Value]:  # type: ignore[override]
        """Return all fields."""
        self._complete()
        return dict.items(self)

    def __eq__(self, other: object) -> bool:
        self._complete()
        return dict.__eq__(self, other) is True

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # as every dict

    def __repr__(self) -> str:
        self._complete()
        return dict.__repr__(self)

    def __or__(self, other: Mapping[str, Value]) -> dict[str, Value]:  # type: ignore[override]
        self._complete()
        return {**dict(dict.items(self)), **other}

    def __ior__(self, other: Mapping[str, Value]) -> "LazyRow":  # type: ignore[override]
        self.update(other)
        return self
