"""What is put to a Splunk and to the stand-in, part after part: the open questions first.

Both get the same events, under the same source, and the same search; where a search names an index of the app, the
source of the run is added, so that what the index holds besides does not count.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import build
from conformance.judges import sql_questions
from conformance.measured import Answer, difference, searches, sentences
from conformance.open_questions import ELSEWHERE, PROBES, Run
from conformance.recorded_answers import texts
from conformance.splunk import Splunk
from conformance.subject import ORIGIN, ROOT, Subject, recorded, subject
from conformance.verdict import differences
from standin.conf import Configuration
from standin.environment import Row
from standin.events import Origin
from standin.language.errors import SearchError
from standin.language.unverified import UNVERIFIED

FIXTURES = ROOT / "tests/detections"
SOURCETYPE = ORIGIN.sourcetype
EMIT = "kube_audit_emit(1)"
TOLD = "cluster, user, what, src, first_time, last_time, count, reasons, severity, finding_id"
SIXTEENTH = '| where substr(sha256(_raw), 1, 1)="0"'  # of the recorded events: the same ones on both sides


class Entry(NamedTuple):
    """One question: what was sent, both answers, and what follows. An open one is no difference, whatever it says."""

    part: str
    question: str
    search: str
    ours: object
    theirs: object
    verdict: str
    is_same: bool
    is_open: bool = False


class Asking(Protocol):
    """Whoever answers searches."""

    def ask(self, spl: str) -> Answer:
        """Return the answer to a search."""


class Both(NamedTuple):
    """The two that are asked."""

    ours: Subject
    theirs: Asking

    def compare(self, part: str, question: str, spl: str, *, ordered: bool = False) -> Entry:
        """Put one search to both; two that find nothing agree."""
        mine, other = answer_of(self.ours, spl), self.theirs.ask(spl)
        if mine.error or other.error:
            same = bool(mine.error) == bool(other.error)
            words = f"here {mine.error or 'an answer'!r}, there {other.error or 'an answer'!r}"
            return Entry(part, question, spl, mine.error or mine.rows, other.error or other.rows, words, same)
        wrong = differences(question, mine.rows, other.rows, ordered=ordered) if mine.rows or other.rows else []
        verdict = wrong[0].removeprefix(f"{question}: ") if wrong else "the same"
        return Entry(part, question, spl, mine.rows, other.rows, verdict, not wrong)


def answer_of(ours: Subject, spl: str) -> Answer:
    """Return what the stand-in answers inside the app."""
    try:
        result = ours.head.search(spl, user=ours.user, app=build.APP)
    except SearchError as error:
        return Answer(error=error.message)
    rows: Sequence[Row] = result.rows
    return Answer([texts(row) for row in rows], result.fields)


def entries(theirs: Splunk, run: Run, folder: Path) -> list[Entry]:
    """Ask everything, and say which part is being asked."""
    found = list(of_probes(theirs, run))
    found += of_open_searches(theirs)
    found += of_measured(theirs)
    both = Both(sent(theirs, run, folder), theirs)
    parts: tuple[Callable[[Both, Run], Iterable[Entry]], ...] = (of_detections, of_aggregates, of_fields)
    return [*found, *(entry for part in parts for entry in part(both, run))]


def of_probes(theirs: Splunk, run: Run) -> Iterator[Entry]:
    """Ask what cannot be known without a real Splunk."""
    part = "open questions of the design"
    for ask in PROBES:
        probe = ask(theirs, run)
        readings = f"readings: {'; '.join(probe.predictions)}"
        verdict = f"seen: {probe.seen}; supports: {probe.supports}"
        yield Entry(part, probe.question, ask.__name__, readings, probe.seen, verdict, is_same=True, is_open=True)
    for text in ELSEWHERE:
        question, _, reason = text.partition(": ")
        yield Entry(part, f"{question}:", "", "not asked of a running Splunk", "", reason, is_same=True, is_open=True)


def of_open_searches(theirs: Asking) -> Iterator[Entry]:
    """Ask what no source settles about searches: the first reading is the stand-in's."""
    part = "open questions about searches"
    asked = sentences("open")
    for one in asked:
        answer = theirs.ask(one["spl"])
        first = next(iter(one["readings"]))
        fits = [name for name, rows in one["readings"].items() if _same(answer, rows)]
        seen = answer.error or answer.rows
        verdict = f"supports: {fits[0]}; ours: {first}" if fits else f"no reading of ours: {seen}"
        yield Entry(part, one["name"], one["spl"], one["readings"][first], seen, verdict, fits[:1] == [first])
    for semantic in UNVERIFIED:
        if semantic.name not in {one["name"] for one in asked}:
            ours, reason = f"ours: {semantic.reading}", "not asked: no search makes what it needs"
            yield Entry(part, f"{semantic.question}?", "", ours, "", reason, is_same=True, is_open=True)


