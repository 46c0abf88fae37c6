"""The gate on AppInspect's report: what passes it and what does not."""

import pytest
import yaml

from appinspect import RULES, Message, Mode, Report, parse, problems_of, stale_entries

MODE = Mode("cloud", "cloud", 2)
ACCEPTED = frozenset({("check_a", "default/a.conf")})
CLEAN = {"success": 1, "warning": 1}


def report(counts: dict[str, int], *warnings: Message) -> Report:
    """Return the outcome of a run with these counts and warnings."""
    return Report(MODE, counts, list(warnings), [])


def test_an_accepted_warning_passes() -> None:
    """A warning that is listed by check and file is no problem."""
    assert problems_of(report(CLEAN, Message("check_a", "default/a.conf", "x")), ACCEPTED) == []


@pytest.mark.parametrize(
    ("counts", "warning", "expected"),
    [
        pytest.param({"success": 1}, None, "cloud: only 1 checks ran, 2 are known", id="too few checks"),
        pytest.param({"success": 5, "skipped": 1}, None, "cloud: 1 skipped", id="skipped"),
        pytest.param({"success": 5, "failure": 2}, None, "cloud: 2 failure", id="failure"),
        pytest.param({"success": 5, "future_failure": 1}, None, "cloud: 1 future_failure", id="future failure"),
        pytest.param({"success": 5, "error": 1}, None, "cloud: 1 error", id="error"),
        pytest.param(
            CLEAN,
            Message("check_a", "default/b.conf", "x"),
            "cloud: warning not accepted: check_a: default/b.conf: x",
            id="accepted check, other file",
        ),
        pytest.param(
            CLEAN,
            Message("check_b", "", "x"),
            "cloud: warning not accepted: check_b: -: x",
            id="other check",
        ),
    ],
)
def test_anything_else_is_a_problem(counts: dict[str, int], warning: Message | None, expected: str) -> None:
    """Each way of not passing is named."""
    warnings = [warning] if warning else []

    assert problems_of(report(counts, *warnings), ACCEPTED) == [expected]


def test_an_entry_that_nothing_needs_is_a_problem() -> None:
    """The list of accepted warnings is exact: what no run gives has to leave it."""
    assert stale_entries([report(CLEAN)], ACCEPTED) == [
        "appinspect.yml: check_a in default/a.conf is accepted but never given"
    ]


def test_a_report_is_read() -> None:
    """Warnings and failures come with their check, file and one line of text; no file is the empty text."""
    document = {
        "summary": {"success": 3, "warning": 1, "failure": 1},
        "reports": [
            {
                "groups": [
                    {
                        "checks": [
                            {"name": "a", "result": "success", "messages": []},
                            {
                                "name": "b",
                                "result": "warning",
                                "messages": [{"message": "one\n two", "message_filename": "None"}],
                            },
                            {"name": "c", "result": "failure", "messages": []},
                        ]
                    }
                ]
            }
        ],
    }

    read = parse(MODE, document)

    assert read.warnings == [Message("b", "", "one two")]
    assert read.fatal == [Message("c", "", "no message")]
    assert read.counts["success"] == 3


def test_every_accepted_warning_has_a_reason() -> None:
    """The list says why for each entry."""
    rules = yaml.safe_load(RULES.read_text())

    assert all(entry["reason"] for entry in rules["accepted_warnings"])
