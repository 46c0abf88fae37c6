"""The judges that are suites of this project: vectors of Splunk's documentation, dashboards, properties.

Their tests run in `make test` as well; here they are counted by where their results come from, dashboards are drawn
rather than skipped, and properties are tried with 20 times as many cases.
"""

import os
import re
from collections import Counter
from pathlib import Path

from conformance.suite import Child, Suite, run_suite
from conformance.verdict import Verdict
from dashboards.views import read_views
from unit.standin.properties import VARIABLE

UNIT = "tests/unit/standin"
VECTORS = [
    f"{UNIT}/commands/test_documented_commands.py",
    f"{UNIT}/commands/test_remaining_commands.py",
    f"{UNIT}/commands/test_refusals.py",
    f"{UNIT}/language/test_documented_functions.py",
    f"{UNIT}/language/test_remaining_functions.py",
    f"{UNIT}/language/test_evaluate.py",
]
VECTORS_ASKED_FOR = 200
UNPAGED = ("splunk-measured", "spl ")  # notes of measurements and experience: no page of a vendor
DRAWN = ["tests/dashboards/test_views_in_browser.py", "tests/dashboards/test_page.py"]
PROPERTY_CASES = 10_000
PROPERTY_LIMIT_S = 900


def judge_documentation(folder: Path) -> Verdict:
    """Count the vectors that name a page of Splunk's documentation, by page."""
    return documented(run_suite("documentation", folder, VECTORS))


def documented(suite: Suite, asked_for: int = VECTORS_ASKED_FOR) -> Verdict:
    """Return what the vectors with a page say; fewer than were asked for is a disagreement."""
    paged = Suite([one for one in suite.outcomes if one.source and not one.source.startswith(UNPAGED)], suite.output)
    pages = Counter(page_of(one.source) for one in paged.outcomes if one.source)
    listed = ", ".join(f"{page} {count}" for page, count in sorted(pages.items()))
    verdict = paged.verdict("vectors of Splunk's documentation", [f"{len(pages)} pages: {listed}"])
    missing = asked_for - verdict.compared
    short = (f"{verdict.compared} vectors name a page, {asked_for} are asked for",) if missing > 0 else ()
    return verdict._replace(disagreements=verdict.disagreements + short)


def page_of(source: str) -> str:
    """Return the page that a source names, without the place on it."""
    return re.split(r"[:;]", source)[0].removeprefix("Search Reference, ")


def judge_dashboards(folder: Path) -> Verdict:
    """Let Splunk's Dashboard Studio packages draw every dashboard from a running stand-in."""
    return drawn(
        run_suite("dashboards", folder, DRAWN), is_required=os.environ.get("KUBE_AUDIT_REQUIRE_BROWSER") == "1"
    )


def drawn(suite: Suite, *, is_required: bool) -> Verdict:
    """Return what the browser showed; where there is none, that is said, and is wrong where one is required."""
    views = read_views()
    panels = sum(len(view.definition["visualizations"]) for view in views)
    verdict = suite.verdict("Dashboard Studio's packages, in a browser", [f"{len(views)} dashboards, {panels} panels"])
    skipped = suite.having("skipped")
    if not skipped:
        return verdict
    reason = skipped[0].text.removeprefix("Skipped: ").removeprefix("not run: ")
    wrong = (f"dashboards were not drawn: {reason}, and KUBE_AUDIT_REQUIRE_BROWSER=1",) if is_required else ()
    return verdict._replace(not_run=reason, disagreements=verdict.disagreements + wrong)


def judge_properties(folder: Path, cases: int = PROPERTY_CASES) -> Verdict:
    """Try every property with many cases, in two processes."""
    options = ["-m", "property", "-n", "2", "--dist", "load", "--hypothesis-show-statistics", "--hypothesis-seed=0"]
    child = Child("properties", folder, [*options, UNIT], {VARIABLE: str(cases)})
    return tried(child.suite(PROPERTY_LIMIT_S))


def tried(suite: Suite) -> Verdict:
    """Return how many cases the properties had; one that failed is a disagreement, and so is none at all."""
    found = re.findall(r"(\d+) passing, (\d+) failing, and \d+ invalid test cases", suite.output)
    cases, failing = (sum(int(counts[place]) for counts in found) for place in (0, 1))
    verdict = suite.verdict("properties: any text as SPL or conf", [f"{failing} of {cases + failing} cases failed"])
    none = () if cases else ("no cases were counted",)
    return verdict._replace(rows=cases + failing, disagreements=verdict.disagreements + none)
