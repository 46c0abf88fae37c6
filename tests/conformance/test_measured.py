"""The tables of what a real Splunk answered: complete, held by the stand-in, and a wrong answer is told."""

import pytest

from conformance.measured import Answer, Asked, difference, searches, sentences
from conformance.recorded_answers import answer_of, case_difference, conf_difference, judge_conf, judge_searches, stated
from conformance.suite import Outcome, Suite
from unit.standin.laboratory import ORIGIN, Lab
from unit.standin.test_measured_conf import CASES, Case

ROWS = Asked("6", "", "x", rows=[{"a": "1"}])
PROBE = {"props": {"KV_MODE": "auto"}, "text": "a=1", "events": [{"raw": "a=1", "fields": {"a": "1"}}]}


def test_the_stand_in_answers_as_measured() -> None:
    """Every measured search and every measured text comes out as a real Splunk had it."""
    assert judge_searches().disagreements == ()
    assert judge_conf().disagreements == ()


def test_the_tables_are_whole() -> None:
    """Each sentence is shown by something, and the recorded cases stand under one sentence each."""
    assert all(one.get("asked") or one["absent"] for one in sentences("language"))
    assert all(one.get("asked") or one.get("cases") for one in sentences("conf"))
    assert all(one.get("tests") or one["absent"] for one in sentences("interfaces"))
    named = [name for one in sentences("conf") for name in one.get("cases", [])]
    assert len(named) == len(set(named)) == CASES


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (ROWS, Answer([{"a": "2"}])),
        (ROWS, Answer([{"a": "1"}, {"a": "1"}])),
        (ROWS, Answer([{"a": "1", "b": "1"}])),
        (ROWS, Answer(error="broken")),
        (ROWS, Answer(refused="command x")),
        (ROWS._replace(rows=None, columns=["a", "b"]), Answer([{"a": "1"}], ["b", "a"])),
        (ROWS._replace(rows=None, fails="invalid"), Answer([{"a": "1"}])),
        (ROWS._replace(rows=None, fails="invalid"), Answer(error="unknown")),
        (ROWS._replace(rows=None, fails=""), Answer()),
        (ROWS._replace(rows=None, refused="command x"), Answer(error="unknown command x")),
    ],
    ids=["value", "row more", "field more", "error", "refused", "columns", "no error", "words", "any error", "by name"],
)
def test_a_wrong_answer_is_told(asked: Asked, answer: Answer) -> None:
    """An answer that is not the measured one is a difference."""
    assert difference(asked, answer)


def test_a_right_answer_is_none() -> None:
    """Times are not compared, texts and columns are."""
    assert difference(ROWS, Answer([{"a": "1", "_time": "7"}])) == ""
    assert difference(ROWS._replace(columns=["a"]), Answer([{"a": "1"}], ["a"])) == ""


@pytest.mark.parametrize(
    "events",
    [
        [],
        [{"raw": "a=2"}],
        [{"time": 0}],
        [{"fields": {"a": "2"}}],
        [{"fields": {"a": None}}],
        [{"fields": {"b": "1"}}],
    ],
    ids=["events", "text", "time", "value", "a field that is not", "a field that is"],
)
def test_a_wrong_event_is_told(events: list[object]) -> None:
    """An event that is not the measured one is a difference."""
    assert conf_difference(PROBE) == ""
    assert conf_difference({**PROBE, "events": events})


def test_a_recorded_case_that_comes_out_otherwise_is_told() -> None:
    """Text, time and fields of a recorded event all count."""
    props = "[fx]\nKV_MODE = auto\n"
    events = [{"_raw": "a=1", "_time": 0.0, "fields": {"a": "2"}}]
    case = Case("altered", [], props, "", ORIGIN._replace(sourcetype="fx"), "a=1", events)

    assert case_difference(case).startswith("case altered: ")


def test_a_sentence_whose_test_is_gone_disagrees() -> None:
    """A test that was renamed leaves its sentence without a proof."""
    suite = Suite([Outcome("t.py::test_a[one]", "passed", None, "")], "")

    assert stated(["t.py::test_a"], suite).disagreements == ()
    assert stated(["t.py::test_a", "t.py::test_b"], suite).disagreements == ("t.py::test_b: no such test",)


def test_each_search_makes_its_own_rows() -> None:
    """A search of the table needs nothing of the Splunk that it is put to."""
    lab = Lab()

    assert all(one.spl.startswith(("| makeresults", "search index=_internal")) for one in searches())
    assert answer_of(lab, "| makeresults count=2 | stats count").rows == [{"count": "2"}]
