"""How deep a search may be nested: the stand-in's own bounds, which keep any text from ending the process."""

from collections.abc import Callable

import pytest

from standin.environment import Macro
from standin.events.json_fields import flatten
from standin.language.errors import SearchError
from standin.language.evaluate import compile_expression
from standin.language.filters import compile_filter
from standin.language.search import run
from standin.values import jsontext
from unit.standin.searching import MemoryEnvironment


def search(spl: str) -> None:
    """Run a search over nothing."""
    run(spl, MemoryEnvironment())


def call_macros(depth: int) -> None:
    """Run a search whose macro calls another, and so on."""
    macros = {(f"m{at}", 0): Macro(f"`m{at + 1}`") for at in range(depth)}
    run("`m0`", MemoryEnvironment(macros={**macros, (f"m{depth}", 0): Macro("search *")}))


@pytest.mark.parametrize(
    ("most", "attempt"),
    [
        pytest.param(59, lambda n: compile_expression("(" * n + "1" + ")" * n), id="parentheses of an expression"),
        pytest.param(59, lambda n: compile_expression("- " * n + "1"), id="signs"),
        pytest.param(60, lambda n: compile_expression("1" + "+1" * n), id="operators in a row"),
        pytest.param(59, lambda n: compile_filter("(" * n + "a=1" + ")" * n), id="parentheses of a search"),
        pytest.param(59, lambda n: compile_filter("NOT " * n + "a=1"), id="NOT"),
        pytest.param(8, lambda n: search("[search * " * n + "]" * n), id="subsearches"),
        pytest.param(8, lambda n: search("*" + "| appendpipe [head 1 " * n + "]" * n), id="pipelines of appendpipe"),
        pytest.param(99, call_macros, id="macros"),
    ],
)
def test_so_deep_and_no_deeper(most: int, attempt: Callable[[int], object]) -> None:
    """The deepest that is accepted, and the next that is an error."""
    attempt(most)

    with pytest.raises(SearchError):
        attempt(most + 1)


def test_json_is_read_to_its_depth() -> None:
    """Leaves 200 names deep are fields; of a cut text, those 100 deep."""
    assert flatten('{"a":' * 200 + "1" + "}" * 200) == {".".join("a" * 200): "1"}
    assert flatten('{"a":' * 201 + "1" + "}" * 201) == {}
    assert flatten("[" * 200 + "1" + "]" * 200) == {"{}" * 200: "1"}
    assert flatten("[" * 201 + "1" + "]" * 201) == {}
    assert len(jsontext.flatten(jsontext.parse('{"a":' * 100 + "1" + "}" * 100))) == 1
    assert jsontext.flatten(jsontext.parse('{"a":' * 101 + "1" + "}" * 101)) == []
    assert len(jsontext.flatten(jsontext.parse("[" * 100 + "1" + "]" * 100))) == 1
    assert jsontext.flatten(jsontext.parse("[" * 101 + "1" + "]" * 101)) == []
    assert jsontext.flatten_prefix("[" * 100 + "1,") != []
    assert jsontext.flatten_prefix("[" * 101 + "1,") == []
