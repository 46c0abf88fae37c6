"""What the stand-in executes has a vector, what it only stores has a spec, and its README says both."""

import fnmatch

from standin.conf.known import Known
from standin.conf.support import SUPPORT
from unit.standin import coverage


def test_what_is_executed_has_a_vector() -> None:
    """Every command, function, aggregate and conf key that is executed stands in a test that states its result."""
    assert coverage.without_vector() == []


def test_what_is_stored_has_a_spec() -> None:
    """Every key that is executed or only stored is one that the spec of its conf defines."""
    known = Known.load()
    unknown = [
        f"{conf}.conf {key}"
        for conf, support in SUPPORT.items()
        for key in support.executed + support.stored
        if key != "*" and not any(_meet(key, defined) for defined in known.keys(conf, "default"))
    ]

    assert unknown == []


def _meet(key: str, defined: str) -> bool:
    """Tell whether a pattern of ours and one of a spec speak of the same keys."""
    return fnmatch.fnmatchcase(key, defined) or fnmatch.fnmatchcase(defined, key)


def test_nothing_is_executed_and_only_stored() -> None:
    """A key is in one class only."""
    assert [conf for conf, support in SUPPORT.items() if set(support.executed) & set(support.stored)] == []


def test_readme_is_up_to_date() -> None:
    """The generated part of the README is what the tables give; `python -m unit.standin.coverage --write` renews it."""
    readme = coverage.README.read_text(encoding="utf-8")

    assert coverage.renewed(readme) == readme


def test_readme_claims_nothing_more() -> None:
    """The stand-in never calls itself compatible."""
    assert "compatible" not in coverage.README.read_text(encoding="utf-8").lower()
