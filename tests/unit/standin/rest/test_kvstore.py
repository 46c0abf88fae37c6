"""The KV store over REST: everything that splunk-sdk's client can do with it, who may, and how refusals read."""

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from splunklib import client

from serving import Serving, serving

CONFIG = "/servicesNS/nobody/search/storage/collections/config"
DATA = "/servicesNS/nobody/search/storage/collections/data"
LOOKUP = {"name": "some_lookup", "external_type": "kvstore", "collection": "looked", "fields_list": "_key,a,n"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Serve one instance with a user without special rights."""
    with serving(tmp_path_factory.mktemp("state")) as running:
        running.post("/services/authentication/users", name="ann", password="secret", roles="user")
        yield running


def connected(served: Serving) -> Any:  # noqa: ANN401 - splunk-sdk has no types
    """Log in by splunk-sdk as the administrator, with nobody's context."""
    port = int(served.instance.addresses.management.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(served.ca_file))
    return client.connect(
        host="127.0.0.1",
        port=port,
        username="admin",
        password="changeme",
        context=context,
        app="search",
        owner="nobody",
    )


@pytest.fixture
def collection(served: Serving, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return a new collection's data as splunk-sdk's client has it."""
    store = connected(served).kvstore
    store.create("things", fields={"num": "number"}, accelerated_fields={"by_num": {"num": 1}})
    yield store["things"].data
    store["things"].delete()


def test_collections_are_created_changed_and_deleted(served: Serving) -> None:
    """KVStoreCollections and KVStoreCollection: create, list, update_field, update_accelerated_field, delete."""
    store = connected(served).kvstore
    store.create("some", accelerated_fields={"one": {"a": 1}}, fields={"a": "string"})
    some = store["some"]
    assert (some["field.a"], some["accelerated_fields.one"], some["disabled"]) == ("string", {"a": 1}, "0")
    some.update_field("b", "number")
    some.update_accelerated_field("two", {"b": -1})
    assert (store["some"]["field.b"], store["some"]["accelerated_fields.two"]) == ("number", {"b": -1})
    assert "some" in [one.name for one in store]
    with pytest.raises(client.HTTPError, match="409"):
        store.create("some")
    some.delete()
    assert "some" not in store


def test_documents_are_inserted_queried_updated_and_deleted(collection: Any) -> None:  # noqa: ANN401
    """KVStoreCollectionData: insert, query, query_by_id, update, delete_by_id, delete (its own test's steps)."""
    for number in range(50):
        assert collection.insert({"_key": str(number), "data": f"#{number}", "num": str(number)}) == {
            "_key": str(number)
        }
    assert len(collection.query()) == 50
    assert [one["data"] for one in collection.query(query={"num": 10})] == ["#10"]
    found = collection.query(sort="num:-1", limit=20, fields="num,_id:0", skip=10)
    assert found == [{"num": 39 - number} for number in range(20)]
    assert collection.update("49", {"data": "new"}) == {"_key": "49"}
    assert collection.query_by_id(49) == {"data": "new", "_key": "49", "_user": "nobody"}
    collection.delete_by_id(49)
    with pytest.raises(client.HTTPError, match="404 Not Found -- Could not find object"):
        collection.query_by_id(49)
    collection.delete(json.dumps({"num": {"$gt": 9}}))
    assert len(collection.query()) == 10
    collection.delete()
    assert collection.query() == []


def test_batches_are_saved_and_found(collection: Any) -> None:  # noqa: ANN401
    """batch_save inserts and replaces, and answers bare keys; batch_find answers a list for each query."""
    assert collection.batch_save({"_key": "a", "num": 1}, {"_key": "b", "num": 2}) == ["a", "b"]
    (made,) = collection.batch_save({"num": 3})
    collection.batch_save({"_key": "a", "num": 7})

    found = collection.batch_find({"query": {"num": {"$gt": 2}}}, {"query": {"_key": "b"}}, {"num": 99})
    assert [sorted(one["_key"] for one in each) for each in found] == [
        sorted(["a", made]),
        ["b"],
        sorted(["a", "b", made]),
    ]


def test_a_users_documents_are_the_users(served: Serving, collection: Any) -> None:  # noqa: ANN401
    """Each owner has documents of its own in a collection; `shared` shows nobody's beside them."""
    collection.insert({"_key": "all"})
    base = "/servicesNS/ann/search/storage/collections/data/things"
    before, served.management.auth = served.management.auth, ("ann", "secret")
    refused = served.management.post(served.url(base), json={"_key": "x"}, timeout=10)
    served.management.auth = before
    created = served.management.post(served.url(base), json={"_key": "own", "_user": "other"}, timeout=10)

    assert (refused.status_code, created.status_code) == (403, 201)
    assert served.get(base).json() == [{"_key": "own", "_user": "ann"}]
    assert [one["_key"] for one in served.get(base, shared="true").json()] == ["own", "all"]
    assert [one["_key"] for one in collection.query()] == ["all"]


def test_permissions_are_those_of_the_collection(served: Serving, collection: Any) -> None:  # noqa: ANN401
    """Who may not write is refused; its access list lets others in."""
    before, served.management.auth = served.management.auth, ("ann", "secret")
    read = served.get(f"{DATA}/things")
    written = served.management.delete(served.url(f"{DATA}/things"), timeout=10)
    served.management.auth = before
    shared = served.post(
        f"{CONFIG}/things/acl", sharing="app", owner="nobody", **{"perms.read": "*", "perms.write": "*"}
    )
    served.management.auth = ("ann", "secret")
    allowed = served.management.post(served.url(f"{DATA}/things"), json={"_key": "x"}, timeout=10)
    others = served.get("/servicesNS/admin/search/storage/collections/data/things")
    served.management.auth = before

    assert (read.status_code, written.status_code) == (200, 403)
    assert shared.json()["entry"][0]["acl"]["perms"] == {"read": ["*"], "write": ["*"]}
    assert (allowed.status_code, others.status_code) == (201, 403)


Refusal = tuple[str, str, str | None, int, str]
REFUSALS = [
    pytest.param(
        (
            "GET",
            "/servicesNS/admin/search/storage/collections/config",
            None,
            400,
            "Must use user context of 'nobody' when interacting with collection configurations (used user='admin')",
        ),
        id="measured: a user's context",
    ),
    pytest.param(
        ("GET", "/services/storage/collections/config", None, 400, "(used user='admin')"), id="measured: no context"
    ),
    pytest.param(
        ("GET", f"{DATA}/nowhere", None, 404, "An object with name=nowhere does not exist"),
        id="measured: no collection",
    ),
    pytest.param(
        ("GET", f"{CONFIG}/nowhere", None, 404, "An object with name=nowhere does not exist"), id="no such config"
    ),
    pytest.param(
        ("POST", f"{DATA}/things", '{"_key": "taken"}', 409, "A document with the same key and user already exists."),
        id="recorded: key taken",
    ),
    pytest.param(("POST", f"{DATA}/things", "NOT VALID", 400, "JSON in the request is invalid."), id="no JSON"),
    pytest.param(("POST", f"{DATA}/things", "[]", 400, "JSON in the request is invalid."), id="no object"),
    pytest.param(("POST", f"{DATA}/things/nowhere", "{}", 404, "Could not find object."), id="update of nothing"),
    pytest.param(("DELETE", f"{DATA}/things/nowhere", None, 404, "Could not find object."), id="delete of nothing"),
    pytest.param(
        ("PUT", f"{DATA}/things/batch_find", '["x"]', 400, "The provided query was invalid."), id="measured: no query"
    ),
    pytest.param(("POST", f"{DATA}/things/batch_save", "{}", 400, "JSON in the request is invalid."), id="no list"),
    pytest.param(
        (
            "POST",
            f"{DATA}/things/batch_save",
            json.dumps([{}] * 1001),
            400,
            "Request exceeds API limits - see limits.conf for details. (Too many documents for a single batch save, max_documents_per_batch_save=1000)",
        ),
        id="recorded: too many",
    ),
    pytest.param(
        ("POST", f"{DATA}/things/batch_find", json.dumps([{}] * 1001), 400, "max_queries_per_batch=1000"),
        id="too many queries",
    ),
    pytest.param(
        ("GET", f'{DATA}/things?query={{"a":{{"$regex":"x"}}}}', None, 400, "The provided query was invalid."),
        id="no operator",
    ),
    pytest.param(
        ("GET", f"{DATA}/things?colour=red", None, 400, 'Argument "colour" is not supported by this handler.'),
        id="no argument",
    ),
    pytest.param(
        ("POST", f"{CONFIG}/things/acl?sharing=user&owner=ann", None, 400, "a collection belongs to an app"),
        id="no private collection",
    ),
]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusals_read_as_splunks(served: Serving, collection: Any, refusal: Refusal) -> None:  # noqa: ANN401
    """Errors are XML although data is JSON, and JSON where that is asked for (measured)."""
    method, path, body, status, text = refusal
    collection.insert({"_key": "taken"})
    answer = served.management.request(method, served.url(path), data=body, timeout=10)
    mode = "&" if "?" in path else "?"
    as_json = served.management.request(method, served.url(f"{path}{mode}output_mode=json"), data=body, timeout=10)

    assert answer.status_code == as_json.status_code == status
    assert answer.text.startswith("<?xml")
    assert text in as_json.json()["messages"][0]["text"]


def test_lookups_see_the_same_rows(served: Serving) -> None:
    """What REST writes inputlookup reads, and the reverse, with the types of the collection; enforced ones hold."""
    served.post(CONFIG, name="looked", **{"field.n": "number", "enforceTypes": "true"})
    served.post("/servicesNS/nobody/search/configs/conf-transforms", **LOOKUP)
    served.management.post(served.url(f"{DATA}/looked"), json={"_key": "k", "a": "x", "n": 5}, timeout=10)

    def search(spl: str) -> Any:  # noqa: ANN401 - JSON
        return served.post("/services/search/jobs", search=spl, exec_mode="oneshot").json()

    assert search("| inputlookup some_lookup")["results"] == [{"_key": "k", "a": "x", "n": "5"}]
    search('| makeresults | eval a="y", n=7 | outputlookup append=t some_lookup')
    assert [(one["a"], one["n"]) for one in served.get(f"{DATA}/looked", sort="n").json()] == [("x", 5), ("y", 7)]
    refused = search('| makeresults | eval n="many" | outputlookup append=t some_lookup')
    assert "field 'n' is no number" in refused["messages"][0]["text"]


def test_documents_outlive_a_restart(tmp_path: Path) -> None:
    """They lie in the state folder; a collection that is deleted takes them along."""
    with serving(tmp_path) as first:
        first.post(CONFIG, name="kept")
        first.management.post(first.url(f"{DATA}/kept"), json={"_key": "k"}, timeout=10)
    with serving(tmp_path) as second:
        assert second.get(f"{DATA}/kept").json() == [{"_key": "k", "_user": "nobody"}]
        assert second.management.delete(second.url(f"{CONFIG}/kept"), timeout=10).status_code == 200
        second.post(CONFIG, name="kept")
        assert second.get(f"{DATA}/kept").json() == []
        assert second.get("/services/kvstore/status").json()["entry"][0]["content"]["current"]["status"] == "ready"