def _same(answer: Answer, rows: Sequence[Mapping[str, object]]) -> bool:
    if answer.error:
        return False
    found = [{name: value for name, value in row.items() if name != "_time"} for row in answer.rows]
    return found == list(rows)


def of_measured(theirs: Asking) -> Iterator[Entry]:
    """Ask what somebody else has measured."""
    for one in searches():
        if one.refused:
            continue
        answer = theirs.ask(one.spl)
        wrong = difference(one, answer)
        expected = one.rows if one.rows is not None else one.columns or one.fails
        seen = answer.error or answer.rows
        yield Entry("searches that others measured", one.spl, one.spl, expected, seen, wrong or "the same", not wrong)


def sent(theirs: Splunk, run: Run, folder: Path) -> Subject:
    """Send the recorded log and every fixture to both; each file has a source of its own."""
    origin = ORIGIN._replace(source=f"{run.source}/recorded")
    ours = subject(folder / "ours", origin)
    send_one(theirs, recorded().decode(), origin)
    count = len(recorded().splitlines())
    for path in fixtures():
        text, place = path.read_text(encoding="utf-8"), origin._replace(source=source_of(run, path))
        ours.head.pipeline.index_file(text.encode(), place)
        send_one(theirs, text, place)
        count += len(text.splitlines())
    theirs.wait_for(f'index={origin.index} source="{run.source}/*"', count)
    return ours


def send_one(theirs: Splunk, text: str, origin: Origin) -> None:
    """Send the lines of one file."""
    where = {"index": origin.index, "host": origin.host, "source": origin.source, "sourcetype": origin.sourcetype}
    theirs.send(text.splitlines(), where)


def fixtures() -> list[Path]:
    """Return the events of every detection's tests."""
    return sorted(FIXTURES.glob("*/*.jsonl"))


def source_of(run: Run, fixture: Path) -> str:
    """Return the source of a fixture."""
    return f"{run.source}/{fixture.parent.name}/{fixture.stem}"


def of_detections(both: Both, run: Run) -> Iterator[Entry]:
    """Run each shipped detection over its fixtures and the recorded log, as far as the finding is not written."""
    configuration = both.ours.head.configuration
    for name, search in detections(configuration):
        part = "shipped detections, over fixtures and the recorded log"
        files = [path for path in fixtures() if path.parent.name == name]
        places = {f"{name}/{path.stem}": source_of(run, path) for path in files}
        for question, source in {**places, f"{name}/recorded log": f"{run.source}/recorded"}.items():
            yield both.compare(part, question, narrowed(search, source))


def detections(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """Yield each detection's id and its search, with what would write the finding left out."""
    emit = configuration.stanza("macros", EMIT, build.APP)["definition"].value.rpartition("| collect")[0]
    for stanza in configuration.stanzas("savedsearches", build.APP):
        search, _, call = configuration.stanza("savedsearches", stanza, build.APP)["search"].value.rpartition("|")
        if call.strip().startswith("`kube_audit_emit("):
            name = call.strip().removeprefix("`kube_audit_emit(").removesuffix(")`").strip('"')
            yield name, f"{search}| {emit.replace('$id$', name)}| table {TOLD}"


def narrowed(spl: str, source: str) -> str:
    """Return a search that sees one source only."""
    here = f'source="{source}"'
    return spl.replace("`kube_audit_index`", f"`kube_audit_index` {here}").replace(
        f"index={ORIGIN.index} ", f"index={ORIGIN.index} {here} "
    )


def of_aggregates(both: Both, run: Run) -> Iterator[Entry]:
    """Ask the questions that DuckDB answers in the conformance run."""
    for one in sql_questions():
        spl = narrowed(one["spl"], f"{run.source}/recorded")
        yield both.compare("aggregates over the recorded log", one["question"], spl, ordered=one.get("ordered", False))


def of_fields(both: Both, run: Run) -> Iterator[Entry]:
    """Ask for every calculated field of the app, on the fixtures and on a sixteenth of the recorded log."""
    settings = both.ours.head.configuration.stanza("props", SOURCETYPE, build.APP)
    names = sorted(key.removeprefix("EVAL-") for key in settings if key.startswith("EVAL-"))
    columns = f"table source {' '.join(names)}"
    part = "fields of sample events"
    for name in sorted({path.parent.name for path in fixtures()}):
        spl = f'index={ORIGIN.index} source="{run.source}/{name}/*" | {columns}'
        yield both.compare(part, f"fields of the fixtures of {name}", spl)
    spl = f'index={ORIGIN.index} source="{run.source}/recorded" {SIXTEENTH} | {columns}'
    yield both.compare(part, "fields of a sixteenth of the recorded log", spl)
