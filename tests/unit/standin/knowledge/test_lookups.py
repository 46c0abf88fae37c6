"""Lookups: CSV files, collections, matching, automatic lookups."""

from pathlib import Path

import pytest

from standin.conf import Configuration
from standin.conf.errors import ConfError
from standin.environment import Row, Value
from standin.knowledge.collections import CollectionId, Collections
from standin.knowledge.lookups import LookupFiles, Lookups
from standin.knowledge.matching import Matcher, MatchRules
from standin.language.errors import SearchError
from unit.standin.laboratory import MakeApp, MakeLab

TABLE = [
    {"ip": "10.0.0.0/8", "name": "Alice", "note": "first"},
    {"ip": "10.1.0.0/16", "name": "al*", "note": "second"},
    {"ip": "192.168.0.1", "name": "Bob", "note": ""},
]


@pytest.mark.parametrize(
    ("rules", "inputs", "notes"),
    [
        pytest.param(MatchRules(), {"name": "Alice"}, ["first"], id="exact"),
        pytest.param(MatchRules(), {"name": "alice"}, [], id="case-counts"),
        pytest.param(MatchRules(case_sensitive=False), {"name": "alice"}, ["first"], id="case-does-not"),
        pytest.param(MatchRules(kinds={"name": "WILDCARD"}), {"name": "alx"}, ["second"], id="wildcard"),
        pytest.param(MatchRules(kinds={"ip": "CIDR"}), {"ip": "10.1.2.3"}, ["first", "second"], id="cidr"),
        pytest.param(MatchRules(kinds={"ip": "CIDR"}), {"ip": "192.168.0.1"}, [None], id="cidr-of-one-address"),
        pytest.param(MatchRules(kinds={"ip": "CIDR"}, max_matches=1), {"ip": "10.1.2.3"}, ["first"], id="max-matches"),
        pytest.param(MatchRules(min_matches=1, default_match="none"), {"name": "Eve"}, ["none"], id="default-match"),
        pytest.param(MatchRules(kinds={"ip": "CIDR"}), {"ip": "10.1.2.3", "name": "Alice"}, ["first"], id="two-inputs"),
        pytest.param(MatchRules(kinds={"ip": "CIDR"}), {"ip": "no address"}, [], id="no-address"),
    ],
)
def test_matching(rules: MatchRules, inputs: dict[str, str], notes: list[str | None]) -> None:
    """Rows match by every input, in file order, as many as the rules allow; an empty cell is no value."""
    found = Matcher(TABLE, ["ip", "name", "note"], rules).match(inputs)

    assert [row.get("note") for row in found] == notes


def lookups(
    make_app: MakeApp, *, writes: bool = False, transforms: str = "", csv: str = "a,b\n1,x\n2,\n"
) -> tuple[Lookups, Path, Collections]:
    """Return the lookups of one app with a CSV file and a collection."""
    app = make_app(
        {
            "lookups/some.csv": csv,
            "default/transforms.conf": f"[some_kv]\nexternal_type = kvstore\ncollection = some\nfields_list = _key, a, b\n{transforms}",
            "default/collections.conf": "[some]\nfield.a = string\n",
        }
    )
    collections = Collections()
    view = ("some_app", frozenset({"admin"}))
    return Lookups(Configuration.load([app]), LookupFiles(writes_to_disk=writes), collections, view), app, collections


def test_csv_by_file_and_definition(make_app: MakeApp) -> None:
    """A file is a lookup by its own name and behind a definition."""
    found, _, _ = lookups(make_app, transforms="[defined]\nfilename = some.csv\n")

    by_file, defined = found.find("some.csv"), found.find("defined")

    assert by_file is not None and defined is not None
    assert list(by_file.fields) == ["a", "b"]
    assert list(by_file.rows()) == [{"a": "1", "b": "x"}, {"a": "2"}]
    assert defined.match({"a": "1"}) == [{"a": "1", "b": "x"}]
    assert found.find("missing") is None


def test_a_stanza_without_a_file_is_no_lookup(make_app: MakeApp) -> None:
    """A stanza of transforms.conf that extracts fields, or names no file, defines no lookup (transforms.conf.spec)."""
    found, _, _ = lookups(make_app, transforms="[fields]\nREGEX = (a)\nFORMAT = a::$1\n[nameless]\nfilename =\n")

    assert found.find("fields") is None
    assert found.find("nameless") is None


