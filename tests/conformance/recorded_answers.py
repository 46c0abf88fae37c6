"""The judge of what a real Splunk answered: searches, texts through conf, recorded cases, HTTP interfaces."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.measured import Answer, difference, searches, sentences, summary
from conformance.suite import Suite, run_suite
from conformance.verdict import Verdict
from shared_data import shared_folder
from standin.environment import Row
from standin.events import Origin
from standin.language.errors import SearchError, Unsupported
from standin.language.search import Result
from standin.values.multivalue import as_text, as_texts
from unit.standin.laboratory import ORIGIN, Lab
from unit.standin.test_measured_conf import DATA, Case, outcome_of, read_cases

UNIT = "tests/unit/standin"
SOURCETYPE = "measured:type"


def judge_searches() -> Verdict:
    """Put every measured search to the stand-in."""
    asked = searches()
    lab = Lab()
    wrong = [f"{one.place}: {one.spl}: {text}" for one in asked if (text := difference(one, answer_of(lab, one.spl)))]
    notes = (summary("language"),)
    return Verdict("real Splunk 10.4: searches, as measured", len(asked), len(asked), tuple(wrong), notes)


def answer_of(lab: Lab, spl: str) -> Answer:
    """Return what the stand-in answers to a search."""
    try:
        result: Result = lab.head.search(spl, user=lab.user, app=lab.app)
    except Unsupported as error:
        return Answer(refused=error.construct)
    except SearchError as error:
        return Answer(error=error.message)
    return Answer([texts(row) for row in result.rows], result.fields)


def texts(row: Row) -> Mapping[str, object]:
    """Return a row as texts, as REST gives it."""
    return {name: value if isinstance(value := row[name], list) else as_text(value) for name in row}


def judge_conf(shared: Path | None = None) -> Verdict:
    """Index every measured text, and every recorded case where they are at hand."""
    table = sentences("conf")
    probes = [(one["place"], probe) for one in table for probe in one.get("asked", [])]
    wrong = [f"{place}: {probe['text']!r}: {text}" for place, probe in probes if (text := conf_difference(probe))]
    folder = shared or shared_folder()
    if not (folder / DATA).exists():
        note = f"61 recorded cases were not run: no {folder / DATA}; name the folder in KUBE_AUDIT_SHARED_DATA"
        return Verdict(CONF, len(probes), len(probes), tuple(wrong), (note,))
    cases = read_cases(folder)
    wrong += [text for case in cases if (text := case_difference(case))]
    named = {name for one in table for name in one.get("cases", [])}
    wrong += [f"case {case.name} stands under no sentence" for case in cases if case.name not in named]
    events = len(probes) + sum(len(case.events) for case in cases)
    notes = (f"{len(table)} sentences with {len(probes)} texts of ours, {len(cases)} recorded cases",)
    return Verdict(CONF, len(probes) + len(cases), events, tuple(wrong), notes)


CONF = "real Splunk 10.4: props and transforms, as recorded"


def conf_difference(probe: Mapping[str, Any]) -> str:
    """Return how the events of a text differ from what was measured."""
    stanzas = {SOURCETYPE: probe["props"], **probe.get("stanzas", {})}
    confs = {"props": stanzas, "transforms": probe.get("transforms", {})}
    origin = Origin("main", probe.get("host", ORIGIN.host), ORIGIN.source, SOURCETYPE)
    with tempfile.TemporaryDirectory() as name:
        rows = laboratory(Path(name), {conf: written(text) for conf, text in confs.items()}).rows(probe["text"], origin)
    if len(rows) != len(probe["events"]):
        return f"{len(rows)} events, measured {len(probe['events'])}"
    return "; ".join(text for row, wanted in zip(rows, probe["events"], strict=True) if (text := _event(row, wanted)))


def _event(row: Row, wanted: Mapping[str, Any]) -> str:
    raw, time = wanted.get("raw", row["_raw"]), wanted.get("time", row["_time"])
    if (row["_raw"], row["_time"]) != (raw, time):
        return f"{row['_raw']!r} at {row['_time']}, measured {raw!r} at {time}"
    found = {name: as_texts(row[name]) if name in row else None for name in wanted.get("fields", {})}
    expected = {name: value if value is None else as_texts(value) for name, value in wanted.get("fields", {}).items()}
    return "" if found == expected else f"fields {found}, measured {expected}"


def case_difference(case: Case) -> str:
    """Return how a recorded case comes out otherwise."""
    with tempfile.TemporaryDirectory() as name:
        lab = laboratory(Path(name), {"props": case.props, "transforms": case.transforms})
        found, wanted = outcome_of(case, lab)
    return "" if found == wanted else f"case {case.name}: {found}, recorded {wanted}"


def laboratory(folder: Path, confs: Mapping[str, str]) -> Lab:
    """Return a search head over one app with these confs."""
    app = folder / "some_app"
    for file, text in {"metadata/default.meta": "[]\nexport = system\n", **_named(confs)}.items():
        path = app / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Lab(app)


def _named(confs: Mapping[str, str]) -> dict[str, str]:
    return {f"default/{conf}.conf": text for conf, text in confs.items()}


def written(stanzas: Mapping[str, Mapping[str, str]]) -> str:
    """Return stanzas as the text of a conf file."""
    return "".join(
        f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items()) for name, keys in stanzas.items()
    )


def judge_interfaces(folder: Path) -> Verdict:
    """Run the tests that state what HEC and REST answered."""
    named = named_tests()
    return stated(named, run_suite("interfaces", folder, named))


def named_tests() -> list[str]:
    """Return the tests that the table of interfaces names."""
    return sorted({f"{UNIT}/{test}" for one in sentences("interfaces") for test in one.get("tests", [])})


def stated(named: Sequence[str], suite: Suite) -> Verdict:
    """Return what the tests say; a sentence whose test is gone is a disagreement."""
    ran = {one.test.partition("[")[0] for one in suite.outcomes}
    gone = tuple(f"{test}: no such test" for test in named if test not in ran)
    verdict = suite.verdict("real Splunk 10.4: HEC and REST, as measured", [summary("interfaces")])
    return verdict._replace(disagreements=verdict.disagreements + gone)
