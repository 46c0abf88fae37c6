"""What a search uses is known without running it, with positions in the text as typed."""

import pytest

from standin.environment import Macro
from standin.language.analyse import Use, analyse
from standin.language.errors import SearchError
from unit.standin.searching import MemoryEnvironment


def uses(spl: str, environment: MemoryEnvironment | None = None) -> list[Use]:
    """Return everything that the commands of a search use."""
    return [use for command in analyse(spl, environment) for use in command.uses]


def test_commands_with_their_positions() -> None:
    """Commands come in order, those of a subsearch after the one that holds it."""
    commands = analyse("index=a [search b | head 1] | stats count | table count")

    assert [command.name for command in commands] == ["search", "search", "head", "stats", "table"]
    assert commands[-1].position == "index=a [search b | head 1] | stats count | table count".index("table")


@pytest.mark.parametrize(
    ("spl", "expected"),
    [
        ("`m` `f(1, 2)`", [Use("macro", "m", 0), Use("macro", "f", 4, 2)]),
        ("* | lookup local=true teams user OUTPUT team", [Use("lookup", "teams", 22)]),
        ('| inputlookup append=t "my file.csv"', [Use("lookup", "my file.csv", 24)]),
        ("eventtype=login tag::host=web", [Use("eventtype", "login", 0), Use("tag", "web", 16)]),
        ('* | eval a=if(lower(b)="f(x)", 1, 2)', [Use("function", "if", 11), Use("function", "lower", 14)]),
        ("* | stats dc(a)", [Use("function", "dc", 10)]),
        ("a=1 [search b | head 1] eventtype=login", [Use("eventtype", "login", 24)]),
        ("a=1 [search b] c=2 [search d] tag=web", [Use("tag", "web", 30)]),
        ("* | where a=[search b | return $c] AND isnull(d)", [Use("function", "isnull", 39)]),
    ],
)
def test_uses(spl: str, expected: list[Use]) -> None:
    """Macros, lookups, event types, tags and functions are named where they stand."""
    assert uses(spl) == expected


def test_what_a_macro_holds() -> None:
    """With an environment macros are put in, at the position of their call."""
    environment = MemoryEnvironment(macros={("m", 0): Macro("lookup teams user | stats dc(a)")})

    found = uses("* | `m`", environment)

    assert Use("lookup", "teams", 4) in found
    assert Use("function", "dc", 4) in found


@pytest.mark.parametrize(
    ("spl", "position"),
    [
        pytest.param('| inputlookup append=t "my file.csv"', 24, id="quotes-as-typed"),
        pytest.param('| inputlookup `quoted` "my file.csv"', 14, id="quotes-of-a-macro"),
        pytest.param('| inputlookup `empty` "my file.csv"', 23, id="quotes-after-a-macro"),
    ],
)
def test_positions_in_quotes(spl: str, position: int) -> None:
    """A name in quotes stands where it was typed, one out of a macro where the macro is called."""
    environment = MemoryEnvironment(
        macros={("quoted", 0): Macro('append=t "my file.csv"'), ("empty", 0): Macro("append=t")}
    )

    assert [use for use in uses(spl, environment) if use.kind == "lookup"] == [Use("lookup", "my file.csv", position)]


@pytest.mark.parametrize("spl", ["* |", "(", "* | eval x=[", '"'])
def test_unreadable(spl: str) -> None:
    """A search that cannot be read is refused."""
    with pytest.raises(SearchError):
        analyse(spl)