@pytest.mark.parametrize("app", ["a_app", "b_app"])
def test_the_file_of_the_own_app_comes_first(make_app: MakeApp, app: str) -> None:
    """Of files of one name that two apps share, a search sees that of its own app (Admin Manual, precedence)."""
    apps = [make_app({"lookups/some.csv": f"a\n{name}\n"}, name) for name in ("a_app", "b_app")]
    view = (app, frozenset({"admin"}))
    found = Lookups(Configuration.load(apps), LookupFiles(writes_to_disk=False), Collections(), view).find("some.csv")

    assert found is not None
    assert list(found.rows()) == [{"a": app}]


@pytest.mark.parametrize("writes", [pytest.param(True, id="disk"), pytest.param(False, id="memory")])
def test_writing_csv(make_app: MakeApp, writes: bool) -> None:
    """A table is replaced, appended to, or changed by key; a search from the command line leaves the file alone."""
    found, app, _ = lookups(make_app, writes=writes)
    shipped = (app / "lookups/some.csv").read_text()

    def rows() -> list[Row]:
        again = found.find("some.csv")
        assert again is not None
        return list(again.rows())

    lookup = found.find("some.csv")
    assert lookup is not None
    lookup.write([{"a": "3", "b": "z"}], append=True, key_field=None)
    assert rows() == [{"a": "1", "b": "x"}, {"a": "2"}, {"a": "3", "b": "z"}]
    lookup.write([{"a": "1", "b": "new"}], append=False, key_field="a")
    assert rows() == [{"a": "2"}, {"a": "3", "b": "z"}, {"a": "1", "b": "new"}]
    lookup.write([{"c": 1, "_x": "hidden"}], append=False, key_field=None)
    assert rows() == [{"c": "1"}]
    assert ((app / "lookups/some.csv").read_text() == shipped) is not writes


def test_collections_behind_a_definition(make_app: MakeApp) -> None:
    """A collection is read and written through its definition, case-sensitive, values as text for matching."""
    found, _, collections = lookups(make_app)
    collections.save(CollectionId("some_app", "some"), [{"_key": "k", "a": "X", "b": 2, "c": "left out"}])
    lookup = found.find("some_kv")
    assert lookup is not None

    assert list(lookup.rows()) == [{"_key": "k", "a": "X", "b": 2}]
    assert lookup.match({"a": "x"}) == []
    assert lookup.match({"b": "2"}) == [{"_key": "k", "a": "X", "b": "2"}]
    lookup.write([{"_key": "k", "a": "Y"}], append=True, key_field="_key")
    lookup.write([{"a": "new"}], append=True, key_field=None)
    assert sorted(str(row["a"]) for row in lookup.rows()) == ["Y", "new"]
    lookup.write([{"a": "only"}], append=False, key_field=None)
    assert [row["a"] for row in lookup.rows()] == ["only"]


def test_a_key_field_replaces_by_value(make_app: MakeApp) -> None:
    """Documents with the same value of the key field are replaced, others stay and new ones come (outputlookup)."""
    found, _, collections = lookups(make_app)
    collections.save(CollectionId("some_app", "some"), [{"_key": "k", "a": "X", "b": 1}, {"_key": "l", "b": 2}])
    lookup = found.find("some_kv")
    assert lookup is not None

    lookup.write([{"a": "X", "b": "9"}, {"a": "Y", "b": "3"}, {"b": "4"}], append=False, key_field="a")

    rows = sorted((str(row.get("a")), str(row["b"]), str(row["_key"]) in ("k", "l")) for row in lookup.rows())
    assert rows == [("None", "2", True), ("None", "4", False), ("X", "9", True), ("Y", "3", False)]


def test_values_of_documents_are_texts(make_app: MakeApp) -> None:
    """Lists of one are their element, empty ones are not there, booleans are words."""
    found, _, collections = lookups(make_app)
    documents = [{"_key": str(at), "a": value} for at, value in enumerate([["x"], ["x", "y"], [], True, False, 1.5])]
    collections.save(CollectionId("some_app", "some"), documents)
    lookup = found.find("some_kv")
    assert lookup is not None

    assert [row.get("a") for row in lookup.rows()] == ["x", ["x", "y"], None, "true", "false", 1.5]
    assert collections.find(CollectionId("some_app", "some"), "0") is not None
    assert collections.find(CollectionId("some_app", "some"), "nope") is None


def test_a_new_file_is_a_csv_of_the_view(make_app: MakeApp) -> None:
    """`outputlookup` may create a file in the app's lookups, by a name that ends in .csv only."""
    found, app, _ = lookups(make_app, writes=True)

    made = found.new_file("made.csv")
    assert made is not None
    made.write([{"a": "1"}], append=False, key_field=None)

    assert (app / "lookups/made.csv").read_text().splitlines()[0].strip('"') == "a"
    assert found.new_file("made.txt") is None


