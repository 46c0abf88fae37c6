"""How two answers are compared."""

from collections.abc import Mapping, Sequence

import pytest

from conformance.addon_suite import verdict_of
from conformance.judges import sigma_rules, sql_questions
from conformance.verdict import Verdict, differences, table, timed

Rows = Sequence[Mapping[str, object]]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param([{"n": "3"}], [{"n": 3.0}], id="a number in another form"),
        pytest.param([{"n": "0.333333333333"}], [{"n": 1 / 3}], id="a number within one part in a billion"),
        pytest.param([{"a": "x"}, {"a": "y"}], [{"a": "y"}, {"a": "x"}], id="rows in another order"),
        pytest.param([{"a": "x"}], [{"a": ["x"], "b": None}], id="a list of one, and a null"),
    ],
)
def test_equal_answers(ours: Rows, theirs: Rows) -> None:
    """Answers that differ only in form are the same."""
    assert differences("question", ours, theirs) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "ordered", "words"),
    [
        pytest.param([{"a": "x"}], [{"a": "X"}], False, "only here", id="another case"),
        pytest.param([{"a": "x"}], [{"a": "x"}] * 2, False, "1 rows, judge 2", id="a row twice"),
        pytest.param([{"a": "x"}, {"a": "y"}], [{"a": "y"}, {"a": "x"}], True, "another order", id="order asked for"),
        pytest.param([], [], False, "nothing was compared", id="nothing at all"),
    ],
)
def test_different_answers(ours: Rows, theirs: Rows, ordered: bool, words: str) -> None:
    """A difference is one line that says what differs."""
    (line,) = differences("question", ours, theirs, ordered=ordered)
    assert words in line


def test_the_table_closes_with_totals() -> None:
    """The last line of the table counts judges, comparisons and disagreements."""
    assert table([Verdict("a", 2, 9, ("x differs",)), Verdict("b", 3, 1, ())], 4.2)[-1] == (
        "total: 2 judges, 5 comparisons, 1 disagreements, 0 not run, 4 s"
    )


def test_a_judge_that_breaks_down_disagrees() -> None:
    """What a judge could not be asked is no agreement."""

    def broken() -> Verdict:
        raise OSError("no such engine")

    (line,) = timed("somebody", broken).disagreements
    assert "no such engine" in line


def test_a_judge_that_was_not_run_is_said() -> None:
    """The table says why in the judge's line, and counts it."""
    lines = table([Verdict("a", 0, 0, (), not_run="no browser")], 1)

    assert lines[1].split() == ["a", "not", "run:", "no", "browser"]
    assert "1 not run" in lines[-1]


def test_enough_is_asked() -> None:
    """At least ten twins in Sigma and twenty aggregates in SQL are there, with a twin of each shipped detection."""
    twins = sigma_rules()
    assert len(twins) >= 10
    assert len([one for one in twins.values() if "shipped" in one[-1]]) >= 3
    assert len(sql_questions()) >= 20


@pytest.mark.parametrize(
    ("output", "compared", "wrong"),
    [
        pytest.param("...\n48 passed, 4 skipped in 0.92s\n", 48, (), id="all passed"),
        pytest.param("FAILED a::b\n1 failed, 2 passed in 1.0s", 3, ("a::b",), id="one failed"),
        pytest.param("ERROR a::b\n1 error in 1.0s", 1, ("a::b",), id="one broken"),
        pytest.param(
            "SKIPPED [1] x.py:3: no network\n2 passed, 1 skipped in 1.0s",
            2,
            ("no network: skipped for a reason that is not known here",),
            id="skipped for no known reason",
        ),
        pytest.param("usage: pytest", 0, ("the suite did not run: usage: pytest",), id="nothing ran"),
    ],
)
def test_what_the_addon_suite_says(output: str, compared: int, wrong: tuple[str, ...]) -> None:
    """Skipped tests are not counted as compared, and a suite that did not run never passes."""
    verdict = verdict_of(output)
    assert (verdict.compared, verdict.disagreements) == (compared, wrong)
