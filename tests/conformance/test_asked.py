"""What `make verify-splunk` sends and makes of the answers: one source only, nothing written, differences told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import build
from conformance.asked import Both, answer_of, detections, narrowed, of_measured, of_open_searches
from conformance.measured import Answer
from conformance.recorded_answers import answer_of as answer_of_lab
from conformance.subject import ORIGIN, ROOT, Subject
from conformance.verify import record, told
from standin.conf import Configuration
from standin.events import Store
from standin.knowledge.users import User
from standin.language.unverified import UNVERIFIED
from standin.searchhead import SearchHead
from unit.standin.laboratory import NOW, Lab


class Told:
    """Somebody who answers every search in the same way, or as a laboratory does."""

    def __init__(self, answer: Answer | None = None, lab: Lab | None = None) -> None:
        self.answer, self.lab = answer, lab

    def ask(self, spl: str) -> Answer:
        """Return the answer."""
        return self.answer or answer_of_lab(self.lab or Lab(), spl)


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the app as it is installed."""
    return build.stage(ROOT, tmp_path_factory.mktemp("staged") / build.APP)


@pytest.fixture(scope="module")
def ours(staged: Path) -> Iterator[Subject]:
    """Return a stand-in with the app and one event."""
    configuration, store = Configuration.load([staged]), Store()
    store.create_index(ORIGIN.index)
    head = SearchHead(configuration, store, lambda: NOW)
    head.pipeline.index_file(b'{"verb":"get","stageTimestamp":"2026-11-02T08:00:00.000000Z"}\n', ORIGIN)
    yield Subject(head, User.of(configuration, "admin", ["admin"]), staged)


def test_every_open_question_is_asked(staged: Path) -> None:
    """Each reading that no source settles has a search or is said not to be asked; the first reading is ours."""
    found = list(of_open_searches(Told(lab=Lab(staged))))

    assert len(found) >= len(UNVERIFIED)
    assert [entry.question for entry in found if not entry.search and "not asked" not in entry.verdict] == []
    assert [entry for entry in found if not entry.is_same] == []


def test_another_reading_is_told() -> None:
    """A Splunk that answers otherwise supports another reading, or none of ours."""
    entries = list(of_open_searches(Told(Answer([{"count": "1"}]))))

    assert [entry.verdict for entry in entries if entry.question == "not-null"] == [
        "supports: it holds; ours: null again"
    ]
    assert any("no reading of ours" in entry.verdict for entry in entries)


def test_what_was_measured_is_asked_again() -> None:
    """An answer that is not the measured one is a difference."""
    assert all(entry.is_same for entry in of_measured(Told(lab=Lab())))
    assert not any(
        entry.is_same for entry in of_measured(Told(Answer([{"other": "1"}]))) if isinstance(entry.ours, list)
    )


@pytest.mark.parametrize(
    ("answer", "is_same"),
    [
        (Answer([{"count": "1"}]), True),
        (Answer([{"count": "2"}]), False),
        (Answer(), False),
        (Answer(error="Unknown search command"), False),
    ],
    ids=["the same", "another value", "nothing", "an error"],
)
def test_two_answers_are_compared(ours: Subject, answer: Answer, is_same: bool) -> None:
    """The same search to both; an error on one side only is a difference."""
    entry = Both(ours, Told(answer)).compare("part", "how many?", f"index={ORIGIN.index} | stats count")

    assert entry.is_same is is_same


def test_a_search_sees_its_own_source_only(ours: Subject) -> None:
    """Whatever else the index holds is not found, by the index and by the app's macro."""
    for spl in (f"index={ORIGIN.index} | stats count", "`kube_audit_index` verb=get | stats count"):
        assert answer_of(ours, spl).rows == [{"count": "1"}]
        assert answer_of(ours, narrowed(spl, "elsewhere")).rows == [{"count": "0"}]


def test_no_finding_is_written(ours: Subject) -> None:
    """What is asked of a detection is its search up to what would write the finding."""
    found = dict(detections(ours.head.configuration))

    assert len(found) >= 3
    assert not any("collect" in search or "kube_audit_emit" in search for search in found.values())
    assert not any(answer_of(ours, search).error for search in found.values())


def test_everything_is_recorded_and_told(tmp_path: Path) -> None:
    """The record holds question, search, both answers and verdict; each difference is a line."""
    found = list(of_measured(Told(Answer([{"other": "1"}]))))[:2]

    record("somebody", found, tmp_path / "made" / "record.json")

    (first, *_) = json.loads((tmp_path / "made" / "record.json").read_text())["answers"]
    assert set(first) >= {"question", "search", "ours", "theirs", "verdict"}
    assert sum(line.startswith("  differs: ") for line in told(found)) == sum(not one.is_same for one in found) > 0
