"""What judges make of suites: a suite that fails, runs nothing or is too small is never green."""

from pathlib import Path

import pytest

from conformance.suite import Outcome, Suite, run_suite
from conformance.suites import documented, drawn, page_of, tried

PASSED = Outcome("t::passed", "passed", "Search Reference, stats: count", "")
MEASURED = Outcome("t::measured", "passed", "splunk-measured 6 E", "")
FAILED = Outcome("t::failed", "failed", "Search Reference, sort", "assert 1 == 2")
SKIPPED = Outcome("t::skipped", "skipped", None, "Skipped: not run: no chromium or google-chrome on PATH")
SMALL = """
import pytest

@pytest.mark.parametrize("source", ["a page"])
def test_holds(source): pass

def test_fails(): assert 1 == 2

def test_is_skipped(): pytest.skip("for a reason")

@pytest.fixture
def broken(): raise ValueError("broken")

def test_never_begins(broken): pass
"""


def test_a_suite_is_read_as_it_ended(tmp_path: Path) -> None:
    """A child process reports what passed with its source, what failed, what was skipped and what never began."""
    file = tmp_path / "test_small.py"
    file.write_text(SMALL)

    suite = run_suite("small", tmp_path, ["--rootdir", str(tmp_path), "-c", "/dev/null", str(file)], limit_s=60)

    assert [(one.outcome, one.source) for one in suite.outcomes] == [
        ("passed", "a page"),
        ("failed", None),
        ("skipped", None),
        ("failed", None),
    ]
    assert len(suite.disagreements()) == 2


def test_a_suite_that_ran_nothing_disagrees() -> None:
    """Where no test was even skipped, pytest's last line is the disagreement."""
    assert Suite([], "usage\nno such file").disagreements() == ("the suite did not run: no such file",)


def test_only_vectors_with_a_page_count_as_documentation() -> None:
    """Measurements are not counted, failures are disagreements, too few vectors are one more."""
    verdict = documented(Suite([PASSED, MEASURED, FAILED], ""), asked_for=3)

    assert verdict.compared == 2
    assert verdict.notes == ("2 pages: sort 1, stats 1",)
    assert verdict.disagreements == ("t::failed: assert 1 == 2", "2 vectors name a page, 3 are asked for")


@pytest.mark.parametrize(("is_required", "wrong"), [(False, 0), (True, 1)], ids=["elsewhere", "required"])
def test_a_missing_browser_is_said(is_required: bool, wrong: int) -> None:
    """Without a browser the judge is not run; where one is required that is a disagreement."""
    verdict = drawn(Suite([SKIPPED], ""), is_required=is_required)

    assert verdict.not_run == "no chromium or google-chrome on PATH"
    assert len(verdict.disagreements) == wrong


def test_cases_of_properties_are_counted() -> None:
    """Cases are those that hypothesis reports, over all properties; none at all is a disagreement."""
    lines = ["10 passing, 0 failing, and 2 invalid test cases", "5 passing, 1 failing, and 0 invalid test cases"]

    verdict = tried(Suite([PASSED, FAILED], "\n".join(lines)))

    assert (verdict.compared, verdict.rows, verdict.notes) == (2, 16, ("1 of 16 cases failed",))
    assert verdict.disagreements == ("t::failed: assert 1 == 2",)
    assert tried(Suite([PASSED], "")).disagreements == ("no cases were counted",)


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("Search Reference, top; splunk-measured 6 SP", "top"),
        ("Search Manual, about subsearches", "Search Manual, about subsearches"),
    ],
)
def test_page_of(source: str, page: str) -> None:
    """A source names its page before the place on it."""
    assert page_of(source) == page
