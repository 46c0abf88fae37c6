"""The words of a custom command's arguments."""

import pytest

from standin.external.words import bare, raw_words

# splunk-sdk's searchcommands/internals.py gives the syntax; a recorded getinfo has args ["take my", "breath=away"] for
# raw_args ["\"take my\"", "breath=away"]; splunk-sdk, searchcommands/__init__.py: Splunk strips commas.
WORDS = [
    pytest.param('"take my" breath=away', ['"take my"', "breath=away"], ["take my", "breath=away"], id="recorded"),
    pytest.param("a, b,c", ["a", "b", "c"], ["a", "b", "c"], id="commas vanish"),
    pytest.param(r'p="\d+ \"x\""', [r'p="\d+ \"x\""'], [r'p=\d+ "x"'], id="quotes inside quotes"),
    pytest.param('x = "a b" y', ['x="a b"', "y"], ["x=a b", "y"], id="blanks around the equal sign"),
    pytest.param('x="a = b"', ['x="a = b"'], ["x=a = b"], id="an equal sign in quotes"),
    pytest.param('phase="map"', ['phase="map"'], ["phase=map"], id="as splunk-sdk names its map phase"),
    pytest.param('x=""', ['x=""'], ["x="], id="an empty value"),
    pytest.param("  ", [], [], id="nothing"),
]


@pytest.mark.parametrize(("text", "raw", "words"), WORDS)
def test_words_come_with_and_without_quotes(text: str, raw: list[str], words: list[str]) -> None:
    """A command gets both forms."""
    assert raw_words(text) == raw
    assert [bare(word) for word in raw] == words
