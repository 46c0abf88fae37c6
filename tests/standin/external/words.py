r"""The arguments of a custom command: as they were written, and without their quotes.

Words end at blanks and commas outside double quotes; commas vanish (splunk-sdk, searchcommands: "Splunk strips commas
from the command line"). Blanks around the equal sign of an option do not part it. In quotes `\"` is a quote and `\\` a
backslash, any other backslash stands for itself.

    pattern = "\d+ \"x\"" a, b    raw  pattern="\d+ \"x\""  a  b        without quotes  pattern=\d+ "x"  a  b
"""

import re

WORD = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"|[^\s,\"])+", re.DOTALL)
EQUALS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|\s*=\s*", re.DOTALL)
QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
ESCAPE = re.compile(r"\\([\"\\])")


def raw_words(text: str) -> list[str]:
    """Return the words as they were written."""
    tight = EQUALS.sub(lambda match: match.group() if match.group().startswith('"') else "=", text)
    return WORD.findall(tight)


def bare(word: str) -> str:
    """Return a word without its quotes."""
    return QUOTED.sub(lambda match: ESCAPE.sub(r"\1", match.group(1)), word)
