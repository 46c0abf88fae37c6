"""What a macro's validation lets through (macros.conf.spec): a boolean that is true, else a text that says what is wrong."""

import pytest

from standin.environment import Macro
from standin.language.errors import SearchError
from standin.language.search import run
from unit.standin.searching import MemoryEnvironment

MACROS = {
    ("number", 1): Macro("search *", ("a",), validation="isnum($a$)", error_message="a number is wanted"),
    ("said", 1): Macro("search *", ("a",), validation='if(isnum($a$), null(), "words are no number")'),
}


@pytest.mark.parametrize("call", ["number(1)", "said(1)"])
def test_what_is_valid_is_expanded(call: str) -> None:
    """True, or null in place of a message."""
    assert run(f"`{call}`", MemoryEnvironment(macros=MACROS)).rows == []


@pytest.mark.parametrize(
    ("call", "words"), [("number(x)", "a number is wanted"), ('said("x")', "words are no number")], ids=["bool", "text"]
)
def test_what_is_not_is_refused(call: str, words: str) -> None:
    """The search does not start, and says the macro's own words."""
    with pytest.raises(SearchError, match=words):
        run(f"`{call}`", MemoryEnvironment(macros=MACROS))
