"""Fields of JSON texts, whole and cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.environment import Value
from standin.events.json_fields import flatten, flatten_prefix
from standin.values.multivalue import as_texts
from unit.standin.properties import properties


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a":{"b":1}}', {"a.b": "1"}, id="nested"),
        pytest.param('{"a":[1,"x"]}', {"a{}": ["1", "x"]}, id="array"),
        pytest.param('{"a":[{"b":1},{"b":2}]}', {"a{}.b": ["1", "2"]}, id="objects-in-an-array"),
        pytest.param('{"a":[[1],[2]]}', {"a{}{}": ["1", "2"]}, id="arrays-in-an-array"),
        pytest.param('{"a.b":{"c/d":1}}', {"a.b.c/d": "1"}, id="dots-in-names"),
        pytest.param('{"a":1.0,"b":1e3,"c":12345678901234567890}', {"a": "1.0", "b": "1e3", "c": "12345678901234567890"}, id="number-text"),
        pytest.param('{"a":true,"b":false,"c":null}', {"a": "true", "b": "false", "c": "null"}, id="words"),
        pytest.param('{"a":{},"b":[],"c":""}', {"c": ""}, id="empty"),
        pytest.param('{"a":1,"a":2}', {"a": ["1", "2"]}, id="a-name-twice"),
        pytest.param('[{"a":1}]', {"{}.a": "1"}, id="array-at-the-top"),
        pytest.param('  {"a":"\\u00e9\\n"}', {"a": "é\n"}, id="escapes"),
        pytest.param('{"a":1', {}, id="cut"),
        pytest.param('x{"a":1}', {}, id="text-before"),
        pytest.param('{"a":NaN}', {}, id="no-json-number"),
        pytest.param("[" * 100_000, {}, id="too-deep"),
    ],
)  # fmt: skip
def test_flatten(text: str, expected: dict[str, Value]) -> None:
    """Names are paths, values keep their text, what is no JSON has no fields."""
    assert flatten(text) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)


@properties()
@given(value=st.dictionaries(st.text(max_size=5), JSON, max_size=4), share=st.floats(0, 1), ascii_only=st.booleans())
def test_a_cut_text_gives_a_part_of_the_whole(value: object, share: float, ascii_only: bool) -> None:
    """Wherever a text is cut, its fields are fields of the whole, the first values of each."""
    text = json.dumps(value, ensure_ascii=ascii_only)
    whole = flatten(text)

    part = flatten_prefix(text[: int(len(text) * share)])

    for name, found in part.items():
        texts = as_texts(found)
        assert as_texts(whole[name])[: len(texts)] == texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a":1,"b":"x', {"a": "1"}, id="inside-a-string"),
        pytest.param('{"a":1,"b":"x"', {"a": "1", "b": "x"}, id="after-a-string"),
        pytest.param('{"a":1,"b', {"a": "1"}, id="inside-a-name"),
        pytest.param('{"a":12', {}, id="a-number-may-go-on"),
        pytest.param('{"a":{"b":[1,{"c":"d"},', {"a.b{}": "1", "a.b{}.c": "d"}, id="deep"),
        pytest.param('{"a":"x\\', {}, id="inside-an-escape"),
        pytest.param('{"a":"}]","b":[1,2', {"a": "}]", "b{}": "1"}, id="brackets-in-strings"),
        pytest.param('{"a":1}', {"a": "1"}, id="whole"),
        pytest.param("no json", {}, id="no-json"),
        pytest.param("", {}, id="empty"),
        pytest.param('{"a":1}} , x', {}, id="broken"),
    ],
)
def test_flatten_prefix(text: str, expected: dict[str, Value]) -> None:
    """Only values that stand whole before the cut count."""
    assert flatten_prefix(text) == expected