def test_collections_survive(tmp_path: Path) -> None:
    """Documents are kept by key, in a file where there is one."""
    place = CollectionId("app", "name")
    first = Collections(tmp_path / "kv.sqlite")
    key = first.save(place, [{"a": 1}])[0]
    first.save(place, [{"_key": key, "a": 2}, {"_key": "other"}])

    again = Collections(tmp_path / "kv.sqlite")

    assert again.documents(place) == [{"a": 2, "_key": key, "_user": "nobody"}, {"_key": "other", "_user": "nobody"}]
    assert (again.remove(place, key), again.remove(place, key)) == (True, False)
    again.clear(place)
    assert again.documents(place) == []
    assert again.documents(place._replace(owner="alice")) == []


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        pytest.param("some a OUTPUT b", {"b": "new"}, id="output-replaces"),
        pytest.param("some a OUTPUTNEW b", {"b": "old"}, id="outputnew-keeps"),
        pytest.param(
            "some a OUTPUT b AS c, d", {"b": "old", "c": "new", "d": ["1", "2"]}, id="names-and-several-matches"
        ),
        pytest.param("some a", {"b": "new", "d": ["1", "2"]}, id="every-other-column"),
        pytest.param("some a AS missing OUTPUT b", {"b": "old"}, id="missing-input-changes-nothing"),
        pytest.param("some a AS host OUTPUT b", {"b": None}, id="no-match-clears"),
        pytest.param("some a AS host OUTPUTNEW b d", {"b": "old", "d": None}, id="no-match-and-outputnew"),
    ],
)
def test_automatic_lookups(lab: MakeLab, setting: str, expected: dict[str, Value | None]) -> None:
    """An automatic lookup writes its outputs after all calculated fields."""
    files = {"lookups/some.csv": "a,b,d\nx,new,1\nx,new,2\ny,other,3\n"}
    if expected.get("d"):
        files["lookups/some.csv"] = "a,b,d\nx,new,1\nx,,2\ny,other,3\n"
    transforms = "[some]\nfilename = some.csv\n" + ("" if "d" in expected else "max_matches = 1\n")
    props = f'[some:type]\nSHOULD_LINEMERGE = false\nEVAL-a = "x"\nEVAL-b = "old"\nLOOKUP-a = {setting}\n'

    row = lab(files, props=props, transforms=transforms).rows("text")[0]

    assert {name: row.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        pytest.param("missing a OUTPUT b", "no lookup 'missing'", id="no-lookup"),
        pytest.param("some nothing OUTPUT b", "lookup 'some' has no column 'nothing'", id="no-input-column"),
        pytest.param("some a OUTPUT nothing", "lookup 'some' has no column 'nothing'", id="no-output-column"),
        pytest.param("kv a OUTPUT b", "reads a collection, which indexers do not have", id="collection"),
    ],
)
def test_wrong_automatic_lookups(lab: MakeLab, setting: str, message: str) -> None:
    """A lookup that is not there, lacks a column, or lives in the KV store is an error by name."""
    transforms = "[some]\nfilename = some.csv\n[kv]\nexternal_type = kvstore\ncollection = kv\nfields_list = a, b\n"
    ours = lab(
        {"lookups/some.csv": "a,b\n1,2\n"},
        props=f"[some:type]\nLOOKUP-a = {setting}\n",
        transforms=transforms,
        collections="[kv]\nfield.a = string\n",
    )

    with pytest.raises((ConfError, SearchError), match=message):
        ours.rows("x")[0].get("b")


@pytest.mark.parametrize(
    ("transforms", "message"),
    [
        pytest.param("[bad]\nfilename = some.csv\nmatch_type = FUZZY(a)\n", "not a match type", id="match-type"),
        pytest.param(
            "[bad]\nfilename = some.csv\ntime_field = a\n", "time-bounded lookups are not supported", id="temporal"
        ),
        pytest.param(
            "[bad]\nexternal_type = kvstore\ncollection = nowhere\n", "no collections.conf defines", id="collection"
        ),
    ],
)
def test_wrong_definitions(make_app: MakeApp, transforms: str, message: str) -> None:
    """A definition that cannot work is an error by name."""
    found, _, _ = lookups(make_app, transforms=transforms)

    with pytest.raises((ConfError, SearchError), match=message):
        found.find("bad")
