"""A plugin of pytest that writes what became of each test, one JSON object a line, for the judges that run suites.

    python -m pytest -p conformance.outcomes --outcomes FILE ...

    {"test": "tests/…::test_command[* | stats count]", "outcome": "passed", "source": "Search Reference, stats"}

`outcome` is passed, failed or skipped, `text` says why where it is not passed. `source` is the parameter of that name,
or `page`, of a table of vectors.
"""

import json
from pathlib import Path

import pytest

SOURCES = ("source", "page")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Ask for the file."""
    parser.addoption("--outcomes", type=Path, required=True, help="write what became of each test to this file")


def pytest_configure(config: pytest.Config) -> None:
    """Start with an empty file; where workers run the tests, they report to the one process that writes."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Writer(config.getoption("outcomes")))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand the source of a vector on to its report."""
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        item.user_properties += [("source", str(params[name])) for name in SOURCES if name in params]


class Writer:
    """Writes each test's end as soon as it is known."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.write_text("", encoding="utf-8")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a test that ended, or one that never began."""
        if report.when == "call" or report.outcome != "passed":
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            self._write(report.nodeid, report.outcome, dict(report.user_properties).get("source"), reason)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Write a file that could not be read."""
        if report.failed:
            self._write(report.nodeid, "failed", None, report.longreprtext)

    def _write(self, test: str, outcome: str, source: object, reason: str) -> None:
        text = reason if outcome == "skipped" else reason.strip().rpartition("\n")[2]
        with self.file.open("a", encoding="utf-8") as stream:
            json.dump({"test": test, "outcome": outcome, "source": source, "text": text}, stream)
            stream.write("\n")
