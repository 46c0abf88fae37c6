"""What a real Splunk answered, sentence by sentence: tables in YAML, each with the place in the note that it renders.

language.yml     searches that make their own rows, so that they can be put to any Splunk
conf.yml         texts through props and transforms; also names the recorded cases that show the same
interfaces.yml   HEC and REST: which tests state the sentence, or why it is not here
open.yml         what no source settles, and what each reading of it would answer
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

FOLDER = Path(__file__).parent


class Asked(NamedTuple):
    """One search and what Splunk answered: rows, columns, words of an error, or the construct that is not here."""

    place: str
    says: str
    spl: str
    rows: Sequence[Mapping[str, object]] | None = None
    columns: Sequence[str] | None = None
    fails: str | None = None
    refused: str | None = None


class Answer(NamedTuple):
    """What somebody answered to a search; `error` and `refused` are empty where it ran."""

    rows: Sequence[Mapping[str, object]] = ()
    columns: Sequence[str] = ()
    error: str = ""
    refused: str = ""


def sentences(table: str, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Return the sentences of a table."""
    found: list[dict[str, Any]] = yaml.safe_load((folder / f"{table}.yml").read_text(encoding="utf-8"))
    return found


def summary(table: str) -> str:
    """Return how many sentences a table has, and which of them are not here and why."""
    found = sentences(table)
    absent = [f"{one['place']}: {one['says']}: {one['absent']}" for one in found if "absent" in one]
    return f"{len(found)} sentences" + (f", {len(absent)} of them not here: {'; '.join(absent)}" if absent else "")


def searches(folder: Path = FOLDER) -> list[Asked]:
    """Return every search of the table of searches."""
    return [
        Asked(one["place"], one["says"], **asked)
        for one in sentences("language", folder)
        for asked in one.get("asked", [])
    ]


def difference(asked: Asked, answer: Answer) -> str:
    """Return how an answer differs from what Splunk answered, an empty text where it does not."""
    for wanted, found in ((asked.refused, answer.refused), (asked.fails, answer.error)):
        if wanted is not None:
            return "" if found and wanted in found else f"{_told(answer)}, measured was the error {wanted!r}"
    if answer.error or answer.refused:
        return f"{_told(answer)}, measured was an answer"
    if asked.columns is not None and list(asked.columns) != list(answer.columns):
        return f"columns {list(answer.columns)}, measured {list(asked.columns)}"
    rows = [{name: value for name, value in row.items() if name != "_time"} for row in answer.rows]
    if asked.rows is not None and rows != list(asked.rows):
        return f"rows {rows}, measured {list(asked.rows)}"
    return ""


def _told(answer: Answer) -> str:
    if answer.refused:
        return f"refused as {answer.refused}"
    return f"error {answer.error!r}" if answer.error else f"{len(answer.rows)} rows"
