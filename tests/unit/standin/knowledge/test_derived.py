"""Aliases and calculated fields."""

import pytest

from standin.conf.errors import ConfError
from standin.environment import Value
from standin.language.errors import SearchError, Unsupported
from unit.standin.laboratory import MakeLab

PROPS = "[some:type]\nSHOULD_LINEMERGE = false\nKV_MODE = auto\n"


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        pytest.param("FIELDALIAS-x = a AS b", {"a": "1", "b": "1"}, id="alias-replaces"),
        pytest.param("FIELDALIAS-x = missing AS b", {"a": "1", "b": None}, id="alias-of-nothing-takes-away"),
        pytest.param("FIELDALIAS-x = a ASNEW b", {"b": "2"}, id="asnew-keeps"),
        pytest.param("FIELDALIAS-x = missing ASNEW b", {"b": "2"}, id="asnew-of-nothing-keeps"),
        pytest.param('FIELDALIAS-x = a AS "c d" b AS e', {"c d": "1", "e": "2"}, id="several-and-quoted"),
        pytest.param("EVAL-c = a+b", {"c": 3}, id="eval"),
        pytest.param("EVAL-a = b\nEVAL-b = a", {"a": "2", "b": "1"}, id="evals-see-the-same-snapshot"),
        pytest.param("EVAL-a = missing", {"a": None}, id="null-takes-away"),
        pytest.param('EVAL-a = missing."x"', {"a": None}, id="missing-operand"),
        pytest.param("FIELDALIAS-x = a AS c\nEVAL-d = c.b", {"d": "12"}, id="eval-sees-aliases"),
        pytest.param('EVAL-host = "other"\nEVAL-e = host', {"host": "other", "e": "some-host"}, id="fixed-fields-too"),
    ],
)
def test_fields(lab: MakeLab, props: str, expected: dict[str, Value | None]) -> None:
    """Aliases come before calculated fields, and these are parallel."""
    row = lab(props=PROPS + props + "\n").rows("a=1 b=2")[0]

    assert {name: row.get(name) for name in expected} == expected
    assert {name: value for name, value in row.items() if name in expected} == {
        name: value for name, value in expected.items() if value is not None
    }


@pytest.mark.parametrize(
    ("props", "message"),
    [
        pytest.param("EVAL-a = nonsense(b)", "EVAL-a: The 'nonsense' function is unsupported or undefined", id="eval"),
        pytest.param("FIELDALIAS-a = b TO c", "not pairs of `name AS name`", id="alias"),
    ],
)
def test_wrong_settings(lab: MakeLab, props: str, message: str) -> None:
    """An expression or an alias that is none is an error with its line."""
    with pytest.raises((ConfError, SearchError), match=message):
        lab(props=PROPS + props + "\n").rows("x")[0].get("a")


def test_the_present_is_refused(lab: MakeLab) -> None:
    """A calculated field that changes with the time of the search is refused; the word in a text is not."""
    with pytest.raises(Unsupported, match=r"EVAL-age: now\(\) in a calculated field"):
        lab(props=PROPS + "EVAL-age = now() - _time\n").rows("x")[0].get("age")

    assert lab(props=PROPS + 'EVAL-word = "now(" . a\n').rows("a=1")[0]["word"] == "now(1"
