"""The props and transforms pipeline against what a real Splunk 10.4.0 answered: 61 recorded cases."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from standin.environment import Row, Value
from standin.events import Origin
from standin.values.multivalue import as_texts
from unit.standin.laboratory import Lab, MakeLab

DATA = "splunk_conf_cases.jsonl"
CASES = 61
# linecount and what every event has; punct counts only where a case speaks of it
NOT_COMPARED = {"_raw", "_time", "_indextime", "host", "index", "linecount", "source", "sourcetype", "splunk_server"}


class Case(NamedTuple):
    """One recorded case."""

    name: str
    directives: list[str]
    props: str
    transforms: str
    origin: Origin
    text: str
    events: list[dict[str, Any]]


def read_cases(folder: Path) -> list[Case]:
    """Read the recorded cases."""
    cases = []
    for line in (folder / DATA).read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        extra = "".join(f"[{each['stanza']}]\n{each['body']}\n" for each in one["extra_props"])
        props = f"[fx]\n{one['props']}\n{extra}"
        origin = Origin("main", one["host"], one["source"], "fx")
        cases.append(Case(one["id"], one["directives"], props, one["transforms"], origin, one["input"], one["events"]))
    return cases


def compared(row: Row, case: Case) -> dict[str, list[str]]:
    """Return the fields of a row that the recording has, as texts."""
    with_punct = "ANNOTATE_PUNCT" in case.directives
    names = [name for name in row if name not in NOT_COMPARED and (name != "punct" or with_punct)]
    return {name: as_texts(row[name]) for name in names}


Outcome = list[tuple[Value, Value, dict[str, list[str]]]]


def outcome_of(case: Case, lab: Lab) -> tuple[Outcome, Outcome]:
    """Return text, time and fields of the events as they come out, and as they were recorded."""
    rows = lab.rows(case.text, case.origin)
    found: Outcome = [(row["_raw"], row["_time"], compared(row, case)) for row in rows]
    wanted: Outcome = [(as_texts(one["_raw"])[0], one["_time"], _fields(one["fields"])) for one in case.events]
    return found, wanted


def test_every_recorded_case(shared_data: Path, lab: MakeLab) -> None:
    """Text, time and fields of every recorded event come out as a real Splunk made them."""
    cases = read_cases(shared_data)
    outcomes = {case.name: outcome_of(case, lab(props=case.props, transforms=case.transforms)) for case in cases}

    assert {name: one for name, one in outcomes.items() if one[0] != one[1]} == {}
    assert len(cases) == CASES


def _fields(fields: object) -> dict[str, list[str]]:
    assert isinstance(fields, dict)
    return {name: as_texts(value) for name, value in fields.items()}
