"""JSON whose objects know their line, for problems that name it.

An object that gives a key twice is an error, since the parser would silently keep the last.
"""

import json
from collections.abc import Callable
from json import decoder, scanner
from pathlib import Path
from typing import Any

from standin.conf.errors import Problem

KIND = "model"


class Located(dict[str, Any]):
    """An object of a JSON file, and where it begins."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.start = 0
        self.twice = next((key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index])), None)


class _Decoder(json.JSONDecoder):
    """The standard parser, its objects replaced by those that know their place."""

    def __init__(self) -> None:
        super().__init__(object_pairs_hook=Located)
        self.parse_object: Callable[..., tuple[Located, int]] = self._located
        self.scan_once = scanner.py_make_scanner(self)  # type: ignore[attr-defined]

    @staticmethod
    def _located(start: tuple[str, int], *rest: object) -> tuple[Located, int]:
        found, end = decoder.JSONObject(start, *rest)  # type: ignore[attr-defined]
        found.start = start[1] - 1
        return found, end


class Page:
    """One JSON file: its text, its top object, and how to name a line of it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._text = ""

    def read(self) -> tuple[Located | None, list[Problem]]:
        """Return the file's object, or the problem that keeps it from being read."""
        try:
            self._text = self.file.read_bytes().decode("utf-8-sig")
            found = _Decoder().decode(self._text)
        except UnicodeDecodeError as error:
            return None, [Problem(self.file, 1, "encoding", f"not UTF-8 at byte {error.start}")]
        except json.JSONDecodeError as error:
            return None, [Problem(self.file, error.lineno, "syntax", f"no JSON: {error.msg}")]
        except (RecursionError, ValueError):  # ValueError: a number of more digits than Python reads
            return None, [Problem(self.file, 1, "syntax", "no JSON that can be read: nested or numbered beyond limits")]
        if not isinstance(found, Located):
            return None, [Problem(self.file, 1, KIND, "a data model is a JSON object")]
        return found, []

    def line(self, place: Located, key: str | None = None) -> int:
        """Return the line of an object, or of a key inside it."""
        start = place.start
        if key is not None:
            start = max(start, self._text.find(json.dumps(key, ensure_ascii=False), start))
        return self._text.count("\n", 0, start) + 1

    def problem(self, place: Located, message: str, key: str | None = None, *, unsupported: bool = False) -> Problem:
        """Return a problem at an object or at one of its keys."""
        kind = "unsupported" if unsupported else KIND
        return Problem(self.file, self.line(place, key), kind, message, unsupported)
