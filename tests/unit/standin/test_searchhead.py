"""Who sees what: indexes, apps, filters, macros, and what `collect` writes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from standin.conf import Configuration
from standin.environment import TimeBounds
from standin.events import Origin, Store
from standin.language.errors import SearchError, Unsupported
from standin.searchhead import SearchHead, User
from unit.standin.laboratory import NOW, MakeApp, MakeLab

ROLES = "[role_analyst]\nsrchIndexesAllowed = some\nsrchIndexesDefault = some\nsearch = enabled\n[role_filtered]\nimportRoles = analyst\nsrchFilter = zone=dmz\n"


@pytest.fixture
def head(make_app: MakeApp) -> SearchHead:
    """Return a search head with events in three indexes and an app whose macro stays at home."""
    app = make_app(
        {
            "default/authorize.conf": ROLES,
            "default/macros.conf": "[ours]\ndefinition = zone=dmz\n[theirs(1)]\nargs = z\ndefinition = zone=$z$\n",
            "metadata/default.meta": "[authorize]\nexport = system\n[macros/theirs%281%29]\nexport = system\n",
        }
    )
    head = SearchHead(Configuration.load([app]), Store(indexes=("main", "some", "_audit")), lambda: NOW)
    for index in ("main", "some", "_audit"):
        for zone in ("dmz", "lan"):
            head.pipeline.index_hec_event(f"zone={zone}", Origin(index, "h", "s", "t"), 100.0)
    return head


@pytest.mark.parametrize(
    ("role", "spl", "indexes"),
    [
        pytest.param("user", "zone=*", {"main"}, id="default-of-user"),
        pytest.param("analyst", "zone=*", {"some"}, id="default-of-a-role"),
        pytest.param("analyst", "index=main", set(), id="not-allowed"),
        pytest.param("analyst", "index=*", {"some"}, id="wildcard-within-allowed"),
        pytest.param("user", "index=*", {"main", "some"}, id="star-without-internal"),
        pytest.param("user", "index=_audit", set(), id="internal-not-allowed"),
        pytest.param("admin", "index=_audit OR index=some", {"_audit", "some"}, id="admin"),
        pytest.param("admin", "index=nowhere", set(), id="missing-index"),
    ],
)
def test_indexes(head: SearchHead, role: str, spl: str, indexes: set[str]) -> None:
    """A search reads the indexes that it names or the role's defaults, never one that is not allowed."""
    user = User.of(head.configuration, "u", [role])

    assert {row["index"] for row in head.search(spl, user=user).rows} == indexes


def test_search_filters(head: SearchHead) -> None:
    """A role's search filter narrows every search."""
    user = User.of(head.configuration, "u", ["filtered"])

    assert [row["zone"] for row in head.search("zone=*", user=user).rows] == ["dmz"]


def test_macros_stay_in_their_app(head: SearchHead) -> None:
    """A macro is seen from its own app, and from others only where it is exported."""
    user = User.of(head.configuration, "u", ["admin"])

    assert len(head.search("`ours`", user=user, app="some_app").rows) == 1
    assert len(head.search("`theirs(lan)`", user=user, app="search").rows) == 1
    with pytest.raises(SearchError, match="macro 'ours' that cannot be found"):
        head.search("`ours`", user=user, app="search")


def test_unknown_apps_are_errors(head: SearchHead) -> None:
    """A search in an app that is not installed fails by name."""
    with pytest.raises(SearchError, match="no app 'nowhere'"):
        head.search("x", user=User.of(head.configuration, "u", ["admin"]), app="nowhere")


def test_bounds_are_obeyed(head: SearchHead) -> None:
    """Time bounds select by event time and by index time."""
    user = User.of(head.configuration, "u", ["user"])

    def count(bounds: TimeBounds) -> int:
        return len(head.search("zone=*", user=user, bounds=bounds).rows)

    assert [count(TimeBounds(100.0)), count(TimeBounds(101.0)), count(TimeBounds(index_latest=NOW))] == [2, 0, 0]


