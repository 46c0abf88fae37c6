"""Places of values in the bytes of a document."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kube_audit.redact.spans import Node, Replacement, parse, replace, string

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=25,
)


def rebuild(document: bytes, node: Node) -> Any:  # noqa: ANN401 (JSON is any)
    """Build the value of a node from the places of its leaves."""
    if node.members is not None:
        return {key: rebuild(document, member) for key, member in node.members}
    if node.items is not None:
        return [rebuild(document, item) for item in node.items]
    return json.loads(document[node.start : node.end])


@given(JSON, st.sampled_from([None, 2]), st.booleans())
def test_every_value_is_found_where_it_stands(value: Any, indent: "int | None", ascii_only: bool) -> None:  # noqa: ANN401
    """However the document is written."""
    document = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    root = parse(document)

    assert rebuild(document, root) == value
    assert document[root.start : root.end] == document


def test_equal_keys_are_all_kept() -> None:
    """A decoder would show only the last one."""
    root = parse(b'{"a":1,"a":[2],"b":3}')

    assert [(node.start, node.end) for node in root.all("a")] == [(5, 6), (11, 14)]


def test_keys_are_compared_after_escapes() -> None:
    """An escape in a key hides nothing."""
    assert len(parse(b'{"\\u0064ata":1}').all("data")) == 1


def test_depth_costs_no_recursion() -> None:
    """Deep documents are places like others."""
    document = b"[" * 50_000 + b"]" * 50_000

    assert parse(document).end == 100_000


@pytest.mark.parametrize(
    ("document", "text"), [(b'"a\\"b"', 'a"b'), (b'""', ""), (b"12", None), (b"null", None), (b'"\xc3\xa9"', "é")]
)
def test_string_is_the_text_of_a_string_only(document: bytes, text: "str | None") -> None:
    """Numbers and null have no text."""
    assert string(document, parse(document)) == text


def test_replacements_leave_all_other_bytes() -> None:
    """In whatever order they are given."""
    found = [Replacement(6, 7, b"", ("x",)), Replacement(0, 1, b"12", ("y",))]

    assert replace(b"a b c d e", found) == b"12 b c  e"
