"""Queries, orders and projections of the KV store."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.knowledge.documents import QueryError, narrowed, ordered, read_query
from unit.standin.properties import properties

DOCUMENTS: list[dict[str, object]] = [
    {"_key": "a", "_user": "nobody", "n": 1, "t": "x", "in": {"deep": 5}},
    {"_key": "b", "_user": "nobody", "n": 10, "t": "10", "list": [1, "y"]},
    {"_key": "c", "_user": "nobody", "n": 2.5, "flag": True, "null": None},
]
# (RK) REST API Reference Manual, KV store endpoint descriptions: these operators and no others. (SDK) splunk-sdk-python,
# tests/test_kvstore_data.py, which runs against a real Splunk. (M) MongoDB manual, the database that answers.
QUERIES = [
    pytest.param("", "abc", id="nothing finds all"),
    pytest.param("{}", "abc", id="an empty object finds all"),
    pytest.param('{"n": 10}', "b", id="SDK: equality"),
    pytest.param('{"t": 10}', "", id="M: a number is no text"),
    pytest.param('{"t": "10"}', "b", id="text"),
    pytest.param('{"n": {"$gt": 2}}', "bc", id="SDK: $gt"),
    pytest.param('{"n": {"$gte": 2.5, "$lt": 10}}', "c", id="RK: $gte $lt"),
    pytest.param('{"n": {"$lte": 1}}', "a", id="RK: $lte"),
    pytest.param('{"t": {"$gt": 1}}', "", id="M: comparison within a type"),
    pytest.param('{"t": {"$ne": "x"}}', "bc", id="M: $ne finds what has no such field"),
    pytest.param('{"n": {"$not": {"$gt": 2}}}', "a", id="RK: $not"),
    pytest.param('{"$or": [{"n": 1}, {"t": "10"}]}', "ab", id="RK: $or"),
    pytest.param('{"$and": [{"n": {"$gt": 1}}, {"flag": true}]}', "c", id="RK: $and"),
    pytest.param('{"n": 1, "t": "y"}', "", id="several fields must all hold"),
    pytest.param('{"list": "y"}', "b", id="M: one value of a list is enough"),
    pytest.param('{"list": [1, "y"]}', "b", id="M: a whole list"),
    pytest.param('{"in.deep": 5}', "a", id="M: a dotted path"),
    pytest.param('{"in": {"deep": 5}}', "a", id="M: a whole object"),
    pytest.param('{"flag": true}', "c", id="truth"),
    pytest.param('{"flag": 1}', "", id="M: truth is no number"),
    pytest.param('{"null": null}', "abc", id="M: null is also what is missing"),
    pytest.param('{"_key": "b"}', "b", id="by key"),
]


@pytest.mark.parametrize(("query", "keys"), QUERIES)
def test_a_query_finds_what_it_says(query: str, keys: str) -> None:
    """The documented operators, on documents of every type."""
    passes = read_query(query)

    assert "".join(str(one["_key"]) for one in DOCUMENTS if passes(one)) == keys


@pytest.mark.parametrize(
    "query",
    [
        *("nonsense", "[]", '"x"', '{"n": {"$regex": "x"}}', '{"n": {"$in": [1]}}', '{"$not": {"n": 1}}'),
        *('{"$nor": []}', '{"$or": {}}', '{"$or": []}', '{"$or": [1]}', '{"n": {"$not": 5}}'),
        '{"$and": [' * 60 + "{}" + "]}" * 60,
    ],
)
def test_anything_else_is_refused(query: str) -> None:
    """REST API Reference Manual: only the listed operations are permitted."""
    with pytest.raises(QueryError):
        read_query(query)


@properties()
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["n", "$gt", "$not", "$and", "in.deep", "list"]), inner, max_size=2)
        ),
    )
)
def test_no_query_breaks_the_search(query: object) -> None:
    """Any JSON is a query or refused, and a query has an answer for every document."""
    try:
        passes = read_query(json.dumps(query))
    except QueryError:
        return
    assert {type(passes(one)) for one in DOCUMENTS} == {bool}


# splunk-sdk-python, tests/test_kvstore_data.py: sort="data:-1"; MongoDB manual: what has no value comes first.
@pytest.mark.parametrize(
    ("order", "keys"),
    [("", "abc"), ("n", "acb"), ("n:1", "acb"), ("n:-1", "bca"), ("flag,n:-1", "bac"), ("t", "cba"), ("list", "acb")],
)
def test_documents_are_ordered(order: str, keys: str) -> None:
    """Ascending unless -1 is said, equal ones as they were."""
    assert "".join(str(one["_key"]) for one in ordered(DOCUMENTS, order)) == keys


# splunk-sdk-python, tests/test_kvstore_data.py: fields="data,_id:0" shows neither other fields nor _key.
@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("", ["_key", "_user", "n", "t", "in"]),
        ("n", ["_key", "_user", "n"]),
        ("n:1,t:1", ["_key", "_user", "n", "t"]),
        ("n:0", ["_key", "_user", "t", "in"]),
        ("n,_key:0", ["n"]),
        ("n,_id:0", ["n"]),
        ("_key:0", ["n", "t", "in"]),
    ],
)
def test_documents_are_narrowed(fields: str, names: list[str]) -> None:
    """Fields are kept or left out; the identity stays unless it is left out by name."""
    assert list(narrowed(DOCUMENTS, fields)[0]) == names


@pytest.mark.parametrize(("read", "text"), [(ordered, "n:2"), (ordered, "n:x"), (narrowed, "n:2"), (narrowed, "n,t:0")])
def test_wrong_orders_and_fields_are_refused(read: object, text: str) -> None:
    """Neither guesses."""
    with pytest.raises(QueryError):
        read(DOCUMENTS, text)  # type: ignore[operator]
