"""Mutation itself: what is changed, that a switch does what the source says, and that a surviving change is seen."""

import ast
from pathlib import Path

import pytest

from conformance.mutation.conf_edits import conf_edits
from conformance.mutation.instrument import Switches, switched
from conformance.mutation.operators import Flip, places
from conformance.mutation.spl_edits import search_edits

SOURCE = """
def judge(a, b, c):
    total = a + b * c
    total -= 1
    return [a < b <= c, not a, a in (b, c) or a is None, total]
"""


def ran(number: int | None) -> list[object]:
    """Return what the source says with one of its operators flipped."""
    count = len(list(places(ast.parse(SOURCE))))
    switches = Switches([Flip(Path("tests/standin/values/x.py"), at, 1, "") for at in range(count)])
    tree = switched(ast.parse(SOURCE), {at: at for at in range(count)}, switches)
    if number is not None:
        switches.turn_on(number)
    names: dict[str, object] = {}
    exec(compile(tree, "x", "exec"), names)  # noqa: S102 - the text above
    judge = names["judge"]
    assert callable(judge)
    answer: list[object] = judge(2, 4, 4)
    return answer


def test_switches_that_are_off_change_nothing() -> None:
    """A module with switches does what it did."""
    assert ran(None) == [True, False, False, 17]


def test_each_switch_flips_one_operator() -> None:
    """Every operator has a switch, and each changes something of the answer here."""
    answers = {number: ran(number) for number in range(9)}

    assert sorted(map(str, answers.values())) == sorted(
        map(
            str,
            [
                [True, False, False, 19],  # -= to +=
                [True, False, False, -15],  # + to -
                [True, False, False, 2.0],  # * to /
                [True, False, False, 17],  # < to <=: 2 and 4 do not tell
                [False, False, False, 17],  # <= to <
                [True, True, False, 17],  # not
                [True, False, False, 17],  # or to and
                [True, False, True, 17],  # in to not in
                [True, False, True, 17],  # is to is not
            ],
        )
    )


@pytest.mark.parametrize(
    ("spl", "changed"),
    [
        pytest.param("a=1 OR b>=2", {"a!=1 OR b>=2", "a=1 OR b>2", "a=1 AND b>=2"}, id="comparisons"),
        pytest.param('x="a*"', {'x="a"', 'x="a*~"'}, id="wildcard and text"),
        pytest.param("x | where a>1 AND NOT b=2", {"x | where  NOT b=2", "x | where a>1 "}, id="operands"),
        pytest.param(
            "x | stats min(a) AS m by b c", {"x | stats max(a) AS m by b c", "x | stats min(a) AS m by c"}, id="by"
        ),
        pytest.param("x | head 5 | sort a", {"x | sort a", "x | head 5 ", "x | head 6 | sort a"}, id="commands"),
        pytest.param("c=$t|s$ | fields a", {"c!=$t|s$ | fields a", "c=$t|s$ "}, id="a token's pipe is no pipe"),
    ],
)
def test_a_search_is_changed_at_every_place(spl: str, changed: set[str]) -> None:
    """The changes of a search hold these."""
    assert changed <= {edit.applied(spl) for edit in search_edits(spl)}


def test_a_conf_is_changed_by_what_its_values_are() -> None:
    """Booleans, numbers, lists, patterns and times each in their own way; a key is removed, and so is its stanza."""
    text = "[s]\ndisabled = 1\nn = 5\nlist = a, b\nLINE_BREAKER = ([\\r\\n]+)\nwindow = -7m@m\nEVAL-f = 1\n"

    values = {edit.applied(text) for _, edit in conf_edits(text)}

    wanted = [("disabled = 1", "disabled = 0"), ("n = 5", "n = 6"), ("a, b", "a"), ("a, b", "b"), ("-7m", "-8m")]
    wanted += [("[\\r\\n]", "[\\n]"), ("[\\r\\n]+", "[\\r\\n]*"), ("EVAL-f", "EVAL-f_x"), ("n = 5", ""), (text, "")]
    assert {text.replace(old, new) for old, new in wanted} <= values
