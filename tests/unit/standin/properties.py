"""How many cases a property of the stand-in is tried with: one setting for all, from the environment.

STANDIN_PROPERTY_CASES is 500 unless said; `make standin-conformance` says 10,000. A property marks itself by
`@properties()`, which is hypothesis's `settings` with that number, so a runner finds all of them by the marker
`property`.
"""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

VARIABLE = "STANDIN_PROPERTY_CASES"
CASES = int(os.environ.get(VARIABLE, "500"))
CASE_LIMIT_MS = 10_000  # what hangs is reported, not waited for
Test = TypeVar("Test", bound=Callable[..., Any])


def properties() -> Callable[[Test], Test]:
    """Return the decorator of a property, to stand above `@given`."""
    bounds = settings(
        max_examples=CASES,
        deadline=CASE_LIMIT_MS,
        # A folder or a maker of apps may be shared by the cases of one property.
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )

    def decorate(test: Test) -> Test:
        marked: Test = pytest.mark.property(pytest.mark.timeout(max(120, CASES // 5))(bounds(test)))
        return marked

    return decorate