def test_wrong_conf_is_a_wrong_search(lab: MakeLab) -> None:
    """What is wrong with knowledge shows as an error of the search, unsupported as unsupported."""
    wrong = lab(props="[some:type]\nEVAL-a = nonsense(1)\n")
    wrong.index("x")
    with pytest.raises(SearchError, match=r"props.conf:2: expression: EVAL-a"):
        wrong.search("a=1")

    unsupported = lab(props="[some:type]\nKV_MODE = multi\n")
    unsupported.index("a b\n1 2\n")
    with pytest.raises(Unsupported, match="KV_MODE = multi"):
        unsupported.search("a=1")


def test_rows_are_worked_out_once_and_again_after_a_change(lab: MakeLab) -> None:
    """A changed conf counts for events that were searched before."""
    ours = lab(props='[some:type]\nEVAL-a = "old"\n')
    ours.index("x")
    assert [row["a"] for row in ours.search("a=old")] == ["old"]

    ours.configuration.set("some_app", "props", "some:type", {"EVAL-a": '"new"'})

    assert [row["a"] for row in ours.search("a=*")] == ["new"]


def test_a_search_cannot_change_what_another_sees(lab: MakeLab) -> None:
    """Fields that one search writes are not there for the next."""
    ours = lab(props='[some:type]\nEVAL-a = "old"\n')
    ours.index("x")

    ours.search('* | eval a="new", b="more"')

    row = ours.search("*")[0]
    assert (row["a"], "b" in row) == ("old", False)


def test_searches_run_side_by_side(lab: MakeLab) -> None:
    """Many threads that ask for the same events at once all get every field."""
    ours = lab(props='[some:type]\nSHOULD_LINEMERGE = false\nEVAL-b = a."x"\n')
    ours.index("".join(f"a={number}\n" for number in range(200)))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ours.search("a=* | table a b"), range(16)))

    wanted = sorted((str(number), f"{number}x") for number in range(200))
    assert [sorted((str(row["a"]), str(row["b"])) for row in rows) for rows in found] == [wanted] * 16


def test_collect_writes_as_the_user_may(head: SearchHead) -> None:
    """Collected rows are indexed at the time of the search; who lacks the capability is refused."""
    admin = head.environment(user=User.of(head.configuration, "u", ["admin"]))

    admin.collect([{"_raw": "finding", "_time": 5}], {"index": "some", "source": "here"})

    event = next(iter(head.store.scan(["some"], TimeBounds(latest=50.0))))
    assert (event.raw, event.time, event.source, event.sourcetype, event.index_time) == (
        "finding",
        5.0,
        "here",
        "stash",
        NOW,
    )
    poor = User("u", frozenset({"x"}), ("*",), ("main",))
    with pytest.raises(SearchError, match="run_collect"):
        head.environment(user=poor).collect([{"_raw": "x"}], {})


@pytest.mark.parametrize(
    ("spl", "undeclared", "declared"),
    [
        pytest.param("zone=dmz", 0, 1, id="equals"),
        pytest.param("zone::dmz", 1, 1, id="double-colon"),
        pytest.param("zone=d*", 0, 1, id="wildcard"),
        pytest.param("zone=*", 1, 1, id="any-value"),
        pytest.param("level=high", 1, 1, id="value-in-the-text"),
        pytest.param("made=dmz", 1, 1, id="calculated-from-it"),
        pytest.param("* | search zone=dmz", 1, 1, id="after-the-first-command"),
        pytest.param("* | stats count by zone", 1, 1, id="as-a-result"),
    ],
)
def test_indexed_fields_want_fields_conf(make_app: MakeApp, spl: str, undeclared: int, declared: int) -> None:
    """`name=value` finds an indexed field only with INDEXED = true, unless the value stands in the text."""
    found = []
    for fields in ("", "[zone]\nINDEXED = true\n"):
        app = make_app({"default/fields.conf": fields, "default/props.conf": "[t]\nEVAL-made = zone\n"})
        head = SearchHead(Configuration.load([app]), Store(), lambda: NOW)
        indexed = {"zone": "dmz", "level": "high"}
        head.pipeline.index_hec_event("text high", Origin("main", "h", "s", "t"), 1.0, indexed)
        user = User.of(head.configuration, "u", ["user"])
        found.append(len(head.search(spl, user=user, app="some_app").rows))

    assert found == [undeclared, declared]
